//! The document's schemas, made strict: a field that is not named is a fault.

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

plain![a_field_that_is_not_named_is_refused_also_behind_references_and_combinations];

/// A validator for one schema of the document; formats count, unknown fields are faults.
pub fn strict_validator(document: &Value, wanted: &Value) -> Validator {
    let components = &document["components"]["schemas"];
    let open = components.as_object().cloned().unwrap_or_default();
    let closed: Map<String, Value> = open.iter().map(|(name, s)| (name.clone(), close(s, &open))).collect();
    let mut root = close(wanted, &open);
    root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    root["components"] = json!({ "schemas": closed });
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true).build(&root).unwrap()
}

/// Closes each object; a combination is closed once, around its members.
fn close(schema: &Value, components: &Map<String, Value>) -> Value {
    let Value::Object(map) = schema else { return schema.clone() };
    let mut out = map.clone();
    if let Some(members) = map.get("allOf").and_then(Value::as_array) {
        let inlined: Vec<Value> = members.iter().map(|m| close_members(resolve(m, components), components)).collect();
        out.insert("allOf".into(), Value::Array(inlined));
        out.insert("unevaluatedProperties".into(), json!(false));
        return Value::Object(out);
    }
    for (word, value) in &mut out {
        *value = close_under(word, value, components);
    }
    if out.contains_key("properties") && !out.contains_key("additionalProperties") {
        out.insert("additionalProperties".into(), json!(false));
    }
    Value::Object(out)
}

/// A member of a combination stays open itself; what it holds is closed.
fn close_members(member: &Value, components: &Map<String, Value>) -> Value {
    let mut out = member.as_object().cloned().unwrap_or_default();
    out.remove("additionalProperties");
    for (word, value) in &mut out {
        *value = close_under(word, value, components);
    }
    Value::Object(out)
}

fn close_under(word: &str, value: &Value, components: &Map<String, Value>) -> Value {
    match (word, value) {
        ("properties", Value::Object(fields)) => fields.iter().map(|(n, s)| (n.clone(), close(s, components))).collect(),
        ("items" | "additionalProperties", _) => close(value, components),
        ("oneOf" | "anyOf" | "prefixItems", Value::Array(all)) => all.iter().map(|s| close(s, components)).collect(),
        _ => value.clone(),
    }
}

/// Follows a reference into the components.
pub fn resolve<'a>(schema: &'a Value, components: &'a Map<String, Value>) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/schemas/"));
    name.map_or(schema, |n| resolve(&components[n], components))
}

fn a_field_that_is_not_named_is_refused_also_behind_references_and_combinations() {
    let document = json!({ "components": { "schemas": {
        "Inner": { "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } },
        "Outer": { "type": "object", "properties": {
            "inner": { "$ref": "#/components/schemas/Inner" },
            "list": { "type": "array", "items": { "$ref": "#/components/schemas/Inner" } },
            "maybe": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Inner" }] } } },
        "Both": { "allOf": [{ "$ref": "#/components/schemas/Inner" },
            { "type": "object", "properties": { "b": { "type": "string" } } }] } } } });
    let fits = |name: &str, value: Value| {
        let wanted = json!({ "$ref": format!("#/components/schemas/{name}") });
        strict_validator(&document, &wanted).is_valid(&value)
    };
    assert!(fits("Outer", json!({ "inner": { "a": 1 }, "list": [{ "a": 2 }], "maybe": null })));
    assert!(fits("Both", json!({ "a": 1, "b": "x" })));
    assert!(!fits("Outer", json!({ "extra": 1 })));
    assert!(!fits("Outer", json!({ "inner": { "a": 1, "extra": 1 } })));
    assert!(!fits("Outer", json!({ "list": [{ "a": 1, "extra": 1 }] })));
    assert!(!fits("Outer", json!({ "maybe": { "a": 1, "extra": 1 } })));
    assert!(!fits("Both", json!({ "a": 1, "b": "x", "extra": 1 })));
    assert!(!fits("Both", json!({ "b": "x" })));
}
