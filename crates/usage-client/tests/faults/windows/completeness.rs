//! Servers and proxies that answer another question than the one asked, or none but small ones.

use chrono::{Days, NaiveTime, TimeDelta};
use usage_client::ProtocolError;
use usage_model::{Granularity, PageSize, Resource, Window};

use super::*;
use crate::server::Step;

/// A query of the year 2026.
fn query(granularity: Granularity, start: &str, end: &str) -> UsageQuery {
    let midnight = |date: &str| at(&format!("2026-{date}T00:00:00Z"));
    let window = Window::new(midnight(start), midnight(end)).unwrap();
    UsageQuery::new(Resource::Account, window, granularity)
}

/// The first midnight, and the number of days, of a request's window.
fn days_of(request: &Request) -> (chrono::DateTime<chrono::Utc>, i64) {
    let bound = |name: &str| {
        let query = request.query();
        let pair = query.iter().find(|(known, _)| known == name);
        at(&pair.unwrap().1)
    };
    let (start, end) = (bound("Start"), bound("End"));
    (start, (end - start).num_days())
}

fn value(request: &Request, name: &str) -> String {
    let query = request.query();
    let pair = query.iter().find(|(known, _)| known == name);
    pair.unwrap().1.clone()
}

/// The records of so many periods of that many hours.
fn records(start: chrono::DateTime<chrono::Utc>, count: i64, hours: i64) -> Step {
    let instant = |number: i64| {
        let instant = start + TimeDelta::hours(number * hours);
        instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let records: Vec<String> = (0..count)
        .map(|number| {
            let (start, end) = (instant(number), instant(number + 1));
            format!(r#"{{"period":{{"start":"{start}","end":"{end}"}},"data":{{"total":1}}}}"#)
        })
        .collect();
    let records = records.join(",");
    json(
        200,
        &format!(r#"{{"usage_records":[{records}],"meta":{{"next_page_url":null}}}}"#),
    )
}

/// What the API answers for the window of a request.
fn answer(request: &Request) -> Step {
    let (start, days) = days_of(request);
    match value(request, "Granularity").as_str() {
        "hourly" => records(start, days * 24, 1),
        "daily" => records(start, days, 24),
        _ => records(start, 1, days * 24),
    }
}

fn refused(message: &str) -> Step {
    refused_as(400, message)
}

fn refused_as(status: u16, message: &str) -> Step {
    json(
        status,
        &format!(r#"{{"code":33101,"message":"{message}"}}"#),
    )
}

/// The hours of all records, which have to follow each other without a gap or an overlap.
fn covered(gathered: &Gathered) -> i64 {
    let records = gathered.pages.iter().flat_map(|page| &page.records);
    let periods = records.map(|record| {
        let period = record.as_ref().unwrap().record.period.value().unwrap();
        period.bounds().unwrap()
    });
    let periods: Vec<_> = periods.collect();
    for pair in periods.windows(2) {
        assert_eq!(pair[0].1, pair[1].0);
    }
    let first = periods.first().unwrap().0;
    (periods.last().unwrap().1 - first).num_hours()
}

#[tokio::test]
async fn a_proxy_that_drops_the_query_is_found_out() {
    let everything = |_: &Request| records(at("2026-01-01T00:00:00Z"), 181, 24);
    let one_window = |_: &Request| records(at("2026-01-01T00:00:00Z"), 30, 24);
    let other_year = |_: &Request| records(at("2020-01-01T00:00:00Z"), 1, 24);
    let answers: [fn(&Request) -> Step; 3] = [everything, one_window, other_year];
    for (answer, delivered) in answers.into_iter().zip([0, 30, 0]) {
        let api = Server::answering(answer).await;
        let query = query(Granularity::Daily, "01-01", "07-01");
        let plan = plan(1).days(NonZeroU32::new(30).unwrap());
        let gathered = gather(&client(&api), query, &plan).await;
        assert_eq!(gathered.report.records, delivered);
        let [first, rest] = &gathered.missing[..] else {
            panic!("{gathered:?}");
        };
        let protocol = first.error.protocol();
        assert!(
            matches!(protocol, Some(ProtocolError::OutsideWindow { .. })),
            "{protocol:?}"
        );
        assert!(first.error.help().unwrap().contains("cache"));
        // The others would be answered no better.
        assert_eq!(rest.error.kind(), ErrorKind::Abandoned);
        assert!(api.requests().len() <= 2);
    }
}

#[tokio::test]
async fn the_records_of_another_sim_are_found_out() {
    let asked = "DE00000000000000000000000000000001";
    let named = |sid: &str| format!(r#""sim_sid":"{sid}","#);
    for (named, is_asked_for) in [
        (named(asked), true),
        (named("de00000000000000000000000000000001"), true),
        (named("DE00000000000000000000000000000002"), false),
        // The records of the account name none.
        (String::new(), false),
        (r#""sim_sid":null,"#.to_owned(), false),
    ] {
        let records = named.clone();
        let api = Server::answering(move |_| {
            json(
                200,
                &format!(
                    r#"{{"usage_records":[{{{records}"data":{{"total":1}}}}],"meta":{{"next_page_url":null}}}}"#
                ),
            )
        })
        .await;
        let account = query(Granularity::Daily, "01-01", "01-02");
        let query = UsageQuery::new(
            Resource::Sim(asked.parse().unwrap()),
            account.window(),
            Granularity::Daily,
        );
        let gathered = gather(&client(&api), query, &plan(1)).await;
        assert_eq!(gathered.missing.is_empty(), is_asked_for, "{named}");
        for missing in &gathered.missing {
            assert!(
                matches!(
                    missing.error.protocol(),
                    Some(
                        ProtocolError::NoSim
                            | ProtocolError::OtherQuery {
                                parameter: "Sid",
                                ..
                            }
                    )
                ),
                "{missing:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_records_of_one_sim_are_not_those_of_the_account() {
    let body = r#"{"usage_records":[{"sim_sid":"DE00000000000000000000000000000001","data":{"total":1}}],"meta":{"next_page_url":null}}"#;
    let api = Server::answering(|_| json(200, body)).await;
    let query = query(Granularity::Daily, "01-01", "01-02");
    let gathered = gather(&client(&api), query, &plan(1)).await;
    assert_eq!(gathered.report.records, 0);
    let protocol = gathered.missing[0].error.protocol();
    assert!(
        matches!(
            protocol,
            Some(ProtocolError::OtherQuery {
                parameter: "Sid",
                ..
            })
        ),
        "{protocol:?}"
    );
}

#[tokio::test]
async fn records_of_another_granularity_are_found_out() {
    let lengths = [
        (Granularity::Hourly, 1),
        (Granularity::Daily, 24),
        (Granularity::All, 24 * 10),
    ];
    for (asked, _) in lengths {
        for (answered, hours) in lengths {
            let api = Server::answering(move |request| {
                let (start, days) = days_of(request);
                records(start, days * 24 / hours, hours)
            })
            .await;
            let query = query(asked, "01-01", "01-11");
            let gathered = gather(&client(&api), query, &plan(1)).await;
            let what = format!("{asked} answered {answered}");
            assert_eq!(gathered.missing.is_empty(), asked == answered, "{what}");
            for missing in &gathered.missing {
                assert!(
                    matches!(
                        missing.error.protocol(),
                        Some(ProtocolError::OtherGranularity { .. })
                    ),
                    "{what}: {missing:?}"
                );
            }
        }
    }
}

#[tokio::test]
async fn records_that_state_no_period_are_delivered_and_counted() {
    let body = r#"{"usage_records":[{"period":{},"data":{"total":1}},{"data":{"total":2}},{"data":{"total":3},"period":null}],"meta":{"next_page_url":null}}"#;
    let api = Server::answering(|_| json(200, body)).await;
    let query = query(Granularity::Daily, "01-01", "01-02");
    let gathered = gather(&client(&api), query, &plan(1)).await;
    assert!(gathered.missing.is_empty());
    let report = gathered.report;
    assert_eq!((report.records, report.without_period), (3, 3));
}

/// Lists without records, which say in their envelope what they are an answer to.
#[tokio::test]
async fn an_empty_answer_to_another_window_is_found_out() {
    let api = Server::answering(|_| {
        let url = "/v1/UsageRecords?Start=2026-01-01T00:00:00Z&End=2026-01-31T00:00:00Z";
        json(
            200,
            &format!(r#"{{"usage_records":[],"meta":{{"url":"{url}","next_page_url":null}}}}"#),
        )
    })
    .await;
    let query = query(Granularity::Daily, "01-01", "03-02");
    let plan = plan(1).days(NonZeroU32::new(30).unwrap());
    let gathered = gather(&client(&api), query, &plan).await;
    assert_eq!(gathered.report.pages, 1);
    let protocol = gathered.missing[0].error.protocol();
    assert!(
        matches!(
            protocol,
            Some(ProtocolError::OtherQuery {
                parameter: "Start",
                ..
            })
        ),
        "{protocol:?}"
    );
}

#[tokio::test]
async fn a_window_that_is_too_long_is_halved_until_it_is_taken() {
    for granularity in [Granularity::Hourly, Granularity::Daily, Granularity::All] {
        for (cap, status) in [(1, 400), (14, 413), (31, 400), (62, 422), (90, 400)] {
            let api = Server::answering(move |request| match days_of(request) {
                (_, days) if days > cap => refused_as(status, "the window is too long"),
                _ => answer(request),
            })
            .await;
            for (at_a_time, (start, end), days) in [
                (1, ("01-01", "07-01"), 181),
                (4, ("01-01", "07-01"), 181),
                (4, ("01-01", "01-16"), 15),
            ] {
                let query = query(granularity, start, end);
                let gathered = gather(&client(&api), query, &plan(at_a_time)).await;
                assert!(
                    gathered.missing.is_empty(),
                    "{granularity} {cap}: {gathered:?}"
                );
                assert_eq!(covered(&gathered), days * 24, "{granularity} {cap}");
                let longest = gathered.report.longest_window.map(NonZeroU32::get);
                assert!(longest.is_none_or(|longest| i64::from(longest) <= cap));
                // A total of a piece is not that of the whole.
                if granularity == Granularity::All {
                    assert_eq!(longest.is_some(), days > cap);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_start_that_is_refused_is_missing_to_the_day_and_the_rest_comes() {
    for granularity in [Granularity::Hourly, Granularity::Daily, Granularity::All] {
        for kept in [
            "2026-01-01T00:00:00Z",
            "2026-03-08T00:00:00Z",
            "2026-06-30T00:00:00Z",
        ] {
            let api = Server::answering(move |request| match days_of(request) {
                (start, _) if start < at(kept) => refused("Start is too long ago"),
                _ => answer(request),
            })
            .await;
            for at_a_time in [1, 4] {
                let query = query(granularity, "01-01", "07-01");
                let end = query.window().end();
                let gathered = gather(&client(&api), query, &plan(at_a_time)).await;
                assert_eq!(covered(&gathered), (end - at(kept)).num_hours(), "{kept}");
                // Days in a row that are refused for one reason are one part.
                let windows = &gathered.report.windows;
                assert!(windows.iter().all(|window| window.missing.len() <= 1));
                let missing = gathered.missing.iter();
                let hours = missing.map(|missing| {
                    assert_eq!(missing.error.status(), Some(400));
                    assert!(missing.window.end() <= at(kept));
                    (missing.window.end() - missing.window.start()).num_hours()
                });
                let start = at("2026-01-01T00:00:00Z");
                assert_eq!(hours.sum::<i64>(), (at(kept) - start).num_hours(), "{kept}");
                assert!(api.requests().len() < 80, "{}", api.requests().len());
            }
        }
    }
}

#[tokio::test]
async fn a_page_size_that_is_refused_or_fails_is_made_smaller() {
    let refusal = || refused("PageSize must not exceed 200");
    let silent = || json(400, "{}");
    let failure = || json(500, r#"{"code":20500,"message":"Internal Server Error"}"#);
    let failing: [fn() -> Step; 3] = [refusal, silent, failure];
    let mut requests = Vec::new();
    for fails in failing {
        let api = Server::answering(move |request| {
            match value(request, "PageSize").parse::<u16>().unwrap() {
                ..=200 => answer(request),
                _ => fails(),
            }
        })
        .await;
        let query = query(Granularity::Daily, "01-01", "02-10");
        let gathered = gather(&client(&api), query, &plan(1)).await;
        assert!(gathered.missing.is_empty(), "{gathered:?}");
        assert_eq!(covered(&gathered), 40 * 24);
        let smaller = gathered.report.smaller_pages.map(PageSize::get);
        assert!(
            smaller.is_some_and(|size| (50..=200).contains(&size)),
            "{smaller:?}"
        );
        assert_eq!(gathered.report.longest_window, None);
        requests.push(api.requests().len());
    }
    // Where the server names the page size, nothing has to be tried to find out what it refuses.
    assert!(requests[0] < requests[1], "{requests:?}");
}

#[tokio::test]
async fn pieces_after_one_that_failed_are_fetched() {
    let api = Server::answering(|request| match days_of(request) {
        (_, days) if days > 10 => refused("the window is too long"),
        (start, _) if start == at("2026-01-11T00:00:00Z") => json(409, "{}"),
        _ => answer(request),
    })
    .await;
    let query = query(Granularity::Daily, "01-01", "02-10");
    let gathered = gather(&client(&api), query, &plan(1)).await;
    let [missing] = &gathered.missing[..] else {
        panic!("{gathered:?}");
    };
    assert_eq!(missing.error.status(), Some(409));
    let [window] = &gathered.report.windows[..] else {
        panic!("{gathered:?}");
    };
    assert_eq!(window.state, WindowState::Failed);
    assert_eq!(window.missing, [missing.window]);
    assert_eq!(missing.window.start(), at("2026-01-11T00:00:00Z"));
    assert_eq!(missing.window.end(), at("2026-01-21T00:00:00Z"));
    assert_eq!(gathered.report.records, 30);
}

#[tokio::test]
async fn pages_without_records_and_without_end_are_left() {
    let api = Server::answering(|request| {
        let page: u32 = request
            .query()
            .iter()
            .find(|(name, _)| name == "Page")
            .map_or(0, |(_, page)| page.parse().unwrap());
        let next = format!("?Page={}&PageToken=T{page}", page + 1);
        json(
            200,
            &format!(r#"{{"usage_records":[],"meta":{{"next_page_url":"{next}"}}}}"#),
        )
    })
    .await;
    let query = query(Granularity::Daily, "01-01", "01-08");
    let gathered = gather(&client(&api), query, &plan(1)).await;
    let expected = ProtocolError::EmptyPages { pages: 50 };
    assert_eq!(gathered.missing[0].error.protocol(), Some(&expected));
    assert_eq!(api.requests().len(), 50);
}

/// The bounds in the links are those that the server made of the window.
#[tokio::test]
async fn a_window_that_the_server_widens_in_its_links_is_fetched_to_its_end() {
    let midnight =
        |at: chrono::DateTime<chrono::Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
    let api = Server::answering(move |request| {
        let query = request.query();
        let bound = |name: &str| at(&query.iter().find(|(known, _)| known == name).unwrap().1);
        let start = midnight(bound("Start"));
        let end = midnight(bound("End")) + Days::new(1);
        let days = (end - start).num_days();
        let page: i64 = query
            .iter()
            .find(|(name, _)| name == "Page")
            .map_or(0, |(_, page)| page.parse().unwrap());
        let text = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%dT%H:%MZ").to_string();
        let next = format!(
            "?Start={}&End={}&Granularity=DAILY&Page={}",
            text(start),
            text(end),
            page + 1
        );
        let count = (days - page * 4).min(4);
        let Step::Write(bytes) = records(
            start + Days::new(u64::try_from(page * 4).unwrap()),
            count,
            24,
        ) else {
            unreachable!("records are written")
        };
        let whole = String::from_utf8(bytes).unwrap();
        let body = whole.split_once("\r\n\r\n").unwrap().1;
        let next = if (page + 1) * 4 < days {
            format!("\"{next}\"")
        } else {
            "null".to_owned()
        };
        json(
            200,
            &body.replace(
                "\"next_page_url\":null",
                &format!("\"next_page_url\":{next}"),
            ),
        )
    })
    .await;
    let window = Window::new(at("2026-06-01T09:30:00Z"), at("2026-06-09T17:45:00Z")).unwrap();
    let query = UsageQuery::new(Resource::Account, window, Granularity::Daily);
    let gathered = gather(&client(&api), query, &plan(1)).await;
    assert!(gathered.missing.is_empty(), "{gathered:?}");
    assert_eq!(covered(&gathered), 9 * 24);
    assert_eq!(gathered.report.pages, 3);
}
