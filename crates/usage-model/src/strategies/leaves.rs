//! Values without members.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{prelude::*, sample::select};

use crate::{AccountSid, Count, CountryCode, Granularity, PageSize, Sid, SidKind, SimSid, Window};

/// Any counter, over its whole range, small ones as likely as large ones.
pub fn any_count() -> impl Strategy<Value = Count> + Clone {
    count_to(Count::MAX.get())
}

/// Any counter up to `limit`, small ones as likely as large ones.
pub(super) fn count_to(limit: u64) -> impl Strategy<Value = Count> + Clone {
    let limit = limit.min(Count::MAX.get());
    prop_oneof![
        1 => Just(Count::ZERO),
        3 => (0..=limit, 0_u32..63)
            .prop_map(|(value, shift)| Count::new(value >> shift).unwrap_or(Count::MAX)),
    ]
}

/// Any account SID, digits of either case.
pub fn any_account_sid() -> impl Strategy<Value = AccountSid> + Clone {
    sid("AC[0-9a-fA-F]{32}")
}

/// Any SIM SID, digits of either case.
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

/// A country: some that real responses name, or any three capital letters.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "three capital letters are the grammar of the type"
)]
pub fn any_country_code() -> impl Strategy<Value = CountryCode> + Clone {
    let letter = select((b'A'..=b'Z').map(char::from).collect::<Vec<_>>());
    let seen = select(vec!["DEU", "CHE", "GTM", "USA", "MEX"]).prop_map(str::to_owned);
    let letters =
        (letter.clone(), letter.clone(), letter).prop_map(|(a, b, c)| format!("{a}{b}{c}"));
    prop_oneof![seen, letters].prop_map(|text| text.parse().expect("three capital letters"))
}

/// Any granularity.
pub fn any_granularity() -> impl Strategy<Value = Granularity> + Clone {
    select(Granularity::EVERY.to_vec())
}

/// Any page size that the API serves.
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
