//! Whether records answer the query that was asked.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use usage_model::{Granularity, Lenient, PlacedRecord, Resource, SimSid, rfc3339};

use super::parameters::Asked;
use crate::{
    ProtocolError,
    paging::{identity::Delivered, list::ListItem},
};

/// How much earlier than the next period one may end: some servers end an hour with its last second.
const LAST_SECOND: TimeDelta = TimeDelta::seconds(1);

type Bounds = (DateTime<Utc>, DateTime<Utc>);

/// Refuses records of another SIM or of none in the answer for a SIM, and records of a SIM in that for the account.
pub(super) fn of_resource(resource: &Resource, records: &[Delivered]) -> Result<(), ProtocolError> {
    let mut records = records.iter().flatten();
    match resource {
        Resource::Sim(sim) => records.try_for_each(|placed| match stated_sim(placed) {
            Some(sid) if sid.eq_ignore_ascii_case(sim.as_str()) => Ok(()),
            Some(sid) => Err(other_sim(sid)),
            None => Err(ProtocolError::NoSim),
        }),
        Resource::Account => match records.find_map(stated_sim) {
            Some(sid) => Err(other_sim(sid)),
            None => Ok(()),
        },
    }
}

fn stated_sim(placed: &PlacedRecord) -> Option<&str> {
    placed.record.sim_sid.value().map(Lenient::as_str)
}

/// What is not a SID may be anything, a credential included, and is not shown.
fn other_sim(sid: &str) -> ProtocolError {
    let value = sid.parse::<SimSid>().map(|sid| sid.to_string());
    ProtocolError::OtherQuery {
        parameter: "Sid",
        value: value.unwrap_or_else(|_| "no SID".to_owned()),
    }
}

/// Refuses records from outside the window, widened to whole UTC days.
pub(super) fn within_window(asked: &Asked, records: &[Delivered]) -> Result<(), ProtocolError> {
    let days = asked.days;
    for (start, end) in records.iter().filter_map(ListItem::bounds) {
        // A period may be reversed, which other checks tell.
        if start.min(end) < days.start() || start.max(end) > days.end() {
            return Err(ProtocolError::OutsideWindow {
                start: rfc3339(start),
                end: rfc3339(end),
            });
        }
    }
    Ok(())
}

/// Refuses records that divide the window otherwise than was asked.
pub(super) fn of_granularity(
    asked: &Asked,
    records: &[Delivered],
    server_date: Option<DateTime<Utc>>,
) -> Result<(), ProtocolError> {
    let mut periods = records.iter().filter_map(ListItem::bounds);
    let other = match asked.granularity.bucket() {
        Some(bucket) => periods.find(|period| !is_one(*period, bucket, asked, server_date)),
        None => piece_of_whole(periods.collect(), asked),
    };
    match other {
        None => Ok(()),
        Some((start, end)) => Err(ProtocolError::OtherGranularity {
            start: rfc3339(start),
            end: rfc3339(end),
            asked: asked.granularity,
        }),
    }
}

/// Whether a period is one hour or day, or what is left of one at an edge of the window or at the present. A reversed
/// one is told by other checks.
fn is_one(
    (start, end): Bounds,
    bucket: TimeDelta,
    asked: &Asked,
    server_date: Option<DateTime<Utc>>,
) -> bool {
    let length = end.signed_duration_since(start);
    if length <= TimeDelta::zero() || lasts(length, bucket) {
        return true;
    }
    let Ok(from) = start.duration_trunc(bucket) else {
        return false;
    };
    let Some(until) = from.checked_add_signed(bucket) else {
        return false;
    };
    let ends_at = |edge: DateTime<Utc>| lasts(end.signed_duration_since(from), edge - from);
    let is_under_way = server_date.is_some_and(|now| from <= now && now < until);
    end <= until
        && (start == from || start == asked.start)
        && (is_under_way || ends_at(until) || ends_at(asked.end))
}

