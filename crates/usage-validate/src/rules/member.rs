//! Members that are not known.

use std::{cell::Cell, collections::BTreeMap};

use serde::{Deserialize, Serialize};
use usage_model::{
    Counter, Counts, Kind, NodePath, Place, Position, UnknownMembers, Usage, UsageRecord, nearest,
    pointer_segment, push_pointer_segment,
};

use crate::{
    config::severity::Severity,
    findings::{
        draft::Draft,
        kept::Source,
        reporter::Reporter,
        subject::{KeyRef, RecordRef, Subject},
        text,
    },
    rules::catalogue::{
        example::{Example, data},
        rule::{Rule, Scope},
    },
};

pub(crate) static UNKNOWN_MEMBER: Rule = Rule {
    code: "UR103",
    name: "unknown-member",
    severity: Severity::Info,
    scope: Scope::Record,
    since: "0.1.0",
    sentence: "Every member of a record should be known; each unknown member is reported once, with the number of times it occurs.",
    formula: "members(record) ⊆ known members",
    origin: "All members of KORE's page, of its OpenAPI description and of every real response.",
    false_positives: "The API may add members at any time.",
    example: Example::new(data!(
        r#"{"total": 0, "download": 0, "uplaod": 0, "upload": 0, "units": "bytes"}"#
    )),
    near_miss: Example::new(data!(
        r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes", "billed": 0, "billing_units": "USD"}"#
    )),
};

/// Different members that are listed one by one; any further ones are counted together.
const MOST_MEMBERS: usize = 256;

/// Length in bytes of the longest name that is listed; any longer ones are counted together.
const LONGEST_NAME: usize = 256;

/// The unknown members of a run, by their place with indices left out: the first in the order of their names, where
/// there are too many, so that it does not matter which of them came first.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "schema",
    schemars(
        rename = "CarriedMembers",
        description = "The unknown members of a run."
    )
)]
pub(crate) struct MembersSeen {
    /// How often each occurs, by its place with indices left out.
    #[serde(with = "times")]
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, u64>"))]
    members: BTreeMap<String, Seen>,
    /// How often there were members that are not listed one by one.
    others: u64,
    /// Different members so far.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    different: u64,
    /// Room for the place of a member that is looked up.
    #[serde(skip)]
    #[cfg_attr(feature = "schema", schemars(skip))]
    template: String,
}

/// One unknown member.
#[derive(Clone, Debug, Default)]
struct Seen {
    times: u64,
    /// How many different members came before this one: the order of reports.
    order: u64,
    name: String,
    meant: Option<&'static str>,
    source: Source,
    /// Where it was first.
    place: Option<Place>,
    pointer: String,
}

/// Unknown members as how often each occurs, which is all that merging needs.
mod times {
    use super::{BTreeMap, Seen};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        members: &BTreeMap<String, Seen>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            members
                .iter()
                .map(|(template, seen)| (template, seen.times)),
        )
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<String, Seen>, D::Error> {
        let members = BTreeMap::<String, u64>::deserialize(deserializer)?;
        let seen = |times| Seen {
            times,
            ..Seen::default()
        };
        Ok(members
            .into_iter()
            .map(|(template, times)| (template, seen(times)))
            .collect())
    }
}

/// Whether a record has a member that is not known, but for those within its trees.
pub(crate) fn has_unknown_beside_trees(record: &UsageRecord) -> bool {
    let period = record.period.value();
    !record.unknown.is_empty() || period.is_some_and(|period| !period.unknown.is_empty())
}

fn each_object(
    record: &UsageRecord,
    in_trees: bool,
    note: &mut impl FnMut(&UnknownMembers, Object),
) {
    note(&record.unknown, Object::Record);
    if let Some(period) = record.period.value() {
        note(&period.unknown, Object::Period);
    }
    if !in_trees {
        return;
    }
    if let Some(tree) = record.commands.value() {
        each_node(tree, note);
    }
    if let Some(tree) = record.data.value() {
        each_node(tree, note);
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

    /// Adds the pointer with the index of a country left open to a text.
    fn push_template(self, text: &mut String) {
        match self {
            Self::Record => {}
            Self::Node(kind, NodePath::International(_)) => {
                for part in ["/", kind.as_str(), "/international_roaming/*"] {
                    text.push_str(part);
                }
            }
            Self::Period | Self::Node(..) => text.push_str(&self.pointer()),
        }
    }

    /// The names that an unknown one may have been meant to be.
    fn known(self) -> impl Iterator<Item = &'static str> {
        const RECORD: &[&str] = &["account_sid", "sim_sid", "period", "commands", "data"];
        const NODE: &[&str] = &[
            "billed",
            "billing_units",
            "home",
            "national_roaming",
            "international_roaming",
            "country_code",
        ];
        let (kind, names) = match self {
            Self::Record => (None, RECORD),
            Self::Period => (None, ["start", "end"].as_slice()),
            Self::Node(kind, _) => (Some(kind), NODE),
        };
        let counters = kind
            .into_iter()
            .flat_map(|kind| Counter::ALL.map(|counter| counter.name(kind)));
        let units = (kind == Some(Kind::Data)).then_some("units");
        counters.chain(units).chain(names.iter().copied())
    }
}

