//! Two readings of one period: UR701 to UR706.

use proptest::{prelude::*, sample::Index};
use serde_json::{Value, json};
use usage_model::{
    Counter, Counts, Field, Usage, UsageRecord,
    strategies::{ValidParams, valid_record},
};
use usage_validate::{Config, Drift, FailOn, Finding, Reading, Summary, Verdict};

use crate::support::{at, config};

/// A day of June: its traffic at home to and from SIMs, and in Germany.
fn record(home: [u64; 2], international: [u64; 2]) -> Value {
    let node = |[toward, from]: [u64; 2]| json!({"total": toward + from, "download": toward, "upload": from, "units": "bytes"});
    let mut data = node([home[0] + international[0], home[1] + international[1]]);
    data["home"] = node(home);
    let mut country = node(international);
    country["country_code"] = "DEU".into();
    data["international_roaming"] = json!([country]);
    json!({
        "period": {"start": "2026-06-01T00:00:00Z", "end": "2026-06-02T00:00:00Z"},
        "commands": {"total": 1, "to_sim": 1, "from_sim": 0},
        "data": data,
    })
}

fn parsed(record: &Value) -> UsageRecord {
    serde_json::from_value(record.clone()).unwrap()
}

fn compared(
    config: &Config,
    earlier: &UsageRecord,
    fetched_at: &str,
    later: &UsageRecord,
) -> (Vec<Finding>, Summary) {
    let mut drift = Drift::new(config);
    let earlier = Reading::new(earlier, at(fetched_at));
    let later = Reading::new(later, at("2026-07-01T00:00:00Z"));
    let findings = drift.compare(&earlier, &later).collect();
    (findings, drift.finish())
}

/// Codes and pointers of what is found where the first reading was fetched at a time.
fn found_at(fetched_at: &str, earlier: &Value, later: &Value) -> Vec<String> {
    crate::support::places(&compared(&config(), &parsed(earlier), fetched_at, &parsed(later)).0)
}

const SETTLED: &str = "2026-06-04T00:00:00Z";
const UNSETTLED: &str = "2026-06-03T23:59:59Z";

fn found(earlier: &Value, later: &Value) -> Vec<String> {
    found_at(SETTLED, earlier, later)
}

#[test]
fn settled_figures_neither_grow_nor_shrink() {
    let before = record([5, 3], [2, 1]);
    assert_eq!(found(&before, &before), [""; 0]);
    assert_eq!(
        found(&before, &record([6, 3], [2, 1])),
        ["UR701 /data/total"]
    );
    assert_eq!(
        found(&before, &record([5, 3], [2, 0])),
        ["UR702 /data/total"]
    );
    assert_eq!(
        found(&before, &record([6, 3], [0, 0])),
        ["UR701 /data/home/total", "UR702 /data/total"]
    );
    let mut commands = before.clone();
    commands["commands"] = json!({"total": 0, "to_sim": 0, "from_sim": 0});
    assert_eq!(found(&before, &commands), ["UR702 /commands/total"]);
}

#[test]
fn a_finding_is_provisional_where_its_reading_was_fetched_within_48_hours() {
    let (before, after) = (
        parsed(&record([5, 3], [2, 1])),
        parsed(&record([4, 3], [2, 1])),
    );
    for (fetched_at, expected) in [
        ("2026-06-03T23:59:59Z", true),
        ("2026-06-04T00:00:00Z", false),
    ] {
        let mut drift = Drift::new(&config());
        let earlier = Reading::new(&before, at(UNSETTLED));
        let later = Reading::new(&after, at(fetched_at));
        let findings: Vec<_> = drift.compare(&earlier, &later).collect();
        assert_eq!(findings[0].provisional, expected, "{fetched_at}");
    }
}

#[test]
fn a_period_without_an_end_is_never_settled() {
    let [before, after] = [[5, 3], [4, 3]].map(|home| {
        let mut record = record(home, [2, 1]);
        record["period"]["end"] = Value::Null;
        record
    });
    let (findings, _) = compared(&config(), &parsed(&before), SETTLED, &parsed(&after));
    assert_eq!(crate::support::places(&findings), ["UR703 /data/total"]);
    assert!(!findings[0].provisional);
}

