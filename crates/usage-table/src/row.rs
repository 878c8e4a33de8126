//! Records as flat rows: one a service, network and country.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use usage_model::{
    Amount, Counter, CountryUsage, Counts, DataUnit, Granularity, Kind, Lenient, REFLECTED_AFTER,
    SETTLED_AFTER, Usage, UsageNode, UsageRecord, named,
};

use crate::{
    LeftOut, Network,
    figure::{Figure, default_unit},
};

/// The most digits after the point of an amount in a row, as in the decimal(38,18) of tables that have one type a
/// column.
pub const AMOUNT_SCALE: u32 = 18;

/// The most digits before the point of an amount in a row.
const AMOUNT_WHOLE_DIGITS: u32 = 38 - AMOUNT_SCALE;

/// One row of the table `usage`: what one service used on one network, and in one country abroad.
///
/// Rows with [`Network::Total`] and the others are not to be added together: the first are the record's own word, the
/// others its split. Later versions add columns, and never change one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UsageRow<'a> {
    /// The account, as the record states it.
    pub account_sid: Option<&'a str>,
    /// The SIM; `None` for the records of a whole account.
    pub sim_sid: Option<&'a str>,
    /// How finely the query divided time; `None` where that is not known.
    pub granularity: Option<Granularity>,
    /// When the period starts; inclusive, UTC.
    pub period_start: Option<DateTime<Utc>>,
    /// When the period ends; exclusive, UTC.
    pub period_end: Option<DateTime<Utc>>,
    /// Data or Commands.
    pub service: Kind,
    /// The network.
    pub network: Network,
    /// The country abroad, as the record states it; `None` on other networks, and where the record names none.
    pub country: Option<&'a str>,
    /// All usage: bytes, or Commands. `None` where the counter is null or absent, or left out.
    pub total: Option<i64>,
    /// Usage towards the SIM: bytes downloaded, or Commands.
    pub to_sim: Option<i64>,
    /// Usage from the SIM: bytes uploaded, or Commands.
    pub from_sim: Option<i64>,
    /// What was billed: at most 20 digits before the point and [`AMOUNT_SCALE`] after it. Does not add up over
    /// networks.
    pub billed: Option<Decimal>,
    /// The currency of `billed`, as the record states it.
    pub currency: Option<&'a str>,
    /// How far the figures are from final, by their age when they were fetched; `None` where that is not known.
    pub state: Option<UsageState>,
}

impl UsageRow<'_> {
    /// Returns what was billed in units of 10⁻¹⁸, as a column of type decimal(38,18) holds it.
    ///
    /// ```
    /// use usage_model::UsageRecord;
    /// use usage_table::{Fetched, usage_rows};
    ///
    /// let record: UsageRecord = serde_json::from_str(r#"{"data":{"billed":-1.50}}"#)?;
    /// let (rows, _) = usage_rows(&record, Fetched::default());
    /// assert_eq!(rows[0].billed_units(), Some(-1_500_000_000_000_000_000));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn billed_units(&self) -> Option<i128> {
        let amount = self.billed?;
        let missing = AMOUNT_SCALE.checked_sub(amount.scale())?;
        amount.mantissa().checked_mul(10_i128.pow(missing))
    }
}

/// How far figures are from final, by nothing but their age when they were fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "two limits of age make three states"
)]
pub enum UsageState {
    /// The period ended less than 24 hours before, or had not ended.
    Provisional,
    /// The period ended less than 48 hours before.
    Settling,
    /// The period ended at least 48 hours before.
    Final,
}

named!(pub UsageState, "a state of usage", {
    Provisional: "provisional",
    Settling: "settling",
    Final: "final",
});

impl UsageState {
    /// Returns the state of a period that ends at `end`, fetched at `fetched_at`.
    pub fn of(end: DateTime<Utc>, fetched_at: DateTime<Utc>) -> Self {
        let age = fetched_at.signed_duration_since(end);
        if age < REFLECTED_AFTER {
            Self::Provisional
        } else if age < SETTLED_AFTER {
            Self::Settling
        } else {
            Self::Final
        }
    }
}

/// What is known of records besides what they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fetched {
    /// When they were fetched.
    pub at: Option<DateTime<Utc>>,
    /// How finely the query divided time.
    pub granularity: Option<Granularity>,
}

