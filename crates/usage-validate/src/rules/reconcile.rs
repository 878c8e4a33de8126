//! Whether the same usage is the same at every granularity, and in the account as in its SIMs.

use chrono::{DateTime, Utc};
use usage_model::{Granularity, Kind, Lenient, SimSid};

use super::{
    catalogue::{
        example::Example,
        rule::{Rule, Scope},
    },
    coverage::{PERIOD, intervals::Interval},
    shares::Difference,
};
use crate::{
    config::severity::Severity,
    findings::{
        draft::Draft,
        text::{self, instant, number},
    },
};

/// Writes a record of a time with a number of Commands sent to SIMs: of the account, or of the SIM given after it.
macro_rules! sent {
    ($start:literal .. $end:literal = $sent:literal) => {
        sent!($start..$end = $sent, "")
    };
    ($start:literal .. $end:literal = $sent:literal, $sim:literal) => {
        concat!(
            "{\"account_sid\": \"ACabababababababababababababababab\",",
            $sim,
            "\n  \"period\": {\"start\": \"2026-06-",
            $start,
            ":00:00Z\", \"end\": \"2026-06-",
            $end,
            ":00:00Z\"},\n  \"commands\": {\"total\": ",
            $sent,
            ", \"to_sim\": ",
            $sent,
            ", \"from_sim\": 0},\n",
            "  \"data\": {\"total\": 0, \"download\": 0, \"upload\": 0, \"units\": \"bytes\"}}\n",
        )
    };
}

/// A day of a SIM of which the account has as many Commands as are given last.
macro_rules! sims {
    ($account:literal) => {
        concat!(
            sent!("01T00".."02T00" = 3, " \"sim_sid\": \"DEabababababababababababababababab\","),
            sent!("01T00".."02T00" = 3, " \"sim_sid\": \"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\","),
            sent!("01T00".."02T00" = $account),
        )
    };
}

pub(crate) static GRANULARITY_MISMATCH: Rule = Rule {
    code: "UR601",
    name: "granularity-mismatch",
    severity: Severity::Error,
    scope: Scope::Counterpart,
    since: "0.1.0",
    sentence: "The figures of a period must be the sum of the finer periods that make it up exactly.",
    formula: "settled hours that tile a day, days or hours that tile a longer period: Σ fine.f = coarse.f for each counter f of each \
              network and country; one finding per counter, for the smallest period that shows it",
    origin: "The meaning of a granularity: the same usage, divided otherwise.",
    false_positives: "Readings of different times whose figures changed in between: read all granularities again.",
    example: Example::new(concat!(
        sent!("01T00".."01T01" = 2),
        sent!("01T01".."01T02" = 3),
        sent!("01T00".."01T02" = 6),
    ))
    .reconciled(),
    near_miss: Example::new(concat!(
        sent!("01T00".."01T01" = 2),
        sent!("01T01".."01T02" = 3),
        sent!("01T00".."01T02" = 5),
    ))
    .reconciled(),
};

pub(crate) static GRANULARITY_INCOMPLETE: Rule = Rule {
    code: "UR602",
    name: "granularity-incomplete",
    severity: Severity::Warning,
    scope: Scope::Counterpart,
    since: "0.1.0",
    sentence: "The finer periods must make up the longer one exactly; if they do not, and still add up to more, that is an error.",
    formula: "finer periods of one account and SIM within a settled longer one: no gap, no overlap; a gap in a window that was read \
              in full had no usage. Else Σ fine.f ≤ coarse.f for each counter f",
    origin: "One record for each hour or day. Whether the API leaves out times without usage is not documented.",
    false_positives: "Servers that leave out times without usage.",
    example: Example::new(concat!(
        sent!("01T00".."01T01" = 2),
        sent!("01T02".."01T03" = 3),
        sent!("01T00".."01T03" = 6),
    ))
    .reconciled(),
    near_miss: Example::new(concat!(
        sent!("01T00".."01T01" = 2),
        sent!("01T02".."01T03" = 3),
        sent!("01T01".."01T02" = 1),
        sent!("01T00".."01T03" = 6),
    ))
    .reconciled(),
};

pub(crate) static SIM_SUM_EXCEEDS_ACCOUNT: Rule = Rule {
    code: "UR603",
    name: "sim-sum-exceeds-account",
    severity: Severity::Error,
    scope: Scope::Counterpart,
    since: "0.1.0",
    sentence: "The SIMs of an account must not have more usage in a period than the account.",
    formula: "settled records of one period: Σ SIMs.f ≤ account.f for each counter f of each network and country; one finding per \
              counter, for the smallest period that shows it",
    origin: "KORE's page: the account's records are the usage of all its SIMs.",
    false_positives: "SIMs that were moved to the account within the period.",
    example: Example::new(sims!(5)).reconciled(),
    near_miss: Example::new(sims!(6)).reconciled(),
};

