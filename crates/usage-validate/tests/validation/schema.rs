//! The schema of the report is the one that is shipped.

#[test]
fn the_shipped_schema_is_what_the_types_say() {
    let documents = usage_validate::schema_documents();
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0].0, "report.schema.json");
    assert_eq!(documents[0].1, usage_validate::schemas::REPORT);
    let schema: serde_json::Value = serde_json::from_str(usage_validate::schemas::REPORT).unwrap();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert_eq!(schema["$id"], "https://schemas.kore-usage.example/report/1");
    assert_eq!(schema["properties"]["schema"]["const"], "usage-report/1");
}

#[test]
fn every_member_of_a_report_is_described_and_required() {
    let schema: serde_json::Value = serde_json::from_str(usage_validate::schemas::REPORT).unwrap();
    let definitions = schema["$defs"].as_object().unwrap();
    let objects = definitions
        .values()
        .chain([&schema])
        .filter(|definition| definition["type"] == "object");
    for object in objects {
        assert!(object["description"].is_string(), "{object}");
        let properties = object["properties"].as_object().unwrap();
        let required = object["required"].as_array().unwrap();
        assert_eq!(properties.len(), required.len(), "{object}");
        for (name, property) in properties {
            assert!(property["description"].is_string(), "{name}");
        }
    }
}