impl Fetched {
    /// Records that were fetched at a time, by the server's clock.
    pub const fn at(at: DateTime<Utc>) -> Self {
        Self {
            at: Some(at),
            granularity: None,
        }
    }
}

/// Returns the rows of a record, data before Commands, the top first; and how much no row can hold.
///
/// A node that is null, absent or `{}` has no row, but an international share that names a country has one.
///
/// ```
/// use usage_model::UsageRecord;
/// use usage_table::{Fetched, usage_rows};
///
/// let record: UsageRecord = serde_json::from_str(
///     r#"{"data":{"total":7,"download":5,"upload":2,"units":"KB","home":null,
///         "international_roaming":[{"country_code":"DEU","total":7,"download":5,"upload":2}]}}"#,
/// )?;
/// let (rows, left_out) = usage_rows(&record, Fetched::default());
/// let told: Vec<_> = rows.iter().map(|row| (row.network.as_str(), row.country, row.total)).collect();
/// assert_eq!(told, [("total", None, Some(7000)), ("international", Some("DEU"), Some(7000))]);
/// assert!(left_out.is_none());
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn usage_rows(record: &UsageRecord, fetched: Fetched) -> (Vec<UsageRow<'_>>, LeftOut) {
    let period = record.period.value();
    let start = period.and_then(|period| period.start.value());
    let end = period.and_then(|period| period.end.value());
    let end = end.map(|end| end.instant());
    let mut rows = Rows {
        of_record: UsageRow {
            account_sid: record.account_sid.value().map(Lenient::as_str),
            sim_sid: record.sim_sid.value().map(Lenient::as_str),
            granularity: fetched.granularity,
            period_start: start.map(|start| start.instant()),
            period_end: end,
            service: Kind::Data,
            network: Network::Total,
            country: None,
            total: None,
            to_sim: None,
            from_sim: None,
            billed: None,
            currency: None,
            state: end.zip(fetched.at).map(|(end, at)| UsageState::of(end, at)),
        },
        made: Vec::new(),
        left_out: LeftOut::default(),
    };
    if let Some(data) = record.data.value() {
        rows.add_tree(data);
    }
    if let Some(commands) = record.commands.value() {
        rows.add_tree(commands);
    }
    (rows.made, rows.left_out)
}

/// The rows of a record so far.
struct Rows<'a> {
    /// What is the same in all of them.
    of_record: UsageRow<'a>,
    made: Vec<UsageRow<'a>>,
    left_out: LeftOut,
}

impl<'a> Rows<'a> {
    fn add_tree<C: Counts>(&mut self, usage: &'a Usage<C>) {
        let otherwise = default_unit(usage);
        let networks = [
            (Network::Total, Some(&usage.top)),
            (Network::Home, usage.home.value()),
            (Network::National, usage.national_roaming.value()),
        ];
        for (network, node) in networks {
            if let Some(node) = node
                && *node != UsageNode::default()
            {
                self.add(network, None, node, otherwise);
            }
        }
        for entry in usage.international_roaming.entries() {
            if *entry != CountryUsage::default() {
                let country = entry.country_code.value().map(Lenient::as_str);
                self.add(Network::International, country, &entry.node, otherwise);
            }
        }
    }

    fn add<C: Counts>(
        &mut self,
        network: Network,
        country: Option<&'a str>,
        node: &'a UsageNode<C>,
        otherwise: Option<DataUnit>,
    ) {
        let [total, to_sim, from_sim] = Counter::ALL.map(|counter| {
            let figure = Figure::of_node(node, otherwise, counter);
            let fits = figure.known().and_then(|figure| figure.try_into().ok());
            self.left_out.figures += u64::from(fits.is_none() && figure != Figure::Absent);
            fits
        });
        let billed = node.billed.value().and_then(fitting);
        self.left_out.amounts += u64::from(billed.is_none() && node.billed.is_value());
        self.made.push(UsageRow {
            service: C::KIND,
            network,
            country,
            total,
            to_sim,
            from_sim,
            billed,
            currency: node.billing_units.value().map(Lenient::as_str),
            ..self.of_record.clone()
        });
    }
}

