//! Examples of requests and answers that a story really saw: the tests record them in a file of their own
//! (`assets/contract/examples.json`), and `/docs/openapi.json` is the document with them in place. `openapi.yaml` holds
//! none of them: it stays small, and generators that fetch whatever a document names find nothing to fetch.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};

const FILE: &str = include_str!("../../../assets/contract/examples.json");

/// One call of an operation.
#[derive(Deserialize)]
struct Recorded {
    request: Option<Value>,
    status: u16,
    answer: Option<Value>,
}

/// By operation id. A file that is no JSON gives none, and a test says so.
static RECORDED: LazyLock<BTreeMap<String, Recorded>> = LazyLock::new(|| serde_json::from_str(FILE).unwrap_or_default());

/// Puts each operation's example into the document.
pub fn put(document: &mut Value) {
    let shared = document.pointer("/components/responses").cloned().unwrap_or_default();
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(|paths| paths.values_mut()).filter_map(Value::as_object_mut);
    for operation in items.flat_map(|item| item.values_mut()) {
        let id = operation.get("operationId").and_then(Value::as_str);
        let Some(recorded) = id.and_then(|id| RECORDED.get(id)) else { continue };
        show(operation.get_mut("requestBody"), recorded.request.as_ref());
        let answers = operation.get_mut("responses");
        let answer = answers.and_then(|all| all.get_mut(recorded.status.to_string())).map(|answer| own(answer, &shared));
        show(answer, recorded.answer.as_ref());
    }
}

/// An answer that refers to a shared one becomes a copy of its own, with its own words, because the example is its own.
fn own<'a>(answer: &'a mut Value, shared: &Value) -> &'a mut Value {
    let name = answer.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next());
    if let Some(mut copy) = name.and_then(|name| shared.get(name)).cloned() {
        if let (Some(words), Some(fields)) = (answer.get("description").cloned(), copy.as_object_mut()) {
            fields.insert("description".to_owned(), words);
        }
        *answer = copy;
    }
    answer
}

/// In each media type of a body or an answer.
fn show(holder: Option<&mut Value>, example: Option<&Value>) {
    let content = holder.and_then(|holder| holder.get_mut("content")).and_then(Value::as_object_mut);
    if let (Some(content), Some(value)) = (content, example) {
        for media in content.values_mut().filter_map(Value::as_object_mut) {
            media.insert("examples".to_owned(), json!({ "seen": { "summary": "测试中真实发生的一次调用", "value": value } }));
        }
    }
}
