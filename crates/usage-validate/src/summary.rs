//! What a run found, in figures.

pub(crate) mod sides;
pub(crate) mod totals;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use usage_model::{Timestamp, named};

use crate::{
    config::{
        Config,
        options::Policy,
        severity::{FailOn, Severity},
    },
    findings::{reporter::Reporter, tally::RuleCount, wire},
    rules::{
        catalogue::{lookup, registry::catalogue, rule::Rule},
        malformed::{MALFORMED_DOCUMENT, MALFORMED_RECORD},
        overall::Overall,
        pages::INCOMPLETE_FETCH,
        run,
    },
};
use sides::Sides;
use totals::ControlTotals;

/// What a run found, in figures. All counts are exact, also where fewer findings are listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Summary {
    /// When the records were fetched, in UTC: retention and settling are measured from here.
    #[serde(deserialize_with = "wire::timestamp")]
    pub as_of: Timestamp,
    /// Whether the top figures were taken to include international traffic.
    pub policy: Policy,
    /// Records in the input: clean ones, those with findings, and malformed ones.
    pub records: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// Records that were read and gave no finding of any severity.
    pub clean: u64,
    /// Records that were read and gave at least one finding.
    pub with_findings: u64,
    /// Findings that are errors.
    pub errors: u64,
    /// Findings that are warnings.
    pub warnings: u64,
    /// Findings that are infos.
    pub infos: u64,
    /// Findings that are listed.
    pub listed: u64,
    /// Whether findings were left out of the list because there were more than the limit.
    pub capped: bool,
    /// Every selected rule by its code: how often it was evaluated, and how many findings it gave.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = serde_json::json!({ "pattern": "^UR[0-9]{3}$" }))))]
    #[serde(deserialize_with = "lookup::by_code")]
    pub rules: BTreeMap<&'static str, RuleCount>,
    /// The codes of selected rules that were never evaluated, and so did not pass.
    #[cfg_attr(feature = "schema", schemars(inner(regex(pattern = r"^UR[0-9]{3}$"))))]
    #[serde(deserialize_with = "lookup::codes")]
    pub not_evaluated: Vec<&'static str>,
    /// What the top figures of all records add up to, each period counted once, and of each account either its own
    /// records or those of its SIMs.
    pub totals: ControlTotals,
    /// What merging this summary with others needs beside its figures, and nothing else; it is not meant for other readers.
    #[serde(default = "Carried::empty")]
    #[cfg_attr(feature = "schema", schemars(!default))]
    pub(crate) carried: Carried,
}

/// What summaries carry beside their figures, so that they can be merged, also after they were written and read back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Carried {
    /// Runs that were merged; 0 for the empty summary.
    pub(crate) runs: u64,
    /// Whether a list without a record may pass.
    pub(crate) allow_empty: bool,
    /// What was seen of the records as a whole.
    pub(crate) overall: Overall,
    /// What the control totals are made of: the records of an account and those of its SIMs may be in different parts.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(!default))]
    pub(crate) sides: Sides,
    /// How many findings the rules gave, by their codes, that are off and decide all the same whether the whole input was
    /// seen.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = serde_json::json!({ "pattern": "^UR[0-9]{3}$" }))))]
    #[serde(default, deserialize_with = "lookup::by_code")]
    #[cfg_attr(feature = "schema", schemars(!default))]
    pub(crate) unreported: BTreeMap<&'static str, u64>,
    /// The codes of rules that are on without being selected: those on input that cannot be read.
    #[cfg_attr(feature = "schema", schemars(!default, inner(regex(pattern = r"^UR[0-9]{3}$"))))]
    #[serde(default, deserialize_with = "lookup::codes")]
    pub(crate) unselected: Vec<&'static str>,
    /// How bad findings of the rules on a run as a whole are, by the codes of those that are on.
    #[cfg_attr(feature = "schema", schemars(extend("propertyNames" = serde_json::json!({ "pattern": "^UR[0-9]{3}$" }))))]
    #[serde(deserialize_with = "lookup::by_code")]
    pub(crate) severities: BTreeMap<&'static str, Severity>,
}

/// What is carried is another form of what the figures say.
impl PartialEq for Carried {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Carried {}

impl Carried {
    const fn empty() -> Self {
        Self::EMPTY
    }

