//! What is asked of the API.

mod page_check;
mod parameters;

use chrono::{DateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tracing::Span;
use usage_model::{Granularity, MalformedDocument, PageSize, Resource, UsagePage, Window, rfc3339};

use crate::{
    ProtocolError,
    paging::{
        identity::Delivered,
        list::{ListPage, ListQuery},
    },
};

use parameters::Asked;

/// One question to the API: a resource, a window of time, and how to divide it.
///
/// `Start`, `End`, `Granularity` and `PageSize` are always sent, because their defaults are documented
/// for one of the two resources only. Both instants are sent to the whole second in UTC, the window
/// widened to it where it is finer. The API widens it further, to whole UTC days.
///
/// It can be serialised, to be stored beside a [`Cursor`](crate::Cursor).
///
/// ```
/// use usage_client::UsageQuery;
/// use usage_model::{Granularity, PageSize, Resource, Window};
///
/// let window = Window::new("2026-02-01T00:00:00Z".parse()?, "2026-03-01T00:00:00Z".parse()?)?;
/// let query = UsageQuery::new(Resource::Account, window, Granularity::Hourly)
///     .page_size(PageSize::new(100)?);
/// assert_eq!(query.window(), window);
/// assert_eq!(query.records_per_page().get(), 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Stored", try_from = "Stored")]
pub struct UsageQuery {
    resource: Resource,
    window: Window,
    granularity: Granularity,
    page_size: PageSize,
}

impl UsageQuery {
    /// Returns a query with the largest page size, 1000.
    pub fn new(resource: Resource, window: Window, granularity: Granularity) -> Self {
        Self {
            resource,
            window,
            granularity,
            page_size: PageSize::default(),
        }
    }

    /// Returns the same query with another page size.
    #[must_use]
    pub fn page_size(self, page_size: PageSize) -> Self {
        Self { page_size, ..self }
    }

    /// The same query for another window.
    pub(crate) const fn within(&self, window: Window) -> Self {
        Self { window, ..*self }
    }

    /// Returns whose usage is asked for.
    pub const fn resource(&self) -> Resource {
        self.resource
    }

    /// Returns the window of time.
    pub const fn window(&self) -> Window {
        self.window
    }

    /// Returns how the window is divided into records.
    pub const fn granularity(&self) -> Granularity {
        self.granularity
    }

    /// Returns how many records a page may hold.
    pub const fn records_per_page(&self) -> PageSize {
        self.page_size
    }

    /// `Start` as it is sent.
    pub(crate) fn start(&self) -> DateTime<Utc> {
        self.window.start().trunc_subsecs(0)
    }

    /// `End` as it is sent.
    pub(crate) fn end(&self) -> DateTime<Utc> {
        let end = self.window.end();
        match end.trunc_subsecs(0) {
            whole if whole == end => whole,
            whole => whole
                .checked_add_signed(TimeDelta::seconds(1))
                .unwrap_or(whole),
        }
    }

    /// What a link has to agree with.
    fn asked(&self) -> Asked {
        Asked {
            start: self.start(),
            end: self.end(),
            days: self.days(),
            granularity: self.granularity,
        }
    }

    /// The window as the server may widen it: to whole UTC days, the day of its end included, because `End` is
    /// "on or before".
    pub(crate) fn days(&self) -> Window {
        let midnight = |at: DateTime<Utc>| at.date_naive().and_time(NaiveTime::MIN).and_utc();
        let end = midnight(self.end()).checked_add_signed(TimeDelta::days(1));
        Window::new(midnight(self.start()), end.unwrap_or(self.end())).unwrap_or(self.window)
    }
}

impl ListQuery for UsageQuery {
    type Item = Delivered;

    const KEY: &'static str = "usage_records";
    const FIXED: &'static [&'static str] = &["Start", "End", "Granularity"];
    const PERSONAL: &'static [&'static str] = &[];

    fn path(&self) -> String {
        self.resource.path()
    }

    fn template(&self) -> &'static str {
        self.resource.template()
    }

    fn span(&self) -> Span {
        // Neither the SIM nor the window.
        tracing::debug_span!(
            "fetch",
            url.template = self.resource.template(),
            usage.granularity = %self.granularity,
        )
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        vec![
            ("Start", instant(self.start())),
            ("End", instant(self.end())),
            ("Granularity", self.granularity.to_string()),
        ]
    }

    fn records_per_page(&self) -> PageSize {
        self.page_size
    }

    fn agrees(&self, parameter: &str, value: &str) -> Option<bool> {
        parameters::agrees(self.asked(), parameter, value)
    }

    fn read(body: &[u8], page_size: PageSize) -> Result<ListPage<Delivered>, MalformedDocument> {
        let page = UsagePage::from_slice_up_to(body, page_size)?;
        Ok(ListPage {
            items: page.records,
            meta: page.meta,
        })
    }

    /// Refuses records of another resource, from outside the window, and of another granularity. Records that do not
    /// state their period cannot be held against the last two.
    fn check_asked_for(
        &self,
        records: &[Delivered],
        server_date: Option<DateTime<Utc>>,
    ) -> Result<(), ProtocolError> {
        let asked = self.asked();
        page_check::of_resource(&self.resource, records)?;
        page_check::within_window(&asked, records)?;
        page_check::of_granularity(&asked, records, server_date)
    }
}

