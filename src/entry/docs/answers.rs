//! The answers of an operation: its codes by status, each combination said once, and the headers that come with them.

use std::collections::BTreeMap;

use utoipa::openapi::{Components, Content, Header, Ref, RefOr, Response, ResponseBuilder};

use crate::platform::code::{self, Code};
use crate::platform::http::operation::Description;

/// Adds what an operation may refuse, and the header that every answer has.
pub fn complete(it: &mut Description, components: &mut Components) {
    let responses = &mut it.operation.responses.responses;
    for answer in responses.values_mut() {
        if let RefOr::T(answer) = answer {
            answer.headers.insert("X-Request-Id".to_owned(), header("RequestId"));
        }
    }
    let mut by_status: BTreeMap<u16, BTreeMap<u32, &'static Code>> = BTreeMap::new();
    for refusal in &it.refusals {
        by_status.entry(refusal.code.status).or_default().insert(refusal.code.number, refusal.code);
    }
    for (status, codes) in by_status {
        let numbers: Vec<String> = codes.keys().map(u32::to_string).collect();
        let name = format!("E{}", numbers.join("_"));
        responses.insert(status.to_string(), RefOr::Ref(Ref::from_response_name(&name)));
        components.responses.entry(name).or_insert_with(|| RefOr::T(refusal(status, words(&codes))));
    }
}

/// What no operation answers by itself: a refusal in general, to which one with words of its own refers, and the answer of
/// each path to a method that it does not have.
pub fn shared(components: &mut Components) {
    let mut wrong_method = refusal(code::METHOD.status, words(&BTreeMap::from([(code::METHOD.number, &code::METHOD)])));
    wrong_method.headers.insert("Allow".to_owned(), header("Allow"));
    components.responses.extend([
        (GENERAL.to_owned(), RefOr::T(refusal(422, "不能办理".to_owned()))),
        (FOR_NOW.to_owned(), RefOr::T(refusal(503, "现在不能办理，请稍后再试".to_owned()))),
        ("WrongMethod".to_owned(), RefOr::T(wrong_method)),
    ]);
}

/// A refusal, whatever its code.
const GENERAL: &str = "Refusal";
/// A refusal that says when to try again.
const FOR_NOW: &str = "RefusalForNow";

/// The shared refusal that is the same as this one but for its words.
pub fn alike(own: &Response) -> Ref {
    let mut reference = Ref::from_response_name(if own.headers.contains_key("Retry-After") { FOR_NOW } else { GENERAL });
    reference.description.clone_from(&own.description);
    reference
}

/// Number and sentence of each code, one paragraph each.
fn words(codes: &BTreeMap<u32, &'static Code>) -> String {
    let lines: Vec<String> = codes.values().map(|c| format!("{} {}", c.number, c.sentence)).collect();
    lines.join("\n\n")
}

fn refusal(status: u16, words: String) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Failure")));
    let mut response = ResponseBuilder::new().description(words).content("application/json", content).build();
    response.headers.insert("X-Request-Id".to_owned(), header("RequestId"));
    if matches!(status, 429 | 503) {
        response.headers.insert("Retry-After".to_owned(), header("RetryAfter"));
    }
    response
}

/// A reference to a header among the components.
pub fn header(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}