#[test]
fn a_finding_lists_the_first_counters_and_counts_its_reading_once() {
    let (before, after) = (
        parsed(&record([5, 3], [2, 1])),
        parsed(&record([6, 4], [1, 1])),
    );
    let (findings, summary) = compared(&config(), &before, SETTLED, &after);
    let messages: Vec<_> = findings
        .iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        messages,
        [
            "figures grew since an earlier reading: `data.total` from 11 to 12, `data.upload` from 4 to 5, `data.home.total` from 8 to 10, `data.home.download` from 5 to 6 and 1 more",
            "figures shrank since an earlier reading: `data.international_roaming (DEU).total` from 3 to 2, `data.international_roaming (DEU).download` from 2 to 1",
        ]
    );
    assert_eq!(
        (summary.records, summary.with_findings, summary.clean),
        (1, 1, 0)
    );
}

#[test]
fn figures_that_settle_may_grow_and_not_shrink() {
    let before = record([5, 3], [2, 1]);
    assert_eq!(
        found_at(UNSETTLED, &before, &record([6, 3], [2, 1])),
        [""; 0]
    );
    assert_eq!(
        found_at(UNSETTLED, &before, &record([5, 3], [2, 0])),
        ["UR703 /data/total"]
    );
}

#[test]
fn traffic_that_moved_is_reported_as_moved() {
    let before = record([5, 3], [2, 1]);
    // To another network, another direction, another country.
    assert_eq!(
        found(&before, &record([4, 3], [3, 1])),
        ["UR704 /data/international_roaming/0/total"]
    );
    assert_eq!(
        found(&before, &record([4, 4], [2, 1])),
        ["UR704 /data/upload"]
    );
    let mut country = before.clone();
    country["data"]["international_roaming"][0]["country_code"] = "CHE".into();
    assert_eq!(
        found(&before, &country),
        ["UR704 /data/international_roaming/0/total"]
    );
    // Before it is settled, what shrank is told.
    assert_eq!(
        found_at(UNSETTLED, &before, &record([4, 3], [3, 1])),
        ["UR703 /data/home/total"]
    );
}

#[test]
fn what_counts_is_the_amount_and_not_how_it_is_written() {
    let before = record([5_000, 3_000], [0, 0]);
    let mut rewritten = before.clone();
    rewritten["data"]["international_roaming"] = Value::Null;
    rewritten["data"]["home"] = json!({"total": 8, "download": 5, "upload": 3, "units": "KB"});
    assert_eq!(found(&before, &rewritten), [""; 0]);
    let mut unknown = before.clone();
    unknown["data"]["units"] = "octets".into();
    let (findings, summary) = compared(&config(), &parsed(&before), SETTLED, &parsed(&unknown));
    assert_eq!(findings, []);
    // The Commands alone.
    assert_eq!(summary.rules["UR701"].evaluated, 1);
}

#[test]
fn an_amount_that_changes_while_counters_stand_still_is_worth_a_notice() {
    let billed = |amount: &str, currency: &str| {
        let mut record = record([5, 3], [2, 1]);
        record["data"]["international_roaming"][0]["billed"] =
            serde_json::from_str(amount).unwrap();
        record["data"]["international_roaming"][0]["billing_units"] = currency.into();
        record
    };
    let before = billed("1.5", "USD");
    let place = "UR706 /data/international_roaming/0/billed";
    assert_eq!(found(&before, &billed("1.50", "USD")), [""; 0]);
    assert_eq!(found(&before, &billed("1.25", "USD")), [place]);
    assert_eq!(found(&before, &billed("1.5", "EUR")), [place]);
    assert_eq!(found(&before, &record([5, 3], [2, 1])), [place]);
    assert_eq!(
        found_at(UNSETTLED, &before, &billed("1.25", "USD")),
        [""; 0]
    );
    // With other counters, the amount follows them.
    let mut more = billed("1.25", "USD");
    more["commands"] = json!({"total": 2, "to_sim": 2, "from_sim": 0});
    assert_eq!(found(&before, &more), ["UR701 /commands/total", place]);
    let mut more = billed("1.25", "USD");
    more["data"]["home"]["total"] = 9.into();
    assert_eq!(found(&before, &more), ["UR701 /data/home/total"]);
    // Countries may come in another order.
    let countries = |order: [usize; 2]| {
        let mut record = billed("1.5", "USD");
        let first = record["data"]["international_roaming"][0].clone();
        let second = json!({"total": 0, "country_code": "CHE", "billed": 7});
        record["data"]["international_roaming"] = order
            .map(|at| [&first, &second][at].clone())
            .to_vec()
            .into();
        record
    };
    assert_eq!(found(&countries([0, 1]), &countries([1, 0])), [""; 0]);
}

