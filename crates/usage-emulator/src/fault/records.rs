//! Faults in a record as a whole, and in its members other than the counters.

use usage_model::{Field, Lenient, RawJson, UsageRecord};

use super::{
    arguments::Expected,
    counters::shifted,
    entry::{Change, Effect, Entry, Reason, RecordEffect},
};

/// The account SID as published samples print it.
const REDACTED_SID: &str = "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX";

/// The unknown member if none is named.
const UNKNOWN_NAME: &str = "ip_commands";

const NAME: Expected = "a name of letters, digits and _";
const MEMBER: Expected = "one of account_sid, period, commands, data";

pub(super) static REVERSED_PERIOD: Entry = Entry {
    name: "reversed-period",
    arguments: "",
    options: "",
    help: "the period ends before it starts",
    effect: Effect::Record(|_| {
        Ok(RecordEffect::Change(Box::new(|record| {
            let period = record.period.value_mut();
            let period = period.ok_or("the record has no period")?;
            (period.start, period.end) = (period.end, period.start);
            Ok(Change::at("/period"))
        })))
    }),
};

pub(super) static BAD_SID: Entry = Entry {
    name: "bad-sid",
    arguments: "",
    options: "",
    help: "the account SID is redacted",
    effect: Effect::Record(|_| {
        Ok(RecordEffect::Change(Box::new(|record| {
            record.account_sid = Field::Value(Lenient::from_text(REDACTED_SID));
            Ok(Change::at("/account_sid"))
        })))
    }),
};

pub(super) static UNKNOWN_MEMBER: Entry = Entry {
    name: "unknown-member",
    arguments: "[:NAME]",
    options: "",
    help: "a member that nobody knows (`ip_commands` by default)",
    effect: Effect::Record(|arguments| {
        // A name that needs no escaping anywhere, neither in the text form nor in a JSON pointer.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let plain =
            |name: &str| (!name.is_empty() && name.bytes().all(is_plain)).then(|| name.to_owned());
        let name = arguments.optional(plain, NAME)?;
        let name = name.unwrap_or_else(|| UNKNOWN_NAME.to_owned());
        Ok(RecordEffect::Change(Box::new(move |record| {
            insert(record, &name, r#"{"total":0}"#)
        })))
    }),
};

pub(super) static WRONG_TYPE: Entry = Entry {
    name: "wrong-type",
    arguments: ":MEMBER",
    options: "",
    help: "`account_sid` is a number, `period` a text, `commands` or `data` a list",
    effect: Effect::Record(|arguments| {
        let (member, wrong) = arguments.required(wrong_type, MEMBER)?;
        Ok(RecordEffect::Change(Box::new(move |record| {
            match member {
                "account_sid" => record.account_sid = Field::Absent,
                "period" => record.period = Field::Absent,
                "commands" => record.commands = Field::Absent,
                _ => record.data = Field::Absent,
            }
            insert(record, member, wrong)
        })))
    }),
};

pub(super) static DUPLICATE: Entry = Entry {
    name: "duplicate",
    arguments: "[:COUNTER:DELTA]",
    options: "",
    help: "sent twice, the second time with a counter off",
    effect: Effect::Record(|arguments| {
        let change = if arguments.is_empty() {
            None
        } else {
            Some(shifted(arguments)?)
        };
        Ok(RecordEffect::Repeat(change))
    }),
};

pub(super) static GAP: Entry = Entry {
    name: "gap",
    arguments: "",
    options: "",
    help: "not sent",
    effect: Effect::Record(|_| Ok(RecordEffect::Omit)),
};

/// A member that can be of a wrong type, and a value of that type.
fn wrong_type(name: &str) -> Option<(&'static str, &'static str)> {
    match name {
        "account_sid" => Some(("account_sid", "7")),
        "period" => Some(("period", r#""2026""#)),
        "commands" => Some(("commands", "[]")),
        "data" => Some(("data", "[]")),
        _ => None,
    }
}

/// Adds a member that the typed record has no place for.
fn insert(record: &mut UsageRecord, name: &str, json: &str) -> Result<Change, Reason> {
    const KNOWN: [&str; 5] = ["account_sid", "sim_sid", "period", "commands", "data"];
    let taken = "the record has such a member";
    let typed = match name {
        "account_sid" => !record.account_sid.is_absent(),
        "period" => !record.period.is_absent(),
        "commands" => !record.commands.is_absent(),
        "data" => !record.data.is_absent(),
        name => KNOWN.contains(&name),
    };
    let json = RawJson::new(json).map_err(|_| taken)?;
    if typed || !record.unknown.insert(name, json) {
        return Err(taken);
    }
    Ok(Change::at(&format!("/{name}")))
}
