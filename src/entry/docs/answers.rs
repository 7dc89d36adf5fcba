//! The answers of an operation: its codes by status, each combination said once, and the headers that come with them.

use std::collections::BTreeMap;

use utoipa::openapi::{Components, Content, Header, Ref, RefOr, Response, ResponseBuilder};

use crate::platform::code::Code;
use crate::platform::http::operation::Description;

/// Adds what an operation may refuse.
pub fn complete(it: &mut Description, components: &mut Components) {
    let responses = &mut it.operation.responses.responses;
    let mut by_status: BTreeMap<u16, BTreeMap<u32, &'static Code>> = BTreeMap::new();
    for refusal in &it.refusals {
        by_status.entry(refusal.code.status).or_default().insert(refusal.code.number, refusal.code);
    }
    for (status, codes) in by_status {
        let numbers: Vec<String> = codes.keys().map(u32::to_string).collect();
        let name = format!("E{}", numbers.join("_"));
        responses.insert(status.to_string(), RefOr::Ref(Ref::from_response_name(&name)));
        components.responses.entry(name).or_insert_with(|| RefOr::T(refusal(status, &codes)));
    }
}

/// Number and sentence of each code, one paragraph each.
fn refusal(status: u16, codes: &BTreeMap<u32, &'static Code>) -> Response {
    let lines: Vec<String> = codes.values().map(|c| format!("{} {}", c.number, c.sentence)).collect();
    let content = Content::new(Some(Ref::from_schema_name("Failure")));
    let mut response = ResponseBuilder::new().description(lines.join("\n\n")).content("application/json", content).build();
    response.headers.insert("X-Request-Id".to_owned(), header("RequestId"));
    if matches!(status, 429 | 503) {
        response.headers.insert("Retry-After".to_owned(), header("RetryAfter"));
    }
    response
}

fn header(name: &str) -> RefOr<Header> {
    RefOr::Ref(Ref::new(format!("#/components/headers/{name}")))
}
