//! Summaries of parts of the records add up to the summary of all.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*, sample::select};
use usage_model::{
    Field, Item, Lenient, MalformedRecord, Place, UsageRecord, Window, read_records,
};
use usage_validate::{
    Accounts, Config, FailOn, Outcome, Summary, Validator,
    report_formats::{Format, ReportWriter, human::ReportOptions},
};

use crate::{
    list_laws::any_member,
    support::{at, config},
};

/// A record, or one that could not be read.
#[derive(Clone, Debug)]
enum Line {
    Record(Box<UsageRecord>),
    Malformed(MalformedRecord),
}

const ACCOUNTS: [&str; 3] = [
    "ACabababababababababababababababab",
    "ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
    "ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
];

fn malformed(account: Option<&str>, day: Option<u32>) -> MalformedRecord {
    let account = account.map_or_else(String::new, |account| {
        format!(r#""account_sid":"{account}","#)
    });
    let period = day.map_or_else(String::new, |day| {
        format!(
            r#""period":{{"start":"2026-06-{day:02}T00:00:00Z","end":"2026-06-{:02}T00:00:00Z"}},"#,
            day + 1
        )
    });
    let line = format!("{{{account}{period}\"data\":7}}\n");
    match read_records(line.as_bytes()).next() {
        Some(Ok(Item::Malformed(record))) => record,
        other => panic!("{other:?}"),
    }
}

fn any_line(accounts: &'static [&'static str]) -> impl Strategy<Value = Line> {
    let record = (any_member(), select(accounts)).prop_map(|(mut record, account)| {
        record.account_sid = Field::Value(Lenient::from_text(account));
        Line::Record(Box::new(record))
    });
    let malformed = (select(accounts), prop::option::of(1..12_u32))
        .prop_map(|(account, day)| Line::Malformed(malformed(Some(account), day)));
    prop_oneof![9 => record, 1 => malformed]
}

/// The account and the SIM of a line, as texts.
fn key(line: &Line) -> (Option<String>, Option<String>) {
    match line {
        Line::Record(record) => (
            record
                .account_sid
                .value()
                .map(|sid| sid.as_str().to_owned()),
            record.sim_sid.value().map(|sid| sid.as_str().to_owned()),
        ),
        Line::Malformed(record) => {
            let value: serde_json::Value = serde_json::from_str(&record.raw).unwrap();
            (value["account_sid"].as_str().map(str::to_owned), None)
        }
    }
}

fn summary<'a>(config: &Config, lines: impl IntoIterator<Item = &'a Line>) -> Summary {
    let mut validator = Validator::new(config);
    for (number, line) in (0..).zip(lines) {
        let mut place = Place::default();
        place.record = number;
        match line {
            Line::Record(record) => drop(validator.record(&place, record)),
            Line::Malformed(record) => {
                let mut record = record.clone();
                record.place = place;
                drop(validator.malformed_record(&record));
            }
        }
    }
    validator.finish().1
}

fn summaries(config: &Config, lines: &[Line]) -> Vec<Summary> {
    let mut groups = BTreeMap::<_, Vec<&Line>>::new();
    for line in lines {
        groups.entry(key(line)).or_default().push(line);
    }
    groups
        .into_values()
        .map(|lines| summary(config, lines))
        .collect()
}

fn merged<'a>(summaries: impl IntoIterator<Item = &'a Summary>) -> Summary {
    let mut all = Summary::EMPTY;
    for summary in summaries {
        all.merge(summary);
    }
    all
}

fn json(summary: &Summary) -> String {
    serde_json::to_string(summary).unwrap()
}

/// The summary as another program has it that reads the report.
fn read_back(summary: &Summary) -> Summary {
    serde_json::from_str(&json(summary)).unwrap()
}

fn windowed(mut config: Config) -> Config {
    config.window = Window::new(at("2025-04-01T00:00:00Z"), at("2026-06-20T00:00:00Z")).ok();
    config
}

