//! `/openapi.json`: the two operations as this emulator answers them.

use std::sync::Arc;

use axum::{extract::State, http::StatusCode, response::Response};
use serde_json::{Value, json};

use super::{Api, TOKEN_PATH, body};
use crate::{DataFaultKind, TransportFaultKind};

/// The description of an emulator without faults, in any dialect.
const DOCUMENT: &str = include_str!("openapi.json");

/// Answers with the description.
pub(super) async fn document(State(api): State<Arc<Api>>) -> Response {
    match described(&api) {
        Ok(document) => body::json(StatusCode::OK, &document),
        Err(_) => body::json(StatusCode::INTERNAL_SERVER_ERROR, &Value::Null),
    }
}

/// The description, with what depends on the emulator: its origin, a SIM that there is, and the answers
/// that its faults give.
fn described(api: &Api) -> Result<Value, serde_json::Error> {
    let mut document: Value = serde_json::from_str(DOCUMENT)?;
    let mut set = |pointer: &str, name: &str, value: Value| {
        let object = document.pointer_mut(pointer).and_then(Value::as_object_mut);
        if let Some(object) = object {
            object.insert(name.to_owned(), value);
        }
    };
    let token_url = api.origin.join(TOKEN_PATH).map(String::from);
    let flow = "/components/securitySchemes/oauth/flows/clientCredentials";
    set(flow, "tokenUrl", json!(token_url.unwrap_or_default()));
    set(
        "/servers/0",
        "url",
        json!(api.origin.as_str().trim_end_matches('/')),
    );
    if let Some(sid) = api.account.world.sim_sids().next() {
        let examples = json!({ "sim": { "value": sid.as_str() } });
        set("/components/parameters/Sid", "examples", examples);
    }
    for fault in api.transport_faults() {
        for path in ["~1v1~1UsageRecords", "~1v1~1Sims~1{Sid}~1UsageRecords"] {
            let responses = format!("/paths/{path}/get/responses");
            let planted = json!({ "$ref": "#/components/responses/Planted" });
            match fault.kind() {
                TransportFaultKind::Status { code, .. }
                | TransportFaultKind::StatusUntil { code, .. } => {
                    set(&responses, &code.to_string(), planted);
                }
                TransportFaultKind::Html => {
                    let html = json!({ "schema": { "type": "string" } });
                    set("/components/responses/Page/content", "text/html", html);
                }
                _ => {}
            }
        }
    }
    // Records with faults are what no description allows for.
    let changes_records = |kind: &DataFaultKind| !matches!(kind, DataFaultKind::Gap);
    let planted = api.account.planted();
    if planted
        .iter()
        .any(|planted| changes_records(planted.fault.kind()))
    {
        set(
            "/components/schemas/Page/properties/usage_records",
            "items",
            json!({}),
        );
    }
    Ok(document)
}
