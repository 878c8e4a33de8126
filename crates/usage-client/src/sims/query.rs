//! Which SIMs are asked for, and how their list is read.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
};

use chrono::{DateTime, Utc};
use tracing::Span;
use usage_model::{
    Lenient, MalformedDocument, MalformedSim, PageSize, RatePlanSid, SimPage, SimRecord, SimSid,
    SimStatus,
};

use crate::{
    ProtocolError,
    paging::list::{ListItem, ListPage, ListQuery},
};

/// The path of the list, from the vendor's description of the API.
const PATH: &str = "/v1/Sims";

/// Which SIMs of the account are asked for, for [`Client::sims`](crate::Client::sims): all of them, unless a filter is
/// set.
///
/// An ICCID is personal data: [`Debug`](fmt::Debug) does not show it.
///
/// ```
/// use usage_client::SimQuery;
/// use usage_model::SimStatus;
///
/// let active = SimQuery::new().status(SimStatus::Active);
/// assert_ne!(active, SimQuery::new());
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct SimQuery {
    status: Option<SimStatus>,
    iccid: Option<String>,
    rate_plan: Option<RatePlanSid>,
    page_size: PageSize,
}

impl SimQuery {
    /// Asks for all SIMs, with the largest page size, 1000.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for the SIMs of this status only.
    #[must_use]
    pub fn status(self, status: SimStatus) -> Self {
        Self {
            status: Some(status),
            ..self
        }
    }

    /// Asks for the SIM with this number of the card only.
    #[must_use]
    pub fn iccid(self, iccid: impl Into<String>) -> Self {
        Self {
            iccid: Some(iccid.into()),
            ..self
        }
    }

    /// Asks for the SIMs on this rate plan only.
    #[must_use]
    pub fn rate_plan(self, rate_plan: RatePlanSid) -> Self {
        Self {
            rate_plan: Some(rate_plan),
            ..self
        }
    }

    /// Sets how many SIMs a page may hold.
    #[must_use]
    pub fn page_size(self, page_size: PageSize) -> Self {
        Self { page_size, ..self }
    }
}

impl fmt::Debug for SimQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SimQuery")
            .field("status", &self.status)
            .field(
                "iccid",
                &self.iccid.as_ref().map(|_| format_args!("hidden")),
            )
            .field("rate_plan", &self.rate_plan)
            .field("page_size", &self.page_size)
            .finish()
    }
}

/// A SIM as it came, or what is wrong with it.
pub(super) type Delivered = Result<SimRecord, MalformedSim>;

impl ListQuery for SimQuery {
    type Item = Delivered;

    const KEY: &'static str = "sims";
    const FIXED: &'static [&'static str] = &["Status", "Iccid", "RatePlan"];
    const PERSONAL: &'static [&'static str] = &["iccid", "unique_name"];

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn template(&self) -> &'static str {
        PATH
    }

    fn span(&self) -> Span {
        tracing::debug_span!("fetch", url.template = PATH)
    }

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let status = self.status.map(|status| ("Status", status.to_string()));
        let iccid = self.iccid.clone().map(|iccid| ("Iccid", iccid));
        let rate_plan = self.rate_plan.map(|sid| ("RatePlan", sid.to_string()));
        [status, iccid, rate_plan].into_iter().flatten().collect()
    }

    fn records_per_page(&self) -> PageSize {
        self.page_size
    }

    fn agrees(&self, parameter: &str, value: &str) -> Option<bool> {
        let mut parameters = self.parameters().into_iter();
        let own = parameters.find(|(name, _)| *name == parameter);
        Some(own.is_some_and(|(_, own)| own.eq_ignore_ascii_case(value)))
    }

    fn read(body: &[u8], page_size: PageSize) -> Result<ListPage<Delivered>, MalformedDocument> {
        let page = SimPage::from_slice_up_to(body, page_size)?;
        Ok(ListPage {
            items: page.sims,
            meta: page.meta,
        })
    }

    /// Refuses SIMs that the filters leave out, as far as they say so: something before the API dropped the query. A
    /// status that is about to change fits any filter.
    fn check_asked_for(
        &self,
        sims: &[Delivered],
        _: Option<DateTime<Utc>>,
    ) -> Result<(), ProtocolError> {
        let other = |parameter, value: &str| {
            Err(ProtocolError::OtherQuery {
                parameter,
                value: value.to_owned(),
            })
        };
        for sim in sims.iter().flatten() {
            let status = sim.status.value().and_then(Lenient::known);
            if let (Some(wanted), Some(status)) = (self.status, status)
                && wanted != *status
                && !matches!(status, SimStatus::Scheduled | SimStatus::Updating)
            {
                return other("Status", status.as_str());
            }
            let rate_plan = sim.rate_plan_sid.value().and_then(Lenient::known);
            if let (Some(wanted), Some(sid)) = (self.rate_plan, rate_plan)
                && !wanted.as_str().eq_ignore_ascii_case(sid.as_str())
            {
                return other("RatePlan", sid.as_str());
            }
            if let (Some(wanted), Some(iccid)) = (&self.iccid, sim.iccid.value())
                && wanted != iccid
            {
                return other("Iccid", "hidden");
            }
        }
        Ok(())
    }
}