/// A query as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// The SIM; none for the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sim: Option<String>,
    start: String,
    end: String,
    granularity: String,
    page_size: u16,
}

impl From<UsageQuery> for Stored {
    fn from(query: UsageQuery) -> Self {
        Self {
            sim: match query.resource {
                Resource::Account => None,
                Resource::Sim(sid) => Some(sid.to_string()),
            },
            start: rfc3339(query.window.start()),
            end: rfc3339(query.window.end()),
            granularity: query.granularity.to_string(),
            page_size: query.page_size.get(),
        }
    }
}

impl TryFrom<Stored> for UsageQuery {
    type Error = Box<dyn std::error::Error>;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let at = |text: &str| DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
        Ok(Self {
            resource: match stored.sim {
                None => Resource::Account,
                Some(sid) => Resource::Sim(sid.parse()?),
            },
            window: Window::new(at(&stored.start)?, at(&stored.end)?)?,
            granularity: stored.granularity.parse()?,
            page_size: PageSize::new(stored.page_size)?,
        })
    }
}

/// An instant in the only form that every version of the API takes.
fn instant(instant: DateTime<Utc>) -> String {
    instant.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn query(start: &str, end: &str) -> UsageQuery {
        let window = Window::new(start.parse().unwrap(), end.parse().unwrap()).unwrap();
        UsageQuery::new(Resource::Account, window, Granularity::Daily)
    }

    #[test]
    fn a_finer_window_is_widened_to_whole_seconds() {
        let query = query("2025-01-01T00:00:00.9Z", "2025-01-31T23:59:59.000000001Z");
        assert_eq!(instant(query.start()), "2025-01-01T00:00:00Z");
        assert_eq!(instant(query.end()), "2025-02-01T00:00:00Z");
    }

    #[test]
    fn a_part_of_a_query_asks_the_same_of_another_window() {
        let whole = query("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z")
            .page_size(PageSize::new(7).unwrap());
        let part = query("2025-01-02T00:00:00Z", "2025-01-03T00:00:00Z").window();
        let expected = UsageQuery::new(Resource::Account, part, Granularity::Daily)
            .page_size(PageSize::new(7).unwrap());
        assert_eq!(whole.within(part), expected);
    }

    #[test]
    fn a_query_is_stored_as_it_is_and_what_is_no_query_is_refused() {
        let account = query("2025-01-01T00:00:00.5Z", "2025-02-01T00:00:00Z");
        let sim = "DEcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd".parse().unwrap();
        let sim = UsageQuery::new(Resource::Sim(sim), account.window(), Granularity::Hourly)
            .page_size(PageSize::new(7).unwrap());
        for query in [account, sim] {
            let stored = serde_json::to_string(&query).unwrap();
            assert_eq!(serde_json::from_str::<UsageQuery>(&stored).unwrap(), query);
        }
        let good = r#"{"start":"2025-01-01T00:00:00Z","end":"2025-02-01T00:00:00Z","granularity":"daily","page_size":50}"#;
        assert!(serde_json::from_str::<UsageQuery>(good).is_ok());
        for (part, wrong) in [
            ("2025-02", "2024-02"),
            ("daily", "weekly"),
            ("50", "0"),
            ("T00:00:00Z", ""),
            ("{", r#"{"sim":"DE","#),
        ] {
            let stored = good.replace(part, wrong);
            assert!(
                serde_json::from_str::<UsageQuery>(&stored).is_err(),
                "{stored}"
            );
        }
    }

    #[test]
    fn whole_seconds_stay() {
        let query = query("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z");
        assert_eq!(
            query.fingerprint(),
            "/v1/UsageRecords?Start=2025-01-01T00:00:00Z&End=2025-02-01T00:00:00Z\
             &Granularity=daily&PageSize=1000"
        );
    }

    #[test]
    fn the_path_of_the_base_url_is_kept() {
        let query = query("2025-01-01T00:00:00Z", "2025-02-01T00:00:00Z");
        for (base, address) in [
            ("https://h", "https://h/v1/UsageRecords"),
            ("https://h/", "https://h/v1/UsageRecords"),
            ("http://h:81/kore", "http://h:81/kore/v1/UsageRecords"),
            ("http://h:81/a/b/", "http://h:81/a/b/v1/UsageRecords"),
        ] {
            assert_eq!(query.address(&Url::parse(base).unwrap()).as_str(), address);
        }
    }
}
