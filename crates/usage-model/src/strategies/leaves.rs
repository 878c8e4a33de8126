//! Values without members.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{prelude::*, sample::select, strategy::Union};

use rust_decimal::Decimal;

use crate::{
    AccountSid, Amount, Code, Container, Count, Counter, CountryCode, CurrencyCode, DataUnit,
    Granularity, Kind, NodePath, PageSize, Place, Position, Resource, Sid, SidKind, SimSid, Sums,
    Window, WindowPart,
};

/// Generates any counter, over its whole range, small ones as likely as large ones.
pub fn any_count() -> impl Strategy<Value = Count> + Clone {
    count_to(Count::MAX.get())
}

/// Any counter up to `limit`: of no bit, of up to 4, of up to 8 and so on to 63, each as likely as the others.
///
/// Shrinks to the fewest bits and the smallest figure.
pub(super) fn count_to(limit: u64) -> impl Strategy<Value = Count> + Clone {
    let limit = limit.min(Count::MAX.get());
    let up_to = |bits: u32| (0..=limit.min((1 << bits) - 1)).boxed();
    Union::new([0, 4, 8, 16, 24, 32, 40, 48, 56, 63].map(up_to))
        .prop_map(|value| Count::new(value).unwrap_or(Count::MAX))
}

/// Generates any account SID, digits of either case.
pub fn any_account_sid() -> impl Strategy<Value = AccountSid> + Clone {
    sid("AC[0-9a-fA-F]{32}")
}

/// Generates any SIM SID, digits of either case.
pub fn any_sim_sid() -> impl Strategy<Value = SimSid> + Clone {
    sid("DE[0-9a-fA-F]{32}")
}

#[expect(
    clippy::expect_used,
    reason = "the pattern is the grammar of the type, so the text always parses"
)]
fn sid<K: SidKind + Clone>(pattern: &'static str) -> impl Strategy<Value = Sid<K>> + Clone {
    let texts = proptest::string::string_regex(pattern).expect("a valid pattern");
    let texts = std::sync::Arc::new(texts);
    texts.prop_map(|text| text.parse().expect("a text of the grammar"))
}

/// Generates a country: some that real responses name, or any three capital letters.
pub fn any_country_code() -> impl Strategy<Value = CountryCode> + Clone {
    code(vec!["DEU", "CHE", "GTM", "USA", "MEX"])
}

/// Generates a currency: the one that real responses name, or any three capital letters.
pub fn any_currency_code() -> impl Strategy<Value = CurrencyCode> + Clone {
    code(vec!["USD"])
}

#[expect(
    clippy::expect_used,
    reason = "three capital letters are the grammar of the type"
)]
fn code<K: std::fmt::Debug + Clone + 'static>(
    seen: Vec<&'static str>,
) -> impl Strategy<Value = Code<K>> + Clone {
    let letter = select((b'A'..=b'Z').map(char::from).collect::<Vec<_>>());
    let letters =
        (letter.clone(), letter.clone(), letter).prop_map(|(a, b, c)| format!("{a}{b}{c}"));
    prop_oneof![select(seen).prop_map(str::to_owned), letters]
        .prop_map(|text| text.parse().expect("three capital letters"))
}

/// Generates any unit with a known size.
pub fn any_data_unit() -> impl Strategy<Value = DataUnit> + Clone {
    select(DataUnit::ALL.to_vec())
}

