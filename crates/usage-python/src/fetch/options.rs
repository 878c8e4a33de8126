//! What a fetch is told, as Python passes it.

use std::num::NonZeroU32;

use chrono::Days;
use pyo3::prelude::*;
use url::{Host, Url};
use usage_client::{Client, ClientBuilder, Credentials, UsageQuery, WindowPlan};
use usage_model::{Granularity, PageSize, Resource, SimSid, Window};

use crate::{
    errors::wrong,
    when::{instant, now},
};

/// One list of records.
pub(super) type Query = UsageQuery;

/// How long before its end a window starts where the caller does not say.
const DEFAULT_DAYS: Days = Days::new(30);

/// The path of the token endpoint, the same on KORE's host and on the emulator.
const TOKEN_PATH: &str = "/api-services/v1/auth/token";

/// The options of `fetch` by their names; `None` is the default.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub(crate) struct Options<'py> {
    base_url: Option<String>,
    token_url: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    access_token: Option<String>,
    account_sid: Option<String>,
    auth_token: Option<String>,
    start: Option<Bound<'py, PyAny>>,
    end: Option<Bound<'py, PyAny>>,
    granularity: Option<String>,
    sims: Option<Vec<String>>,
    page_size: Option<u16>,
    concurrency: Option<u32>,
    attempts: Option<u32>,
}

impl Options<'_> {
    /// The client, the lists to fetch one after the other, and how.
    pub(super) fn read(self) -> PyResult<(ClientBuilder, Vec<Query>, WindowPlan)> {
        let mut builder = Client::builder()
            .credentials(self.credentials()?)
            .proxies_from_environment(true);
        let base_url = self
            .base_url
            .as_deref()
            .map(|text| url("base_url", text))
            .transpose()?;
        let token_url = self
            .token_url
            .as_deref()
            .map(|text| url("token_url", text))
            .transpose()?;
        let is_local = base_url.as_ref().is_some_and(is_loopback);
        // A secret that is meant for an emulator on this machine must not go to KORE's token host.
        let token_url = token_url.or_else(|| {
            let local = base_url.as_ref().filter(|_| is_local)?;
            local.join(TOKEN_PATH).ok()
        });
        if let Some(url) = base_url {
            builder = builder.base_url(url);
        }
        if let Some(url) = token_url {
            builder = builder.token_url(url);
        }
        if let Some(attempts) = self.attempts {
            builder = builder.attempts(attempts);
        }
        let now = now();
        let window = self.window()?;
        // An emulator has a clock of its own.
        let plan = WindowPlan::new(if is_local { now.max(window.end()) } else { now });
        let plan = match self.concurrency {
            None => plan,
            Some(windows) => plan.concurrency(
                NonZeroU32::new(windows).ok_or_else(|| wrong("concurrency", "at least 1"))?,
            ),
        };
        Ok((builder, self.queries(window)?, plan))
    }

    fn credentials(&self) -> PyResult<Credentials> {
        let given = (
            self.client_id.as_deref().zip(self.client_secret.as_deref()),
            self.access_token.as_deref(),
            self.account_sid.as_deref().zip(self.auth_token.as_deref()),
        );
        match given {
            (Some((id, secret)), None, None) => Ok(Credentials::client(id, secret)),
            (None, Some(token), None) => Ok(Credentials::bearer(token)),
            (None, None, Some((user, password))) => Ok(Credentials::basic(user, password)),
            _ => Err(wrong(
                "credentials",
                "give one of client_id with client_secret, access_token, and account_sid with auth_token",
            )),
        }
    }

    fn window(&self) -> PyResult<Window> {
        let end = match &self.end {
            Some(end) => instant("end", end)?,
            None => now(),
        };
        let start = match &self.start {
            Some(start) => instant("start", start)?,
            None => end
                .checked_sub_days(DEFAULT_DAYS)
                .ok_or_else(|| wrong("end", "lies beyond the calendar"))?,
        };
        Window::new(start, end).map_err(|error| wrong("start and end", error))
    }

    fn queries(&self, window: Window) -> PyResult<Vec<Query>> {
        let granularity = match &self.granularity {
            None => Granularity::Daily,
            Some(name) => name.parse().map_err(|error| wrong("granularity", error))?,
        };
        let page_size = match self.page_size {
            None => PageSize::default(),
            Some(size) => PageSize::new(size).map_err(|error| wrong("page_size", error))?,
        };
        let resources = match &self.sims {
            None => vec![Resource::Account],
            Some(sims) => {
                let sims = sims
                    .iter()
                    .map(|sid| sid.parse::<SimSid>().map(Resource::Sim));
                sims.collect::<Result<_, _>>()
                    .map_err(|error| wrong("sim", error))?
            }
        };
        let queries = resources.into_iter();
        Ok(queries
            .map(|resource| UsageQuery::new(resource, window, granularity).page_size(page_size))
            .collect())
    }
}

fn url(argument: &str, text: &str) -> PyResult<Url> {
    text.parse().map_err(|_| {
        // The text may hold a secret, and what a library says of it is of no help.
        wrong(
            argument,
            "expected an address such as https://programmable-wireless.api.korewireless.com",
        )
    })
}

/// Whether an address names this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
