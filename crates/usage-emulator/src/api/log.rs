//! What was asked and what was answered.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::http::Uri;
use chrono::{DateTime, Utc};
use url::form_urlencoded;

use super::Query;
use crate::TransportFault;

/// How many requests are kept; older ones are forgotten.
pub(crate) const LOG_CAPACITY: usize = 10_000;

/// A request and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The number of the request, from 1, in the order in which they arrived.
    pub number: u64,
    /// The method, such as `GET`.
    pub method: String,
    /// Path and query. The values of parameters that the API does not have are left out, because a
    /// client may have put a secret there.
    pub target: String,
    /// The number by which transport faults know the request: GET requests to the two record resources
    /// are counted since the start. `None` for all other requests.
    pub record_request: Option<u64>,
    /// The transport faults that concerned the request, in the order in which they were given. Where
    /// several replace the whole answer, the first of them did.
    pub faults: Vec<TransportFault>,
    /// The status of the answer. A body that was cut, stalled or reset had status 200. `None` while the
    /// request waits for its answer, and for good where the client did not wait for it.
    pub status: Option<u16>,
    /// The time in the emulated world when it was answered; when it arrived, while it was not.
    pub now: DateTime<Utc>,
}

/// The last requests.
#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Requests>);

/// Names a request in the log, however many others have been kept or forgotten since.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry(u64);

#[derive(Debug, Default)]
struct Requests {
    last: VecDeque<LoggedRequest>,
    /// Requests that have arrived since all were forgotten.
    count: u64,
    /// Requests that have ever arrived.
    ever: u64,
}

impl RequestLog {
    /// Keeps a request that has arrived.
    pub(crate) fn arrived(&self, method: String, uri: &Uri, now: DateTime<Utc>) -> Entry {
        let mut requests = self.lock();
        requests.count += 1;
        if requests.last.len() == LOG_CAPACITY {
            requests.last.pop_front();
        }
        let request = LoggedRequest {
            number: requests.count,
            method,
            target: target(uri),
            record_request: None,
            faults: Vec::new(),
            status: None,
            now,
        };
        requests.last.push_back(request);
        requests.ever += 1;
        Entry(requests.ever)
    }

    /// Notes which request for records it is and which faults concern it.
    pub(crate) fn counted(&self, entry: Entry, number: u64, faults: Vec<TransportFault>) {
        self.edit(entry, |request| {
            request.record_request = Some(number);
            request.faults = faults;
        });
    }

    /// Notes what was answered.
    pub(crate) fn answered(&self, entry: Entry, status: u16, now: DateTime<Utc>) {
        self.edit(entry, |request| {
            request.status = Some(status);
            request.now = now;
        });
    }

    /// Changes a request, unless it has been forgotten meanwhile.
    fn edit(&self, entry: Entry, change: impl FnOnce(&mut LoggedRequest)) {
        let mut requests = self.lock();
        let later = usize::try_from(requests.ever.saturating_sub(entry.0));
        let request = later
            .ok()
            .and_then(|later| requests.last.iter_mut().nth_back(later));
        if let Some(request) = request {
            change(request);
        }
    }

    /// The last requests, oldest first.
    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.lock().last.iter().cloned().collect()
    }

    /// Forgets all requests; the next one is the first again.
    pub(crate) fn clear(&self) {
        let mut requests = self.lock();
        requests.last.clear();
        requests.count = 0;
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
        log.arrived("GET".to_owned(), &uri, DateTime::UNIX_EPOCH);
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
            log.arrived("GET".to_owned(), &uri, DateTime::UNIX_EPOCH);
        }
        let requests = log.all();
        assert_eq!(requests.len(), LOG_CAPACITY);
        assert_eq!(requests.first().map(|request| request.number), Some(6));
    }

    #[test]
    fn an_answer_goes_to_its_own_request_or_nowhere() {
        let log = RequestLog::default();
        let uri = Uri::from_static("/");
        let arrive = || log.arrived("GET".to_owned(), &uri, DateTime::UNIX_EPOCH);
        let forgotten = arrive();
        log.clear();
        let (first, _second) = (arrive(), arrive());
        log.answered(forgotten, 500, DateTime::UNIX_EPOCH);
        log.answered(first, 404, DateTime::UNIX_EPOCH);
        let statuses = || {
            log.all()
                .iter()
                .map(|request| request.status)
                .collect::<Vec<_>>()
        };
        assert_eq!(statuses(), [Some(404), None]);
        for _ in 0..LOG_CAPACITY {
            arrive();
        }
        log.answered(first, 200, DateTime::UNIX_EPOCH);
        assert!(statuses().iter().all(Option::is_none));
    }
}