/// Any amount: an exact decimal of up to 28 digits and any scale, or any other number of JSON.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the text is built to the grammar of JSON"
)]
pub fn any_amount() -> impl Strategy<Value = Amount> + Clone {
    let largest = 9_999_999_999_999_999_999_999_999_999_i128;
    let decimal =
        (-largest..=largest, 0_u32..28, 0_u32..=28).prop_map(|(mantissa, shift, scale)| {
            let mantissa = mantissa / 10_i128.pow(shift);
            Decimal::try_from_i128_with_scale(mantissa, scale)
                .map_or_else(|_| Decimal::ZERO.into(), Amount::from)
        });
    let digits = (any::<bool>(), any::<u64>(), any::<[u64; 3]>(), -60_i32..60).prop_map(
        |(is_negative, whole, fraction, exponent)| {
            let sign = if is_negative { "-" } else { "" };
            let [a, b, c] = fraction;
            let text = format!("{sign}{whole}.{a}{b}{c}e{exponent}");
            text.parse().expect("a number of JSON")
        },
    );
    prop_oneof![3 => decimal, 1 => digits]
}

/// Generates either tree of a record.
pub fn any_kind() -> impl Strategy<Value = Kind> + Clone {
    select(Kind::ALL.to_vec())
}

/// Generates any counter of a node.
pub fn any_counter() -> impl Strategy<Value = Counter> + Clone {
    select(Counter::ALL.to_vec())
}

/// Generates any place of a tree; of a list, one of the first four entries.
pub fn any_node_path() -> impl Strategy<Value = NodePath> + Clone {
    prop_oneof![
        Just(NodePath::Top),
        Just(NodePath::Home),
        Just(NodePath::National),
        (0_usize..4).prop_map(NodePath::International),
        Just(NodePath::InternationalSingle),
    ]
}

/// Generates any sums, small ones as likely as large ones.
pub fn any_sums() -> impl Strategy<Value = Sums> + Clone {
    let figure = || (any::<u128>(), 0_u32..128).prop_map(|(figure, shift)| figure >> shift);
    [figure(), figure(), figure()].prop_map(Sums::new)
}

/// Generates any place of a record in its input.
pub fn any_place() -> impl Strategy<Value = Place> + Clone {
    let container = prop_oneof![
        Just(Container::Document),
        any::<u64>().prop_map(Container::List),
        any::<u64>().prop_map(Container::Page),
    ];
    (any::<u64>(), any_position(), container).prop_map(|(record, position, container)| Place {
        record,
        position,
        container,
    })
}

/// Generates any point of an input.
pub fn any_position() -> impl Strategy<Value = Position> + Clone {
    (any::<u64>(), 1_u64.., 1_u64..).prop_map(|(offset, line, column)| Position {
        offset,
        line,
        column,
    })
}

/// Generates anything that windows are cut at.
pub fn any_window_part() -> impl Strategy<Value = WindowPart> + Clone {
    select(vec![WindowPart::Hour, WindowPart::Day, WindowPart::Month])
}

/// Generates the account, or any SIM.
pub fn any_resource() -> impl Strategy<Value = Resource> + Clone {
    prop_oneof![
        Just(Resource::Account),
        any_sim_sid().prop_map(Resource::Sim)
    ]
}

/// Generates any granularity.
pub fn any_granularity() -> impl Strategy<Value = Granularity> + Clone {
    select(Granularity::ALL.to_vec())
}

/// Generates any page size that the API serves.
pub fn any_page_size() -> impl Strategy<Value = PageSize> + Clone {
    (PageSize::MIN.get()..=PageSize::MAX.get())
        .prop_map(|size| PageSize::new(size).unwrap_or_default())
}

/// A window of an hour to three years between 2015 and 2040, on whole seconds.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "the length is at least an hour, so the window is never empty"
)]
pub fn any_window() -> impl Strategy<Value = Window> + Clone {
    (instant(), 3_600_i64..3 * 366 * 86_400).prop_map(|(start, seconds)| {
        Window::new(start, start + TimeDelta::seconds(seconds)).expect("a window")
    })
}

/// An instant between 2015 and 2040, on a whole second.
pub(super) fn instant() -> impl Strategy<Value = DateTime<Utc>> + Clone {
    (1_420_070_400_i64..2_208_988_800)
        .prop_map(|second| DateTime::from_timestamp(second, 0).unwrap_or_default())
}
