//! Every value that the types can hold.

use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    Counter, CountryUsage, Counts, Field, International, Lenient, MalformedRecord, MetaNumber,
    PageMeta, Period, PlacedRecord, RawJson, Timestamp, UnknownMembers, Usage, UsageNode,
    UsagePage, UsageRecord,
};

use super::leaves::{
    any_account_sid, any_amount, any_count, any_country_code, any_currency_code, any_data_unit,
    any_place, any_position, any_sim_sid, instant,
};

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
        1 => Just("z".to_owned()),
        1 => (select(vec!['+', '-']), 0..24, 0..60)
            .prop_map(|(sign, hours, minutes)| format!("{sign}{hours:02}:{minutes:02}")),
    ];
    let plain = (
        instant(),
        select(vec!["T", "T", "T", "t"]),
        fraction,
        offset,
    )
        .prop_map(|(instant, t, fraction, offset)| {
            let fraction = fraction.map_or(String::new(), |digits| format!(".{digits}"));
            let (date, time) = (instant.format("%Y-%m-%d"), instant.format("%H:%M:%S"));
            format!("{date}{t}{time}{fraction}{offset}")
        });
    let leap = (
        "[0-9]{4}",
        select(vec!["06-30", "12-31"]),
        select(vec!["Z", "z", ".5Z"]),
    )
        .prop_map(|(year, day, rest)| format!("{year}-{day}T23:59:60{rest}"));
    prop_oneof![9 => plain, 1 => leap].prop_map(|text| text.parse().expect("a text of the grammar"))
}

/// Any JSON value as text, a few levels deep, with numbers that no other type would hold.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the text is built to the grammar of JSON"
)]
pub fn any_raw_json() -> impl Strategy<Value = RawJson> {
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
    leaf.prop_recursive(3, 12, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|values| format!("[{}]", values.join(","))),
            (string.clone(), inner).prop_map(|(name, value)| format!("{{{name}:{value}}}")),
        ]
    })
    .prop_map(|text| RawJson::new(&text).expect("a JSON value"))
}

/// Members with names that no object of the API has, and any JSON values.
pub fn any_unknown_members() -> impl Strategy<Value = UnknownMembers> {
    let members = vec(("x-.{0,6}", any_raw_json()), 1..4).prop_map(|members| {
        let mut unknown = UnknownMembers::NONE;
        for (name, value) in members {
            unknown.insert(&name, value);
        }
        unknown
    });
    prop_oneof![4 => Just(UnknownMembers::NONE), 1 => members]
}

/// Generates any node: each member in each of its states, a total that need not be the sum of its directions.
pub fn any_node<C: Counts>() -> BoxedStrategy<UsageNode<C>> {
    (
        [field(any_count()), field(any_count()), field(any_count())],
        field(lenient(any_data_unit())),
        field(any_amount()),
        field(lenient(any_currency_code())),
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

/// Generates any entry of the international share.
pub fn any_country_usage<C: Counts>() -> BoxedStrategy<CountryUsage<C>> {
    (field(lenient(any_country_code())), any_node())
        .prop_map(|(country_code, node)| CountryUsage { country_code, node })
        .boxed()
}

/// Generates any international share, in each of its shapes.
pub fn any_international<C: Counts>() -> impl Strategy<Value = International<C>> {
    prop_oneof![
        Just(International::Absent),
        Just(International::Null),
        vec(any_country_usage(), 0..4).prop_map(International::List),
        any_country_usage().prop_map(|entry| International::Single(Box::new(entry))),
    ]
}

/// Generates any tree: each node and member in each of its states, sums that need not hold.
pub fn any_usage<C: Counts>() -> BoxedStrategy<Usage<C>> {
    (
        any_node(),
        field(any_node()),
        field(any_node()),
        any_international(),
    )
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

/// Generates any period: each end in each of its states, the start before or after the end.
pub fn any_period() -> impl Strategy<Value = Period> {
    (
        field(any_timestamp()),
        field(any_timestamp()),
        any_unknown_members(),
    )
        .prop_map(|(start, end, unknown)| Period {
            start,
            end,
            unknown,
        })
}

/// Generates any record: each member in each of its states, at least one there, sums that need not hold, and unknown
/// members.
pub fn any_record() -> impl Strategy<Value = UsageRecord> {
    (
        field(lenient(any_account_sid())),
        field(lenient(any_sim_sid())),
        field(any_period()),
        field(any_usage()),
        field(any_usage()),
        any_unknown_members(),
    )
        .prop_map(|(account_sid, sim_sid, period, commands, data, unknown)| {
            let mut record = UsageRecord {
                account_sid,
                sim_sid,
                period,
                commands,
                data,
                unknown,
            };
            if !record.has_values() {
                record.account_sid = Field::Value(Lenient::from_text(""));
                record.unknown = UnknownMembers::NONE;
            }
            record
        })
}

/// Generates any paging envelope.
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

/// Generates what might be said of any malformed record; its parts need not fit each other.
pub fn any_malformed_record() -> impl Strategy<Value = MalformedRecord> {
    let pointer = "(/([a-z_]|~[01]){0,8}){0,3}";
    (
        any_place(),
        pointer,
        any::<String>(),
        any::<String>(),
        any_position(),
        any::<String>(),
    )
        .prop_map(
            |(place, pointer, found, expected, position, raw)| MalformedRecord {
                place,
                pointer,
                found,
                expected,
                position,
                raw: raw.into(),
            },
        )
}

/// Generates any page of up to four records, some of them malformed.
pub fn any_page() -> impl Strategy<Value = UsagePage> {
    let placed = (any_place(), any_record());
    let placed = placed.prop_map(|(place, record)| PlacedRecord { place, record });
    let record = prop_oneof![
        3 => placed.prop_map(Ok),
        1 => any_malformed_record().prop_map(Err),
    ];
    (vec(record.boxed(), 0..=4), option::of(any_meta()))
        .prop_map(|(records, meta)| UsagePage { records, meta })
}
