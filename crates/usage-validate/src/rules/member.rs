//! Members that are not known.

use std::collections::BTreeMap;

use usage_model::{Container, Counts, Kind, NodePath, UnknownMembers, Usage};

use super::spelling;
use crate::{
    Finding, Severity,
    catalogue::RuleId,
    findings::draft::Draft,
    findings::fingerprint::Fingerprint,
    findings::outlet::{Origin, Outlet},
    findings::text,
    validator::check::{self, Check},
};

/// Different members that are listed one by one; any further ones are counted together.
const MOST_MEMBERS: usize = 256;

/// Length in bytes of the longest name that is listed; any longer ones are counted together.
const LONGEST_NAME: usize = 256;

/// The unknown members of a run, by their place with indices left out.
///
/// Its size is bounded whatever the input holds.
#[derive(Debug)]
pub(crate) struct UnknownSeen {
    members: BTreeMap<String, Seen>,
    /// Members that are not listed one by one.
    others: u64,
    /// Different members that are listed.
    most: usize,
}

impl Default for UnknownSeen {
    fn default() -> Self {
        Self {
            most: MOST_MEMBERS,
            ..Self::unlimited()
        }
    }
}

/// One unknown member.
#[derive(Debug)]
struct Seen {
    times: u64,
    /// How many different members were seen before this one: the order of reports.
    order: usize,
    name: String,
    meant: Option<&'static str>,
    source: Option<String>,
    record: u64,
    line: u64,
    container: Container,
    pointer: String,
}

/// Notes the unknown members of a record (UR103); they are reported at the end, once each.
pub(super) fn check(check: &mut Check<'_>, seen: &mut UnknownSeen) {
    check.evaluated(RuleId::UNKNOWN_MEMBER);
    let record = check.record;
    let mut note = |members: &UnknownMembers, object: Object| {
        if !members.is_empty() {
            check.mark(RuleId::UNKNOWN_MEMBER);
            seen.note(members, object, check);
        }
    };
    note(&record.unknown, Object::Record);
    if let Some(period) = record.period.value() {
        note(&period.unknown, Object::Period);
    }
    if let Some(tree) = record.commands.value() {
        each_node(tree, &mut note);
    }
    if let Some(tree) = record.data.value() {
        each_node(tree, &mut note);
    }
}

fn each_node<C: Counts>(tree: &Usage<C>, note: &mut impl FnMut(&UnknownMembers, Object)) {
    for (path, node) in tree.nodes() {
        note(&node.unknown, Object::Node(C::KIND, path));
    }
}

/// An object of a record.
#[derive(Clone, Copy)]
enum Object {
    Record,
    Period,
    Node(Kind, NodePath),
}

impl Object {
    fn pointer(self) -> String {
        match self {
            Self::Record => String::new(),
            Self::Period => "/period".to_owned(),
            Self::Node(kind, path) => path.pointer(kind),
        }
    }

    /// The pointer with the index of a country left open.
    fn template(self) -> String {
        match self {
            Self::Node(kind, NodePath::International(_)) => {
                format!("/{kind}/international_roaming/*")
            }
            _ => self.pointer(),
        }
    }

    /// The names that an unknown one may have been meant to be.
    fn known(self) -> &'static [&'static str] {
        const COMMANDS: &[&str] = &[
            "total",
            "to_sim",
            "from_sim",
            "billed",
            "billing_units",
            "home",
            "national_roaming",
            "international_roaming",
            "country_code",
        ];
        const DATA: &[&str] = &[
            "total",
            "download",
            "upload",
            "units",
            "billed",
            "billing_units",
            "home",
            "national_roaming",
            "international_roaming",
            "country_code",
        ];
        match self {
            Self::Record => &["account_sid", "sim_sid", "period", "commands", "data"],
            Self::Period => &["start", "end"],
            Self::Node(Kind::Commands, _) => COMMANDS,
            Self::Node(Kind::Data, _) => DATA,
        }
    }
}

impl UnknownSeen {
    /// For a part of a run, where any member may be one that the run lists already.
    pub(crate) const fn unlimited() -> Self {
        Self {
            members: BTreeMap::new(),
            others: 0,
            most: usize::MAX,
        }
    }

    /// Adds what a part of the run saw; its records are numbered from `first` on.
    pub(crate) fn join(&mut self, part: Self, first: u64) {
        self.others += part.others;
        let mut members: Vec<_> = part.members.into_iter().collect();
        members.sort_by_key(|(_, seen)| seen.order);
        for (template, seen) in members {
            let order = self.members.len();
            if let Some(known) = self.members.get_mut(&template) {
                known.times += seen.times;
            } else if order < self.most {
                let record = seen.record + first;
                let seen = Seen {
                    order,
                    record,
                    ..seen
                };
                self.members.insert(template, seen);
            } else {
                self.others += seen.times;
            }
        }
    }

    #[cold]
    fn note(&mut self, members: &UnknownMembers, object: Object, check: &Check<'_>) {
        for (name, _) in members.iter() {
            if name.len() > LONGEST_NAME {
                self.others += 1;
                continue;
            }
            let escaped = name.replace('~', "~0").replace('/', "~1");
            let template = format!("{}/{escaped}", object.template());
            let order = self.members.len();
            if let Some(seen) = self.members.get_mut(&template) {
                seen.times += 1;
            } else if order < self.most {
                let seen = Seen {
                    times: 1,
                    order,
                    name: text::shortened(name),
                    meant: spelling::closest(name, object.known()),
                    source: check.source().map(str::to_owned),
                    record: check.place.record,
                    line: check.place.position.line,
                    container: check.place.container,
                    pointer: format!("{}/{escaped}", object.pointer()),
                };
                self.members.insert(template, seen);
            } else {
                self.others += 1;
            }
        }
    }

    /// Reports what was seen, in the order in which it was seen first.
    pub(crate) fn report(self, outlet: &mut Outlet, sink: &mut dyn FnMut(Finding)) {
        let mut members: Vec<_> = self.members.into_iter().collect();
        members.sort_by_key(|(_, seen)| seen.order);
        for (template, seen) in members {
            let make = || (seen.origin(), seen.draft(template));
            outlet.report(RuleId::UNKNOWN_MEMBER, Severity::Info, make, sink);
        }
        if self.others > 0 {
            let make = || {
                let message = format!("{} further unknown members", self.others);
                let draft = Draft::new("", message).help(format!(
                    "only the first {MOST_MEMBERS} different ones are listed, and no name longer than {LONGEST_NAME} bytes"
                ));
                (Origin::run(RuleId::UNKNOWN_MEMBER), draft)
            };
            outlet.report(RuleId::UNKNOWN_MEMBER, Severity::Info, make, sink);
        }
    }
}

impl Seen {
    fn origin(&self) -> Origin<'_> {
        Origin {
            source: self.source.as_deref(),
            record: Some(self.record),
            line: check::line(self.line),
            offset: None,
            container: self.container,
            key: None,
            provisional: false,
            fingerprint: Fingerprint::new(RuleId::UNKNOWN_MEMBER.rule().code),
        }
    }

    fn draft(&self, template: String) -> Draft {
        let times = match self.times {
            1 => "once".to_owned(),
            times => format!("{times} times, first here"),
        };
        let draft = Draft {
            identity: Some(template),
            ..Draft::new(
                self.pointer.clone(),
                format!(
                    "the member {:?} is not known; it was seen {times}",
                    self.name
                ),
            )
        };
        match self.meant {
            Some(meant) => draft.help(format!("did you mean `{meant}`?")),
            None => draft.help("it was kept and not checked"),
        }
    }
}
