//! What is logged: the spans, and no credential.
//!
//! A test binary of its own: which events are logged is decided once a process, at their first use by
//! whatever thread. All threads share one subscriber here, which keeps a log for each.
#![expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "the helpers are shared with another test binary, and fail where they must"
)]

#[path = "faults/hourly.rs"]
mod hourly;
#[path = "faults/replies.rs"]
mod replies;
#[path = "faults/server.rs"]
mod server;
#[path = "faults/setup.rs"]
mod setup;

use std::{
    cell::RefCell,
    fmt::{self, Write},
    num::NonZeroU32,
    sync::Once,
};

use futures_util::StreamExt;
use tracing::{
    Event, Instrument as _, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};
use usage_client::{Client, UsageQuery, WindowPlan};
use usage_model::{Granularity, PageSize, Resource};

use crate::{
    hourly::{Hourly, at, hours},
    replies::{dead_token, last_page, page, reply, token},
    server::Server,
    setup::{SECRET, builder, client, fetch, oauth, query},
};

/// What is logged on one thread, on which a test runs all that the client does.
#[derive(Default)]
struct Log {
    /// All fields, of spans and events alike.
    text: String,
    spans: Vec<Logged>,
    /// The events, and the span that each is in.
    events: Vec<(String, Option<usize>)>,
    /// The spans that are entered, by their place in the list above.
    entered: Vec<usize>,
}

/// A span.
struct Logged {
    name: &'static str,
    level: Level,
    parent: Option<usize>,
    fields: String,
    /// Handles to it, after the last of which it is over.
    handles: usize,
}

thread_local! {
    static LOG: RefCell<Log> = RefCell::default();
}

/// Starts to collect; gives nothing, because the log is the thread's.
fn collect() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(Collector).unwrap());
    LOG.take();
}

/// Collects everything that is logged.
struct Collector;

struct Fields<'a>(&'a mut String);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, "{field}={value:?} ").unwrap();
    }
}

fn place(id: &span::Id) -> usize {
    usize::try_from(id.into_u64() - 1).unwrap()
}

impl Log {
    fn add(&mut self, span: usize, record: impl FnOnce(&mut Fields<'_>)) {
        let mut fields = String::new();
        record(&mut Fields(&mut fields));
        self.text.push_str(&fields);
        self.spans[span].fields.push_str(&fields);
    }
}

impl Subscriber for Collector {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("usage_client")
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        LOG.with_borrow_mut(|log| {
            let entered = log.entered.last().copied().filter(|_| span.is_contextual());
            log.spans.push(Logged {
                name: span.metadata().name(),
                level: *span.metadata().level(),
                parent: span.parent().map(place).or(entered),
                fields: String::new(),
                handles: 1,
            });
            let new = log.spans.len() - 1;
            log.add(new, |fields| span.record(fields));
            span::Id::from_u64(u64::try_from(new).unwrap() + 1)
        })
    }
    fn record(&self, id: &span::Id, values: &span::Record<'_>) {
        LOG.with_borrow_mut(|log| log.add(place(id), |fields| values.record(fields)));
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        LOG.with_borrow_mut(|log| {
            let mut fields = String::new();
            event.record(&mut Fields(&mut fields));
            log.text.push_str(&fields);
            log.events.push((fields, log.entered.last().copied()));
        });
    }
    fn enter(&self, id: &span::Id) {
        LOG.with_borrow_mut(|log| log.entered.push(place(id)));
    }
    fn exit(&self, id: &span::Id) {
        LOG.with_borrow_mut(|log| assert_eq!(log.entered.pop(), Some(place(id))));
    }
    fn clone_span(&self, id: &span::Id) -> span::Id {
        LOG.with_borrow_mut(|log| log.spans[place(id)].handles += 1);
        id.clone()
    }
    fn try_close(&self, id: span::Id) -> bool {
        LOG.with_borrow_mut(|log| {
            let handles = &mut log.spans[place(&id)].handles;
            *handles -= 1;
            *handles == 0
        })
    }
}

/// Every span with its ancestors, outermost first, in the order in which they began.
fn paths() -> Vec<String> {
    LOG.with_borrow(|log| {
        let path = |span: usize| {
            let parent = |&span: &usize| log.spans[span].parent;
            let mut names: Vec<_> = std::iter::successors(Some(span), parent)
                .map(|span| log.spans[span].name)
                .collect();
            names.reverse();
            names.join(" > ")
        };
        (0..log.spans.len()).map(path).collect()
    })
}

/// The fields of all spans of a name.
fn fields(name: &str) -> Vec<String> {
    LOG.with_borrow(|log| {
        let named = log.spans.iter().filter(|span| span.name == name);
        named.map(|span| span.fields.clone()).collect()
    })
}

/// The names of the spans that the events with some text are in.
fn spans_of(text: &str) -> Vec<&'static str> {
    LOG.with_borrow(|log| {
        let events = log.events.iter().filter(|(event, _)| event.contains(text));
        events
            .map(|&(_, span)| log.spans[span.unwrap()].name)
            .collect()
    })
}

