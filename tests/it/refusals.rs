//! Sweeps over every operation of the document: who may not call it, and what it refuses to take.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use zhucan::rules::lifecycle::Role;
use zhucan::services;

use crate::document::{Operation, operations};
use crate::samples;
use crate::world::World;
use crate::world::client::{Call, Reply};
use crate::world::people::COUNTY;

stories![
    nobody_gets_in_without_a_token,
    a_token_of_the_wrong_kind_is_403,
    a_worker_without_the_role_is_403,
    a_worker_who_does_not_lead_is_403_where_leading_is_asked,
    a_token_that_has_run_out_says_that_it_can_be_renewed,
    a_token_of_a_session_that_has_ended_is_401,
    claims_of_a_phone_are_counted,
    what_does_not_exist_is_404,
    a_body_that_is_no_json_is_400,
    an_unknown_field_is_422_and_named,
    another_content_type_is_415,
    a_body_that_is_too_large_is_413,
    a_call_that_must_not_happen_twice_needs_its_key,
    an_unknown_word_in_the_query_is_422,
    a_cursor_of_another_list_is_400,
];

/// Every role that a worker may hold: those of the office, then those of its services.
fn posts() -> Vec<Role> {
    let own = services::all().own_desks().into_iter().map(Role::Own);
    Role::OFFICE.iter().copied().filter(|role| !matches!(role, Role::Applicant | Role::System)).chain(own).collect()
}

/// One token of each kind, the worker with every post.
struct Tokens {
    resident: String,
    staff: String,
}

impl Tokens {
    async fn of(world: &World) -> Tokens {
        Tokens { resident: world.stranger().await, staff: world.officer(&posts(), COUNTY, None, true).await.token }
    }

    /// One that the operation takes; None when it asks for none, or for one that no story holds.
    fn fitting(&self, operation: &Operation) -> Option<&str> {
        let schemes = operation.schemes();
        let takes = |name: &str| schemes.iter().any(|(scheme, _)| scheme == name);
        if takes("resident") {
            Some(&self.resident)
        } else if takes("staff") {
            Some(&self.staff)
        } else {
            None
        }
    }
}

/// A call that fits the document in everything; what it names does not exist.
fn fitting(world: &World, operation: &Operation, tokens: &Tokens) -> Call {
    let call = plain(world, operation, &samples::path(operation), tokens);
    match samples::body(operation) {
        Some(body) => call.json(&body),
        None if operation.takes_csv() => call.raw("text/csv", b"none".to_vec()),
        None if operation.has_body() => call.raw("multipart/form-data; boundary=x", b"--x--\r\n".to_vec()),
        None => call,
    }
}

/// The same without a body.
fn plain(world: &World, operation: &Operation, path: &str, tokens: &Tokens) -> Call {
    let call = world.call(Method::from_bytes(operation.method.as_bytes()).unwrap(), path);
    match tokens.fitting(operation) {
        Some(token) => call.token(token),
        None => call,
    }
}

/// Collects what was not refused as it should be, so that one run names all of it.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn want(&mut self, operation: &Operation, reply: &Reply, status: u16) {
        if reply.status != status {
            let body = String::from_utf8_lossy(&reply.bytes);
            self.0.push(format!("{}: {} instead of {status}: {body}", operation.name(), reply.status));
        }
    }

    fn settle(self) {
        assert!(self.0.is_empty(), "\n{}", self.0.join("\n"));
    }
}

fn guarded() -> impl Iterator<Item = &'static Operation> {
    operations().iter().filter(|o| !o.schemes().is_empty())
}

fn with_json() -> impl Iterator<Item = &'static Operation> {
    operations().iter().filter(|o| o.json_body().is_some())
}

async fn nobody_gets_in_without_a_token(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in guarded() {
        let bare = || {
            let call = world.call(Method::from_bytes(operation.method.as_bytes()).unwrap(), &samples::path(operation));
            match samples::body(operation) {
                Some(body) => call.json(&body),
                None => call,
            }
        };
        faults.want(operation, &bare().send().await, 401);
        faults.want(operation, &bare().token("no-token").send().await, 401);
        let (head, tail) = tokens.resident.split_at(tokens.resident.len() - 8);
        let forged: String = head.chars().chain(tail.chars().rev()).collect();
        faults.want(operation, &bare().token(&forged).send().await, 401);
        faults.want(operation, &bare().header("authorization", &format!("Basic {}", tokens.resident)).send().await, 401);
    }
    faults.settle();
}

async fn a_token_of_the_wrong_kind_is_403(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in guarded() {
        for (kind, token) in [("resident", &tokens.resident), ("staff", &tokens.staff)] {
            if operation.schemes().iter().all(|(scheme, _)| scheme != kind) {
                faults.want(operation, &fitting(&world, operation, &tokens).token(token).send().await, 403);
            }
        }
    }
    faults.settle();
}

/// The roles that the guards state are the roles that get in, no fewer and no more; each leads its desk here.
async fn a_worker_without_the_role_is_403(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    let mut workers = Vec::new();
    for role in posts() {
        workers.push((role.code(), world.officer(&[role], COUNTY, None, true).await.token));
    }
    for operation in guarded() {
        // Signing out would end the session that the next call needs.
        if operation.template.contains("/auth/") {
            continue;
        }
        for (_, roles) in operation.schemes().into_iter().filter(|(scheme, _)| scheme == "staff") {
            for (role, token) in &workers {
                let reply = fitting(&world, operation, &tokens).token(token).send().await;
                let allowed = roles.is_empty() || roles.iter().any(|r| r == role);
                if allowed == (reply.errcode() == 12001) {
                    faults.0.push(format!("{} as {role}: {}", operation.name(), reply.status));
                }
            }
        }
    }
    faults.settle();
}

