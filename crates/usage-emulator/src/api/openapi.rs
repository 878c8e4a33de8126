//! `/openapi.json`: the operations as this emulator answers them.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::{exchange, state::Api, token::TOKEN_PATH};
use crate::answer::Answer;

/// The description of an emulator without faults, in any dialect.
const DOCUMENT: &str = include_str!("openapi.json");

/// Answers with the description.
pub(super) async fn document(State(api): State<Arc<Api>>) -> Response {
    let answer = match described(&api) {
        Ok(document) => Answer::json(StatusCode::OK, &document),
        Err(_) => Answer::json(StatusCode::INTERNAL_SERVER_ERROR, &Value::Null),
    };
    exchange::write(answer, &HeaderMap::new())
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
    // A fault in answers may give any other status and any body.
    if !api.faults.in_answers().is_empty() {
        for path in [
            "~1v1~1UsageRecords",
            "~1v1~1Sims",
            "~1v1~1Sims~1{Sid}~1UsageRecords",
        ] {
            let responses = format!("/paths/{path}/get/responses");
            let any = json!({ "$ref": "#/components/responses/Faulty" });
            set(&responses, "default", any);
        }
    }
    // Records with faults are what no description allows for.
    if !api.injected().is_empty() {
        set(
            "/components/schemas/Page/properties/usage_records",
            "items",
            json!({}),
        );
    }
    Ok(document)
}
