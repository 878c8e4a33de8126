//! The list of SIMs is fetched with the same care as usage records.

use std::pin::pin;

use futures_util::{StreamExt, TryStreamExt};
use usage_client::{Client, Credentials, Error, ErrorKind, ProtocolError, SimQuery};
use usage_emulator::{Emulator, Fault, RunningEmulator};
use usage_model::{Lenient, PageSize, SimRecord, SimSid, SimStatus};

use crate::{
    replies::{json, page, reply},
    server::{Server, Step},
    setup::{TOKEN, builder, chain, client},
};

const ICCID: &str = "8988303000000000017";

/// A SIM whose SID ends with a digit.
fn sim(digit: u32) -> String {
    format!(
        r#"{{"sid":"{}","iccid":"{ICCID}","unique_name":"meter-17","status":"active"}}"#,
        sid(digit)
    )
}

fn sid(digit: u32) -> SimSid {
    format!("DE{digit:032}").parse().unwrap()
}

/// A page of SIMs and a link, which is JSON so that it may be null.
fn sims_page(sims: &[String], next: &str) -> Step {
    let sims = sims.join(",");
    json(
        200,
        &format!(r#"{{"sims":[{sims}],"meta":{{"key":"sims","next_page_url":{next}}}}}"#),
    )
}

/// The SIDs that come, and the error at the end, if there is one. A malformed SIM counts as none.
async fn sids(client: &Client, query: SimQuery) -> (Vec<Option<SimSid>>, Option<Error>) {
    let mut sims = pin!(client.sims(query));
    let mut sids = Vec::new();
    while let Some(sim) = sims.next().await {
        match sim {
            Ok(sim) => sids.push(sim.ok().as_ref().and_then(sid_of)),
            Err(error) => {
                assert!(sims.next().await.is_none(), "goes on after an error");
                return (sids, Some(error));
            }
        }
    }
    (sids, None)
}

fn sid_of(sim: &SimRecord) -> Option<SimSid> {
    sim.sid.value()?.known().copied()
}

#[tokio::test]
async fn pages_are_walked_with_the_filters_and_a_malformed_sim_costs_only_itself() {
    let api = Server::start([
        sims_page(&[sim(1), "7".to_owned()], r#""?Page=1&PageToken=b""#),
        sims_page(&[sim(2)], "null"),
    ])
    .await;
    let query = SimQuery::new()
        .status(SimStatus::Active)
        .iccid(ICCID)
        .page_size(PageSize::new(2).unwrap());
    let (sids, error) = sids(&client(&api), query).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(sids, [Some(sid(1)), None, Some(sid(2))]);
    let lines: Vec<String> = api
        .requests()
        .iter()
        .map(|sent| sent.line.clone())
        .collect();
    let first = format!("GET /v1/Sims?Status=active&Iccid={ICCID}&PageSize=2");
    assert_eq!(
        lines,
        [first.clone(), format!("{first}&Page=1&PageToken=b")]
    );
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(
        api.requests()[1].header("authorization"),
        Some(bearer.as_str())
    );
}

#[tokio::test]
async fn a_sim_on_two_pages_comes_once_and_one_without_a_sid_as_often_as_it_stands_there() {
    let unknown = || r#"{"sid":"DEXXXX"}"#.to_owned();
    let api = Server::start([
        sims_page(&[sim(1), sim(2), unknown()], r#""?Page=1""#),
        sims_page(&[sim(2), sim(3), unknown(), sim(3)], "null"),
    ])
    .await;
    let (sids, error) = sids(&client(&api), SimQuery::new()).await;
    assert!(error.is_none(), "{error:?}");
    let expected = [Some(1), Some(2), None, Some(3), None];
    assert_eq!(sids, expected.map(|digit| digit.map(sid)));
}

/// Tells whether an error is the one that a case expects.
type IsExpected = fn(&ProtocolError) -> bool;

#[tokio::test]
async fn a_link_that_leads_elsewhere_or_in_circles_is_an_error() {
    let one = || sims_page(&[sim(1)], r#""?Page=1""#);
    let first_page = |link: &str| vec![sims_page(&[sim(1)], &format!("{link:?}"))];
    let cases: [(Vec<Step>, IsExpected); 8] = [
        (
            first_page("https://elsewhere.test/v1/Sims?Page=1"),
            |error| matches!(error, ProtocolError::ForeignLink { .. }),
        ),
        (first_page("/v1/UsageRecords?Page=1"), |error| {
            matches!(error, ProtocolError::OtherPath { .. })
        }),
        (first_page("?Page=1&Status=ready"), |error| {
            matches!(error, ProtocolError::ChangedQuery { .. })
        }),
        (vec![one(), sims_page(&[sim(2)], r#""?Page=1""#)], |error| {
            matches!(error, ProtocolError::RepeatedPage)
        }),
        (vec![one(), sims_page(&[sim(1)], r#""?Page=2""#)], |error| {
            matches!(error, ProtocolError::RepeatedContent)
        }),
        (
            vec![sims_page(&[sim(1), sim(2), sim(3)], "null")],
            |error| matches!(error, ProtocolError::TooManyRecords { asked: 2 }),
        ),
        (vec![json(200, r#"{"sims":[]}"#)], |error| {
            matches!(error, ProtocolError::MissingMeta)
        }),
        (vec![page(1, "null")], |error| {
            matches!(error, ProtocolError::NotPage { .. })
        }),
    ];
    for (number, (script, is_expected)) in cases.into_iter().enumerate() {
        let api = Server::start(script).await;
        let query = SimQuery::new().page_size(PageSize::new(2).unwrap());
        let (_, error) = sids(&client(&api), query).await;
        let error = error.unwrap();
        assert!(
            error.protocol().is_some_and(is_expected),
            "{number}: {error}"
        );
        api.finished();
    }
}

#[tokio::test]
async fn empty_pages_without_end_and_too_many_pages_end() {
    let endless = |sims: fn(usize) -> Vec<String>| {
        Server::answering(move |request| {
            let page = request.query().iter().find_map(|(name, value)| {
                (name == "Page").then(|| value.parse::<usize>().unwrap())
            });
            let next = page.unwrap_or(0) + 1;
            sims_page(&sims(next), &format!(r#""?Page={next}""#))
        })
    };
    let api = endless(|_| Vec::new()).await;
    let (_, error) = sids(&client(&api), SimQuery::new()).await;
    let error = error.unwrap();
    assert!(
        matches!(error.protocol(), Some(ProtocolError::EmptyPages { .. })),
        "{error}"
    );
    let api = endless(|page| vec![sim(u32::try_from(page).unwrap())]).await;
    let client = builder(&api).max_pages(5).build().unwrap();
    let (found, error) = sids(&client, SimQuery::new()).await;
    assert_eq!(found.len(), 4);
    assert_eq!(
        error.unwrap().protocol(),
        Some(&ProtocolError::TooManyPages { limit: 5 })
    );
}

#[tokio::test]
async fn transient_failures_are_retried_and_lasting_ones_are_errors() {
    let api = Server::start([
        reply(503, &[], ""),
        reply(429, &["retry-after: 0"], ""),
        sims_page(&[sim(1)], "null"),
    ])
    .await;
    let (found, error) = sids(&client(&api), SimQuery::new()).await;
    assert!(error.is_none() && found.len() == 1, "{error:?}");
    let api = Server::start([json(400, r#"{"code":33101,"message":"Invalid Status"}"#)]).await;
    let (_, error) = sids(&client(&api), SimQuery::new()).await;
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert_eq!(error.to_string(), "page 1 of /v1/Sims: HTTP 400");
    assert!(
        chain(&error).contains("Invalid Status"),
        "{}",
        chain(&error)
    );
    assert_eq!(error.resume(), None);
}

#[tokio::test]
async fn a_server_that_drops_the_filter_is_an_error_that_names_no_iccid() {
    let other = sim(1).replace(ICCID, "8988303000000000018");
    for (step, expected) in [
        (
            sims_page(std::slice::from_ref(&other), "null"),
            r#"its Iccid is "hidden""#,
        ),
        (
            json(
                200,
                &format!(
                    r#"{{"sims":[],"meta":{{"url":"?Iccid={ICCID}1","next_page_url":null}}}}"#
                ),
            ),
            r#"its Iccid is "hidden""#,
        ),
        (
            json(
                200,
                &format!(r#"{{"sims":{{"a":{}}},"meta":null}}"#, sim(1)),
            ),
            r#"the body starts "hidden""#,
        ),
    ] {
        let api = Server::start([step]).await;
        let (_, error) = sids(&client(&api), SimQuery::new().iccid(ICCID)).await;
        let error = error.unwrap();
        assert!(error.to_string().contains(expected), "{error}");
        let all = format!("{error:?} {}", chain(&error));
        assert!(
            !all.contains("898830") && !all.contains("meter-17"),
            "{all}"
        );
    }
}

fn connected(emulator: &RunningEmulator) -> Client {
    Client::builder()
        .base_url(emulator.base_url())
        .token_url(emulator.token_url())
        .credentials(Credentials::client("any", "any"))
        .retry_base(std::time::Duration::from_millis(1))
        .jitter_seed(1)
        .build()
        .unwrap()
}

#[tokio::test]
async fn every_sim_of_an_account_comes_once_whatever_the_network_does() {
    for faults in [
        &[][..],
        &["status:503@2;on=sims"],
        &["cut@1;on=sims", "status:429@3;retry-after=0;on=sims"],
        &["reset@2;on=sims"],
        &["expire-token@2;on=sims"],
    ] {
        let mut emulator = Emulator::builder().seed(3).sims(120);
        for fault in faults {
            emulator = emulator.fault(fault.parse::<Fault>().unwrap());
        }
        let emulator = emulator.start().await.unwrap();
        let client = connected(&emulator);
        let query = SimQuery::new().page_size(PageSize::new(50).unwrap());
        let pages: Vec<_> = client.sim_pages(query.clone()).try_collect().await.unwrap();
        let sizes: Vec<usize> = pages.iter().map(|page| page.records.len()).collect();
        assert_eq!(sizes, [50, 50, 20], "{faults:?}");
        assert_eq!(pages[2].cursor, None);
        let sims = pages.iter().flat_map(|page| &page.records);
        let sids: Vec<SimSid> = sims
            .map(|sim| sid_of(sim.as_ref().unwrap()).unwrap())
            .collect();
        assert_eq!(sids, emulator.sims(), "{faults:?}");

        let active: Vec<_> = client
            .sims(query.status(SimStatus::Active))
            .try_collect()
            .await
            .unwrap();
        assert!((1..120).contains(&active.len()));
        for sim in active {
            let status = sim.unwrap().status.into_value().unwrap();
            assert_eq!(status, Lenient::Known(SimStatus::Active));
        }
    }
}

#[tokio::test]
async fn a_list_of_sims_that_were_not_asked_for_is_an_error() {
    for (fault, expected) in [
        ("drop-query;on=sims", "it is page 0 of the list"),
        ("drop-query@2;on=sims", "it is page 0 of the list"),
        ("cache;on=sims", "it is page 0 of the list"),
        ("loop@2;on=sims", "leads back to a page already fetched"),
        ("surplus:1;on=sims", "more records on a page"),
        ("html;on=sims", "text/html instead of a page of the list"),
    ] {
        let emulator = Emulator::builder().seed(3).sims(120);
        let emulator = emulator.fault(fault.parse::<Fault>().unwrap());
        let emulator = emulator.start().await.unwrap();
        let query = SimQuery::new().page_size(PageSize::new(50).unwrap());
        let (_, error) = sids(&connected(&emulator), query).await;
        let error = error.expect(fault).to_string();
        assert!(error.contains(expected), "{fault}: {error}");
    }
    let emulator = Emulator::builder().seed(3).sims(120);
    let emulator = emulator.fault("drop-query;on=sims".parse::<Fault>().unwrap());
    let emulator = emulator.start().await.unwrap();
    let (_, error) = sids(
        &connected(&emulator),
        SimQuery::new().status(SimStatus::Active),
    )
    .await;
    let error = error.unwrap().to_string();
    assert!(error.contains("another query"), "{error}");
}

#[cfg(feature = "blocking")]
#[test]
fn sims_are_iterators_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let emulator = Emulator::builder().seed(3).sims(60).start();
    let emulator = runtime.block_on(emulator).unwrap();
    let client = usage_client::blocking::Client::new(connected(&emulator)).unwrap();
    let query = SimQuery::new().page_size(PageSize::new(50).unwrap());
    let sims: Vec<_> = client
        .sims(query.clone())
        .collect::<Result<_, _>>()
        .unwrap();
    assert_eq!(sims.len(), 60);
    assert_eq!(client.sim_pages(query).map(Result::unwrap).count(), 2);
}
