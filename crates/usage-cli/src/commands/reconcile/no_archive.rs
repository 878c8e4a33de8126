//! What stands in place of reconciling an archive where the program is built without archives.

use crate::{args::ReconcileArgs, commands::Context, exit::Exit, failure::Failure};

/// Refuses it.
pub(super) fn run(_: &ReconcileArgs, _: Context) -> Result<Exit, Failure> {
    Err(Failure::without("archive"))
}
