//! The document is committed, complete, in plain Chinese, and served as it says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use zhucan::api::error_codes;
use zhucan::entry::docs;
use zhucan::services;

use crate::document::{Operation, document, operations};

plain![
    every_answer_stands_in_the_one_envelope,
    every_code_of_the_table_stands_at_an_operation,
    what_services_refuse_at_shared_operations_names_operations,
    public_operations_say_so_and_guarded_ones_name_their_roles,
    the_document_is_small_enough_to_be_read,
    no_two_schemas_of_one_name_differ,
    the_yaml_says_what_the_json_says,
    each_group_has_a_chinese_name_to_show,
    a_csv_file_names_its_columns,
    the_committed_document_is_the_one_of_the_handlers,
    every_operation_is_explained_in_chinese,
    what_a_front_end_developer_reads_is_chinese,
    only_methods_and_statuses_that_a_mini_program_can_use,
    every_reference_leads_somewhere,
    the_version_of_the_contract_is_told_with_its_day_and_its_changes,
    no_schema_is_free_form,
    masked_fields_are_named_as_such,
    a_list_comes_in_pages_or_says_that_it_is_whole,
    every_draft_begins_with_the_same_shape,
];

fn the_committed_document_is_the_one_of_the_handlers() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml")).unwrap_or_default();
    let made = docs::yaml(&services::all()).unwrap();
    let differs = committed.lines().zip(made.lines()).position(|(a, b)| a != b);
    assert!(
        committed == made,
        "openapi.yaml is not the handlers' (first at line {}). Run: cargo run -- openapi > openapi.yaml",
        differs.unwrap_or_else(|| committed.lines().count().min(made.lines().count())) + 1
    );
}

pub fn is_chinese(value: &Value) -> bool {
    value.as_str().is_some_and(|s| s.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)))
}

fn every_operation_is_explained_in_chinese() {
    let tags: BTreeSet<&str> = document()["tags"].as_array().into_iter().flatten().filter_map(|t| t["name"].as_str()).collect();
    let mut ids = BTreeSet::new();
    let mut faults = Vec::new();
    for operation in operations() {
        let v = &operation.value;
        let mut wants = |well: bool, what: &str| {
            if !well {
                faults.push(format!("{}: {what}", operation.name()));
            }
        };
        wants(is_chinese(&v["summary"]), "no Chinese summary");
        wants(is_chinese(&v["description"]), "no Chinese description");
        wants(v["operationId"].as_str().is_some_and(|id| ids.insert(id)), "operationId is missing or used twice");
        let own: Vec<&str> = v["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        wants(own.len() == 1 && own.iter().all(|t| tags.contains(t)), "needs one tag that entry/docs/about.rs describes");
        let responses = v["responses"].as_object().unwrap();
        wants(responses.keys().any(|s| s.starts_with('2')), "no success");
        wants(responses.values().all(|r| is_chinese(&r["description"])), "a response is not described in Chinese");
        for (name, _) in operation.schemes() {
            wants(document()["components"]["securitySchemes"].get(&name).is_some(), "unknown security scheme");
        }
        let words = operation.template.split('/').filter(|s| !s.is_empty() && !s.starts_with('{'));
        let kebab = |s: &str| s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        wants(words.into_iter().all(kebab), "path words are kebab-case");
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// What the code says in English of types, fields and parameters stands in Chinese in the document.
fn what_a_front_end_developer_reads_is_chinese() {
    let mut english = BTreeSet::new();
    descriptions(document(), &mut english);
    assert!(
        english.is_empty(),
        "no Chinese in assets/contract/chinese.tsv for:\n{}",
        english.into_iter().collect::<Vec<_>>().join("\n")
    );
    let lines: Vec<(&str, &str)> = zhucan::platform::chinese::pairs().collect();
    let unsorted: Vec<_> = lines.windows(2).filter(|l| l[0].0 >= l[1].0).collect();
    assert!(unsorted.is_empty(), "the table is sorted, one line for each sentence: {unsorted:?}");
    assert!(lines.iter().all(|(_, chinese)| is_chinese(&Value::from(*chinese))));
}

fn descriptions(value: &Value, english: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, below)| match below.as_str() {
            Some(text) if name == "description" && !is_chinese(below) => {
                english.insert(text.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            _ => descriptions(below, english),
        }),
        Value::Array(items) => items.iter().for_each(|item| descriptions(item, english)),
        _ => {}
    }
}

fn only_methods_and_statuses_that_a_mini_program_can_use() {
    for operation in operations() {
        let name = operation.name();
        assert!(["GET", "POST", "PUT", "DELETE"].contains(&operation.method.as_str()), "{name}");
        let bare = ["GET", "DELETE"].contains(&operation.method.as_str());
        assert!(!(bare && operation.has_body()), "{name} must not have a body");
        assert!(operation.value["responses"].get("204").is_none(), "{name}: no 204, answers carry the envelope");
        // Those that may simply be repeated (mark as read) need no key; the sweep checks that the others say so.
        assert!(operation.method == "POST" || !operation.template.contains("/actions/"), "{name}: actions are POST");
    }
}

/// Each `$ref` names something that the document holds. utoipa collects the types of bodies and answers; a type that only
/// a parameter uses is collected by nobody and must stand inline there.
fn every_reference_leads_somewhere() {
    let mut found = Vec::new();
    references(document(), "", &mut found);
    let dangling = found.iter().filter(|(_, to)| to.strip_prefix('#').and_then(|p| document().pointer(p)).is_none());
    let dangling: Vec<String> = dangling.map(|(at, to)| format!("{at} -> {to}")).collect();
    assert!(found.len() > 500, "{} references", found.len());
    assert!(dangling.is_empty(), "lead nowhere (a parameter's type needs `#[param(inline)]`):\n{}", dangling.join("\n"));
}

/// Every `$ref` below a value, with the place where it stands.
fn references(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, below) in fields {
                match below.as_str().filter(|_| name == "$ref") {
                    Some(to) => found.push((at.to_owned(), to.to_owned())),
                    None => references(below, &format!("{at}/{name}"), found),
                }
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, below)| references(below, &format!("{at}/{n}"), found));
        }
        _ => {}
    }
}