    pub(crate) const EMPTY: Self = Self {
        runs: 0,
        allow_empty: false,
        overall: Overall::EMPTY,
        sides: Sides::EMPTY,
        unreported: BTreeMap::new(),
        unselected: Vec::new(),
        severities: BTreeMap::new(),
    };
}

impl Summary {
    /// The summary of nothing, to merge others into.
    pub const EMPTY: Self = Self {
        as_of: Timestamp::UNIX_EPOCH,
        policy: Policy::Auto,
        records: 0,
        malformed: 0,
        clean: 0,
        with_findings: 0,
        errors: 0,
        warnings: 0,
        infos: 0,
        listed: 0,
        capped: false,
        rules: BTreeMap::new(),
        not_evaluated: Vec::new(),
        totals: ControlTotals::ZERO,
        carried: Carried::EMPTY,
    };

    /// What a run found that is over.
    pub(crate) fn of_run(
        config: &Config,
        reporter: &Reporter,
        sides: Sides,
        overall: Overall,
    ) -> Self {
        let (tally, selection) = (&reporter.tally, reporter.selection());
        let selected = catalogue().iter().filter(|rule| selection.is_on(rule));
        let is_unselected = |rule: &&&Rule| {
            rule.is_of_input() && !config.select.iter().any(|code| code.matches(rule.code))
        };
        let unselected = selected.clone().filter(is_unselected);
        let unreported = [&MALFORMED_DOCUMENT, &INCOMPLETE_FETCH]
            .into_iter()
            .map(|rule| (rule.code, tally.unreported(rule)))
            .filter(|(_, count)| *count > 0);
        let severities = Overall::RULES
            .into_iter()
            .filter_map(|rule| Some((rule.code, selection.severity(rule, rule.severity)?)));
        let mut summary = Self {
            as_of: config.as_of.into(),
            policy: config.policy,
            records: tally.decoded + tally.malformed,
            malformed: tally.malformed,
            with_findings: tally.with_findings,
            errors: tally.findings_of(Severity::Error),
            warnings: tally.findings_of(Severity::Warning),
            infos: tally.findings_of(Severity::Info),
            listed: reporter.listed(),
            capped: tally.findings() > reporter.listed(),
            rules: selected.map(|rule| (rule.code, tally.rule(rule))).collect(),
            totals: sides.totals(),
            carried: Carried {
                runs: 1,
                allow_empty: config.allow_empty,
                overall,
                sides,
                unreported: unreported.collect(),
                unselected: unselected.map(|rule| rule.code).collect(),
                severities: severities.collect(),
            },
            ..Self::EMPTY
        };
        summary.close();
        summary
    }