/// Asserts that all spans are over, and that a subscriber which asks for less than debug sees none.
fn assert_over() {
    LOG.with_borrow(|log| {
        for span in &log.spans {
            assert_eq!(
                (span.handles, span.level),
                (0, Level::DEBUG),
                "{}",
                span.name
            );
        }
    });
}

#[tokio::test]
async fn the_log_shows_no_credential() {
    collect();
    let echo = reply(503, &[], format!("{SECRET} the-granted-token"));
    let api = Server::start([echo, reply(401, &[], ""), last_page()]).await;
    let tokens = Server::start([token("the-granted-token"), token("the-granted-token")]).await;
    let (pages, error) = fetch(&oauth(&api, &tokens), query()).await;
    assert_eq!((pages.len(), error.is_none()), (1, true));
    let log = LOG.take().text;
    assert!(log.contains("http.response.status_code=503"), "{log}");
    assert!(log.contains("http.request.resend_count=2"), "{log}");
    let encoded: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    for secret in [SECRET, &encoded, "the-granted-token"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    // What was asked for identifies nobody in the client's own words, and is not said.
    for said in [
        "url.template=\"/v1/UsageRecords\"",
        "error.type=\"503\"",
        "server.port=",
    ] {
        assert!(log.contains(said), "{said} in {log}");
    }
    for unsaid in ["PageSize", "Granularity", "2025-01-01"] {
        assert!(!log.contains(unsaid), "{unsaid} in {log}");
    }
}

#[tokio::test]
async fn an_attempt_is_within_its_page_and_the_page_within_the_call() {
    collect();
    let api = Server::start([
        dead_token(),
        page(2, r#""?Page=1""#),
        reply(503, &[], ""),
        last_page(),
    ])
    .await;
    let tokens = Server::start([token("one"), token("another")]).await;
    let client = oauth(&api, &tokens);
    let unpolled = client.pages(query());
    assert!(paths().is_empty(), "a stream begins when it is polled");
    drop(unpolled);
    let outer = tracing::debug_span!(target: "usage_client::test", "outer");
    let mut pages = Box::pin(client.pages(query()));
    let first = pages.next().instrument(outer).await;
    // Another reader's span, or none, does not matter after the first poll.
    let (second, end) = (pages.next().await, pages.next().await);
    assert!(first.unwrap().is_ok() && second.unwrap().is_ok() && end.is_none());
    drop((pages, client));
    assert_eq!(
        paths(),
        [
            "outer",
            "outer > fetch",
            "outer > fetch > page",
            "outer > fetch > page > GET",
            "outer > fetch > page > GET > POST",
            "outer > fetch > page > GET",
            "outer > fetch > page > GET > POST",
            "outer > fetch > page",
            "outer > fetch > page > GET",
            "outer > fetch > page > GET",
        ]
    );
    assert_eq!(
        fields("fetch"),
        [r#"url.template="/v1/UsageRecords" usage.granularity=hourly "#]
    );
    assert_eq!(fields("page"), ["usage.page=0 ", "usage.page=1 "]);
    assert_over();
}

/// What the server says may name the account or the SIM; the error shows it, and the log does not.
#[tokio::test]
async fn the_log_names_nobody_whatever_the_server_says() {
    collect();
    let sid = "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    let quoted = format!(r#"{{"account_sid":"{sid}"}}"#);
    let elsewhere = format!("location: https://{sid}.test/{sid}");
    for (answer, shown) in [
        (
            reply(200, &["content-type: application/json"], &quoted),
            sid,
        ),
        (reply(200, &["content-type: text/plain"], sid), sid),
        (reply(302, &[&elsewhere], ""), "decdcd"),
        (reply(400, &[], format!(r#"{{"message":"{sid}"}}"#)), ""),
    ] {
        let api = Server::start([answer]).await;
        let credentials = usage_client::Credentials::basic(sid, "the password of the test");
        let client = builder(&api).credentials(credentials).build().unwrap();
        let window = hours("2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z", 50).window();
        let sim = Resource::Sim(sid.parse().unwrap());
        let query =
            UsageQuery::new(sim, window, Granularity::Hourly).page_size(PageSize::new(50).unwrap());
        let plan = WindowPlan::new(at("2026-11-01T00:00:00Z"));
        let gathered = client.windows(query, &plan).gather().await;
        let error = gathered.missing[0].error.reason();
        assert!(error.contains(shown), "{error}");
    }
    assert_eq!(spans_of("attempt failed"), ["GET"; 4]);
    let log = LOG.take().text.to_lowercase();
    for unsaid in [&sid.to_lowercase()[..], "password", "account_sid"] {
        assert!(!log.contains(unsaid), "{unsaid} in {log}");
    }
}

#[tokio::test]
async fn a_call_for_one_sim_does_not_name_it() {
    collect();
    let api = Server::start([last_page()]).await;
    let client = client(&api);
    let sid = "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    let sim = UsageQuery::new(
        Resource::Sim(sid.parse().unwrap()),
        query().window(),
        Granularity::All,
    );
    assert_eq!(client.pages(sim).count().await, 1);
    assert_eq!(paths(), ["fetch", "fetch > page", "fetch > page > GET"]);
    assert_eq!(
        fields("fetch"),
        [r#"url.template="/v1/Sims/{Sid}/UsageRecords" usage.granularity=all "#]
    );
    assert_over();
    assert!(!LOG.take().text.contains(sid));
}

#[tokio::test]
async fn a_fetch_of_sims_names_none_of_them() {
    collect();
    let sim = r#"{"sid":"DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","iccid":"8988303000000000017","unique_name":"meter-17"}"#;
    let body = format!(r#"{{"sims":[{sim}],"meta":{{"next_page_url":null}}}}"#);
    let other = body.replace("0017", "0018");
    let api = Server::start([
        reply(200, &[], body),
        reply(200, &[], other),
        reply(400, &[], r#"{"message":"no SIM 8988303000000000017"}"#),
        reply(200, &[], r#"{"sims":{"iccid":"8988303000000000017"}}"#),
    ])
    .await;
    let client = client(&api);
    for failed in [false, true, true, true] {
        let query = usage_client::SimQuery::new().iccid("8988303000000000017");
        let sims: Vec<_> = client.sims(query).collect().await;
        assert_eq!(sims[0].is_err(), failed);
    }
    assert_eq!(
        paths()[..3],
        ["fetch", "fetch > page", "fetch > page > GET"]
    );
    assert_eq!(fields("fetch")[0], r#"url.template="/v1/Sims" "#);
    assert_over();
    let log = LOG.take().text;
    for unsaid in ["DEcd", "898830", "meter"] {
        assert!(!log.contains(unsaid), "{unsaid} in {log}");
    }
}

#[tokio::test]
async fn windows_are_within_the_call_that_fetches_them_whoever_polls() {
    collect();
    let api = Server::answering(|request| Hourly::default().answer(request)).await;
    let plan = WindowPlan::new(at("2026-11-01T00:00:00Z")).concurrency(NonZeroU32::MIN);
    let query = hours("2026-09-01T00:00:00Z", "2026-09-05T00:00:00Z", 50);
    let mut windows = client(&api).windows(query, &plan);
    assert!(paths().is_empty(), "a fetch begins when it is polled");
    assert!(windows.next().await.unwrap().is_ok());
    let reader = tracing::debug_span!(target: "usage_client::test", "reader");
    let rest = windows.count().instrument(reader).await;
    assert_eq!(rest, 1);
    let mut paths = paths();
    paths.retain(|path| path != "reader");
    let window = [
        "fetch > window",
        "fetch > window > page",
        "fetch > window > page > GET",
    ];
    assert_eq!(paths, [&["fetch"][..], &window, &window].concat());
    assert_eq!(
        fields("fetch"),
        [r#"url.template="/v1/UsageRecords" usage.granularity=hourly "#]
    );
    assert_over();
}

#[tokio::test]
async fn the_request_for_a_token_has_a_span_like_an_attempt() {
    collect();
    let api = Server::start([last_page()]).await;
    let tokens = Server::start([reply(503, &[], ""), reply(200, &[], "{}")]).await;
    let url = tokens.url();
    let token_url = url.join("/auth/token?tenant=the-tenant").unwrap();
    let client: Client = builder(&api)
        .token_url(token_url)
        .credentials(usage_client::Credentials::client("id", SECRET))
        .build()
        .unwrap();
    let (pages, error) = fetch(&client, query()).await;
    assert!(pages.is_empty() && error.is_some());
    let port = url.port().unwrap();
    let begin = |method| format!(r#"otel.kind="client" http.request.method="{method}" "#);
    let post = format!(
        r#"{}server.address="127.0.0.1" server.port={port} url.scheme="http" url.template="/auth/token" "#,
        begin("POST")
    );
    assert_eq!(
        fields("POST"),
        [
            format!(r#"{post}http.response.status_code=503 error.type="503" "#),
            format!(r#"{post}http.response.status_code=200 error.type="protocol" "#),
        ]
    );
    assert_eq!(spans_of("asking for an access token"), ["POST", "POST"]);
    assert_eq!(spans_of("attempt failed"), ["GET", "GET"]);
    // The API was not asked, and its spans do not look as if it had answered.
    let port = api.url().port().unwrap();
    let get = |resend: &str| {
        format!(
            r#"{}{resend}server.address="127.0.0.1" server.port={port} url.scheme="http" url.template="/v1/UsageRecords" error.type="no_access_token" "#,
            begin("GET")
        )
    };
    assert_eq!(
        fields("GET"),
        [get(""), get("http.request.resend_count=1 ")]
    );
    assert!(!LOG.take().text.contains("the-tenant"));
}