pub(crate) static SIM_SUM_BELOW_ACCOUNT: Rule = Rule {
    code: "UR604",
    name: "sim-sum-below-account",
    severity: Severity::Warning,
    scope: Scope::Counterpart,
    since: "0.1.0",
    sentence: "The SIMs of an account must have all of its usage in a period; the message explains what is left.",
    formula: "settled records of one period: Σ SIMs.f = account.f for each counter f of each network and country, if UR603 holds; one \
              finding per tree, for the smallest period that shows it",
    origin: "KORE's page: the account's records are the usage of all its SIMs.",
    false_positives: "SIMs that were not read, were removed from the account, or were read with another window.",
    example: Example::new(sims!(7)).reconciled(),
    near_miss: Example::new(sims!(6)).reconciled(),
};

pub(crate) static UNMATCHED_PERIOD: Rule = Rule {
    code: "UR605",
    name: "unmatched-period",
    severity: Severity::Warning,
    scope: Scope::Counterpart,
    since: "0.1.0",
    sentence: "Every settled period with usage must have its counterpart: at the other granularity, and in the account or its SIMs.",
    formula: "where there are records of two granularities: each period meets one of the other; where there are records of an account \
              and of SIMs: each period is one of the other side; one finding for all periods in a row",
    origin: "What has no counterpart was not compared.",
    false_positives: "Granularities or SIMs that were read for a shorter time on purpose.",
    example: Example::new(concat!(
        sent!("01T00".."02T00" = 3),
        sent!("02T00".."03T00" = 3),
        sent!("01T00".."02T00" = 3, " \"sim_sid\": \"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\","),
    ))
    .reconciled(),
    near_miss: Example::new(concat!(
        sent!("01T00".."02T00" = 3),
        sent!("02T00".."03T00" = 0),
        sent!("01T00".."02T00" = 3, " \"sim_sid\": \"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd\","),
    ))
    .reconciled(),
};

/// What the finer periods of a longer one leave open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    /// There is no record for a time.
    Missing(Interval),
    /// Two finer periods overlap, or one reaches beyond the longer one.
    Overlap(DateTime<Utc>),
}

/// Why the SIMs of an account may have less than the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Residual {
    /// SIMs that were added up.
    pub(crate) added: u64,
    /// SIMs that have no record for the period.
    pub(crate) unread: Sims,
    /// SIMs whose period only overlaps this one.
    pub(crate) rounded: Sims,
}

/// A number of SIMs, of which the first are named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sims {
    count: u64,
    named: Vec<String>,
}

/// The most SIMs that a help names.
const MOST_SIMS: usize = 3;

impl Sims {
    pub(crate) fn add(&mut self, sim: &Lenient<SimSid>) {
        self.count += 1;
        if self.named.len() < MOST_SIMS {
            self.named.push(text::shortened(sim.as_str()));
        }
    }

    pub(crate) const fn is_none(&self) -> bool {
        self.count == 0
    }

    /// The number of SIMs, what is the matter with them, and their names.
    fn listed(&self, matter: &str) -> String {
        let others = self.count - u64::try_from(self.named.len()).unwrap_or(self.count);
        let more = match others {
            0 => String::new(),
            others => format!(" and {others} more"),
        };
        format!(
            "{} {matter}: {}{more}",
            number(self.count, "SIM"),
            self.named.join(", ")
        )
    }
}

/// What a period has no counterpart in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// In finer records of the same account and SIM.
    Finer(Granularity),
    /// In coarser records of the same account and SIM.
    Coarser,
    /// In the SIMs of the account.
    Sims,
    /// In the account of the SIM.
    Account,
}

/// The records of a granularity, with their number.
fn records(count: usize, granularity: Granularity) -> String {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    number(count, &format!("{granularity} record"))
}

/// By how much a figure is off, in words.
fn off(difference: &Difference) -> String {
    let is_bytes = difference.kind == Kind::Data;
    let off = text::difference(difference.expected, difference.actual, is_bytes);
    format!("`{}` is {off}", difference.name())
}

/// A period that its finer periods do not add up to (UR601).
pub(crate) fn mismatch(difference: &Difference, fine: usize, granularity: Granularity) -> Draft {
    let message = format!(
        "{} the sum of the {} that make up the period",
        off(difference),
        records(fine, granularity)
    );
    Draft {
        figures: Some(difference.figures()),
        identity: Some(format!("{} {granularity}", difference.name())),
        ..Draft::new(difference.pointer(), message)
    }
    .help("read the period again at both granularities; if they still differ, report it to KORE")
}