#[test]
fn a_period_that_is_gone_is_an_error_as_long_as_it_is_kept() {
    let read = parsed(&record([5, 3], [2, 1]));
    let gone = |fetched_at: &str| {
        let mut drift = Drift::new(&config());
        drift.source("archive");
        let earlier = Reading::new(&read, at(SETTLED));
        let findings: Vec<_> = drift.vanished(&earlier, at(fetched_at)).collect();
        assert_eq!(drift.finish().rules["UR705"].evaluated, 1);
        crate::support::places(&findings)
    };
    assert_eq!(gone("2026-06-05T00:00:00Z"), ["UR705 /period"]);
    assert_eq!(gone("2027-12-01T23:59:59Z"), ["UR705 /period"]);
    assert_eq!(gone("2027-12-02T00:00:00Z"), [""; 0]);
}

#[test]
fn without_a_pair_nothing_was_examined() {
    let summary = Drift::new(&config()).finish();
    assert_eq!(summary.verdict(FailOn::Never), Verdict::Incomplete);
    assert_eq!(
        summary.not_evaluated,
        ["UR701", "UR702", "UR703", "UR704", "UR705", "UR706"]
    );
}

/// Adds to the counter of a node, and says which one that is.
fn grow<C: Counts>(tree: &mut Usage<C>, node: Index, counter: usize) -> String {
    let paths: Vec<_> = tree.nodes().map(|(path, _)| path).collect();
    let path = paths[node.index(paths.len())];
    let counter = Counter::ALL[counter];
    let slot = tree.node_mut(path).unwrap().counts.counter_mut(counter);
    let more =
        usage_model::Count::new(slot.or_zero().get() + 1).unwrap_or(usage_model::Count::ZERO);
    *slot = Field::Value(more);
    path.counter_pointer(C::KIND, counter)
}

proptest! {
    #[test]
    fn a_reading_equals_itself_and_one_changed_counter_is_reported_exactly(
        record in valid_record(ValidParams::default()),
        (node, counter, is_data) in (any::<Index>(), 0..3_usize, any::<bool>()),
    ) {
        let mut before = record;
        before.period = parsed(&self::record([0; 2], [0; 2])).period;
        let (findings, _) = compared(&config(), &before, SETTLED, &before);
        prop_assert_eq!(findings, []);
        let mut after = before.clone();
        let pointer = match (is_data, &mut after.commands, &mut after.data) {
            (true, _, Field::Value(data)) => grow(data, node, counter),
            (false, Field::Value(commands), _) => grow(commands, node, counter),
            _ => return Ok(()),
        };
        for (earlier, later, code) in [(&before, &after, "UR701"), (&after, &before, "UR702")] {
            let (findings, _) = compared(&config(), earlier, SETTLED, later);
            let found = crate::support::places(&findings);
            prop_assert_eq!(found.len(), 1, "{:?}", found);
            // Of several entries of a country the first one stands for all, and one without figures has no place.
            let is_related = match pointer.split_once("/international_roaming/") {
                None => found[0] == format!("{code} {pointer}"),
                Some((tree, _)) => found[0].starts_with(&format!("{code} {tree}/international_roaming")),
            };
            prop_assert!(is_related, "{found:?} {pointer}");
        }
    }
}