async fn a_worker_who_does_not_lead_is_403_where_leading_is_asked(world: World) {
    let plain = world.worker(&[Role::CountyOfficer]).await;
    let lead = world.officer(&[Role::CountyOfficer], COUNTY, None, true).await.token;
    let body = json!({ "from_worker": world.app.clock.id().to_string() });
    let path = "/api/v1/staff/desks/actions/hand-over";
    assert!(crate::document::find("POST", path).is_some());
    world.post(path).token(&plain).json(&body).send().await.refused(403, 12001);
    assert_ne!(world.post(path).token(&lead).json(&body).send().await.errcode(), 12001);
}

async fn a_token_that_has_run_out_says_that_it_can_be_renewed(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    world.pass(Duration::from_secs(21 * 60));
    for operation in guarded() {
        let reply = fitting(&world, operation, &tokens).send().await;
        faults.want(operation, &reply, 401);
        assert_eq!(reply.errcode(), 11002, "{}", operation.name());
    }
    faults.settle();
}

async fn a_token_of_a_session_that_has_ended_is_401(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for token in [&tokens.resident, &tokens.staff] {
        world.post("/api/v1/auth/logout").token(token).send().await.data(200);
    }
    for operation in guarded() {
        let reply = fitting(&world, operation, &tokens).send().await;
        faults.want(operation, &reply, 401);
        assert_eq!(reply.errcode(), 11003, "{}", operation.name());
    }
    faults.settle();
}

/// An account has five tries a day to prove a phone number.
async fn claims_of_a_phone_are_counted(world: World) {
    let token = world.stranger().await;
    let claim = || world.post("/api/v1/me/phone/wechat").token(&token).json(&json!({ "code": "no-such-code" }));
    for _ in 0..5 {
        assert_ne!(claim().send().await.status, 429);
    }
    claim().send().await.refused(429, 10020);
}

async fn what_does_not_exist_is_404(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in operations().iter().filter(|o| o.parameters("path").next().is_some()) {
        faults.want(operation, &fitting(&world, operation, &tokens).send().await, 404);
    }
    faults.settle();
}

async fn a_body_that_is_no_json_is_400(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in with_json() {
        for body in ["", "{", "not json", "{}}", "{\"a\":1,}", "\u{feff}{}"] {
            let call = plain(&world, operation, &samples::path(operation), &tokens).raw("application/json", body.into());
            let reply = call.send().await;
            faults.want(operation, &reply, 400);
            assert_eq!(reply.errcode(), 10001, "{}", operation.name());
        }
    }
    faults.settle();
}

async fn an_unknown_field_is_422_and_named(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in with_json() {
        let mut body = samples::body(operation).unwrap();
        if let Some(fields) = body.as_object_mut() {
            fields.insert("zz_unknown".into(), json!(1));
        }
        let reply = plain(&world, operation, &samples::path(operation), &tokens).json(&body).send().await;
        faults.want(operation, &reply, 422);
        if reply.json["details"][0]["code"] != "unknown_field" {
            faults.0.push(format!("{}: the field is not named: {}", operation.name(), reply.json));
        }
    }
    faults.settle();
}

async fn another_content_type_is_415(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in operations().iter().filter(|o| o.has_body()) {
        let call = plain(&world, operation, &samples::path(operation), &tokens).raw("text/plain", b"{}".to_vec());
        faults.want(operation, &call.send().await, 415);
    }
    faults.settle();
}

async fn a_body_that_is_too_large_is_413(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in with_json() {
        let body = format!("{{\"a\":\"{}\"}}", "a".repeat(70_000));
        let call = plain(&world, operation, &samples::path(operation), &tokens).raw("application/json", body.into());
        faults.want(operation, &call.send().await, 413);
    }
    faults.settle();
}

async fn a_call_that_must_not_happen_twice_needs_its_key(world: World) {
    let mut faults = Faults::default();
    for operation in operations().iter().filter(|o| o.method == "POST") {
        // One of them signs out.
        let tokens = Tokens::of(&world).await;
        let reply = fitting(&world, operation, &tokens).without_key().send().await;
        let asked = reply.errcode() == 10010;
        if asked != operation.takes_key() {
            faults.0.push(format!("{}: asks for a key: {asked}, and the document says otherwise", operation.name()));
        }
        if operation.takes_key() {
            let strange = fitting(&world, operation, &tokens).without_key().header("idempotency-key", "not-a-uuid");
            faults.want(operation, &strange.send().await, 400);
        }
    }
    faults.settle();
}

async fn an_unknown_word_in_the_query_is_422(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in operations().iter().filter(|o| o.parameters("query").next().is_some()) {
        let path = samples::with_query(&samples::path(operation), "zz_unknown=1");
        faults.want(operation, &plain(&world, operation, &path, &tokens).send().await, 422);
    }
    faults.settle();
}

async fn a_cursor_of_another_list_is_400(world: World) {
    let mut faults = Faults::default();
    let tokens = Tokens::of(&world).await;
    for operation in operations().iter().filter(|o| o.parameters("query").any(|p| p["name"] == "cursor")) {
        for cursor in ["x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            let path = samples::with_query(&samples::path(operation), &format!("cursor={cursor}"));
            faults.want(operation, &plain(&world, operation, &path, &tokens).send().await, 400);
        }
    }
    faults.settle();
}