/// Each schema says what it is: a reference, a combination, a plain type, an object with named fields.
fn no_schema_is_free_form() {
    let mut faults = Vec::new();
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        free_form(schema, name, &mut faults);
    }
    for operation in operations() {
        for parameter in ["path", "query", "header"].into_iter().flat_map(|place| operation.parameters(place)) {
            free_form(&parameter["schema"], &format!("{} {}", operation.name(), parameter["name"]), &mut faults);
        }
    }
    assert!(faults.is_empty(), "free-form schemas: {faults:#?}");
}

fn free_form(schema: &Value, place: &str, faults: &mut Vec<String>) {
    let under = |list: &Value| list.as_array().cloned().unwrap_or_default();
    if schema.get("$ref").is_some() {
        return;
    }
    let members: Vec<Value> = ["oneOf", "anyOf", "allOf"].iter().flat_map(|w| under(&schema[w])).collect();
    if !members.is_empty() {
        members.iter().for_each(|m| free_form(m, place, faults));
        return;
    }
    let kinds = match &schema["type"] {
        Value::String(kind) => vec![kind.clone()],
        kinds => under(kinds).iter().filter_map(|k| k.as_str().map(str::to_owned)).collect(),
    };
    if kinds.is_empty() {
        faults.push(format!("{place} has no type"));
    }
    if kinds.iter().any(|k| k == "array") {
        free_form(&schema["items"], &format!("{place}[]"), faults);
    }
    if kinds.iter().any(|k| k == "object") {
        match schema["properties"].as_object() {
            Some(fields) => fields.iter().for_each(|(n, s)| free_form(s, &format!("{place}.{n}"), faults)),
            None => faults.push(format!("{place} is an object without named fields")),
        }
    }
}

