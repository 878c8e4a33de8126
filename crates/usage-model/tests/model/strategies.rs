//! What the strategies promise to those who test with them.

use chrono::Datelike;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use rust_decimal::Decimal;
use usage_model::{
    Amount, Count, Counter, Counts, DataCounts, International, Period, Usage, Window,
    strategies::{
        ValidParams, WireShape, any_amount, any_count, any_page, any_sums, any_window,
        valid_period, valid_record, valid_usage,
    },
};

fn draw<S: Strategy>(strategy: &S, cases: usize) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    (0..cases)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect()
}

fn share(trees: &[Usage<DataCounts>], holds: impl Fn(&Usage<DataCounts>) -> bool) -> usize {
    trees.iter().filter(|tree| holds(tree)).count() * 100 / trees.len()
}

fn has_usage(node: Option<&usage_model::UsageNode<DataCounts>>) -> bool {
    node.is_some_and(|node| !node.sums().is_zero())
}

fn is_international(tree: &Usage<DataCounts>) -> bool {
    !tree
        .fold_children(usage_model::NodePath::is_international)
        .is_zero()
}

#[test]
fn shares_are_what_was_asked_for() {
    let mut params = ValidParams::default();
    (
        params.home_percent,
        params.national_percent,
        params.international_percent,
    ) = (0, 100, 30);
    let trees = draw(&valid_usage::<DataCounts>(params), 400);
    assert_eq!(share(&trees, |tree| has_usage(tree.home.value())), 0);
    assert!(share(&trees, |tree| has_usage(tree.national_roaming.value())) > 80);
    let international = share(&trees, is_international);
    assert!((10..40).contains(&international), "{international}");
    params.international_percent = 0;
    assert_eq!(share(&draw(&valid_usage(params), 100), is_international), 0);
}

#[test]
fn figures_reach_from_zero_to_the_largest_allowed() {
    let trees = draw(&valid_usage::<DataCounts>(ValidParams::default()), 400);
    let top = |tree: &Usage<DataCounts>| tree.top.count(Counter::Total).get();
    assert!(share(&trees, |tree| top(tree) > 1 << 53) >= 5);
    assert!(share(&trees, |tree| top(tree) < 1 << 32) >= 5);
    let mut small = ValidParams::default();
    small.largest = 1_000;
    let trees = draw(&valid_usage::<DataCounts>(small), 400);
    assert_eq!(share(&trees, |tree| top(tree) <= 1_000), 100);
    assert!(share(&trees, |tree| top(tree) > 100) >= 10);
}

#[test]
fn every_shape_is_drawn() {
    let shaped = |shape| {
        let mut params = ValidParams::default();
        params.shape = shape;
        draw(&valid_usage::<DataCounts>(params), 400)
    };
    let full = |tree: &Usage<DataCounts>| {
        tree.home.is_value()
            && tree.national_roaming.is_value()
            && matches!(tree.international_roaming, International::List(_))
            && tree.nodes().all(|(_, node)| {
                node.counts
                    .counters()
                    .iter()
                    .all(usage_model::Field::is_value)
            })
    };
    assert_eq!(share(&shaped(WireShape::Newer), full), 100);
    let older = shaped(WireShape::Older);
    assert!(share(&older, |tree| tree.home.is_null()) > 10);
    assert_eq!(share(&older, |tree| tree.home.is_absent()), 0);
    let nulled = shaped(WireShape::Nulled);
    let is_nulled = |node: &usage_model::UsageNode<DataCounts>| {
        node.counts
            .counters()
            .iter()
            .all(usage_model::Field::is_null)
    };
    assert!(share(&nulled, |tree| tree.home.value().is_some_and(is_nulled)) > 10);
    let is_null_where_zero = |tree: &Usage<DataCounts>| {
        tree.nodes()
            .all(|(_, node)| is_nulled(node) == node.sums().is_zero())
    };
    assert_eq!(share(&nulled, is_null_where_zero), 100);
    let mixed = shaped(WireShape::Mixed);
    let shapes: [fn(&Usage<DataCounts>) -> bool; 8] = [
        |tree| tree.home.is_null(),
        |tree| tree.home.is_absent(),
        |tree| {
            tree.national_roaming
                .value()
                .is_some_and(|node| node.counts == DataCounts::default())
        },
        |tree| matches!(tree.international_roaming, International::Absent),
        |tree| matches!(tree.international_roaming, International::Null),
        |tree| matches!(tree.international_roaming, International::Single(_)),
        |tree| tree.nodes().any(|(_, node)| node.counts.total.is_null()),
        |tree| tree.nodes().any(|(_, node)| node.counts.upload.is_absent()),
    ];
    for shape in shapes {
        assert!(share(&mixed, shape) > 0);
    }
}

