//! The examples of the contract: one request and one answer of each operation, as a story really saw them.
//!
//! `RECORD_EXAMPLES=1 cargo test` writes `assets/contract/examples.json` after all stories: it adds what is missing and
//! replaces what no longer fits the document. What fits stays, so that a run changes nothing without a reason.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::document::{Operation, operations, validator};
use crate::world::client::{Body, Reply};

plain![every_operation_has_examples_that_a_story_saw_and_that_fit, what_is_only_true_once_is_not_in_an_example];

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/contract/examples.json");

/// Items that an example keeps of a list.
const MOST_ITEMS: usize = 3;
/// Of the answers that a story saw the fullest is kept, up to this many bytes.
const READABLE: usize = 4_000;

static SEEN: Mutex<BTreeMap<String, Value>> = Mutex::new(BTreeMap::new());

/// Notes a call that went well, when examples are recorded.
pub fn note(operation: &Operation, sent: Option<&Body>, reply: &Reply) {
    let recording = std::env::var_os("RECORD_EXAMPLES").is_some();
    if !recording || !(200..300).contains(&reply.status) || reply.json["meta"]["replayed"] == true {
        return;
    }
    let request = sent.and_then(|sent| match sent.kind.as_str() {
        "application/json" => serde_json::from_slice(&sent.bytes).ok(),
        "text/csv" => Some(json!(String::from_utf8_lossy(&sent.bytes))),
        _ => None,
    });
    let mut example = json!({ "request": request, "status": reply.status, "answer": reply.json });
    Plain::default().make(&mut example, "");
    if faults(operation, &example).is_some() {
        return;
    }
    let mut seen = SEEN.lock().unwrap();
    let id = operation.value["operationId"].as_str().unwrap();
    if seen.get(id).is_none_or(|held| rank(&example) > rank(held)) {
        seen.insert(id.to_owned(), example);
    }
}

/// Prefers the longest example below [`READABLE`] bytes; equal ones are ordered by text, so that each run chooses the same.
fn rank(example: &Value) -> (bool, i64, String) {
    let text = example.to_string();
    let readable = text.len() <= READABLE;
    let length = i64::try_from(text.len()).unwrap();
    (readable, if readable { length } else { -length }, text)
}

/// Takes out of a value what differs from run to run or opens something.
#[derive(Default)]
struct Plain {
    ids: BTreeMap<String, usize>,
}

impl Plain {
    fn make(&mut self, value: &mut Value, field: &str) {
        match value {
            Value::Array(items) => {
                items.truncate(MOST_ITEMS);
                items.iter_mut().for_each(|item| self.make(item, field));
            }
            Value::Object(fields) => fields.iter_mut().for_each(|(name, below)| self.make(below, name)),
            Value::String(text) => *text = self.plain(text, field),
            _ => {}
        }
    }

    fn plain(&mut self, text: &str, field: &str) -> String {
        match field {
            "access_token" => "eyJhbGciOiJIUzI1NiJ9.example".to_owned(),
            "refresh_token" | "cursor" | "next_cursor" | "secret" => "example".to_owned(),
            _ if text.starts_with("otpauth://") => "otpauth://totp/example".to_owned(),
            _ => match text.split_once("signature=") {
                Some((before, _)) => format!("{}signature=example", self.with_plain_ids(before)),
                None => self.with_plain_ids(text),
            },
        }
    }

    /// Ids are numbered in the order in which they come.
    fn with_plain_ids(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            match rest.get(..36).filter(|word| Uuid::parse_str(word).is_ok()) {
                Some(id) => {
                    let number = self.ids.len() + 1;
                    let number = *self.ids.entry(id.to_owned()).or_insert(number);
                    out.push_str(&format!("019a8f2e-5b7c-7d10-8a44-{number:012}"));
                    rest = &rest[36..];
                }
                None => {
                    out.push(next);
                    rest = &rest[next.len_utf8()..];
                }
            }
        }
        out
    }
}

