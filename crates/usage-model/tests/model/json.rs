//! Values that stand alone in JSON are read back as they were written, and refused where they are no such value.

use std::fmt::Debug;

use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use usage_model::{
    AccountSid, Count, CountryCode, DataUnit, Granularity, Lenient, PageSize, Resource, SimSid,
    Timestamp, Window,
    strategies::{
        any_account_sid, any_count, any_country_code, any_data_unit, any_granularity,
        any_page_size, any_resource, any_sim_sid, any_timestamp, any_window,
    },
};

fn assert_reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
    // Through a tree of values, where texts are owned and numbers typed.
    let tree = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(tree).unwrap(), value, "{text}");
}

fn refusal<T: DeserializeOwned + Debug>(json: &str) -> String {
    serde_json::from_str::<T>(json).unwrap_err().to_string()
}

proptest! {
    #[test]
    fn values_are_read_back_as_they_were_written(
        (account, sim, resource) in (any_account_sid(), any_sim_sid(), any_resource()),
        (count, size, timestamp) in (any_count(), any_page_size(), any_timestamp()),
        (granularity, unit, country) in (any_granularity(), any_data_unit(), any_country_code()),
        window in any_window(),
        text in any::<String>(),
    ) {
        assert_reads_back(&account);
        assert_reads_back(&sim);
        assert_reads_back(&resource);
        assert_reads_back(&count);
        assert_reads_back(&size);
        assert_reads_back(&timestamp);
        assert_reads_back(&granularity);
        assert_reads_back(&unit);
        assert_reads_back(&country);
        assert_reads_back(&window);
        assert_reads_back(&Lenient::Known(account));
        assert_reads_back(&Lenient::<SimSid>::from_text(&text));
    }
}

#[test]
fn values_are_written_as_the_api_writes_them() {
    let sim: SimSid = "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd".parse().unwrap();
    let window = Window::new(
        "2025-06-20T12:00:00Z".parse().unwrap(),
        "2025-06-22T00:00:00.5Z".parse().unwrap(),
    );
    let written = serde_json::json!([
        sim,
        Resource::Account,
        Resource::Sim(sim),
        Granularity::Daily,
        PageSize::MAX,
        Count::MAX,
        DataUnit::KiB,
        window.unwrap(),
    ]);
    assert_eq!(
        written.to_string(),
        concat!(
            r#"["DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","account","DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","#,
            r#""daily",1000,9223372036854775807,"KiB","#,
            r#"{"end":"2025-06-22T00:00:00.5Z","start":"2025-06-20T12:00:00Z"}]"#
        )
    );
}

#[test]
fn what_is_no_such_value_is_refused_in_words() {
    for (error, expected) in [
        (
            refusal::<AccountSid>(r#""AC7""#),
            r#""AC7" is not a account SID"#,
        ),
        (refusal::<AccountSid>("7"), "expected a SID"),
        (
            refusal::<Resource>(r#""sims""#),
            r#""sims" is not a SIM SID"#,
        ),
        (
            refusal::<Granularity>(r#""day""#),
            "expected hourly, daily or all; did you mean daily?",
        ),
        (refusal::<PageSize>("0"), "a page holds 1 to 1000 records"),
        (
            refusal::<Count>("9223372036854775808"),
            "is above 9223372036854775807",
        ),
        (refusal::<Count>("-1"), "invalid value: integer `-1`"),
        (
            refusal::<Timestamp>(r#""2025-06-20""#),
            "is not a timestamp: expected",
        ),
        (
            refusal::<CountryCode>(r#""de""#),
            "is not a code of three capital letters",
        ),
        (
            refusal::<Window>(r#"{"start":"2025-06-20T00:00:00Z","end":"2025-06-20T00:00:00Z"}"#),
            "the window ends at 2025-06-20 00:00:00 UTC, not after its start",
        ),
        (
            refusal::<Window>(r#"{"start":"2025-06-20T00:00:00Z"}"#),
            "missing field `end`",
        ),
        (
            refusal::<Window>(
                r#"{"start":"2025-06-20T00:00:00Z","end":"2025-06-21T00:00:00Z","zone":"CET"}"#,
            ),
            "unknown field `zone`",
        ),
    ] {
        assert!(error.contains(expected), "{error}\nlacks\n{expected}");
    }
}
