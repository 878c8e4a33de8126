//! Documents that show what a rule does.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use usage_model::{Granularity, named};

/// When the records of all examples are taken to have been fetched: 2026-11-01 at noon, UTC.
pub const EXAMPLES_AS_OF: DateTime<Utc> = match DateTime::from_timestamp(1_793_534_400, 0) {
    Some(instant) => instant,
    None => DateTime::<Utc>::MIN_UTC,
};

/// What is done with records. Each rule is evaluated in one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Task {
    /// Each record and list is checked by itself: [`Validator`](crate::Validator).
    Validate,
    /// Records of several granularities, of SIMs and of their account are held against each other:
    /// [`Reconciler`](crate::Reconciler).
    Reconcile,
    /// Two readings of a period are compared: [`Drift`](crate::Drift).
    Compare,
}

named!(pub Task, "a task", {
    Validate: "validate",
    Reconcile: "reconcile",
    Compare: "compare",
});

/// A document, and the settings to check it with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Example {
    /// The document.
    pub document: &'static str,
    /// The granularity that the records were queried with, where the rule needs it.
    #[serde(serialize_with = "name")]
    pub granularity: Option<Granularity>,
    /// How many findings are handed over at most, where the rule is about that.
    pub max_findings: Option<usize>,
    /// Start and end of the window that the records were queried with, where the rule needs it.
    pub window: Option<(&'static str, &'static str)>,
    /// What is done with the records.
    pub task: Task,
    /// When the two readings were fetched that are compared: the first record is the earlier reading, the second one
    /// the later; without a second record the period was not there any more.
    pub readings: Option<(&'static str, &'static str)>,
}

impl Example {
    /// A document to check with the default settings.
    pub(crate) const fn new(document: &'static str) -> Self {
        Self {
            document,
            granularity: None,
            max_findings: None,
            window: None,
            task: Task::Validate,
            readings: None,
        }
    }

    /// The same document as the answer to a query of this window.
    pub(crate) const fn window(self, start: &'static str, end: &'static str) -> Self {
        Self {
            window: Some((start, end)),
            ..self
        }
    }

    /// The same document as the answer to a query of this granularity.
    pub(crate) const fn granularity(self, granularity: Granularity) -> Self {
        Self {
            granularity: Some(granularity),
            ..self
        }
    }

    /// The same document to be reconciled.
    pub(crate) const fn reconciled(self) -> Self {
        Self {
            task: Task::Reconcile,
            ..self
        }
    }

    /// The same document as two readings of one period, fetched at these instants.
    pub(crate) const fn read_twice(self, first: &'static str, second: &'static str) -> Self {
        Self {
            task: Task::Compare,
            readings: Some((first, second)),
            ..self
        }
    }

    /// The same document with a limit on findings.
    pub(crate) const fn max_findings(self, max_findings: usize) -> Self {
        Self {
            max_findings: Some(max_findings),
            ..self
        }
    }
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature that serde asks for"
)]
fn name<S: Serializer>(
    granularity: &Option<Granularity>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    granularity.map(Granularity::as_str).serialize(serializer)
}

/// A list of one record, with the given texts as its trees; the period can be given before them.
macro_rules! record {
    (commands: $commands:literal, data: $data:literal $(,)?) => {
        $crate::rules::catalogue::example::record!(
            start: "2026-06-01T00:00:00Z",
            end: "2026-06-02T00:00:00Z",
            commands: $commands,
            data: $data,
        )
    };
    (start: $start:literal, end: $end:literal $(,)?) => {
        $crate::rules::catalogue::example::record!(
            start: $start,
            end: $end,
            commands: r#"{"total": 0, "to_sim": 0, "from_sim": 0}"#,
            data: r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#,
        )
    };
    (start: $start:literal, end: $end:literal, commands: $commands:literal, data: $data:literal $(,)?) => {
        concat!(
            "[{\"account_sid\": \"ACabababababababababababababababab\",\n",
            "  \"period\": {\"start\": \"", $start, "\", \"end\": \"", $end, "\"},\n",
            "  \"commands\": ", $commands, ",\n",
            "  \"data\": ", $data, "}]\n",
        )
    };
}

/// A list of one record whose Commands are all 0, with the given text as its data.
macro_rules! data {
    ($data:literal) => {
        $crate::rules::catalogue::example::record!(commands: r#"{"total": 0, "to_sim": 0, "from_sim": 0}"#, data: $data)
    };
}

/// Records of one SIM or, without it, of the account, one a line: NDJSON. Each has one Command sent to a SIM, or
/// as many as stand behind its period.
macro_rules! series {
    ($($start:literal .. $end:literal $(= $sent:literal)?),+ $(,)?) => {
        concat!($($crate::rules::catalogue::example::line!($start, $end $(, $sent)?)),+)
    };
}

macro_rules! line {
    ($start:literal, $end:literal) => {
        $crate::rules::catalogue::example::line!($start, $end, 1)
    };
    ($start:literal, $end:literal, $sent:literal) => {
        $crate::rules::catalogue::example::line!(
            $start,
            $end,
            $sent,
            "ACabababababababababababababababab"
        )
    };
    ($start:literal, $end:literal, $sent:literal, $account:literal) => {
        concat!(
            "{\"account_sid\": \"",
            $account,
            "\",\n",
            "  \"period\": {\"start\": \"",
            $start,
            "T00:00:00Z\", \"end\": \"",
            $end,
            "T00:00:00Z\"},\n",
            "  \"commands\": {\"total\": ",
            $sent,
            ", \"to_sim\": ",
            $sent,
            ", \"from_sim\": 0,\n",
            "    \"home\": {\"total\": ",
            $sent,
            ", \"to_sim\": ",
            $sent,
            ", \"from_sim\": 0}},\n",
            "  \"data\": {\"total\": 0, \"download\": 0, \"upload\": 0, \"units\": \"bytes\"}}\n",
        )
    };
}

pub(crate) use {data, line, record, series};

/// The first three days of June, one after the other.
pub(crate) const THREE_DAYS: &str = series!(
    "2026-06-01".."2026-06-02",
    "2026-06-02".."2026-06-03",
    "2026-06-03".."2026-06-04",
);
