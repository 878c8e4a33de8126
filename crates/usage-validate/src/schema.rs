//! How the report describes itself as JSON Schema; feature `schema`.

use schemars::generate::SchemaSettings;

use crate::Report;

/// The identifier of the schema of a [`Report`].
const REPORT_ID: &str = "https://schemas.kore-usage.example/report/1";

/// Every schema document of this crate: the name of its file, and its text.
///
/// This is what the files behind [`crate::schemas`] are made from. They describe what is written: every
/// member that is always there is required.
pub fn schema_documents() -> Vec<(&'static str, String)> {
    let mut schema = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Report>();
    schema.insert("title".to_owned(), "Report on usage records".into());
    schema.insert("$id".to_owned(), REPORT_ID.into());
    vec![("report.schema.json", format!("{:#}\n", schema.to_value()))]
}
