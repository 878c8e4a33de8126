//! Every value that the types can hold.

use chrono::TimeDelta;
use proptest::{collection::vec, option, prelude::*, sample::select};
use rust_decimal::Decimal;

use crate::{
    Counter, CountryUsage, Counts, DataUnit, Field, International, Lenient, MetaNumber, PageMeta,
    Period, RawJson, Timestamp, UnknownMembers, Usage, UsageNode, UsageRecord,
};

use super::leaves::{any_account_sid, any_count, any_country_code, any_sim_sid, instant};

/// A member in any of its three states.
///
/// Boxed, like every strategy here for a large value: trees of them would not fit on the stack of a test.
fn field<T: std::fmt::Debug + Clone + 'static>(
    value: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Field<T>> {
    prop_oneof![
        1 => Just(Field::Absent),
        1 => Just(Field::Null),
        4 => value.prop_map(Field::Value),
    ]
    .boxed()
}

/// A text in its documented form, or some other text.
fn lenient<T: std::fmt::Debug + Clone + std::str::FromStr + 'static>(
    known: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Lenient<T>> {
    prop_oneof![
        3 => known.prop_map(Lenient::Known),
        1 => any::<String>().prop_map(|text| Lenient::from_text(&text)),
    ]
}

/// Any timestamp in any spelling of the grammar.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the text is built to the grammar of the type"
)]
pub fn any_timestamp() -> impl Strategy<Value = Timestamp> {
    let fraction = option::of("[0-9]{1,9}");
    let offset = prop_oneof![
        3 => Just("Z".to_owned()),
        1 => (select(vec!['+', '-']), 0..24, 0..60)
            .prop_map(|(sign, hours, minutes)| format!("{sign}{hours:02}:{minutes:02}")),
    ];
    (instant(), fraction, offset).prop_map(|(instant, fraction, offset)| {
        let fraction = fraction.map_or(String::new(), |digits| format!(".{digits}"));
        let seconds = instant.format("%Y-%m-%dT%H:%M:%S");
        format!("{seconds}{fraction}{offset}")
            .parse()
            .expect("a text of the grammar")
    })
}

/// Members with names that no object of the API has, and any JSON values.
pub fn any_unknown_members() -> impl Strategy<Value = UnknownMembers> {
    let number = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?",
    ];
    let string = any::<String>().prop_map(|text| serde_json::Value::from(text).to_string());
    let leaf = prop_oneof![
        select(vec!["null", "true", "false", "{}", "[]"]).prop_map(str::to_owned),
        number,
        string.clone(),
    ];
    let value = leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            (string.clone(), inner).prop_map(|(name, value)| format!("{{{name}:{value}}}")),
        ]
    });
    let members = vec(("x-.{0,6}", value), 1..4).prop_map(|members| {
        let mut unknown = UnknownMembers::NONE;
        for (name, value) in members {
            if let Ok(value) = RawJson::new(&value) {
                unknown.insert(&name, value);
            }
        }
        unknown
    });
    prop_oneof![4 => Just(UnknownMembers::NONE), 1 => members]
}

/// An exact decimal of up to 28 digits and any scale.
fn amount() -> impl Strategy<Value = Decimal> {
    let largest = 9_999_999_999_999_999_999_999_999_999_i128;
    (-largest..=largest, 0_u32..28, 0_u32..=28).prop_map(|(mantissa, shift, scale)| {
        let mantissa = mantissa / 10_i128.pow(shift);
        Decimal::try_from_i128_with_scale(mantissa, scale).unwrap_or_default()
    })
}

fn node<C: Counts>() -> BoxedStrategy<UsageNode<C>> {
    (
        [field(any_count()), field(any_count()), field(any_count())],
        field(lenient(select(DataUnit::ALL.to_vec()))),
        field(amount()),
        field("[A-Z]{3}".prop_map(|text| Lenient::from_text(&text))),
        any_unknown_members(),
    )
        .prop_map(|(counters, units, billed, billing_units, unknown)| {
            let mut node = UsageNode::new(C::default());
            for (counter, value) in Counter::ALL.into_iter().zip(counters) {
                *node.counts.counter_mut(counter) = value;
            }
            if let Some(slot) = node.counts.units_mut() {
                *slot = units;
            }
            node.billed = billed;
            node.billing_units = billing_units;
            node.unknown = unknown;
            node
        })
        .boxed()
}

fn country<C: Counts>() -> BoxedStrategy<CountryUsage<C>> {
    (field(lenient(any_country_code())), node())
        .prop_map(|(country_code, node)| CountryUsage { country_code, node })
        .boxed()
}

fn international<C: Counts>() -> impl Strategy<Value = International<C>> {
    prop_oneof![
        Just(International::Absent),
        Just(International::Null),
        vec(country(), 0..4).prop_map(International::List),
        country().prop_map(|entry| International::Single(Box::new(entry))),
    ]
}

fn usage<C: Counts>() -> BoxedStrategy<Usage<C>> {
    (node(), field(node()), field(node()), international())
        .prop_map(
            |(top, home, national_roaming, international_roaming)| Usage {
                top,
                home,
                national_roaming,
                international_roaming,
            },
        )
        .boxed()
}

fn period() -> impl Strategy<Value = Period> {
    let end = (any_timestamp(), 0_i64..100).prop_map(|(timestamp, hours)| {
        Timestamp::from(timestamp.instant() + TimeDelta::hours(hours))
    });
    (
        field(any_timestamp()),
        field(prop_oneof![end, any_timestamp()]),
        any_unknown_members(),
    )
        .prop_map(|(start, end, unknown)| Period {
            start,
            end,
            unknown,
        })
}

/// Any record: each member in each of its states, sums that need not hold, unknown members.
pub fn any_record() -> impl Strategy<Value = UsageRecord> {
    (
        field(lenient(any_account_sid())),
        field(lenient(any_sim_sid())),
        field(period()),
        field(usage()),
        field(usage()),
        any_unknown_members(),
    )
        .prop_map(
            |(account_sid, sim_sid, period, commands, data, unknown)| UsageRecord {
                account_sid,
                sim_sid,
                period,
                commands,
                data,
                unknown,
            },
        )
}

/// Any paging envelope.
pub fn any_meta() -> impl Strategy<Value = PageMeta> {
    let number = || {
        field(prop_oneof![
            any::<u64>().prop_map(MetaNumber::Number),
            any::<String>().prop_map(|text| MetaNumber::Text(text.into())),
        ])
    };
    let url = || field(any::<String>());
    (
        number(),
        number(),
        url(),
        url(),
        url(),
        url(),
        url(),
        any_unknown_members(),
    )
        .prop_map(
            |(
                page,
                page_size,
                first_page_url,
                previous_page_url,
                url,
                next_page_url,
                key,
                unknown,
            )| {
                PageMeta {
                    page,
                    page_size,
                    first_page_url,
                    previous_page_url,
                    url,
                    next_page_url,
                    key,
                    unknown,
                }
            },
        )
}
