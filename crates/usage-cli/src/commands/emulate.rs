//! `emulate`: the emulated API as a server.

use std::{
    io::{self, Write},
    time::Duration,
};

use usage_emulator::{Emulator, RunningEmulator};

use crate::{args::EmulateArgs, exit::Exit, failure::Failure};

use super::{Context, interrupted};

/// Serves until interrupted.
pub(super) async fn run(args: EmulateArgs, context: Context) -> Result<Exit, Failure> {
    let now = match args.now {
        None => context.now,
        Some(moment) => moment
            .at(context.now)
            .ok_or_else(|| Failure::usage("--now lies beyond the calendar"))?,
    };
    let mut builder = Emulator::builder()
        .seed(args.seed)
        .now(now)
        .sims(args.sims)
        .latency(Duration::from_millis(args.latency))
        .port(args.port)
        .running(if args.running { args.speed } else { 0 })
        .order(args.order)
        .empty_buckets(args.empty)
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
    let emulator = builder
        .start()
        .await
        .map_err(|error| Failure::incomplete(format!("cannot start the emulator: {error}")))?;
    announce(&emulator).map_err(|error| Failure::write("to standard output", &error))?;
    if !context.quiet {
        explain(
            &emulator,
            args.sims,
            credentials.map(|(id, _)| id).as_deref(),
        );
    }
    interrupted().await;
    emulator.shutdown().await;
    Ok(Exit::Interrupted)
}

/// Says where it listens: the first line on standard output, for scripts.
fn announce(emulator: &RunningEmulator) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on http://{}", emulator.addr())?;
    out.flush()
}

/// Says how to use it, on standard error.
fn explain(emulator: &RunningEmulator, sims: u32, client_id: Option<&str>) {
    anstream::eprintln!(
        "account {} with {} SIMs, at {}",
        emulator.account_sid(),
        sims,
        emulator
            .now()
            .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    );
    anstream::eprintln!("in another terminal:");
    anstream::eprintln!("  export KORE_BASE_URL={}", emulator.base_url());
    anstream::eprintln!("  export KORE_TOKEN_URL={}", emulator.token_url());
    match client_id {
        Some(id) => anstream::eprintln!(
            "  export KORE_CLIENT_ID={id} KORE_CLIENT_SECRET=…  # the ones given here"
        ),
        None => anstream::eprintln!("  export KORE_CLIENT_ID=any KORE_CLIENT_SECRET=any"),
    }
    anstream::eprintln!("  kore-usage fetch --start 30d --granularity daily");
    anstream::eprintln!("from other programs:");
    let base = emulator.base_url();
    anstream::eprintln!("  curl {base}openapi.json              # the two operations");
    anstream::eprintln!("  curl {base}_emulator/sims            # the SIMs");
    anstream::eprintln!("  curl {base}_emulator/requests        # what was asked and answered");
    anstream::eprintln!("  curl {base}_emulator/clock -d advance=48h");
    anstream::eprintln!("  curl {base}_emulator/faults -d fault=status:503@1");
    anstream::eprintln!("Ctrl-C ends it");
}
