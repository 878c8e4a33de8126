//! How the report describes itself as JSON Schema; feature `schema`.

use schemars::{JsonSchema, Schema, generate::SchemaSettings};

use crate::{Finding, Outcome, Report};

/// The identifier of the schema of a [`Report`].
const REPORT_ID: &str = "https://schemas.kore-usage.example/report/1";

/// The identifier of the schema of a line of a report as NDJSON.
const REPORT_LINE_ID: &str = "https://schemas.kore-usage.example/report-line/1";

/// Returns every schema document of this crate: the name of its file, and its text.
///
/// This is what the files behind [`crate::schemas`] are made from. They describe what is written: every
/// member that is always there is required.
pub fn schema_documents() -> Vec<(&'static str, String)> {
    vec![
        (
            "report-line.schema.json",
            text(report_line(), REPORT_LINE_ID),
        ),
        ("report.schema.json", text(report(), REPORT_ID)),
    ]
}

fn report() -> Schema {
    let mut schema = settings().into_generator().into_root_schema_for::<Report>();
    schema.insert("title".to_owned(), "Report on usage records".into());
    schema
}

fn report_line() -> Schema {
    let mut generator = settings().into_generator();
    let finding = Finding::json_schema(&mut generator);
    let outcome = Outcome::json_schema(&mut generator);
    let mut schema = schemars::json_schema!({
        "title": "Line of a report on usage records as NDJSON",
        "description": "Each finding is a line, in the order of the input; the outcome of the run is the last line.",
        "oneOf": [finding, outcome],
    });
    let definitions = generator.take_definitions(true);
    schema.insert("$schema".to_owned(), META_SCHEMA.into());
    schema.insert("$defs".to_owned(), definitions.into());
    schema
}

/// The dialect that the documents are written in.
const META_SCHEMA: &str = "https://json-schema.org/draft/2020-12/schema";

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().for_serialize()
}

fn text(mut schema: Schema, id: &str) -> String {
    schema.insert("$id".to_owned(), id.into());
    format!("{:#}\n", schema.to_value())
}