/// What an answer holds masked is called so, everywhere in the same way; the board's line is a sentence.
fn masked_fields_are_named_as_such() {
    let mut faults = Vec::new();
    for (name, schema) in document()["components"]["schemas"].as_object().unwrap() {
        for (field, property) in schema["properties"].as_object().into_iter().flatten() {
            let starred = property["example"].as_str().is_some_and(|e| e.contains('*'));
            if starred && !field.ends_with("_masked") && field != "line" {
                faults.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(faults.is_empty(), "masked, and not named *_masked: {faults:#?}");
}

/// A success is the envelope and the data, by reference; there is no answer of unknown status.
fn every_answer_stands_in_the_one_envelope() {
    for operation in operations() {
        for (status, response) in operation.value["responses"].as_object().unwrap() {
            assert!(status.parse::<u16>().is_ok(), "{} answers {status}", operation.name());
            assert!(response["headers"].get("X-Request-Id").is_some(), "{} {status}", operation.name());
            let Some(schema) = response["content"]["application/json"].get("schema") else { continue };
            let wanted = if status.starts_with('2') { &schema["allOf"][0]["$ref"] } else { &schema["$ref"] };
            let name = if status.starts_with('2') { "Envelope" } else { "Failure" };
            assert_eq!(wanted, &format!("#/components/schemas/{name}"), "{} {status}", operation.name());
            let waits = response["headers"].get("Retry-After").is_some();
            assert_eq!(waits, ["429", "503"].contains(&status.as_str()), "{} {status}", operation.name());
        }
    }
}

/// What no operation answers: a wrong method is answered by the path, an upload under a busy key waits, and a certificate case is
/// completed only by its hand-out.
const BESIDE_OPERATIONS: &[u32] = &[10005, 10012, 32008];

fn every_code_of_the_table_stands_at_an_operation() {
    let named: BTreeSet<u32> =
        docs::descriptions(&services::all()).iter().flat_map(|it| it.refusals.iter().map(|r| r.code.number)).collect();
    let all = error_codes::all(&services::all()).into_iter().map(|code| code.number);
    let nowhere: Vec<u32> = all.filter(|n| !named.contains(n) && !BESIDE_OPERATIONS.contains(n)).collect();
    assert!(nowhere.is_empty(), "no operation names {nowhere:?}");
}

fn what_services_refuse_at_shared_operations_names_operations() {
    let ids: BTreeSet<&str> = operations().iter().filter_map(|o| o.value["operationId"].as_str()).collect();
    for service in services::ALL {
        for (operation, codes) in service.refusals() {
            assert!(ids.contains(operation) && !codes.is_empty(), "{}: {operation}", service.code());
        }
    }
}

/// Whoever may be called by certain posts only says by which: `staff: []` is for every worker.
fn public_operations_say_so_and_guarded_ones_name_their_roles() {
    let everybody: BTreeSet<&str> = ["Worker", "Caller"].into();
    for it in docs::descriptions(&services::all()) {
        let guard = it.refusals.iter().find(|r| r.code.number == 11001).and_then(|r| r.by);
        let security = serde_json::to_value(&it.operation.security).unwrap();
        let kinds = security.as_array().unwrap();
        assert_eq!(guard.is_none(), kinds.is_empty(), "{}", it.path);
        let open = kinds.iter().any(|k| k["staff"].as_array().is_some_and(Vec::is_empty));
        assert_eq!(open, guard.is_some_and(|g| everybody.contains(g)), "{}", it.path);
    }
}

/// Without examples, which are counted by themselves.
fn the_document_is_small_enough_to_be_read() {
    let whole = docs::yaml(&services::all()).unwrap();
    let bare = without_examples(&whole);
    println!("openapi.yaml: {} bytes, {bare} without examples", whole.len());
    assert!(bare <= 560_000, "{bare} bytes without examples");
}

/// What stands on one line in YAML is read as it was meant.
fn the_yaml_says_what_the_json_says() {
    let read: Value = yaml_serde::from_str(&docs::yaml(&services::all()).unwrap()).unwrap();
    assert!(read == *document());
}

/// Generators make modules of the names, people read what is shown.
fn each_group_has_a_chinese_name_to_show() {
    let tags = document()["tags"].as_array().unwrap();
    assert!(tags.iter().all(|tag| is_chinese(&tag["x-displayName"])), "{tags:#?}");
    let shown: BTreeSet<&str> = tags.iter().filter_map(|tag| tag["x-displayName"].as_str()).collect();
    assert_eq!(shown.len(), tags.len(), "two groups are shown alike");
}

fn a_csv_file_names_its_columns() {
    let holds_csv = |o: &&Operation| o.takes_csv() || o.value["responses"]["200"]["content"].get("text/csv").is_some();
    let files: Vec<&Operation> = operations().iter().filter(holds_csv).collect();
    let silent = files.iter().filter(|o| !o.value["description"].as_str().is_some_and(|text| text.contains('列')));
    assert_eq!((files.len() >= 5, silent.count()), (true, 0));
}

/// The bytes of a document in YAML, less the lines of its examples.
fn without_examples(yaml: &str) -> usize {
    let mut bytes = 0;
    let mut inside: Option<usize> = None;
    for line in yaml.lines() {
        let word = line.trim_start();
        let indent = line.len() - word.len();
        if inside.is_some_and(|at| indent > at || indent == at && word.starts_with("- ")) {
            continue;
        }
        inside = (word.starts_with("example:") || word.starts_with("examples:")).then_some(indent);
        if inside.is_none() {
            bytes += line.len() + 1;
        }
    }
    bytes
}

fn no_two_schemas_of_one_name_differ() {
    let mut all: BTreeMap<String, Value> = BTreeMap::new();
    let mut faults = BTreeSet::new();
    for it in docs::descriptions(&services::all()) {
        for (name, schema) in it.schemas {
            let schema = serde_json::to_value(&schema).unwrap();
            if *all.entry(name.clone()).or_insert_with(|| schema.clone()) != schema {
                faults.insert(name);
            }
        }
    }
    assert!(faults.is_empty(), "two types are called {faults:?}");
}

/// A list that can grow comes in pages; a bare one says why it needs none.
fn a_list_comes_in_pages_or_says_that_it_is_whole() {
    for operation in operations() {
        for response in operation.value["responses"].as_object().unwrap().values() {
            let schema = &response["content"]["application/json"]["schema"];
            let told = operation.value["description"].as_str().unwrap().contains("一次全部列出");
            let bare = schema["allOf"][1]["properties"]["data"]["type"] == "array";
            assert!(!bare || told, "{} answers a bare array", operation.name());
        }
    }
}

/// The first answer of each service has one shape, that of a case.
fn every_draft_begins_with_the_same_shape() {
    let begins = |o: &&Operation| o.method == "POST" && o.template.ends_with("/drafts");
    let shapes: BTreeSet<String> = operations()
        .iter()
        .filter(begins)
        .map(|o| o.value["responses"]["201"]["content"]["application/json"]["schema"].to_string())
        .collect();
    assert_eq!((operations().iter().filter(begins).count() >= 3, shapes.len()), (true, 1), "{shapes:#?}");
}

/// What was in force on which day stands in the changelog, newest first.
fn the_version_of_the_contract_is_told_with_its_day_and_its_changes() {
    let changes = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/CHANGELOG.md")).unwrap();
    let contract = changes.split_once("## The contract\n").unwrap().1;
    let contract = contract.split("\n## ").next().unwrap();
    let versions: Vec<&str> = contract.lines().filter_map(|l| l.strip_prefix("### ")).collect();
    let day = |heading: &str| heading.split_once(" (").and_then(|(_, d)| d.strip_suffix(')')).unwrap().to_owned();
    assert!(versions.iter().all(|v| chrono::NaiveDate::parse_from_str(&day(v), "%Y-%m-%d").is_ok()), "{versions:?}");
    assert!(versions.windows(2).all(|v| day(v[0]) >= day(v[1])), "{versions:?}");
    let newest = versions[0].split(' ').next().unwrap();
    assert_eq!(document()["info"]["version"], newest, "CHANGELOG.md tells the changes of each version of the contract");
}
