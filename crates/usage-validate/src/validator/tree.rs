//! One tree of a record: in one pass where everything in it adds up, by rule after rule otherwise.

use usage_model::{Count, CountryUsage, Counts, DataUnit, Field, Kind, Lenient, Usage, UsageNode};

use crate::{
    config::{options::Policy, settings::Settings},
    findings::{reporter::Reporter, subject::Subject},
    rules::{
        counters::{self, AMOUNT_KEPT_AS_TEXT, NULL_COUNTER, is_blank, present},
        country::{self, COUNTRY_ENTRY},
        duplicates::figures::{TreeFigures, country_weight, weighed},
        international::INTERNATIONAL_POLICY_INCONSISTENT,
        sums::{
            balance::Balance,
            direction::{self, DIRECTION_SUM},
            network::{self, BREAKDOWN_MISSING, INTERNATIONAL_OUTSIDE_TOTAL, NETWORK_SUM},
        },
        unit::{self, UNIT, Units},
    },
};

/// What the other rules need of a tree that was checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    /// The counters of the top as they stand.
    pub(super) top: [u64; 3],
    /// The unit of the top; `None` where it is not known.
    pub(super) unit: Option<DataUnit>,
    pub(super) figures: TreeFigures,
    /// Whether the tree counts international traffic; `None` if it has none, fits neither way, or the policy of the run
    /// is fixed.
    pub(super) vote: Option<Policy>,
    /// Whether a node has members that are not known.
    pub(super) has_unknown: bool,
}

impl Default for Checked {
    /// Returns what a tree that is absent counts as.
    fn default() -> Self {
        Self {
            top: [0; 3],
            unit: Some(DataUnit::Bytes),
            figures: TreeFigures::default(),
            vote: None,
            has_unknown: false,
        }
    }
}

/// Checks one tree by every rule on nodes and sums.
pub(super) fn check<C: Counts>(
    tree: &Field<Usage<C>>,
    settings: &Settings,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) -> Checked {
    let Field::Value(tree) = tree else {
        return Checked::default();
    };
    let fast = settings
        .fast_paths
        .then(|| Pass::over(tree, settings.policy, reporter));
    match fast.flatten() {
        Some(checked) => checked,
        None if is_blank(tree) => Checked::default(),
        None => fully(tree, settings, subject, reporter),
    }
}

/// Checks a tree by one rule after the other.
fn fully<C: Counts>(
    tree: &Usage<C>,
    settings: &Settings,
    subject: Subject<'_>,
    reporter: &mut Reporter,
) -> Checked {
    let policy = settings.policy;
    let count = wide(present(tree).count());
    reporter.evaluated_times(&NULL_COUNTER, count);
    reporter.evaluated_times(&DIRECTION_SUM, count);
    counters::null_counters(tree, subject, reporter);
    let amounts = tree.nodes().filter(|(_, node)| node.billed.is_value());
    reporter.evaluated_times(&AMOUNT_KEPT_AS_TEXT, wide(amounts.count()));
    counters::long_amounts(tree, subject, reporter);
    let units = Units::of(tree);
    if C::KIND == Kind::Data {
        reporter.evaluated(&UNIT);
        unit::report(tree, &units, subject, reporter);
    }
    country::check(tree, subject, reporter);
    let balance = Balance::new(tree, &units, settings.tolerance.of(C::KIND));
    let judgement = network::judge(&balance, policy, reporter);
    let vote = judgement.vote(&balance, policy);
    if vote.is_some() {
        reporter.evaluated(&INTERNATIONAL_POLICY_INCONSISTENT);
    }
    network::report(tree, &balance, &judgement, subject, reporter);
    direction::report(tree, &balance, &judgement, subject, reporter);
    Checked {
        top: counters::figures(&tree.top),
        unit: units.read(0).ok(),
        figures: TreeFigures::of(tree),
        vote,
        has_unknown: tree.nodes().any(|(_, node)| !node.unknown.is_empty()),
    }
}

/// One pass over a tree, which can only say that every node has all its counters, in bytes or Commands, and that all
/// sums are right.
#[derive(Debug, Default)]
struct Pass {
    nodes: u64,
    /// Amounts billed.
    amounts: u64,
    has_unknown: bool,
    /// Something is not as it should be, or is too large to be added up here.
    is_off: bool,
    by_country: u64,
}

/// Entries of international roaming in a tree that one pass may take.
const MOST_ENTRIES: usize = 16;