    /// Adds the summary of another part of the records, which was checked by itself with the same settings.
    ///
    /// The order in which summaries are merged does not matter. Where all records of an account and SIM are in one
    /// part, the parts together have the summary that one run over all records has, up to how many findings are
    /// listed: what concerns the records as a whole, an unknown member for instance, may be listed once for each part.
    ///
    /// A summary that was written as JSON and read back is merged in the same way. One whose JSON has no member
    /// `carried` is added up as well. It does not say what the rules on a run as a whole are decided by (UR103, UR206,
    /// UR406, UR502, UR503), so the findings of those stay as they were. Nor does it say which of its totals are those of
    /// an account and which those of its SIMs, so all are added. Figures stay at the largest number rather than pass it.
    ///
    /// ```
    /// use usage_validate::{Config, Summary, Validator};
    ///
    /// let config = Config::new(chrono::DateTime::UNIX_EPOCH);
    /// let (_, one) = Validator::new(&config).finish();
    /// let mut both = Summary::EMPTY;
    /// both.merge(&one);
    /// assert_eq!(both, one);
    /// ```
    pub fn merge(&mut self, other: &Self) {
        if other.is_of_nothing() {
            return;
        }
        if self.is_of_nothing() {
            *self = other.clone();
            return;
        }
        let mut added = other.clone();
        self.overall(Change::Remove);
        added.overall(Change::Remove);
        self.as_of = if added.as_of.instant() > self.as_of.instant() {
            added.as_of
        } else {
            self.as_of
        };
        self.policy = self.policy.max(added.policy);
        add(&mut self.records, added.records);
        add(&mut self.malformed, added.malformed);
        add(&mut self.with_findings, added.with_findings);
        add(&mut self.errors, added.errors);
        add(&mut self.warnings, added.warnings);
        add(&mut self.infos, added.infos);
        add(&mut self.listed, added.listed);
        self.capped |= added.capped;
        for (code, count) in added.rules {
            let sum = self.rules.entry(code).or_default();
            add(&mut sum.evaluated, count.evaluated);
            add(&mut sum.failed, count.failed);
            sum.worst = sum.worst.max(count.worst);
        }
        // What came without saying whose it is was added up before, and stays so.
        let mut rest = self.totals.clone().without(&self.carried.sides.totals());
        rest.merge(&added.totals.without(&added.carried.sides.totals()));
        self.carried.sides.merge(&added.carried.sides);
        self.totals = self.carried.sides.totals();
        self.totals.merge(&rest);
        add(&mut self.carried.runs, added.carried.runs);
        self.carried.allow_empty |= added.carried.allow_empty;
        self.carried.overall.merge(&added.carried.overall);
        for (code, count) in added.carried.unreported {
            add(self.carried.unreported.entry(code).or_default(), count);
        }
        self.carried.unselected.extend(added.carried.unselected);
        self.carried.unselected.sort_unstable();
        self.carried.unselected.dedup();
        for (code, severity) in added.carried.severities {
            let known = self.carried.severities.entry(code).or_insert(severity);
            *known = severity.max(*known);
        }
        self.overall(Change::Add);
        self.close();
    }

    /// Whether this is the empty summary: a run has at least the rules that were selected, or else records or findings.
    fn is_of_nothing(&self) -> bool {
        self.carried.runs == 0 && *self == Self::EMPTY
    }

    /// Counts what the rules on a run as a whole find, or takes that out of the counts.
    fn overall(&mut self, change: Change) {
        let Carried {
            overall,
            severities,
            ..
        } = &self.carried;
        let apply = |count: &mut u64, by: u64| match change {
            Change::Add => add(count, by),
            Change::Remove => *count = count.saturating_sub(by),
        };
        for (rule, findings) in overall.findings() {
            if let (Some(severity), Some(count)) =
                (severities.get(rule.code), self.rules.get_mut(rule.code))
            {
                apply(&mut count.failed, findings);
                count.worst = (count.failed > 0).then_some(*severity);
                apply(
                    match severity {
                        Severity::Info => &mut self.infos,
                        Severity::Warning => &mut self.warnings,
                        Severity::Error => &mut self.errors,
                    },
                    findings,
                );
            }
        }
        for rule in overall.evaluated() {
            if let Some(count) = self.rules.get_mut(rule.code) {
                apply(&mut count.evaluated, 1);
            }
        }
        let mut records: Vec<_> = overall
            .about_records()
            .filter(|(record, about)| !record.found && severities.contains_key(about.rule().code))
            .map(|(record, _)| record.order())
            .collect();
        records.sort_unstable();
        records.dedup();
        let records = u64::try_from(records.len()).unwrap_or(u64::MAX);
        apply(&mut self.with_findings, records);
    }

    /// Works out what follows from the other figures.
    pub(crate) fn close(&mut self) {
        let unclean = self.malformed.saturating_add(self.with_findings);
        self.clean = self.records.saturating_sub(unclean);
        if !self.capped {
            self.listed = self.findings();
        }
        self.not_evaluated = self
            .rules
            .iter()
            .filter(|(code, count)| {
                !count.was_asked() && !run::RULES.iter().any(|rule| rule.code == **code)
            })
            .map(|(code, _)| *code)
            .collect();
        for (rule, has_failed) in run::RULES
            .into_iter()
            .zip([self.capped, !self.not_evaluated.is_empty()])
        {
            if let Some(count) = self.rules.get_mut(rule.code) {
                count.evaluated = 1;
                count.failed = u64::from(has_failed);
            }
        }
    }

    /// Returns how many findings of one severity there are, listed or not.
    pub const fn count(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Info => self.infos,
            Severity::Warning => self.warnings,
            Severity::Error => self.errors,
        }
    }

