//! What was asked and what was answered.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::Uri;
use chrono::{DateTime, Utc};
use url::form_urlencoded;

use crate::api::Query;

/// How many requests are kept; older ones are forgotten.
pub(crate) const LOG_CAPACITY: usize = 10_000;

/// A request and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The number of the request, from 1, in the order in which they were answered.
    pub number: u64,
    /// The method, such as `GET`.
    pub method: String,
    /// Path and query. The values of parameters that the API does not have are left out, because a
    /// client may have put a secret there.
    pub target: String,
    /// The status of the answer. A body that was cut, stalled or reset had status 200.
    pub status: u16,
    /// The time in the emulated world when it was answered.
    pub now: DateTime<Utc>,
}

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Requests>);

#[derive(Debug, Default)]
struct Requests {
    last: VecDeque<LoggedRequest>,
    count: u64,
}

impl RequestLog {
    /// Keeps a request.
    pub(crate) fn add(&self, method: String, uri: &Uri, status: u16, now: DateTime<Utc>) {
        let mut requests = self.lock();
        requests.count += 1;
        if requests.last.len() == LOG_CAPACITY {
            requests.last.pop_front();
        }
        let request = LoggedRequest {
            number: requests.count,
            method,
            target: target(uri),
            status,
            now,
        };
        requests.last.push_back(request);
    }

    /// The last requests, oldest first.
    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.lock().last.iter().cloned().collect()
    }

    /// Forgets all requests; the next one is the first again.
    pub(crate) fn clear(&self) {
        *self.lock() = Requests::default();
    }

    fn lock(&self) -> MutexGuard<'_, Requests> {
        // Nothing panics while it holds the lock, and a log is of use even then.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn target(uri: &Uri) -> String {
    let path = uri.path();
    let Some(query) = uri.query() else {
        return path.to_owned();
    };
    let mut shown = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if Query::NAMES.contains(&&*name) {
            shown.append_pair(&name, &value);
        } else {
            shown.append_key_only(&name);
        }
    }
    format!("{path}?{}", shown.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_a_query_are_not_kept() {
        let log = RequestLog::default();
        let uri: Uri = "/v1/UsageRecords?Start=2026-03-01T00:00:00Z&client_secret=hush"
            .parse()
            .unwrap();
        log.add("GET".to_owned(), &uri, 200, DateTime::UNIX_EPOCH);
        let requests = log.all();
        assert_eq!(
            requests.first().map(|request| request.target.as_str()),
            Some("/v1/UsageRecords?Start=2026-03-01T00%3A00%3A00Z&client_secret"),
        );
    }

    #[test]
    fn the_log_forgets_the_oldest() {
        let log = RequestLog::default();
        let uri = Uri::from_static("/");
        for _ in 0..LOG_CAPACITY + 5 {
            log.add("GET".to_owned(), &uri, 404, DateTime::UNIX_EPOCH);
        }
        let requests = log.all();
        assert_eq!(requests.len(), LOG_CAPACITY);
        assert_eq!(requests.first().map(|request| request.number), Some(6));
    }
}