/// Whether a length is that of an hour or day, or but for its last second.
fn lasts(length: TimeDelta, whole: TimeDelta) -> bool {
    (whole - LAST_SECOND..=whole).contains(&length)
}

/// Finds an hour or a day among several periods, where one record for the whole window was asked for.
fn piece_of_whole(mut periods: Vec<Bounds>, asked: &Asked) -> Option<Bounds> {
    periods.sort_unstable();
    periods.dedup();
    if periods.len() < 2 {
        return None;
    }
    let whole = asked.end.signed_duration_since(asked.start);
    let finer = [Granularity::Hourly, Granularity::Daily].map(Granularity::bucket);
    periods.into_iter().find(|(start, end)| {
        let length = end.signed_duration_since(*start);
        let mut finer = finer.into_iter().flatten();
        finer.any(|bucket| bucket < whole && lasts(length, bucket))
    })
}

#[cfg(test)]
mod tests {
    use usage_model::{PageSize, Window};

    use super::*;
    use crate::{UsageQuery, paging::list::ListQuery as _};

    const SIM: &str = "DE00000000000000000000000000000001";

    fn query(resource: Resource, granularity: Granularity) -> UsageQuery {
        let at = |text: &str| text.parse().unwrap();
        let window = Window::new(at("2025-06-02T05:00:00Z"), at("2025-06-10T00:00:00Z")).unwrap();
        UsageQuery::new(resource, window, granularity)
    }