    /// Returns how many findings there are of any severity, listed or not.
    pub const fn findings(&self) -> u64 {
        self.errors
            .saturating_add(self.warnings)
            .saturating_add(self.infos)
    }

    /// Returns whether any rule that was asked for was evaluated. Those on input that cannot be read are asked for where
    /// they are selected, or where no others are on.
    fn is_examined(&self) -> bool {
        let is_of_run = |code: &str| run::RULES.iter().any(|rule| rule.code == code);
        let rules = || self.rules.iter().filter(|(code, _)| !is_of_run(code));
        let is_selected = |code: &str| !self.carried.unselected.contains(&code);
        let has_selected = rules().any(|(code, _)| is_selected(code));
        rules().any(|(code, count)| count.was_asked() && (is_selected(code) || !has_selected))
    }

    /// Returns how many records could not be read where no finding says so, because UR002 is off.
    pub(crate) fn unreported_malformed(&self) -> u64 {
        if self.rules.contains_key(MALFORMED_RECORD.code) {
            0
        } else {
            self.malformed
        }
    }

    /// Why the input was not seen as a whole, in one sentence each, as far as the records themselves say so: no record
    /// was recognised, an input broke off, pages or parts are missing (UR504), or no rule had anything to check. Which
    /// rules are on does not matter, but for the last.
    pub(crate) fn missing(&self) -> Vec<String> {
        let unreported = |rule: &Rule| self.carried.unreported.get(rule.code).copied();
        let failed = |rule: &Rule| {
            let failed = self.rules.get(rule.code).map_or(0, |count| count.failed);
            failed.saturating_add(unreported(rule).unwrap_or_default())
        };
        let mut missing = Vec::new();
        let may_be_empty =
            self.carried.allow_empty && self.records == 0 && failed(&MALFORMED_DOCUMENT) == 0;
        if self.records == self.malformed && !may_be_empty {
            missing.push(if self.records == 0 {
                "there was no record to check".to_owned()
            } else {
                "no record could be read".to_owned()
            });
        }
        match failed(&INCOMPLETE_FETCH) {
            0 => {}
            1 => missing.push("a page or a part of a list is missing, repeated or contradicted".to_owned()),
            number => missing.push(format!(
                "pages or parts of lists are missing, repeated or contradicted: {number} findings (UR504)"
            )),
        }
        if missing.is_empty() && unreported(&MALFORMED_DOCUMENT).is_some() {
            missing.push("an input could not be read to its end".to_owned());
        }
        if missing.is_empty() && self.records > 0 && !self.is_examined() {
            missing.push(if self.rules.is_empty() {
                "no rule is selected".to_owned()
            } else {
                "none of the selected rules had anything to check".to_owned()
            });
        }
        missing
    }

    /// Returns whether the run passed, where `fail_on` is the mildest severity that fails it.
    pub fn verdict(&self, fail_on: FailOn) -> Verdict {
        if !self.missing().is_empty() {
            return Verdict::Incomplete;
        }
        let failed = fail_on.threshold().is_some_and(|threshold| {
            Severity::ALL
                .into_iter()
                .any(|severity| severity >= threshold && self.count(severity) > 0)
        });
        if failed { Verdict::Fail } else { Verdict::Pass }
    }
}

/// Whether a run passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "lowercase"))]
#[expect(
    clippy::exhaustive_enums,
    reason = "a run passes, fails, or did not see everything"
)]
pub enum Verdict {
    /// No finding reached the threshold, and the whole input was seen. Rules that were never evaluated did not pass: see the summary.
    Pass,
    /// At least one finding reached the threshold.
    Fail,
    /// No record was recognised, or a part of the input is known to be missing, whatever was found.
    Incomplete,
}

named!(pub Verdict, "a verdict", { Pass: "pass", Fail: "fail", Incomplete: "incomplete" });

/// Adds to a count, which may come from a report that was read back and so be of any size.
const fn add(count: &mut u64, by: u64) {
    *count = count.saturating_add(by);
}

/// Whether counts go up or down.
#[derive(Clone, Copy)]
enum Change {
    Add,
    Remove,
}
