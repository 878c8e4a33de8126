//! Whether a record says whose it is, for when, and of what.

use usage_model::{Account, Field, Lenient, Period, Sid, SidKind, Sim, UsageRecord};

use crate::{
    config::severity::Severity,
    findings::{draft::Draft, reporter::Reporter, subject::Subject, text},
    rules::{
        catalogue::{
            example::{Example, data},
            rule::{Rule, Scope},
        },
        counters,
    },
};

pub(crate) static MISSING_MEMBER: Rule = Rule {
    code: "UR101",
    name: "missing-member",
    severity: Severity::Warning,
    scope: Scope::Member,
    since: "0.1.0",
    sentence: "A record must have account_sid, period, commands and data, and its period must have a start and an end.",
    formula: "account_sid, period, commands, data ∉ { absent, null, {} }; period ≠ {} ⇒ start, end ∉ { absent, null }",
    origin: "KORE's page lists them as the properties of a record; its published example has a record of empty objects.",
    false_positives: "A record without usage may consist of empty objects.",
    example: Example::new(data!("{}")),
    near_miss: Example::new(data!(
        r#"{"total": 0, "download": 0, "upload": 0, "units": "bytes"}"#
    )),
};

pub(crate) static SID_PATTERN: Rule = Rule {
    code: "UR104",
    name: "sid-pattern",
    severity: Severity::Warning,
    scope: Scope::Sid,
    since: "0.1.0",
    sentence: "account_sid must be AC followed by 32 hexadecimal digits, and sim_sid DE followed by 32 hexadecimal digits.",
    formula: "account_sid ~ ^AC[0-9a-fA-F]{32}$, sim_sid ~ ^DE[0-9a-fA-F]{32}$",
    origin: "KORE's page gives the pattern of account_sid, and its OpenAPI description the pattern of SIM SIDs.",
    false_positives: "Published samples replace the digits with X; the message says so.",
    example: Example::new(
        r#"[{"account_sid": "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 0, "download": 0, "upload": 0, "units": "bytes"}}]
"#,
    ),
    near_miss: Example::new(
        r#"[{"account_sid": "ACABABABABABABABABABABABABABABABAB",
  "sim_sid": "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
  "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
  "commands": {"total": 0, "to_sim": 0, "from_sim": 0},
  "data": {"total": 0, "download": 0, "upload": 0, "units": "bytes"}}]
"#,
    ),
};

/// Checks that the members are there (UR101) and that identifiers are ones (UR104).
pub(crate) fn check(record: &UsageRecord, subject: Subject<'_>, reporter: &mut Reporter) {
    members(record, subject, reporter);
    sid::<Account>("account_sid", &record.account_sid, subject, reporter);
    sid::<Sim>("sim_sid", &record.sim_sid, subject, reporter);
}

fn members(record: &UsageRecord, subject: Subject<'_>, reporter: &mut Reporter) {
    let period = record.period.as_ref();
    let states = [
        ("/account_sid", state(&record.account_sid, |_| false)),
        (
            "/period",
            state(&record.period, |period| *period == Period::default()),
        ),
        ("/commands", state(&record.commands, counters::is_blank)),
        ("/data", state(&record.data, counters::is_blank)),
    ];
    reporter.evaluated_times(&MISSING_MEMBER, 4);
    for (pointer, state) in states {
        missing(pointer, state, subject, reporter);
    }
    if let (Field::Value(period), None) = (period, states[1].1) {
        reporter.evaluated_times(&MISSING_MEMBER, 2);
        missing(
            "/period/start",
            state(&period.start, |_| false),
            subject,
            reporter,
        );
        missing(
            "/period/end",
            state(&period.end, |_| false),
            subject,
            reporter,
        );
    }
}

/// In which way a member is missing, if it is.
fn state<T>(field: &Field<T>, is_blank: impl Fn(&T) -> bool) -> Option<&'static str> {
    match field {
        Field::Absent => Some("absent"),
        Field::Null => Some("null"),
        Field::Value(value) if is_blank(value) => Some("an empty object"),
        Field::Value(_) => None,
    }
}

fn missing(
    pointer: &'static str,
    state: Option<&'static str>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    if let Some(state) = state {
        reporter.report(&MISSING_MEMBER, subject, || {
            let name = pointer.trim_start_matches('/').replace('/', ".");
            Draft::new(pointer, format!("`{name}` is {state}"))
                .help("rules that need this member were not evaluated for this record")
        });
    }
}

fn sid<K: SidKind>(
    name: &str,
    field: &Field<Lenient<Sid<K>>>,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) {
    let Field::Value(sid) = field else { return };
    reporter.evaluated(&SID_PATTERN);
    let Lenient::Other(sid) = sid else { return };
    reporter.report(&SID_PATTERN, subject, || {
        let shown = text::shortened(sid);
        let pointer = format!("/{name}");
        if is_redacted::<K>(sid) {
            Draft::new(pointer, format!("`{name}` is redacted: {shown:?}"))
                .help("the digits were replaced, as in published samples; records of different accounts or SIMs may look the same")
        } else {
            Draft::new(
                pointer,
                format!(
                    "`{name}` is {shown:?}, not {} followed by 32 hexadecimal digits",
                    K::PREFIX
                ),
            )
            .help(format!("compare it with the {} in the console", K::NOUN))
        }
    });
}

/// Whether the digits were replaced by one letter or sign, as published samples do.
pub(crate) fn is_redacted<K: SidKind>(sid: &str) -> bool {
    sid.strip_prefix(K::PREFIX).is_some_and(|digits| {
        ["X", "x", "*", "#", "…", "."]
            .iter()
            .any(|mask| !digits.is_empty() && digits.replace(mask, "").is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redaction_differs_from_error() {
        assert!(is_redacted::<Account>("ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"));
        assert!(is_redacted::<Account>("ACxxx"));
        assert!(is_redacted::<Sim>("DE****"));
        for sid in ["AC", "", "XXXX", "DEXXXX", "ACXXX0", "ACX*"] {
            assert!(!is_redacted::<Account>(sid), "{sid}");
        }
    }
}
