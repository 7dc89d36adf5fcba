//! The document as the stories use it: operations, whether an answer fits, and what was never seen.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use jsonschema::Validator;
use serde_json::Value;
use zhucan::api::error_codes;
use zhucan::entry::docs;
use zhucan::entry::routes::BASE;
use zhucan::services;

use crate::schema;
use crate::world::client::Reply;

/// One operation of the document.
pub struct Operation {
    pub method: String,
    /// `/api/v1/things/{id}`.
    pub template: String,
    pub value: Value,
    segments: Vec<String>,
}

/// The document as JSON.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(&docs::json(&services::all()).unwrap()).unwrap())
}

/// All operations, in the document's order.
pub fn operations() -> &'static [Operation] {
    static ALL: OnceLock<Vec<Operation>> = OnceLock::new();
    ALL.get_or_init(|| {
        let paths = document()["paths"].as_object().unwrap();
        let each = |(template, item): (&String, &Value)| {
            let of = |(method, value): (&String, &Value)| Operation {
                method: method.to_uppercase(),
                template: template.clone(),
                value: followed(value),
                segments: segments(template),
            };
            item.as_object().unwrap().iter().map(of).collect::<Vec<_>>()
        };
        paths.iter().flat_map(each).collect()
    })
}

/// An operation with its shared parameters and answers in place.
fn followed(operation: &Value) -> Value {
    let mut whole = operation.clone();
    let parameters = whole["parameters"].as_array_mut().into_iter().flatten();
    let answers = operation["responses"].as_object().into_iter().flat_map(|all| all.keys());
    for parameter in parameters {
        follow(parameter);
    }
    for status in answers {
        follow(&mut whole["responses"][status]);
    }
    whole
}

/// Replaces a reference by what it refers to.
fn follow(value: &mut Value) {
    if let Some(reference) = value["$ref"].as_str() {
        let found = document().pointer(reference.trim_start_matches('#'));
        let mut found = found.unwrap_or_else(|| panic!("{reference} leads nowhere")).clone();
        if let Some(words) = value.get("description") {
            found["description"] = words.clone();
        }
        *value = found;
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('?').next().unwrap_or_default().split('/').map(str::to_owned).collect()
}

/// The operation of a path; literal words win over `{…}`.
pub fn find(method: &str, path: &str) -> Option<&'static Operation> {
    let wanted = segments(path);
    let fits = |o: &&Operation| {
        let same = |(k, w): (&String, &String)| k == w || (k.starts_with('{') && !w.is_empty());
        o.method == method && o.segments.len() == wanted.len() && o.segments.iter().zip(&wanted).all(same)
    };
    operations().iter().filter(fits).min_by_key(|o| o.template.matches('{').count())
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.template)
    }

    /// The schemes of which one suffices: `resident`, `staff`, `partner`, with the roles that are named.
    pub fn schemes(&self) -> Vec<(String, Vec<String>)> {
        let roles = |v: &Value| v.as_array().into_iter().flatten().filter_map(|r| r.as_str().map(str::to_owned)).collect();
        let each = self.value["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
        each.flat_map(|o| o.iter().map(|(name, named)| (name.clone(), roles(named)))).collect()
    }

    pub fn parameters(&self, place: &'static str) -> impl Iterator<Item = &Value> {
        self.value["parameters"].as_array().into_iter().flatten().filter(move |p| p["in"] == place)
    }

    pub fn takes_key(&self) -> bool {
        self.parameters("header").any(|p| p["name"] == "Idempotency-Key")
    }

    /// The schema of its JSON body.
    pub fn json_body(&self) -> Option<&Value> {
        self.value["requestBody"]["content"]["application/json"].get("schema")
    }

    pub fn has_body(&self) -> bool {
        self.value.get("requestBody").is_some()
    }

    /// It takes a CSV file as its body.
    pub fn takes_csv(&self) -> bool {
        self.value["requestBody"]["content"].get("text/csv").is_some()
    }

    fn response(&self, status: u16) -> Option<&Value> {
        self.value["responses"].get(status.to_string())
    }

    /// The codes that it names for a status.
    fn codes(&self, status: u16) -> impl Iterator<Item = u64> {
        let told = self.response(status).and_then(|r| r["description"].as_str()).unwrap_or_default();
        told.lines().filter_map(|line| line.split(' ').next()?.parse().ok())
    }
}

/// Operation, status and code (0 for a success) of every answer.
static SEEN: Mutex<BTreeSet<(String, u16, u64)>> = Mutex::new(BTreeSet::new());