/// A period that its finer periods do not tile (UR602); `more` is the first counter of which they have more.
pub(crate) fn incomplete(
    gap: &Gap,
    gaps: usize,
    granularity: Granularity,
    more: Option<&Difference>,
) -> Draft {
    let what = match gap {
        Gap::Missing(time) => format!(
            "there is none from {} to {}",
            instant(time.start),
            instant(time.end)
        ),
        Gap::Overlap(at) => format!(
            "one that starts at {} overlaps others or reaches beyond it",
            instant(*at)
        ),
    };
    let others = match u64::try_from(gaps.saturating_sub(1)).unwrap_or(u64::MAX) {
        0 => String::new(),
        others => format!(", and {}", number(others, "more gap")),
    };
    let (more_than, help) = match more {
        Some(difference) => (
            format!("; even so, {} those that are there", off(difference)),
            "the part that is there already has more usage than the whole; read the period again at both granularities",
        ),
        None => (
            String::new(),
            "fetch the missing time; if the API leaves out times without usage, ignore this rule",
        ),
    };
    let message =
        format!("the {granularity} records do not make up the period: {what}{others}{more_than}");
    Draft {
        figures: more.map(Difference::figures),
        identity: Some(format!("{PERIOD} {granularity}")),
        ..Draft::new(PERIOD, message)
    }
    .help(help)
}

/// SIMs that have more usage than their account (UR603).
pub(crate) fn exceeds(difference: &Difference, residual: &Residual) -> Draft {
    let message = format!(
        "{} the sum of {} of the account",
        off(difference),
        number(residual.added, "SIM")
    );
    Draft {
        figures: Some(difference.figures()),
        identity: Some(difference.name()),
        ..Draft::new(difference.pointer(), message)
    }
    .help("read the account and its SIMs again; if they still differ, report it to KORE")
}

/// SIMs that have less usage than their account (UR604).
pub(crate) fn below(differences: &[Difference], residual: &Residual) -> Option<Draft> {
    let first = differences.first()?;
    let others = match u64::try_from(differences.len() - 1).unwrap_or(u64::MAX) {
        0 => String::new(),
        1 => "; so is 1 other counter".to_owned(),
        others => format!("; so are {}", number(others, "other counter")),
    };
    let message = format!(
        "{} the sum of {} of the account{others}",
        off(first),
        number(residual.added, "SIM")
    );
    let why: Vec<_> = [
        (
            &residual.unread,
            "without a record for the period, perhaps not read",
        ),
        (
            &residual.rounded,
            "with a period that only overlaps this one, because the windows differ",
        ),
    ]
    .into_iter()
    .filter(|(sims, _)| !sims.is_none())
    .map(|(sims, matter)| sims.listed(matter))
    .collect();
    let help = if why.is_empty() {
        "every SIM that is known was added up: the rest is of SIMs that were not read, or are no longer in the account"
            .to_owned()
    } else {
        format!("there may be more usage in {}", why.join("; and in "))
    };
    let draft = Draft {
        figures: Some(first.figures()),
        identity: Some(format!("/{}", first.kind)),
        ..Draft::new(first.pointer(), message)
    };
    Some(draft.help(help))
}

/// Periods in a row without a counterpart (UR605), from the first start to the last end.
pub(crate) fn unmatched(side: Side, time: Interval, periods: u64, is_rounded: bool) -> Draft {
    let (start, end) = (instant(time.start), instant(time.end));
    let (what, it) = match periods {
        1 => (format!("the period {start} to {end} has"), "it"),
        count => {
            let periods = number(count, "period");
            (format!("{periods} from {start} to {end} have"), "them")
        }
    };
    let (whom, key) = match side {
        Side::Finer(granularity) => (format!("{granularity} records"), granularity.as_str()),
        Side::Coarser => ("records of a coarser granularity".to_owned(), "coarser"),
        Side::Sims => ("records of SIMs".to_owned(), "sims"),
        Side::Account => ("record of the account".to_owned(), "account"),
    };
    let help = if is_rounded {
        "there are records whose periods only overlap, because the windows differ: read both sides with the same window"
    } else {
        "what has no counterpart was not compared; read the other side for that time too"
    };
    Draft {
        identity: Some(format!("{PERIOD} {key}")),
        ..Draft::new(PERIOD, format!("{what} no {whom} to compare {it} with"))
    }
    .help(help)
}