impl ListItem for Delivered {
    fn identity_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match (sid(self), self) {
            (Some(sid), _) => sid.hash(&mut hasher),
            (None, Ok(sim)) => serde_json::to_vec(sim)
                .unwrap_or_default()
                .hash(&mut hasher),
            (None, Err(malformed)) => (malformed.index, &malformed.pointer).hash(&mut hasher),
        }
        hasher.finish()
    }

    fn is_distinguishable(&self) -> bool {
        sid(self).is_some()
    }

    fn bounds(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        None
    }
}

/// The SID of a SIM, where it states one of the documented form. Redacted ones are all alike.
pub(super) fn sid(sim: &Delivered) -> Option<SimSid> {
    sim.as_ref().ok()?.sid.value()?.known().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICCID: &str = "8988303000000000017";

    fn sims(list: &str) -> Vec<Delivered> {
        let body = format!(r#"{{"sims":[{list}],"meta":null}}"#);
        SimQuery::read(body.as_bytes(), PageSize::MAX)
            .unwrap()
            .items
    }

    fn plan(digit: &str) -> RatePlanSid {
        format!("WP{}", digit.repeat(32)).parse().unwrap()
    }

    #[test]
    fn only_the_filters_that_are_set_are_sent() {
        let query = SimQuery::new();
        assert_eq!(query.fingerprint(), "/v1/Sims?PageSize=1000");
        let query = query
            .status(SimStatus::Active)
            .iccid(ICCID)
            .rate_plan(plan("e"))
            .page_size(PageSize::MIN);
        assert_eq!(
            query.fingerprint(),
            format!(
                "/v1/Sims?Status=active&Iccid={ICCID}&RatePlan={}&PageSize=1",
                plan("e")
            )
        );
        assert!(!format!("{query:?}").contains(ICCID), "{query:?}");
    }

    #[test]
    fn a_link_may_repeat_the_filters_and_set_no_others() {
        let query = SimQuery::new().status(SimStatus::Active);
        for (parameter, value, agrees) in [
            ("Status", "active", true),
            ("Status", "ACTIVE", true),
            ("Status", "ready", false),
            ("Iccid", ICCID, false),
        ] {
            assert_eq!(query.agrees(parameter, value), Some(agrees), "{parameter}");
        }
    }

    #[test]
    fn a_sim_that_the_filter_leaves_out_is_refused() {
        let wanted = SimQuery::new()
            .status(SimStatus::Active)
            .iccid(ICCID)
            .rate_plan(plan("e"));
        let fits = format!(
            r#"{{}},{{"status":"active"}},{{"status":"updating"}},{{"status":"lost"}},{{"status":null}},
            {{"iccid":"{ICCID}","rate_plan_sid":"{}"}}"#,
            plan("E")
        );
        assert_eq!(wanted.check_asked_for(&sims(&fits), None), Ok(()));
        let other = format!(r#"{{"rate_plan_sid":"{}"}}"#, plan("f"));
        for (sim, parameter, value) in [
            (r#"{"status":"ready"}"#, "Status", "ready"),
            (r#"{"iccid":"8988303000000000018"}"#, "Iccid", "hidden"),
            (&other, "RatePlan", plan("f").as_str()),
        ] {
            let value = value.to_owned();
            let expected = ProtocolError::OtherQuery { parameter, value };
            assert_eq!(
                wanted.check_asked_for(&sims(sim), None),
                Err(expected),
                "{sim}"
            );
            assert_eq!(
                SimQuery::new().check_asked_for(&sims(sim), None),
                Ok(()),
                "{sim}"
            );
        }
    }

    #[test]
    fn sims_are_distinguished_by_their_sids_alone() {
        let text = format!(
            r#"{{"sid":"DE{a}","status":"new"}},{{"sid":"DE{a}"}},{{"sid":"DE{b}"}},{{"sid":"DEXX"}},{{}},7"#,
            a = "a".repeat(32),
            b = "b".repeat(32)
        );
        let sims = sims(&text);
        let hashes: Vec<u64> = sims.iter().map(ListItem::identity_hash).collect();
        assert!(hashes[0] == hashes[1] && hashes[0] != hashes[2]);
        let distinguishable: Vec<bool> = sims.iter().map(ListItem::is_distinguishable).collect();
        assert_eq!(distinguishable, [true, true, true, false, false, false]);
    }
}
