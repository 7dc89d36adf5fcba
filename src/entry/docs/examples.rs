//! Examples of requests and answers that a story really saw: the tests record them in a file of their own
//! (`assets/contract/examples.json`), the document refers to them, and the reference page holds them in place.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, RefOr};

const FILE: &str = include_str!("../../../assets/contract/examples.json");

/// The name of an example at its operation.
const NAME: &str = "seen";

/// One call of an operation.
#[derive(Deserialize)]
struct Recorded {
    request: Option<Value>,
    status: u16,
    answer: Option<Value>,
}

/// By operation id. A file that is no JSON gives none, and a test says so.
static RECORDED: LazyLock<BTreeMap<String, Recorded>> = LazyLock::new(|| serde_json::from_str(FILE).unwrap_or_default());

/// The addresses of all examples, for `Allow`.
pub const PATH: &str = "/docs/examples/{operation}/{part}";

/// What was sent (`request`) or answered (`answer`).
pub fn find(operation: &str, part: &str) -> Option<&'static Value> {
    let recorded = RECORDED.get(operation)?;
    match part {
        "request" => recorded.request.as_ref(),
        "answer" => recorded.answer.as_ref(),
        _ => None,
    }
}

/// Lets each operation name its examples.
pub fn refer(api: &mut OpenApi) {
    for item in api.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
            let recorded = operation.operation_id.as_ref().and_then(|id| Some((id.clone(), RECORDED.get(id)?)));
            if let Some((id, recorded)) = recorded {
                name(operation, &id, recorded);
            }
        }
    }
}

fn name(operation: &mut Operation, id: &str, recorded: &Recorded) {
    if let (Some(_), Some(RefOr::T(body))) = (&recorded.request, operation.request_body.as_mut()) {
        body.content.values_mut().for_each(|content| add(content, id, "request"));
    }
    let response = operation.responses.responses.get_mut(&recorded.status.to_string());
    if let (Some(_), Some(RefOr::T(response))) = (&recorded.answer, response) {
        response.content.values_mut().for_each(|content| add(content, id, "answer"));
    }
}

fn add(content: &mut RefOr<Content>, id: &str, part: &str) {
    let RefOr::T(content) = content else { return };
    let example = ExampleBuilder::new().external_value(address(id, part)).build();
    content.examples.insert(NAME.to_owned(), example.into());
}

fn address(id: &str, part: &str) -> String {
    PATH.replace("{operation}", id).replace("{part}", part)
}

/// The same document with the examples themselves in the place of their addresses.
pub fn in_place(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let operations = paths.into_iter().flat_map(|paths| paths.values_mut()).filter_map(Value::as_object_mut);
    for operation in operations.flat_map(|item| item.values_mut()) {
        let Some(id) = operation.get("operationId").and_then(Value::as_str).map(str::to_owned) else { continue };
        if let Some(body) = operation.get_mut("requestBody") {
            put(body, &id, "request");
        }
        let responses = operation.get_mut("responses").and_then(Value::as_object_mut);
        responses.into_iter().flat_map(|all| all.values_mut()).for_each(|response| put(response, &id, "answer"));
    }
}

fn put(holder: &mut Value, id: &str, part: &str) {
    let content = holder.get_mut("content").and_then(Value::as_object_mut);
    for media in content.into_iter().flat_map(|all| all.values_mut()) {
        let example = media.get_mut("examples").and_then(|all| all.get_mut(NAME)).and_then(Value::as_object_mut);
        if let (Some(example), Some(value)) = (example, find(id, part)) {
            example.remove("externalValue");
            example.insert("value".to_owned(), value.clone());
        }
    }
}