/// The schema of a body or an answer that an example can show; files answer as files.
fn shown<'a>(holder: &'a Value, kinds: &[&str]) -> Option<&'a Value> {
    kinds.iter().find_map(|kind| holder["content"][kind].get("schema"))
}

/// What of an operation an example must show: its body, and its first success.
fn wanted(operation: &Operation) -> (Option<&Value>, Option<(&String, &Value)>) {
    let responses = operation.value["responses"].as_object().unwrap();
    let success = responses.iter().find(|(status, _)| status.starts_with('2'));
    let answer = success.and_then(|(status, response)| Some((status, shown(response, &["application/json"])?)));
    (shown(&operation.value["requestBody"], &["application/json", "text/csv"]), answer)
}

/// Why an example does not fit its operation.
fn faults(operation: &Operation, example: &Value) -> Option<String> {
    let fits = |schema: &Value, value: &Value| validator(schema).iter_errors(value).next().map(|e| e.to_string());
    let (body, success) = wanted(operation);
    let sent = body.and_then(|schema| fits(schema, &example["request"]));
    let answered =
        success.and_then(|(status, schema)| match status.parse::<u64>().is_ok_and(|named| example["status"] == named) {
            true => fits(schema, &example["answer"]),
            false => Some(format!("its status is {}", example["status"])),
        });
    sent.or(answered)
}

fn committed() -> Map<String, Value> {
    std::fs::read_to_string(FILE).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// After all stories: what is missing or wrong in the file is taken from them.
pub fn record() {
    if std::env::var_os("RECORD_EXAMPLES").is_none() {
        return;
    }
    let held = committed();
    let seen = SEEN.lock().unwrap();
    let mut kept = BTreeMap::new();
    for operation in operations() {
        let id = operation.value["operationId"].as_str().unwrap();
        let old = held.get(id).filter(|example| faults(operation, example).is_none());
        if let Some(example) = old.or_else(|| seen.get(id)) {
            kept.insert(id.to_owned(), example.clone());
        }
    }
    std::fs::write(FILE, format!("{}\n", serde_json::to_string_pretty(&kept).unwrap())).unwrap();
}

fn every_operation_has_examples_that_a_story_saw_and_that_fit() {
    let held = committed();
    let mut wrong = Vec::new();
    for operation in operations() {
        let id = operation.value["operationId"].as_str().unwrap();
        let (body, success) = wanted(operation);
        match held.get(id) {
            None if body.is_none() && success.is_none() => {}
            None => wrong.push(format!("{id} has none")),
            Some(example) => wrong.extend(faults(operation, example).map(|fault| format!("{id}: {fault}"))),
        }
    }
    let ids: Vec<&str> = operations().iter().filter_map(|o| o.value["operationId"].as_str()).collect();
    wrong.extend(held.keys().filter(|id| !ids.contains(&id.as_str())).map(|id| format!("{id} is no operation")));
    assert!(wrong.is_empty(), "run RECORD_EXAMPLES=1 cargo test, and look at what it wrote:\n{}", wrong.join("\n"));
}

fn what_is_only_true_once_is_not_in_an_example() {
    let mut example = json!({ "request": { "paper_id": "019d4c1e-0000-7000-8000-00000000abcd" }, "answer": {
        "data": { "access_token": "abc.def", "thumbnail_url": "/api/v1/files/019d4c1e-0000-7000-8000-00000000abcd?expires=1&signature=xyz",
            "items": [1, 2, 3, 4], "next_cursor": null } } });
    Plain::default().make(&mut example, "");
    assert_eq!(
        example,
        json!({ "request": { "paper_id": "019a8f2e-5b7c-7d10-8a44-000000000001" }, "answer": {
        "data": { "access_token": "eyJhbGciOiJIUzI1NiJ9.example",
            "thumbnail_url": "/api/v1/files/019a8f2e-5b7c-7d10-8a44-000000000001?expires=1&signature=example",
            "items": [1, 2, 3], "next_cursor": null } } })
    );
}