    fn read(records: &str) -> Vec<Delivered> {
        let body = format!(r#"{{"usage_records":[{records}],"meta":null}}"#);
        UsageQuery::read(body.as_bytes(), PageSize::default())
            .unwrap()
            .items
    }

    #[test]
    fn records_are_of_the_resource_that_was_asked_for() {
        let other = SIM.replace('1', "2");
        let sim = Resource::Sim(SIM.parse().unwrap());
        let named = |sid: &str| format!(r#"{{"sim_sid":"{sid}","data":{{"total":1}}}}"#);
        let other_query = |value: &str| {
            Err(ProtocolError::OtherQuery {
                parameter: "Sid",
                value: value.to_owned(),
            })
        };
        for (resource, record, expected) in [
            (sim, named(SIM), Ok(())),
            (sim, named(&SIM.to_lowercase()), Ok(())),
            (sim, named(&other), other_query(&other)),
            (sim, named("hunter2-hunter2"), other_query("no SID")),
            (
                sim,
                r#"{"data":{"total":1}}"#.to_owned(),
                Err(ProtocolError::NoSim),
            ),
            (
                sim,
                r#"{"sim_sid":null,"data":{"total":1}}"#.to_owned(),
                Err(ProtocolError::NoSim),
            ),
            (
                Resource::Account,
                r#"{"data":{"total":1}}"#.to_owned(),
                Ok(()),
            ),
            (
                Resource::Account,
                r#"{"sim_sid":null,"data":{"total":1}}"#.to_owned(),
                Ok(()),
            ),
            (Resource::Account, named(SIM), other_query(SIM)),
        ] {
            assert_eq!(of_resource(&resource, &read(&record)), expected, "{record}");
        }
    }

    #[test]
    fn records_outside_the_window_are_refused_also_where_their_period_is_reversed() {
        let query = query(Resource::Account, Granularity::Daily);
        let is_refused = |start: &str, end: &str| {
            let record = format!(r#"{{"period":{{"start":"{start}","end":"{end}"}}}}"#);
            within_window(&query.asked(), &read(&record)).is_err()
        };
        // The window may be widened to whole days, that of its end included.
        assert!(!is_refused("2025-06-02T00:00:00Z", "2025-06-11T00:00:00Z"));
        assert!(is_refused("2025-06-01T23:00:00Z", "2025-06-02T01:00:00Z"));
        assert!(is_refused("2025-06-10T23:00:00Z", "2025-06-11T01:00:00Z"));
        assert!(!is_refused("2025-06-04T00:00:00Z", "2025-06-03T00:00:00Z"));
        assert!(is_refused("2027-01-01T00:00:00Z", "2020-01-01T00:00:00Z"));
        assert!(is_refused("2025-06-04T00:00:00Z", "2025-06-01T00:00:00Z"));
    }

    /// Whether an answer with these periods, each written as its start and its end, fits a granularity.
    fn fits(granularity: Granularity, periods: &[(&str, &str)]) -> bool {
        let records: Vec<_> = periods
            .iter()
            .map(|(start, end)| format!(r#"{{"period":{{"start":"{start}","end":"{end}"}}}}"#))
            .collect();
        let query = query(Resource::Account, granularity);
        let now = "2025-06-08T10:20:00Z".parse().unwrap();
        of_granularity(&query.asked(), &read(&records.join(",")), Some(now)).is_ok()
    }

    #[test]
    fn a_day_is_a_day_but_at_the_edges_of_the_window_and_at_the_present() {
        for (start, end, expected) in [
            ("2025-06-03T00:00:00Z", "2025-06-04T00:00:00Z", true),
            ("2025-06-03T00:00:00Z", "2025-06-03T23:59:59Z", true),
            ("2025-06-03T00:00:00Z", "2025-06-03T23:59:59.999Z", true),
            // Not aligned to UTC midnights, which the validator reports.
            ("2025-06-03T06:00:00Z", "2025-06-04T06:00:00Z", true),
            // The window starts at five.
            ("2025-06-02T05:00:00Z", "2025-06-03T00:00:00Z", true),
            ("2025-06-02T00:00:00Z", "2025-06-03T00:00:00Z", true),
            // It is under way.
            ("2025-06-08T00:00:00Z", "2025-06-08T10:00:00Z", true),
            // Reversed.
            ("2025-06-04T00:00:00Z", "2025-06-03T00:00:00Z", true),
            ("2025-06-03T00:00:00Z", "2025-06-03T01:00:00Z", false),
            ("2025-06-03T05:00:00Z", "2025-06-03T06:00:00Z", false),
            ("2025-06-02T05:00:00Z", "2025-06-02T06:00:00Z", false),
            ("2025-06-08T01:00:00Z", "2025-06-08T02:00:00Z", false),
            ("2025-06-03T00:00:00Z", "2025-06-05T00:00:00Z", false),
            ("2025-06-03T00:00:00Z", "2025-06-10T00:00:00Z", false),
        ] {
            let what = format!("{start} to {end}");
            assert_eq!(
                fits(Granularity::Daily, &[(start, end)]),
                expected,
                "{what}"
            );
        }
    }

    #[test]
    fn an_hour_is_no_day_and_a_whole_is_in_one_piece() {
        let hours = [
            ("2025-06-03T00:00:00Z", "2025-06-03T01:00:00Z"),
            ("2025-06-03T01:00:00Z", "2025-06-03T02:00:00Z"),
        ];
        let days = [
            ("2025-06-03T00:00:00Z", "2025-06-04T00:00:00Z"),
            ("2025-06-04T00:00:00Z", "2025-06-05T00:00:00Z"),
        ];
        let whole = [("2025-06-02T00:00:00Z", "2025-06-10T00:00:00Z")];
        let parts = [
            ("2025-06-02T00:00:00Z", "2025-06-06T00:00:00Z"),
            ("2025-06-06T00:00:00Z", "2025-06-10T00:00:00Z"),
        ];
        let of = |granularity| {
            [&hours[..], &days, &whole, &parts].map(|periods| fits(granularity, periods))
        };
        assert_eq!(of(Granularity::Hourly), [true, false, false, false]);
        assert_eq!(of(Granularity::Daily), [false, true, false, false]);
        assert_eq!(of(Granularity::All), [false, false, true, true]);
        // A record of one day may be all there is, and the same period may come twice.
        assert!(fits(Granularity::All, &[days[0], days[0]]));
    }
}
