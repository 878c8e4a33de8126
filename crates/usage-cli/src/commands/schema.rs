//! `schema`: the JSON Schemas.

use crate::{args::SchemaName, exit::Exit, failure::Failure};

use super::explain::print;

/// Prints one schema.
pub(super) fn run(name: SchemaName) -> Result<Exit, Failure> {
    print(match name {
        SchemaName::Record => usage_model::schemas::RECORD,
        SchemaName::Page => usage_model::schemas::PAGE,
        SchemaName::Report => usage_validate::schemas::REPORT,
        SchemaName::ReportLine => usage_validate::schemas::REPORT_LINE,
    })
}