/// An amount as a column of type decimal(38,18) holds it, in the spelling of the record; `None` if it has more
/// digits.
fn fitting(amount: &Amount) -> Option<Decimal> {
    let mut amount = amount.decimal()?;
    if amount.scale() > AMOUNT_SCALE {
        amount = amount.normalize();
    }
    let whole = amount.trunc().mantissa().unsigned_abs();
    (amount.scale() <= AMOUNT_SCALE && whole < 10_u128.pow(AMOUNT_WHOLE_DIGITS)).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(record: &str) -> (Vec<String>, LeftOut) {
        let record: UsageRecord = serde_json::from_str(record).unwrap();
        let (rows, left_out) = usage_rows(&record, Fetched::default());
        let shown = |row: &UsageRow<'_>| {
            let counters = [row.total, row.to_sim, row.from_sim];
            let counters = counters.map(|figure| figure.map_or("-".into(), |one| one.to_string()));
            format!(
                "{} {} {} {}",
                row.service,
                row.network,
                row.country.unwrap_or("-"),
                counters.join(" ")
            )
        };
        (rows.iter().map(shown).collect(), left_out)
    }

    #[test]
    fn a_node_without_anything_has_no_row() {
        for nothing in [
            r#"{"sim_sid":"x","data":null,"commands":{}}"#,
            r#"{"sim_sid":"x","period":{}}"#,
            r#"{"sim_sid":"x","data":{"home":null,"national_roaming":{},"international_roaming":[{}]}}"#,
            r#"{"sim_sid":"x","commands":{"international_roaming":{}}}"#,
        ] {
            assert_eq!(rows(nothing).0, [""; 0], "{nothing}");
        }
        assert_eq!(
            rows(r#"{"data":{"home":{"total":null}},"commands":{"total":0}}"#).0,
            ["data home - - - -", "commands total - 0 - -"]
        );
    }

    #[test]
    fn a_country_has_a_row_and_so_has_a_single_object() {
        assert_eq!(
            rows(
                r#"{"data":{"international_roaming":[{"country_code":"DEU"},{"total":4}]},
                    "commands":{"international_roaming":{"total":3}}}"#
            )
            .0,
            [
                "data international DEU - - -",
                "data international - 4 - -",
                "commands international - 3 - -"
            ]
        );
    }

    #[test]
    fn what_no_column_holds_is_empty_and_counted() {
        let (rows, left_out) = rows(
            r#"{"data":{"total":9223372036854775807,"download":9223372036854775807,"upload":1,"units":"KB",
                "billed":0.1000000000000000055511151231257827021181583404541015625,
                "home":{"total":1,"units":"parsecs","billed":0.1000000000000000000}}}"#,
        );
        assert_eq!(rows, ["data total - - - 1000", "data home - - - -"]);
        assert_eq!((left_out.figures, left_out.amounts), (3, 1));
    }

    #[test]
    fn an_amount_fits_with_20_digits_before_the_point_and_18_after() {
        let fits = |text: &str| fitting(&text.parse().unwrap()).map(|amount| amount.to_string());
        for kept in [
            "251.230",
            "-0.5",
            "99999999999999999999",
            "0.123456789012345678",
        ] {
            assert_eq!(fits(kept).as_deref(), Some(kept));
        }
        assert_eq!(fits("1e3").as_deref(), Some("1000"));
        assert_eq!(fits("0.50000000000000000000").as_deref(), Some("0.5"));
        for too_long in ["100000000000000000000", "0.1234567890123456789"] {
            assert_eq!(fits(too_long), None, "{too_long}");
        }
    }

    #[test]
    fn figures_are_provisional_for_a_day_and_final_after_two() {
        let end: DateTime<Utc> = "2026-06-02T00:00:00Z".parse().unwrap();
        let state = |at: &str| UsageState::of(end, at.parse().unwrap()).as_str();
        assert_eq!(state("2026-06-01T12:00:00Z"), "provisional");
        assert_eq!(state("2026-06-02T23:59:59Z"), "provisional");
        assert_eq!(state("2026-06-03T00:00:00Z"), "settling");
        assert_eq!(state("2026-06-03T23:59:59Z"), "settling");
        assert_eq!(state("2026-06-04T00:00:00Z"), "final");
    }
}