/// How an answer differs from the document, none when it fits. `operation` is none for a path that no operation has. Notes the
/// code as seen.
pub fn misfit(operation: Option<&'static Operation>, reply: &Reply) -> Option<String> {
    let status = reply.status;
    let content = match operation {
        Some(operation) => {
            let code = if status < 400 { 0 } else { reply.errcode() };
            SEEN.lock().unwrap().insert((operation.name(), status, code));
            let Some(response) = operation.response(status) else { return Some("the document names no such status".into()) };
            if status >= 400 && operation.codes(status).all(|named| named != code) {
                return Some(format!("the operation does not name {code}"));
            }
            response["content"].clone()
        }
        None if matches!(status, 404 | 405 | 413) => serde_json::json!({
            "application/json": { "schema": { "$ref": "#/components/schemas/Failure" } } }),
        None if status == 200 && reply.headers.contains_key("allow") => return None,
        None => return Some("no operation of the document answers here".into()),
    };
    let Some(id) = reply.header("x-request-id") else { return Some("no X-Request-Id".into()) };
    if let Some(schema) = content["application/json"].get("schema") {
        if reply.header("content-type") != Some("application/json") {
            return Some("the answer is no JSON".into());
        }
        if reply.json["request_id"] != id {
            return Some("request_id is not X-Request-Id".into());
        }
        let faults: Vec<String> =
            validator(schema).iter_errors(&reply.json).map(|e| format!("{}: {e}", e.instance_path())).collect();
        if !faults.is_empty() {
            return Some(faults.join("\n"));
        }
        if let Some(fault) = code_misfit(status, reply.errcode()) {
            return Some(fault);
        }
    }
    let personal = operation.is_some_and(|o| !o.schemes().is_empty());
    if (personal || status >= 400) && reply.header("cache-control").is_none_or(|v| !v.contains("no-store")) {
        return Some("may be cached".into());
    }
    let keeps = operation.is_some_and(|o| o.value["responses"].get("304").is_some());
    if status == 200 && keeps != reply.header("etag").is_some() {
        return Some("an answer with an ETag, and only such a one, names 304 in the document (`Unchanged`)".into());
    }
    if matches!(status, 429 | 503) {
        let told = reply.json["meta"]["retry_after_seconds"].as_u64().map(|s| s.to_string());
        if reply.header("retry-after").is_none() || reply.header("retry-after") != told.as_deref() {
            return Some("Retry-After and meta.retry_after_seconds must both be there".into());
        }
    }
    None
}

fn code_misfit(status: u16, errcode: u64) -> Option<String> {
    if (200..300).contains(&status) {
        return (errcode != 0).then(|| "a success with an errcode".to_owned());
    }
    let known = error_codes::all(&services::all()).into_iter().find(|c| u64::from(c.number) == errcode);
    match known {
        None => Some(format!("errcode {errcode} is not in the table")),
        Some(code) if code.status != status => Some(format!("errcode {errcode} belongs to status {}", code.status)),
        Some(_) => None,
    }
}

/// The strict validator of a schema within the document; made once.
pub fn validator(wanted: &Value) -> Arc<Validator> {
    static MADE: Mutex<Vec<(String, Arc<Validator>)>> = Mutex::new(Vec::new());
    let name = wanted.to_string();
    let mut made = MADE.lock().unwrap();
    if let Some((_, found)) = made.iter().find(|(n, _)| *n == name) {
        return found.clone();
    }
    let validator = Arc::new(schema::strict_validator(document(), wanted));
    made.push((name, validator.clone()));
    validator
}

/// After all stories: whether each success was seen, each code of a handler or a service at each operation that names it, and each
/// code of a guard, a body or the frame at one operation at least.
pub fn everything_was_seen() -> bool {
    let seen = SEEN.lock().unwrap();
    let waived: BTreeSet<&str> =
        include_str!("never_seen.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    let mut wanted: BTreeMap<String, bool> = BTreeMap::new();
    for operation in operations() {
        let successes = operation.value["responses"].as_object().unwrap().keys().filter(|s| s.starts_with('2'));
        for status in successes {
            let was_seen = seen.contains(&(operation.name(), status.parse().unwrap(), 0));
            wanted.insert(format!("{} {status}", operation.name()), was_seen);
        }
    }
    for it in docs::descriptions(&services::all()) {
        let name = format!("{} {BASE}{}", it.verb(), it.path);
        for refusal in &it.refusals {
            let was_seen = seen.contains(&(name.clone(), refusal.code.status, refusal.code.number.into()));
            let place = refusal.by.unwrap_or(&name);
            *wanted.entry(format!("{place} {}", refusal.code.number)).or_default() |= was_seen;
        }
    }
    let mut well = true;
    for (line, was_seen) in wanted {
        match (was_seen, waived.contains(line.as_str())) {
            (true, true) => eprintln!("seen after all, take it out of never_seen.txt: {line}"),
            (false, false) => eprintln!("the document names it and no story ever saw it: {line}"),
            _ => continue,
        }
        well = false;
    }
    well
}
