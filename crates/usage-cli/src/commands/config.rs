//! `config`: the settings, where they come from, and what the credentials may do.

use std::pin::pin;

use chrono::{DateTime, Days, NaiveTime, Utc};
use futures_util::StreamExt;
use serde::Serialize;
use usage_client::{Client, SimQuery, UsageQuery};
use usage_model::{Granularity, Lenient, PageSize, Resource, Window};
use usage_report::terminal::text_table;

use crate::{
    args::{ConfigArgs, ConfigCommand, ListFormat},
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
        ));
    };
    if !path.exists() {
        note("there is no such file yet; the README says what stands in it");
    }
    print(&format!("{}\n", path.display()))
}

/// One setting as JSON.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    value: &'a str,
    origin: &'a str,
}

fn show(args: &ConfigArgs) -> Result<Exit, Failure> {
    let settings = Settings::show(&args.connection)?;
    let rows = settings.iter().map(|setting| Row {
        name: setting.name,
        value: &setting.value,
        origin: &setting.origin,
    });
    match args.format {
        ListFormat::Json => json(&rows.collect::<Vec<_>>()),
        ListFormat::Human => {
            let rows: Vec<Vec<String>> = rows
                .map(|row| [row.name, row.value, row.origin].map(visible).into())
                .collect();
            print(&text_table(&["setting", "value", "from"], &rows))
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
    account_records: bool,
    sim_list: bool,
    /// What was refused, and why.
    refused: Vec<String>,
}

async fn check(args: &ConfigArgs, context: Context) -> Result<Exit, Failure> {
    let mut all = Vec::new();
    let mut failures = Vec::new();
    for (profile, settings) in Settings::of_all(&args.connection, context)? {
        let client = settings.client(&args.connection, context)?;
        let mut allowed = Allowed {
            profile,
            account_sid: None,
            account_records: false,
            sim_list: false,
            refused: Vec::new(),
        };
        match records(&client, context.now).await {
            Ok(account) => {
                allowed.account_records = true;
                allowed.account_sid = account;
            }
            Err(failure) => {
                allowed.refused.push(failure.message().to_owned());
                failures.push(failure);
            }
        }
        match sims(&client).await {
            Ok(account) => {
                allowed.sim_list = true;
                allowed.account_sid = allowed.account_sid.or(account);
            }
            Err(failure) => {
                allowed.refused.push(failure.message().to_owned());
                failures.push(failure);
            }
        }
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
    let yes_or_no = |may: bool| if may { "yes" } else { "no" }.to_owned();
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|allowed| {
            vec![
                allowed.profile.clone().unwrap_or_else(|| "-".to_owned()),
                allowed
                    .account_sid
                    .as_deref()
                    .map_or("-".to_owned(), visible),
                yes_or_no(allowed.account_records),
                yes_or_no(allowed.sim_list),
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

/// Asks for one record of yesterday; gives the account that it names.
async fn records(client: &Client, now: DateTime<Utc>) -> Result<Option<String>, Failure> {
    let today = now.date_naive().and_time(NaiveTime::MIN).and_utc();
    let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    let window =
        Window::new(yesterday, today).map_err(|error| Failure::incomplete(error.to_string()))?;
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
async fn sims(client: &Client) -> Result<Option<String>, Failure> {
    let mut sims = pin!(client.sims(SimQuery::new().page_size(PageSize::MIN)));
    let sim = match sims.next().await {
        None => return Ok(None),
        Some(sim) => sim?,
    };
    let account = sim.ok().and_then(|sim| sim.account_sid.into_value());
    Ok(account.as_ref().map(Lenient::as_str).map(str::to_owned))
}
