//! `emulate`: the emulated API as a server.

use std::{
    error::Error,
    io::{self, Write},
    time::Duration,
};

use chrono::Days;
use usage_emulator::{Emulator, EmulatorError, RunningEmulator};

use crate::{
    args::{EmulateArgs, instant},
    exit::{Exit, received},
    failure::Failure,
    messages::{self, tell},
    output::Output,
};

use super::Context;

/// How much the example fetches: the last days that are over.
const SHOWN: Days = Days::new(30);

/// Serves until interrupted.
pub(super) async fn run(args: EmulateArgs, context: Context) -> Result<Exit, Failure> {
    let now = match args.now {
        None => context.now,
        Some(moment) => instant(moment, "--now", context.now)?,
    };
    let mut builder = Emulator::builder()
        .seed(args.seed)
        .now(now)
        .sims(args.sims)
        .latency(Duration::from_millis(args.latency))
        .port(args.port)
        .running(if args.running { args.speed } else { 0 })
        .order(args.order)
        .empty_periods(args.empty)
        .end_of_window(args.end_of_window)
        .turnover(args.turnover)
        .departed_sims(args.departed)
        .anomalies(args.anomalies)
        .token_lifetime(args.token_lifetime);
    for dialect in args.dialect {
        builder = builder.dialect(dialect);
    }
    if let Some(origin) = args.public_origin {
        builder = builder.public_origin(origin);
    }
    let credentials = args.client_id.zip(args.client_secret);
    if let Some((id, secret)) = &credentials {
        builder = builder.client_credentials(id, secret);
    }
    for fault in args.fault {
        builder = builder.fault(fault);
    }
    let emulator = builder.start().await.map_err(|error| failure(&error))?;
    announce(&emulator).map_err(|error| Failure::write("standard output", &error))?;
    if !context.quiet {
        explain(
            &emulator,
            args.sims,
            credentials.map(|(id, _)| id).as_deref(),
        );
    }
    let signal = received().await;
    emulator.shutdown().await;
    Ok(Exit::Ended(signal))
}

/// Why there is no emulator: options that no emulator can have, or what the machine says.
fn failure(error: &EmulatorError) -> Failure {
    let message = format!("cannot start the emulator: {error}");
    let (failure, help) = match error {
        EmulatorError::Listen { .. } => (
            Failure::incomplete(message),
            "give another --port, or 0 for any that is free",
        ),
        EmulatorError::TooManySims { .. } => (Failure::usage(message), "give fewer --sims"),
        EmulatorError::TooManyAnomalies { .. } => (
            Failure::usage(message),
            "give fewer --anomalies, or more --sims",
        ),
        EmulatorError::Time { .. } => (Failure::usage(message), "give another --now"),
        EmulatorError::PublicOrigin { .. } => (
            Failure::usage(message),
            "give --public-origin as in https://api.example.com",
        ),
        EmulatorError::Fault { .. } => (
            Failure::usage(message),
            "name a record that is shown at --now, and something in it that can be wrong",
        ),
        _ => return caused(Failure::incomplete(message), error),
    };
    caused(failure, error).help(help)
}

/// Adds what is behind an error.
fn caused(failure: Failure, error: &EmulatorError) -> Failure {
    match error.source() {
        Some(cause) => failure.note(format!("cause: {}", messages::cause(cause))),
        None => failure,
    }
}

/// Says where it listens: the first line on standard output, for scripts.
fn announce(emulator: &RunningEmulator) -> io::Result<()> {
    let mut out = Output::stdout();
    writeln!(out, "listening on http://{}", emulator.addr())?;
    out.flush()
}

/// Says how to use it, on standard error.
fn explain(emulator: &RunningEmulator, sims: u32, client_id: Option<&str>) {
    tell(&format!(
        "account {} with {} SIMs, at {}",
        emulator.account_sid(),
        sims,
        emulator
            .now()
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    ));
    tell("in another terminal:");
    tell(&format!("  export KORE_BASE_URL={}", emulator.base_url()));
    tell(&format!("  export KORE_TOKEN_URL={}", emulator.token_url()));
    match client_id {
        Some(id) => tell(&format!(
            "  export KORE_CLIENT_ID={id} KORE_CLIENT_SECRET=…  # the ones given here"
        )),
        None => tell("  export KORE_CLIENT_ID=any KORE_CLIENT_SECRET=any"),
    }
    // In the emulated time, which `30d` is not counted from.
    let end = emulator.now().date_naive();
    let start = end.checked_sub_days(SHOWN).unwrap_or(end);
    tell(&format!(
        "  kore-usage fetch --start {start} --end {end} --granularity daily"
    ));
    tell("from other programs:");
    let base = emulator.base_url();
    tell(&format!(
        "  curl {base}openapi.json              # the two operations"
    ));
    tell(&format!(
        "  curl {base}_emulator/sims            # the SIMs"
    ));
    tell(&format!(
        "  curl {base}_emulator/requests        # what was asked and answered"
    ));
    tell(&format!("  curl {base}_emulator/clock -d advance=48h"));
    tell(&format!(
        "  curl {base}_emulator/faults -d fault=status:503@1"
    ));
    tell("Ctrl-C ends it");
}
