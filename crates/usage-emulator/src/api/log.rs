//! What was asked and what was answered.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use http::Uri;
use url::form_urlencoded;

use crate::{Endpoint, Fault};

/// The most requests that are kept; older ones are forgotten.
const MAX_REQUESTS: usize = 10_000;

/// The most bytes that the requests kept may take.
const MAX_BYTES: usize = 8 << 20;

/// About how many bytes a request takes without its texts.
const REQUEST_BYTES: usize = size_of::<LoggedRequest>();

/// The parameters of the API, whose values are kept; those of all others may be a secret.
const PARAMETERS: [&str; 9] = [
    "Start",
    "End",
    "Granularity",
    "PageSize",
    "Page",
    "PageToken",
    "Status",
    "RatePlan",
    "Iccid",
];

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
    /// The endpoint that was asked, if it is one that faults can strike.
    pub endpoint: Option<Endpoint>,
    /// The number by which faults know the request: those to each endpoint are counted since the start.
    pub endpoint_number: Option<u64>,
    /// The faults that concerned the request, in the order in which they were added. Where several
    /// replace the whole answer, the first of them did.
    pub faults: Vec<Fault>,
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
    /// About how many bytes the last requests take.
    bytes: usize,
}

impl RequestLog {
    /// Keeps a request that has arrived.
    pub(crate) fn arrived(&self, method: String, uri: &Uri, now: DateTime<Utc>) -> Entry {
        let mut requests = self.lock();
        requests.count += 1;
        let request = LoggedRequest {
            number: requests.count,
            method,
            target: target(uri),
            endpoint: None,
            endpoint_number: None,
            faults: Vec::new(),
            status: None,
            now,
        };
        requests.bytes += size_of_request(&request);
        requests.last.push_back(request);
        requests.ever += 1;
        requests.trim();
        Entry(requests.ever)
    }

    /// Notes which request to an endpoint it is and which faults concern it.
    pub(crate) fn counted(&self, entry: Entry, asked: (Endpoint, u64), faults: Vec<Fault>) {
        self.edit(entry, |request| {
            request.endpoint = Some(asked.0);
            request.endpoint_number = Some(asked.1);
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
            let before = size_of_request(request);
            change(request);
            let after = size_of_request(request);
            requests.bytes = requests.bytes - before + after;
            requests.trim();
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
        (requests.count, requests.bytes) = (0, 0);
    }

    fn lock(&self) -> MutexGuard<'_, Requests> {
        // Nothing panics while it holds the lock, and a log is of use even then.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Requests {
    /// Forgets the oldest requests that there is no room for.
    fn trim(&mut self) {
        while self.last.len() > MAX_REQUESTS || self.bytes > MAX_BYTES {
            match self.last.pop_front() {
                Some(request) => self.bytes -= size_of_request(&request),
                None => break,
            }
        }
    }
}

/// Returns about how many bytes a request takes. Its faults are handles on those in force.
fn size_of_request(request: &LoggedRequest) -> usize {
    let faults = request.faults.len() * size_of::<Fault>();
    REQUEST_BYTES + request.method.len() + request.target.len() + faults
}

fn target(uri: &Uri) -> String {
    let path = uri.path();
    let Some(query) = uri.query() else {
        return path.to_owned();
    };
    let mut shown = form_urlencoded::Serializer::new(String::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if PARAMETERS.contains(&&*name) {
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
        for _ in 0..MAX_REQUESTS + 5 {
            log.arrived("GET".to_owned(), &uri, DateTime::UNIX_EPOCH);
        }
        let requests = log.all();
        assert_eq!(requests.len(), MAX_REQUESTS);
        assert_eq!(requests.first().map(|request| request.number), Some(6));
    }

    #[test]
    fn long_requests_are_forgotten_before_they_take_too_much_memory() {
        let log = RequestLog::default();
        let long: Uri = format!("/{}", "x".repeat(30_000)).parse().unwrap();
        for _ in 0..1000 {
            log.arrived("GET".to_owned(), &long, DateTime::UNIX_EPOCH);
        }
        let requests = log.all();
        let bytes: usize = requests.iter().map(|request| request.target.len()).sum();
        assert!(bytes <= MAX_BYTES, "{bytes}");
        assert!(bytes > MAX_BYTES / 2, "{bytes}");
        assert_eq!(requests.last().map(|request| request.number), Some(1000));
        // What was forgotten makes room for what comes.
        let short = Uri::from_static("/");
        for _ in 0..MAX_REQUESTS {
            log.arrived("GET".to_owned(), &short, DateTime::UNIX_EPOCH);
        }
        assert_eq!(log.all().len(), MAX_REQUESTS);
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
        for _ in 0..MAX_REQUESTS {
            arrive();
        }
        log.answered(first, 200, DateTime::UNIX_EPOCH);
        assert!(statuses().iter().all(Option::is_none));
    }
}