/// Totals that one pass may take are below 2 to this power, so that no sum over the nodes of a tree overflows.
const MOST_BITS: u32 = 56;

impl Pass {
    /// Goes over a tree, and counts what was evaluated as [`fully`] does; `None` where that has to speak.
    fn over<C: Counts>(
        tree: &Usage<C>,
        policy: Policy,
        reporter: &mut Reporter,
    ) -> Option<Checked> {
        let entries = tree.international_roaming.entries();
        let mut pass = Self::default();
        let top = pass.node(&tree.top);
        let home = pass.child(&tree.home);
        let national = pass.child(&tree.national_roaming);
        let domestic = add(home, national);
        let mut international = [0; 3];
        for (index, entry) in entries.iter().enumerate() {
            let earlier = entries.get(..index).unwrap_or_default();
            international = add(international, pass.entry(entry, earlier));
        }
        let sum = match policy {
            Policy::Exclude => domestic,
            Policy::Auto | Policy::Include => add(domestic, international),
        };
        if pass.is_off || sum != top || entries.len() > MOST_ENTRIES {
            return None;
        }
        let has_usage = top != [0; 3];
        let has_vote = policy == Policy::Auto && international != [0; 3];
        reporter.evaluated_times(&NULL_COUNTER, pass.nodes);
        reporter.evaluated_times(&AMOUNT_KEPT_AS_TEXT, pass.amounts);
        reporter.evaluated_times(&UNIT, u64::from(C::KIND == Kind::Data));
        reporter.evaluated_times(&COUNTRY_ENTRY, wide(entries.len()));
        reporter.evaluated_times(&NETWORK_SUM, 3);
        reporter.evaluated_times(&DIRECTION_SUM, pass.nodes);
        reporter.evaluated_times(&BREAKDOWN_MISSING, u64::from(has_usage));
        if has_vote {
            if C::KIND == Kind::Data {
                reporter.evaluated(&INTERNATIONAL_OUTSIDE_TOTAL);
            }
            reporter.evaluated(&INTERNATIONAL_POLICY_INCONSISTENT);
        }
        Some(Checked {
            top,
            unit: Some(DataUnit::Bytes),
            figures: TreeFigures::new([top, home, national, international], pass.by_country),
            vote: has_vote.then_some(Policy::Include),
            has_unknown: pass.has_unknown,
        })
    }

    #[inline]
    fn node<C: Counts>(&mut self, node: &UsageNode<C>) -> [u64; 3] {
        self.nodes += 1;
        self.has_unknown |= !node.unknown.is_empty();
        if let Field::Value(amount) = &node.billed {
            self.amounts += 1;
            self.is_off |= amount.decimal().is_none();
        }
        let is_bytes = match node.counts.units() {
            None | Some(Field::Value(Lenient::Known(DataUnit::Bytes))) => true,
            Some(_) => false,
        };
        let [
            Field::Value(total),
            Field::Value(toward),
            Field::Value(from),
        ] = node.counts.counters()
        else {
            self.is_off = true;
            return [0; 3];
        };
        let figures = [total, toward, from].map(Count::get);
        let [total, toward, from] = figures;
        // Counters are below 2⁶³.
        let is_sum = toward.wrapping_add(from) == total;
        self.is_off |= !is_bytes || !is_sum || total >> MOST_BITS != 0;
        figures
    }

    #[inline]
    fn child<C: Counts>(&mut self, child: &Field<UsageNode<C>>) -> [u64; 3] {
        child.value().map_or([0; 3], |node| self.node(node))
    }

    #[inline]
    fn entry<C: Counts>(
        &mut self,
        entry: &CountryUsage<C>,
        earlier: &[CountryUsage<C>],
    ) -> [u64; 3] {
        let code = &entry.country_code;
        self.is_off |= !matches!(code, Field::Value(Lenient::Known(_)))
            || earlier.iter().any(|other| other.country_code == *code);
        let figures = self.node(&entry.node);
        let weighed = weighed(country_weight(entry), figures);
        self.by_country = self.by_country.wrapping_add(weighed);
        figures
    }
}

/// Adds figures that are small, or else are not used.
#[inline]
const fn add(one: [u64; 3], other: [u64; 3]) -> [u64; 3] {
    [
        one[0].wrapping_add(other[0]),
        one[1].wrapping_add(other[1]),
        one[2].wrapping_add(other[2]),
    ]
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