#[test]
fn the_top_is_never_above_the_largest_allowed() {
    let mut params = ValidParams::default();
    (
        params.largest,
        params.countries,
        params.international_percent,
    ) = (5, 1, 100);
    (params.home_percent, params.national_percent) = (100, 100);
    for tree in draw(&valid_usage::<DataCounts>(params), 2_000) {
        assert!(tree.top.count(Counter::Total).get() <= 5, "{tree:?}");
    }
}

#[test]
fn one_country_comes_as_a_list_and_as_an_object() {
    let mut params = ValidParams::default();
    (params.countries, params.international_percent) = (1, 100);
    let trees = draw(&valid_usage::<DataCounts>(params), 400);
    assert!(
        share(
            &trees,
            |tree| matches!(&tree.international_roaming, International::Single(entry) if entry.country_code.is_value())
        ) > 3
    );
    assert!(
        share(
            &trees,
            |tree| matches!(&tree.international_roaming, International::List(list) if list.len() == 1)
        ) > 20
    );
}

#[test]
fn counts_of_every_size_are_as_likely() {
    let counts = draw(&any_count(), 4_000);
    let of = |holds: &dyn Fn(u64) -> bool| {
        counts.iter().filter(|count| holds(count.get())).count() * 100 / counts.len()
    };
    assert!((9..15).contains(&of(&|count| count == 0)));
    assert!(of(&|count| count >= 1 << 56) >= 8);
    assert!((8..20).contains(&of(&|count| (1..16).contains(&count))));
}

#[test]
fn amounts_sums_and_spans_of_every_size_are_drawn() {
    let amounts = draw(&any_amount(), 1_000);
    let decimals: Vec<Decimal> = amounts.iter().filter_map(Amount::decimal).collect();
    let digits = |amount: &Decimal| amount.mantissa().unsigned_abs().checked_ilog10();
    let drawn = |is: &dyn Fn(&Decimal) -> bool| decimals.iter().filter(|amount| is(amount)).count();
    assert!(drawn(&|amount| amount.is_sign_negative()) > 200);
    assert!(drawn(&|amount| digits(amount) == Some(27)) > 10);
    assert!(drawn(&|amount| digits(amount) < Some(6)) > 50);
    assert!(
        amounts.len() - decimals.len() > 100,
        "longer than a decimal"
    );
    let sums = draw(&any_sums(), 1_000);
    let totals = || sums.iter().map(|sums| sums.get(Counter::Total));
    assert!(totals().filter(|total| (1..1_000).contains(total)).count() > 20);
    assert!(totals().filter(|total| *total > 1 << 120).count() > 20);
    let days = |window: &Window| (window.end() - window.start()).num_days();
    let windows = draw(&any_window(), 400);
    assert!(windows.iter().all(|window| days(window) < 3 * 366));
    assert!(windows.iter().any(|window| days(window) > 2 * 366));
    let periods = draw(&valid_period(), 400);
    let hours = |period: &Period| {
        let (start, end) = period.bounds().unwrap();
        assert!((2015..2042).contains(&start.year()), "{start}");
        assert_eq!(start.timestamp() % 3_600, 0);
        (end - start).num_hours()
    };
    assert!(
        periods
            .iter()
            .all(|period| (1..=800 * 24).contains(&hours(period)))
    );
    assert!(periods.iter().any(|period| hours(period) > 700 * 24));
    assert!(periods.iter().any(|period| hours(period) < 24));
}

#[test]
fn records_name_a_sim_where_asked() {
    let mut params = ValidParams::default();
    assert!(
        draw(&valid_record(params), 20)
            .iter()
            .all(|record| record.sim_sid.is_absent())
    );
    params.with_sim = true;
    assert!(
        draw(&valid_record(params), 20)
            .iter()
            .all(|record| record.sim_sid.is_value())
    );
}

#[test]
fn a_failing_tree_shrinks_to_the_smallest_that_fails() {
    let mut runner = TestRunner::new_with_rng(
        Config {
            failure_persistence: None,
            cases: 256,
            max_shrink_iters: 10_000,
            ..Config::default()
        },
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    let failure = runner.run(&valid_usage::<DataCounts>(ValidParams::default()), |tree| {
        prop_assert!(tree.top.count(Counter::Total).get() < 1_000);
        Ok(())
    });
    let Err(proptest::test_runner::TestError::Fail(_, smallest)) = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(smallest.top.count(Counter::Total), Count::from(1_000));
    let used = smallest
        .children()
        .filter(|(_, node)| !node.sums().is_zero());
    assert_eq!(used.count(), 1, "{smallest:?}");
}

#[test]
fn pages_have_good_and_bad_records() {
    let pages = draw(&any_page(), 50);
    assert!(
        pages
            .iter()
            .any(|page| page.records.iter().any(Result::is_err))
    );
    assert!(
        pages
            .iter()
            .any(|page| page.records.len() > 1 && page.meta.is_none())
    );
}
