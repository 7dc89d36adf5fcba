//! The document's schemas, made strict: a field that is not named is a fault.

use std::collections::BTreeMap;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::document::document;
use crate::floors::sources;

plain![a_field_that_is_not_named_is_refused_also_behind_references_and_combinations, no_two_types_share_one_name_in_the_document,];

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

/// Name in the document and name in the code of each type that derives its schema, or is an enum with codes.
fn declared(text: &str) -> Vec<(String, String)> {
    let word = |s: &str| s.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let derived = text.split("#[derive(").skip(1).filter_map(|part| {
        let (_, rest) = part.split_once(")]").filter(|(derives, _)| derives.contains("ToSchema"))?;
        let item = rest.lines().find(|l| ["pub", "struct", "enum"].iter().any(|w| l.trim_start().starts_with(w)))?;
        let name = word(item.split_once("struct ").or_else(|| item.split_once("enum "))?.1);
        let attributes = rest.split(item).next().unwrap_or_default();
        let other =
            attributes.split_once("#[schema(").and_then(|(_, a)| Some(word(a.split(")]").next()?.split_once("as = ")?.1)));
        Some((other.unwrap_or_else(|| name.clone()), name))
    });
    let coded = text.split("coded_enum! {").skip(1).filter_map(|part| {
        let head = part.split_once("enum ")?.1;
        let known_as = head.split('{').next()?.split_once(" as \"").map(|(_, name)| word(name));
        let name = word(head);
        Some((known_as.unwrap_or_else(|| name.clone()), name))
    });
    derived.chain(coded).collect()
}

/// utoipa keeps the last of two schemas with one name and says nothing. An enum with codes counts as soon as something
/// in the document has its name, although most stand inline: one that forgets to would take the other's place.
fn no_two_types_share_one_name_in_the_document() {
    let twins = "#[derive(ToSchema)]\nstruct A;\n#[derive(Clone, ToSchema)]\n#[schema(as = A)]\npub(super) struct B<T>(T);";
    assert_eq!(declared(twins), [("A".to_owned(), "A".to_owned()), ("A".to_owned(), "B".to_owned())]);
    let components = document()["components"]["schemas"].as_object().unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut renamed = 0;
    let mut written = 0;
    for source in sources("src") {
        written += source.text.matches("#[schema(as = ").count();
        written += source
            .text
            .split("coded_enum! {")
            .skip(1)
            .filter(|part| part.split('{').next().is_some_and(|h| h.contains(" as \"")))
            .count();
        for (known_as, name) in declared(&source.text) {
            renamed += usize::from(known_as != name);
            // Generic types are named after what they hold: `Page_CaseSummary`.
            if components.keys().any(|k| k.split('_').next() == Some(&known_as)) {
                found.entry(known_as).or_default().push(format!("{} in {}", name, source.path));
            }
        }
    }
    assert!(found.len() > 200 && renamed == written, "{} types, {renamed} of {written} renamed", found.len());
    let twice: Vec<_> = found.iter().filter(|(_, types)| types.len() > 1).collect();
    assert!(twice.is_empty(), "these types share one name in the document: {twice:#?}");
}
