//! `--plan`: what a fetch would ask.

use crate::{args::QueryArgs, drive::Fetch, exit::Exit, failure::Failure};

use super::explain::print;

/// Says what a fetch would ask, if that is all that is wanted.
pub(crate) fn plan_only(fetch: &Fetch, query: &QueryArgs) -> Result<Option<Exit>, Failure> {
    if query.plan {
        print(&fetch.planned()).map(Some)
    } else {
        Ok(None)
    }
}
