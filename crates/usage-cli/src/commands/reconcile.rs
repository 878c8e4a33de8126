//! `reconcile`: holds hours against days, days against months, and SIMs against their account.

#[cfg_attr(not(feature = "archive"), path = "reconcile/no_archive.rs")]
mod archive;

use usage_validate::Reconciler;

use crate::{
    args::{ReconcileArgs, instant},
    exit::Exit,
    failure::Failure,
    inputs::{self, Inputs},
    output::report::{Report, config},
};

use super::{Context, summary::fail};

/// Reads the archive, or the files where some are named.
pub(super) fn run(args: &ReconcileArgs, context: Context) -> Result<Exit, Failure> {
    if args.input.is_empty() {
        return archive::run(args, context);
    }
    if args.input.archive.archive.is_some() {
        let failure =
            Failure::usage("--archive stands beside files, and both cannot be reconciled at once");
        return Err(failure
            .help("leave out the files, or export the archive and name the export among them"));
    }
    let as_of = match args.input.as_of {
        Some(as_of) => instant(as_of, "--as-of", context.now)?,
        None => context.now,
    };
    let config = config(&args.rules, as_of);
    let mut report = Report::new(&args.rules, context);
    let mut reconciler = Reconciler::new(&config);
    let found = Inputs::find(&args.input.files, args.input.files_from.as_deref())?;
    for path in &found.paths {
        report.source(&inputs::name(path), Some(path));
    }
    let mut last = String::new();
    let failures = inputs::each(found, |name, item| {
        if name != last {
            reconciler.source(name);
            name.clone_into(&mut last);
        }
        reconciler.item(&item);
        Ok(())
    })?;
    for failure in &failures {
        report.incomplete(failure.message());
    }
    let (findings, summary) = reconciler.finish();
    let exit = report.finish(findings, summary, |_| {})?;
    fail(failures, exit)
}
