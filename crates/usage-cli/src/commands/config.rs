//! `config`: the settings, where they come from, and what the credentials may do.

use std::pin::pin;

use chrono::{DateTime, Days, NaiveTime, Utc};
use futures_util::StreamExt;
use serde::Serialize;
use usage_client::{Client, Error, ErrorKind, SimQuery, UsageQuery};
use usage_model::{Granularity, Lenient, PageSize, Resource, Window};
use usage_report::terminal::text_table;

use crate::{
    args::{ConfigArgs, ConfigCommand, ListFormat, window},
    exit::{Exit, received},
    failure::Failure,
    messages::{note, visible},
    output::print,
    settings::Settings,
};

use super::Context;

/// Shows, tries or finds the settings.
pub(super) async fn run(command: &ConfigCommand, context: Context) -> Result<Exit, Failure> {
    match command {
        ConfigCommand::Show(args) => show(args),
        ConfigCommand::Check(args) => tokio::select! {
            exit = check(args, context) => exit,
            signal = received() => Err(Failure::ended(signal, "the credentials were tried")),
        },
        ConfigCommand::Path => path(),
    }
}

fn path() -> Result<Exit, Failure> {
    let Some(path) = Settings::path()? else {
        return Err(Failure::usage(
            "there is no configuration folder: neither XDG_CONFIG_HOME nor HOME is set",
        )
        .help("set HOME or XDG_CONFIG_HOME"));
    };
    if !path.exists() {
        note("there is no such file yet; the README says what stands in it");
    }
    print(&format!("{}\n", path.display()))
}

/// One setting as JSON.
#[derive(Serialize)]
struct Row<'a> {
    /// The profile, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
    name: &'a str,
    value: &'a str,
    origin: &'a str,
}

fn show(args: &ConfigArgs) -> Result<Exit, Failure> {
    let all = Settings::show_all(&args.connection)?;
    let several = args.connection.all_profiles;
    let rows = all.iter().flat_map(|settings| {
        let profile = settings.iter().find(|setting| setting.name == "profile");
        let profile = profile.map(|profile| profile.value.as_str());
        settings.iter().map(move |setting| Row {
            profile: profile.filter(|_| several),
            name: setting.name,
            value: &setting.value,
            origin: &setting.origin,
        })
    });
    match args.format {
        ListFormat::Json => json(&rows.collect::<Vec<_>>()),
        ListFormat::Human => {
            let cells = |row: Row<'_>| {
                let profile = row.profile.into_iter();
                let cells = profile.chain([row.name, row.value, row.origin]);
                cells.map(visible).collect()
            };
            let rows: Vec<Vec<String>> = rows.map(cells).collect();
            let columns = ["profile", "setting", "value", "from"];
            print(&text_table(&columns[usize::from(!several)..], &rows))
        }
    }
}

fn json(value: &impl Serialize) -> Result<Exit, Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::incomplete(format!("cannot write the settings: {error}")))?;
    print(&(text + "\n"))
}

/// What credentials may do.
#[derive(Serialize)]
struct Allowed {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    /// The account, where a record or a SIM names it.
    account_sid: Option<String>,
    /// Whether they may read its records; `None` where that could not be tried.
    account_records: Option<bool>,
    sim_list: Option<bool>,
    /// What was refused, and why.
    refused: Vec<String>,
    /// What could not be tried, and why.
    untried: Vec<String>,
}

impl Allowed {
    /// Takes note of an attempt; gives whether it was allowed, where that is known.
    fn attempt(
        &mut self,
        attempt: Result<Option<String>, Error>,
        failures: &mut Vec<Failure>,
    ) -> Option<bool> {
        let error = match attempt {
            Ok(account) => {
                self.account_sid = self.account_sid.take().or(account);
                return Some(true);
            }
            Err(error) => error,
        };
        let is_refused = matches!(
            error.kind(),
            ErrorKind::Authentication | ErrorKind::Permission | ErrorKind::Refused
        );
        let failure = Failure::from(error);
        let list = if is_refused {
            &mut self.refused
        } else {
            &mut self.untried
        };
        list.push(failure.message().to_owned());
        failures.push(failure);
        is_refused.then_some(false)
    }
}

async fn check(args: &ConfigArgs, context: Context) -> Result<Exit, Failure> {
    let mut all = Vec::new();
    let mut failures = Vec::new();
    let window = yesterday(context.now)?;
    for (profile, settings) in Settings::of_all(&args.connection, context)? {
        let client = settings.client(&args.connection, context)?;
        let mut allowed = Allowed {
            profile,
            account_sid: None,
            account_records: None,
            sim_list: None,
            refused: Vec::new(),
            untried: Vec::new(),
        };
        let attempt = records(&client, window).await;
        allowed.account_records = allowed.attempt(attempt, &mut failures);
        let attempt = sims(&client).await;
        allowed.sim_list = allowed.attempt(attempt, &mut failures);
        all.push(allowed);
    }
    match args.format {
        ListFormat::Json => json(&all)?,
        ListFormat::Human => print(&human(&all))?,
    };
    // The same refusal may have met both requests.
    let mut distinct: Vec<Failure> = Vec::new();
    for failure in failures {
        if distinct
            .iter()
            .all(|one| one.message() != failure.message())
        {
            distinct.push(failure);
        }
    }
    super::summary::fail(distinct, Exit::Done)
}

fn human(all: &[Allowed]) -> String {
    let words = |may: Option<bool>| {
        match may {
            Some(true) => "yes",
            Some(false) => "no",
            None => "could not be tried",
        }
        .to_owned()
    };
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|allowed| {
            vec![
                allowed.profile.clone().unwrap_or_else(|| "-".to_owned()),
                allowed
                    .account_sid
                    .as_deref()
                    .map_or("-".to_owned(), visible),
                words(allowed.account_records),
                words(allowed.sim_list),
            ]
        })
        .collect();
    text_table(
        &[
            "profile",
            "account",
            "may read records of the account",
            "may list SIMs",
        ],
        &rows,
    )
}

fn yesterday(now: DateTime<Utc>) -> Result<Window, Failure> {
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    window(yesterday, today)
}

/// Asks for the records of a window; gives the account that the first one names.
async fn records(client: &Client, window: Window) -> Result<Option<String>, Error> {
    let query = UsageQuery::new(Resource::Account, window, Granularity::Daily);
    let mut pages = pin!(client.pages(query));
    let Some(page) = pages.next().await else {
        return Ok(None);
    };
    let page = page?;
    let record = page.records.iter().find_map(|record| record.as_ref().ok());
    let account = record.and_then(|placed| placed.record.account_sid.value());
    Ok(account.map(|account| account.as_str().to_owned()))
}

/// Asks for one SIM; gives the account that it names.
async fn sims(client: &Client) -> Result<Option<String>, Error> {
    let mut sims = pin!(client.sims(SimQuery::new().page_size(PageSize::MIN)));
    let sim = match sims.next().await {
        None => return Ok(None),
        Some(sim) => sim?,
    };
    let account = sim.ok().and_then(|sim| sim.account_sid.into_value());
    Ok(account.as_ref().map(Lenient::as_str).map(str::to_owned))
}
