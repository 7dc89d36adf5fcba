//! A walk over every text field of every body and query of the document: blank, invisible, NUL, half an emoji, too long.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;
use zhucan::services::certificate::desk::ASSESSOR;
use zhucan::services::device_rental::desk::POINT_KEEPER;

use crate::document::{Operation, document, operations};
use crate::edge::refused;
use crate::education_aid::Office;
use crate::floors::sources;
use crate::samples;
use crate::schema::resolve;
use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::Applicant;

plain![no_field_of_a_request_is_a_bare_string];

stories![every_text_field_of_every_body_is_checked_as_it_is_kept, no_word_of_a_query_reaches_the_database_unread];

/// Every text field of a schema: where it stands, its schema, and whether it may be left out.
fn texts(schema: &Value, at: &str, optional: bool, found: &mut Vec<(String, Value, bool)>) {
    let components = document()["components"]["schemas"].as_object().unwrap();
    let schema = if schema.get("$ref").is_some() { resolve(schema, components) } else { schema };
    for word in ["oneOf", "anyOf"] {
        if let Some(all) = schema[word].as_array() {
            let nullable = all.iter().any(|s| s["type"] == "null");
            all.iter().filter(|s| s["type"] != "null").for_each(|s| texts(s, at, optional || nullable, found));
        }
    }
    let is = |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)));
    if is("object") {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            texts(field, &format!("{at}/{name}"), !required.contains(&json!(name)), found);
        }
    } else if is("array") {
        texts(&schema["items"], &format!("{at}/0"), false, found);
    } else if is("string") && schema.get("enum").is_none() && schema["format"] != "uuid" {
        found.push((at.to_owned(), schema.clone(), optional || is("null")));
    }
}

/// The body with another value at one place; what is not there is made.
fn with(mut body: Value, at: &str, value: Value) -> Value {
    let mut here = &mut body;
    for step in at.split('/').skip(1) {
        here = match step.parse::<usize>() {
            Ok(index) => {
                if here.get(index).is_none() {
                    *here = json!([null]);
                }
                &mut here[index]
            }
            Err(_) => {
                if !here.is_object() {
                    *here = json!({});
                }
                &mut here[step]
            }
        };
    }
    *here = value;
    body
}

/// Objects that the paths of operations name, so that the body is read and not refused as 404 before.
struct Places {
    resident: String,
    staff: String,
    cases: Vec<(&'static str, String, String)>,
}

impl Places {
    async fn of(world: &World) -> Places {
        let office = Office::open(world.clone()).await;
        let begin = json!({ "person_id": office.person, "kind": "student", "season_id": office.season });
        let aid = office.post(&office.student, "/api/v1/education-aid/drafts", begin).await.data(201);
        let zhao = Applicant::zhao(world).await;
        let renewal = zhao.begun("renewal").await;
        let id = aid["summary"]["id"].as_str().unwrap().to_owned();
        let posts = [
            Role::Commissioner,
            Role::TownOfficer,
            Role::CountyOfficer,
            POINT_KEEPER,
            Role::FinanceOfficer,
            ASSESSOR,
            Role::Auditor,
            Role::Administrator,
        ];
        Places {
            resident: world.stranger().await,
            staff: world.worker(&posts).await,
            cases: vec![
                ("/api/v1/education-aid/cases/", id, office.student.clone()),
                ("/api/v1/certificate/cases/", renewal.id, zhao.token),
            ],
        }
    }

