//! No credential is logged.
//!
//! A test binary of its own with a single test: which events are logged is decided once a process, at
//! their first use by whatever thread.
#![expect(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "the helpers are shared with another test binary, and fail where they must"
)]

#[path = "faults/replies.rs"]
mod replies;
#[path = "faults/server.rs"]
mod server;
#[path = "faults/setup.rs"]
mod setup;

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

use crate::{
    replies::{last_page, reply, token},
    server::Server,
    setup::{SECRET, fetch, oauth, query},
};

/// Collects everything that is logged.
struct Log(Arc<Mutex<String>>);

impl Visit for &Log {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0.lock().unwrap(), "{field}={value:?} ").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut &*self);
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut &*self);
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn the_log_shows_no_credential() {
    let log = Arc::new(Mutex::new(String::new()));
    let guard = tracing::subscriber::set_default(Log(Arc::clone(&log)));
    let echo = reply(503, &[], format!("{SECRET} the-granted-token"));
    let api = Server::start([echo, reply(401, &[], ""), last_page()]).await;
    let tokens = Server::start([token("the-granted-token"), token("the-granted-token")]).await;
    let (pages, error) = fetch(&oauth(&api, &tokens), query()).await;
    drop(guard);
    assert_eq!((pages.len(), error.is_none()), (1, true));
    let log = log.lock().unwrap();
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