impl MembersSeen {
    pub(crate) const EMPTY: Self = Self {
        members: BTreeMap::new(),
        others: 0,
        different: 0,
        template: String::new(),
    };

    /// Takes note of the unknown members of a record (UR103), of which there are some within its trees or not; they
    /// are reported at the end, once each.
    #[cold]
    pub(crate) fn note(
        &mut self,
        record: &UsageRecord,
        in_trees: bool,
        at: &RecordRef<'_>,
        source: &Source,
    ) {
        let mut template = std::mem::take(&mut self.template);
        each_object(record, in_trees, &mut |members: &UnknownMembers, object| {
            for (name, _) in members.iter() {
                if name.len() > LONGEST_NAME {
                    self.others += 1;
                    continue;
                }
                template.clear();
                object.push_template(&mut template);
                push_pointer_segment(&mut template, name);
                self.add(&template, 1, |order| Seen {
                    times: 0,
                    order,
                    name: text::shortened(name),
                    meant: nearest(name, object.known()),
                    source: source.clone(),
                    place: at.place,
                    pointer: object.pointer() + &pointer_segment(name),
                });
            }
        });
        self.template = template;
    }

    fn add(&mut self, template: &str, times: u64, seen: impl FnOnce(u64) -> Seen) {
        if let Some(seen) = self.members.get_mut(template) {
            seen.times = seen.times.saturating_add(times);
            return;
        }
        if self.members.len() >= MOST_MEMBERS
            && self
                .members
                .last_key_value()
                .is_some_and(|(last, _)| **last < *template)
        {
            self.others = self.others.saturating_add(times);
            return;
        }
        let seen = Seen {
            times,
            ..seen(self.different)
        };
        self.different += 1;
        self.members.insert(template.to_owned(), seen);
        if self.members.len() > MOST_MEMBERS
            && let Some((_, last)) = self.members.pop_last()
        {
            self.others = self.others.saturating_add(last.times);
        }
    }

    /// Adds what a part saw. The part starts at `position`, after `records` records.
    pub(crate) fn merge(&mut self, other: &Self, position: Position, records: u64) {
        self.others = self.others.saturating_add(other.others);
        let mut members: Vec<_> = other.members.iter().collect();
        members.sort_by_key(|(_, seen)| seen.order);
        for (template, seen) in members {
            self.add(template, seen.times, |order| {
                let mut seen = seen.clone();
                seen.order = order;
                seen.place = seen.place.map(|place| place.after(position, records));
                seen
            });
        }
    }

    /// How many findings there are about these members.
    pub(crate) fn findings(&self) -> u64 {
        let listed = u64::try_from(self.members.len()).unwrap_or(u64::MAX);
        listed + u64::from(self.others > 0)
    }

    /// Reports what was seen, in the order in which it was seen first.
    pub(crate) fn report(&self, reporter: &mut Reporter) {
        let mut members: Vec<_> = self.members.iter().collect();
        members.sort_by_key(|(_, seen)| seen.order);
        for (template, seen) in members {
            let record = RecordRef {
                place: seen.place,
                source: seen.source.as_deref(),
                key: KeyRef::Many,
                provisional: false,
                // Every record that has the member was counted when it came.
                found: Cell::new(true),
            };
            reporter.report(&UNKNOWN_MEMBER, Subject::Record(&record), || {
                seen.draft(template)
            });
        }
        if self.others > 0 {
            reporter.report(&UNKNOWN_MEMBER, Subject::Run, || {
                let message = text::number(self.others, "further unknown member");
                Draft::new("", message).help(format!(
                    "only {MOST_MEMBERS} different members are listed, and no name longer than {LONGEST_NAME} bytes"
                ))
            });
        }
    }
}

impl Seen {
    fn draft(&self, template: &str) -> Draft {
        let times = match self.times {
            1 => "once".to_owned(),
            times => format!("{times} times, first here"),
        };
        let draft = Draft {
            identity: Some(template.to_owned()),
            ..Draft::new(
                self.pointer.clone(),
                format!("the member {:?} is unknown; it occurs {times}", self.name),
            )
        };
        match self.meant {
            Some(meant) => draft.help(format!("did you mean `{meant}`?")),
            None => draft.help("the member was kept, but not checked"),
        }
    }
}