fn any_config(accounts: Accounts) -> impl Strategy<Value = Config> {
    (
        any::<bool>(),
        select(vec![
            "", "UR103", "UR206", "UR4", "UR404", "UR406", "UR502", "UR9",
        ]),
    )
        .prop_map(move |(has_window, ignored)| {
            let mut config = config();
            config.accounts = accounts;
            config.ignore = ignored.parse().into_iter().collect();
            if has_window { windowed(config) } else { config }
        })
}

proptest! {
    #[test]
    fn parts_by_account_and_sim_have_the_summary_of_all(
        lines in vec(any_line(&ACCOUNTS), 0..30),
        config in any_config(Accounts::Many),
    ) {
        let parts = summaries(&config, &lines);
        let all = if lines.is_empty() { Summary::EMPTY } else { summary(&config, &lines) };
        prop_assert_eq!(merged(&parts), all.clone());
        prop_assert_eq!(merged(parts.iter().rev()), all);
    }

    #[test]
    fn a_second_account_is_found_when_parts_are_merged(
        lines in vec(any_line(&ACCOUNTS[..2]), 1..30),
        config in any_config(Accounts::One),
    ) {
        let parts = summaries(&config, &lines);
        prop_assert_eq!(merged(&parts), summary(&config, &lines));
    }

    #[test]
    fn summaries_merge_after_they_were_written_and_read_as_before(
        lines in vec(any_line(&ACCOUNTS), 0..30),
        config in prop_oneof![any_config(Accounts::One), any_config(Accounts::Many)],
    ) {
        let parts = summaries(&config, &lines);
        let read: Vec<_> = parts.iter().map(read_back).collect();
        let all = merged(&parts);
        prop_assert_eq!(&merged(&read), &all);
        prop_assert_eq!(json(&merged(&read)), json(&all));
        // However often they are written in between.
        let stepwise = read.iter().fold(Summary::EMPTY, |mut sum, part| {
            sum.merge(part);
            read_back(&sum)
        });
        prop_assert_eq!(json(&stepwise), json(&all));
        prop_assert_eq!(stepwise, all);
    }

    #[test]
    fn merging_goes_in_any_order_and_grouping(
        lines in vec(vec(any_line(&ACCOUNTS), 0..8), 3),
        config in any_config(Accounts::Many),
    ) {
        let [a, b, c] = [0, 1, 2].map(|at| summary(&config, &lines[at]));
        let left = merged([&merged([&a, &b]), &c]);
        prop_assert_eq!(&left, &merged([&a, &merged([&b, &c])]));
        prop_assert_eq!(&left, &merged([&c, &b, &a]));
        prop_assert_eq!(&left, &merged([&left, &Summary::EMPTY]));
        prop_assert_eq!(merged([&Summary::EMPTY, &a]), a);
    }
}

#[test]
fn what_concerns_the_records_as_a_whole_is_decided_again() {
    let record = |text: &str| Line::Record(serde_json::from_str(text).unwrap());
    let lines = [
        record(r#"{"account_sid":"ACabababababababababababababababab","odd":1}"#),
        record(r#"{"account_sid":"ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","odd":1}"#),
        record(
            r#"{"account_sid":"ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","sim_sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","even":1}"#,
        ),
    ];
    let parts = summaries(&config(), &lines);
    let failed = |summary: &Summary| ["UR103", "UR406"].map(|code| summary.rules[code].failed);
    assert_eq!(parts.iter().map(failed).collect::<Vec<_>>(), [[1, 0]; 3]);
    assert_eq!(failed(&merged(&parts)), [2, 1]);
    assert_eq!(merged(&parts).listed, summary(&config(), &lines).listed);
}

#[test]
fn what_is_read_back_lets_every_rule_on_a_run_decide_again() {
    let line = |account: &str, total: u64| {
        let text = format!(
            r#"{{"account_sid":"{account}","odd":1,"period":{{"start":"2026-06-01T00:00:00Z","end":"2026-06-02T00:00:00Z"}},
            "data":{{"total":{total},"download":{total},"upload":0,"units":"bytes",
            "home":{{"total":15,"download":15,"upload":0,"units":"bytes"}},
            "international_roaming":[{{"total":3,"download":3,"upload":0,"units":"bytes","country_code":"DEU"}}]}}}}"#
        );
        Line::Record(serde_json::from_str(&text).unwrap())
    };
    let lines = [line(ACCOUNTS[0], 18), line(ACCOUNTS[1], 15)];
    let config = windowed(config());
    let read: Vec<_> = summaries(&config, &lines).iter().map(read_back).collect();
    let failed = |summary: &Summary| {
        ["UR103", "UR206", "UR406", "UR502", "UR503"].map(|code| summary.rules[code].failed)
    };
    assert_eq!(failed(&read[0]), [1, 0, 0, 2, 1]);
    assert_eq!(failed(&merged(&read)), [1, 1, 1, 2, 1]);
    assert_eq!(merged(&read), summary(&config, &lines));
}

