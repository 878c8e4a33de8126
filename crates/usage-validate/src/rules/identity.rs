//! Whether a record says whose it is, for when, and of what.

use usage_model::{Account, Field, Lenient, Period, Sid, SidKind, Sim};

use crate::{catalogue::RuleId, findings::draft::Draft, findings::text, validator::check::Check};

/// Checks that the members are there (UR101) and that identifiers are ones (UR104).
pub(super) fn check(check: &mut Check<'_>) {
    let record = check.record;
    members(check);
    sid::<Account>("account_sid", &record.account_sid, check);
    sid::<Sim>("sim_sid", &record.sim_sid, check);
}

fn members(check: &mut Check<'_>) {
    let record = check.record;
    let period = record.period.as_ref();
    let states = [
        ("/account_sid", state(&record.account_sid, |_| false)),
        (
            "/period",
            state(&record.period, |period| *period == Period::default()),
        ),
        ("/commands", state(&record.commands, super::tree::is_blank)),
        ("/data", state(&record.data, super::tree::is_blank)),
    ];
    check.evaluated_times(RuleId::MISSING_MEMBER, 4);
    for (pointer, state) in states {
        missing(pointer, state, check);
    }
    if let (Field::Value(period), None) = (period, states[1].1) {
        check.evaluated_times(RuleId::MISSING_MEMBER, 2);
        missing("/period/start", state(&period.start, |_| false), check);
        missing("/period/end", state(&period.end, |_| false), check);
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

fn missing(pointer: &'static str, state: Option<&'static str>, check: &mut Check<'_>) {
    if let Some(state) = state {
        check.report(RuleId::MISSING_MEMBER, || {
            let name = pointer.trim_start_matches('/').replace('/', ".");
            Draft::new(pointer, format!("`{name}` is {state}"))
                .help("rules that need this member were not evaluated for this record")
        });
    }
}

fn sid<K: SidKind>(name: &str, field: &Field<Lenient<Sid<K>>>, check: &mut Check<'_>) {
    let Field::Value(sid) = field else { return };
    check.evaluated(RuleId::SID_PATTERN);
    let Lenient::Other(sid) = sid else { return };
    check.report(RuleId::SID_PATTERN, || {
        let shown = text::shortened(sid);
        let pointer = format!("/{name}");
        if is_redacted::<K>(sid) {
            Draft::new(pointer, format!("`{name}` is redacted: {shown:?}"))
                .help("the digits were replaced, as in published samples; records of different accounts or SIMs may look alike")
        } else {
            Draft::new(
                pointer,
                format!(
                    "`{name}` is {shown:?}, not {} and 32 hexadecimal digits",
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
    fn redaction_is_told_from_error() {
        assert!(is_redacted::<Account>("ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"));
        assert!(is_redacted::<Account>("ACxxx"));
        assert!(is_redacted::<Sim>("DE****"));
        for sid in ["AC", "", "XXXX", "DEXXXX", "ACXXX0", "ACX*"] {
            assert!(!is_redacted::<Account>(sid), "{sid}");
        }
    }
}