    /// A path of the operation and a token that it takes.
    fn of_operation(&self, operation: &Operation) -> (String, Option<&str>) {
        let known = self.cases.iter().find(|(root, ..)| operation.template.starts_with(root));
        if let Some((_, id, token)) = known {
            return (operation.template.replace("{id}", id), Some(token));
        }
        let takes = |name: &str| operation.schemes().iter().any(|(scheme, _)| scheme == name);
        let token = match (takes("resident"), takes("staff")) {
            (true, _) => Some(self.resident.as_str()),
            (_, true) => Some(self.staff.as_str()),
            _ => None,
        };
        (samples::path(operation), token)
    }
}

async fn send(world: &World, operation: &Operation, places: &Places, body: String) -> Reply {
    let (path, token) = places.of_operation(operation);
    let call = world.call(Method::from_bytes(operation.method.as_bytes()).unwrap(), &path);
    let call = token.into_iter().fold(call, |call, token| call.token(token));
    call.raw("application/json", body.into_bytes()).send().await
}

async fn every_text_field_of_every_body_is_checked_as_it_is_kept(world: World) {
    let places = Places::of(&world).await;
    let mut faults = Vec::new();
    let mut walked = BTreeMap::new();
    for operation in operations() {
        let Some(schema) = operation.json_body() else { continue };
        let mut fields = Vec::new();
        texts(schema, "", false, &mut fields);
        let sample = samples::body(operation).unwrap();
        let all = fields.clone();
        for (at, field, optional) in fields {
            *walked.entry(operation.name()).or_insert(0) += 1;
            let most = usize::try_from(field["maxLength"].as_u64().unwrap_or(60_000 / 3)).unwrap().min(60_000 / 3);
            let bounded = field.get("maxLength").is_some() || field["format"].is_string();
            if !bounded {
                faults.push(format!("{} {at}: the document says no greatest length", operation.name()));
            }
            let mut tries: Vec<(&str, String)> = vec![
                ("a NUL", "\"甲\\u0000乙\"".into()),
                ("half an emoji", "\"示例\\ud83d\"".into()),
                ("too long", format!("\"{}\"", "字".repeat(most + 1))),
            ];
            let least = field["minLength"].as_u64().unwrap_or(u64::from(field["format"].is_string()));
            if !optional && least > 0 {
                tries.extend([("blank", "\"　　　\"".into()), ("invisible", "\"\u{200B}\u{FEFF}\u{202E}\"".into())]);
            }
            for (what, text) in tries {
                let body = with(sample.clone(), &at, json!("@@")).to_string().replace("\"@@\"", &text);
                let reply = send(&world, operation, &places, body).await;
                if reply.status != 422 || !refused(&reply).iter().any(|(f, _)| *f == at) {
                    faults.push(format!("{} {at} with {what}: {} {}", operation.name(), reply.status, reply.json));
                }
            }
            if optional {
                let body = with(sample.clone(), &at, json!("　\u{200B}")).to_string();
                let reply = send(&world, operation, &places, body).await;
                let empty = |(f, code): &(String, String)| *f == at && !code.contains("required") && !code.contains("empty");
                if reply.status >= 500 || refused(&reply).iter().any(empty) {
                    faults.push(format!("{} {at} left blank: {} {}", operation.name(), reply.status, reply.json));
                }
            }
            // What the document allows, the code takes: beside a field that is refused, a text of the greatest length is not.
            let told = field.get("maxLength").is_some();
            let Some((other, ..)) = all.iter().find(|(other, ..)| *other != at && told) else { continue };
            let body = with(with(sample.clone(), other, json!("\u{7}")), &at, json!("字".repeat(most)));
            let reply = send(&world, operation, &places, body.to_string()).await;
            if reply.status != 422 {
                faults.push(format!("{} {other} with a control character: {} {}", operation.name(), reply.status, reply.json));
            }
            if refused(&reply).iter().any(|(f, code)| *f == at && ["too_long", "name_too_long"].contains(&code.as_str())) {
                faults.push(format!("{} {at}: {most} characters are too long", operation.name()));
            }
        }
    }
    assert!(walked.len() >= 50, "the walk is short: {walked:#?}");
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

async fn no_word_of_a_query_reaches_the_database_unread(world: World) {
    let places = Places::of(&world).await;
    let mut faults = Vec::new();
    for operation in operations().iter().filter(|o| o.template.starts_with("/api/")) {
        for parameter in operation.parameters("query").filter(|p| p["name"] != "cursor") {
            let name = parameter["name"].as_str().unwrap();
            let (path, token) = places.of_operation(operation);
            let path = path.split('?').next().unwrap().to_owned();
            // Another word is missing, and one more is unknown: all is told at once.
            let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
            let call = world.call(method, &format!("{path}?none_such=1&{name}=a%00b"));
            let reply = token.into_iter().fold(call, |call, token| call.token(token)).send().await;
            let missing = operation.parameters("query").filter(|p| p["required"] == true).filter_map(|p| p["name"].as_str());
            let mut wanted = ["none_such", name].into_iter().chain(missing.take(1));
            let told = refused(&reply);
            let all = wanted.all(|name| told.iter().any(|(field, _)| *field == format!("/{name}")));
            if !(reply.status == 422 && all || reply.status == 404) {
                faults.push(format!("{} {name}: {} {}", operation.name(), reply.status, reply.json));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// A type that is read from a request: a form, a part of one (a policy's terms too), or a query; nearly all refuse fields
/// that they do not know.
fn is_of_a_request(attributes: &str, path: &str) -> bool {
    let says = |word: &str| attributes.contains(word);
    let pushed_by_wechat = path.ends_with("wechat_callback.rs") || path.ends_with("wechat/callback.rs");
    says("Deserialize") && (says("Validate") || says("IntoParams") || says("deny_unknown_fields") || pushed_by_wechat)
}

fn no_field_of_a_request_is_a_bare_string() {
    let mut faults = Vec::new();
    // What no request brings: the demo, the stand-ins, and files on the machine itself (of keys, of the command line).
    let elsewhere = ["src/demo/", "stand_in", "src/platform/crypto/", "src/entry/cli/"];
    for source in sources("src").iter().filter(|s| !elsewhere.iter().any(|part| s.path.contains(part))) {
        let path = &source.path;
        let text = &source.text;
        let mut attributes = String::new();
        let mut inside = None;
        let mut read = false;
        for line in text.lines().map(str::trim) {
            match (&inside, line) {
                (None, l) if l.starts_with("#[") => attributes.push_str(l),
                (None, l) if l.starts_with("///") => {}
                (None, l) if l.contains("struct ") && l.ends_with('{') && is_of_a_request(&attributes, path) => {
                    inside = Some(l.to_owned())
                }
                (None, _) => attributes.clear(),
                (Some(_), "}") => (attributes, inside) = (String::new(), None),
                // Data that stays a string after it was read as a text: `deserialize_with = "kept::<…>"`.
                (Some(_), l) if l.starts_with("#[") => read |= l.contains("deserialize_with"),
                (Some(_), l) if l.starts_with("//") => {}
                (Some(of), l) => {
                    let bare = ["String,", "Option<String>,", "Vec<String>,", "NaiveDate,", "Option<NaiveDate>,"];
                    if !read && bare.iter().any(|b| l.ends_with(&format!(": {b}"))) {
                        faults.push(format!("{path}: {of} {l}"));
                    }
                    read = false;
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "text that nobody reads into a type (PlainText, Note, KeyedCode, Code, Day, …):\n{}",
        faults.join("\n")
    );
}
