//! Bodies, paths and queries that the document itself gives as examples, for sweeps over all operations.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::document::{Operation, document};
use crate::schema::resolve;

/// A value that fits a schema: its example where it has one.
pub fn value(schema: &Value) -> Value {
    let components = document()["components"]["schemas"].as_object().unwrap();
    sample(schema, components)
}

fn sample(schema: &Value, components: &Map<String, Value>) -> Value {
    if let Some(example) = schema.get("example").or_else(|| schema["examples"].get(0)) {
        return example.clone();
    }
    if schema.get("$ref").is_some() {
        return sample(resolve(schema, components), components);
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    for word in ["oneOf", "anyOf"] {
        let choice = schema[word].as_array().and_then(|all| all.iter().find(|s| s["type"] != "null"));
        if let Some(choice) = choice {
            // A choice that may be left out is left out: which one fits depends on other fields.
            let optional = schema[word].as_array().is_some_and(|all| all.iter().any(|s| s["type"] == "null"));
            let listed = resolve(choice, components).get("enum").is_some();
            return if optional && listed { Value::Null } else { sample(choice, components) };
        }
    }
    if let Some(members) = schema["allOf"].as_array() {
        let all = members.iter().filter_map(|m| sample(m, components).as_object().cloned()).flatten();
        return Value::Object(all.collect());
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|k| *k != "null").cloned().unwrap_or_default(),
        kind => kind.clone(),
    };
    match kind.as_str().unwrap_or("object") {
        "object" => {
            let fields = schema["properties"].as_object().cloned().unwrap_or_default();
            fields.iter().map(|(name, s)| (name.clone(), sample(s, components))).collect()
        }
        "array" => json!([sample(&schema["items"], components)]),
        "integer" | "number" => schema.get("minimum").cloned().unwrap_or(json!(1)),
        "boolean" => json!(false),
        _ => match schema["format"].as_str() {
            Some("uuid") => json!(Uuid::new_v4()),
            Some("date") => json!("2026-03-10"),
            Some("date-time") => json!("2026-03-10T09:00:00+08:00"),
            _ => json!(text(schema)),
        },
    }
}

/// A text within its bounds: a code where the document asks for one, else words.
fn text(schema: &Value) -> String {
    let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(2)).unwrap().max(2);
    let word = if schema["pattern"].is_string() { "code" } else { "文字" };
    word.repeat(least.div_ceil(2)).chars().take(least.max(4)).collect()
}

/// A body that fits, when the operation takes JSON.
pub fn body(operation: &Operation) -> Option<Value> {
    operation.json_body().map(value)
}

/// A path to something that does not exist, with what the query must hold.
pub fn path(operation: &Operation) -> String {
    let mut path = operation.template.clone();
    for parameter in operation.parameters("path") {
        let name = parameter["name"].as_str().unwrap();
        let identifier = name == "id" || name.ends_with("_id") || parameter["schema"]["format"] == "uuid";
        let value = if identifier { Uuid::new_v4().to_string() } else { "none-such".to_owned() };
        path = path.replace(&format!("{{{name}}}"), &value);
    }
    let query: Vec<String> = operation.parameters("query").filter(|p| p["required"] == true).map(pair).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

pub fn pair(parameter: &Value) -> String {
    let example = parameter.get("example").cloned().unwrap_or_else(|| value(&parameter["schema"]));
    let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
    format!("{}={text}", parameter["name"].as_str().unwrap())
}

/// A path with one more word in its query.
pub fn with_query(path: &str, more: &str) -> String {
    format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' })
}