#[test]
fn a_part_that_listed_less_than_it_found_leaves_the_whole_capped() {
    let mut config = config();
    config.max_findings = 1;
    let line = Line::Record(Box::default());
    let one = summary(&config, [&line]);
    assert!(one.capped);
    config.max_findings = 1_000;
    let whole = summary(&config, [&line]);
    assert!(!whole.capped);
    assert!(merged([&one, &whole]).capped && merged([&whole, &one]).capped);
    let both = merged([&one, &one]);
    assert!(both.capped);
    assert_eq!(
        (
            both.listed,
            both.rules["UR901"].failed,
            both.rules["UR901"].evaluated
        ),
        (2, 1, 1)
    );
}

#[test]
fn as_of_is_that_of_the_later_part() {
    let line = Line::Record(Box::default());
    let mut earlier = config();
    earlier.as_of = at("2026-10-01T00:00:00Z");
    let [one, other] = [earlier, config()].map(|config| summary(&config, [&line]));
    for pair in [[&one, &other], [&other, &one]] {
        assert_eq!(merged(pair).as_of, other.as_of);
    }
}

#[test]
fn a_summary_without_what_merging_needs_is_added_and_not_left_out() {
    let line = Line::Record(Box::default());
    let one = summary(&config(), [&line]);
    let mut value = serde_json::to_value(&one).unwrap();
    assert!(value.as_object_mut().unwrap().remove("carried").is_some());
    let bare: Summary = serde_json::from_value(value).unwrap();
    for both in [[&one, &bare], [&bare, &one], [&bare; 2]].map(merged) {
        assert_eq!(both.records, 2);
        assert_eq!(both.with_findings, 2 * one.with_findings);
        assert_eq!(both.warnings, 2 * one.warnings);
    }
    assert_eq!(merged([&Summary::EMPTY, &bare]), one);
}

#[test]
fn figures_of_a_foreign_report_cannot_end_the_program() {
    fn enlarge(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Number(number) => *number = u64::MAX.into(),
            serde_json::Value::Object(members) => members.values_mut().for_each(enlarge),
            serde_json::Value::Array(elements) => elements.iter_mut().for_each(enlarge),
            _ => {}
        }
    }
    let records = [
        r#"{"account_sid":"ACabababababababababababababababab","odd":1}"#,
        r#"{"account_sid":"ACcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","odd":1}"#,
    ];
    let lines = records.map(|text| Line::Record(serde_json::from_str(text).unwrap()));
    let one = summary(&windowed(config()), &lines);
    let mut value = serde_json::to_value(&one).unwrap();
    enlarge(&mut value);
    let foreign: Summary = serde_json::from_value(value).unwrap();
    assert_eq!(foreign.findings(), u64::MAX);
    for parts in [[&foreign, &one], [&one, &foreign], [&foreign, &foreign]] {
        let both = merged(parts);
        assert_eq!(both.records, u64::MAX);
        let outcome = Outcome::new(both, FailOn::Error, Vec::new());
        for format in Format::ALL {
            let writer = ReportWriter::new(Vec::new(), format, &ReportOptions::default());
            assert!(writer.finish(&outcome).is_ok(), "{format}");
        }
    }
}
