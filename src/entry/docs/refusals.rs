//! What every operation may answer besides what its handler declares, added from what the operation takes.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response, ResponseBuilder, Responses};

use crate::platform::code::{self, Code};

/// Adds the general refusals to each operation.
pub fn complete(api: &mut OpenApi) {
    for item in api.paths.paths.values_mut() {
        for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
            let takes = Takes::of(operation);
            takes.declare(&mut operation.responses);
        }
    }
}

/// What an operation takes from its caller.
struct Takes {
    token: bool,
    /// Only one kind of caller may come, or only certain posts.
    one_kind: bool,
    /// A worker may do it for a resident.
    on_behalf: bool,
    json: bool,
    body: bool,
    id: bool,
    key: bool,
    query: bool,
    cursor: bool,
}

impl Takes {
    fn of(operation: &Operation) -> Takes {
        let has = |place: ParameterIn, name: Option<&str>| {
            operation.parameters.iter().flatten().any(|parameter| match parameter {
                RefOr::T(p) => p.parameter_in == place && name.is_none_or(|n| p.name == n),
                RefOr::Ref(_) => false,
            })
        };
        // The requirement hides its names; its JSON does not.
        let security = serde_json::to_string(&operation.security).unwrap_or_default();
        let kinds: Vec<&str> =
            ["\"resident\"", "\"staff\"", "\"partner\""].into_iter().filter(|k| security.contains(k)).collect();
        let body = match &operation.request_body {
            Some(RefOr::T(body)) => Some(body),
            _ => None,
        };
        Takes {
            token: !kinds.is_empty(),
            // A requirement that names roles is for those posts only.
            one_kind: kinds.len() == 1 || security.contains(":[\""),
            on_behalf: kinds.len() == 2 && security.contains(":[\""),
            json: body.is_some_and(|b| b.content.contains_key("application/json")),
            body: body.is_some(),
            id: has(ParameterIn::Path, None),
            key: has(ParameterIn::Header, Some("Idempotency-Key")),
            query: has(ParameterIn::Query, None),
            cursor: has(ParameterIn::Query, Some("cursor")),
        }
    }

    fn declare(&self, responses: &mut Responses) {
        let mut bad_request: Vec<&Code> = Vec::new();
        bad_request.extend(self.json.then_some(&code::BAD_JSON));
        bad_request.extend(self.key.then_some(&code::KEY_MISSING));
        bad_request.extend(self.cursor.then_some(&code::BAD_CURSOR));
        let mut invalid: Vec<&Code> = Vec::new();
        invalid.extend((self.json || self.query).then_some(&code::INVALID));
        invalid.extend((self.key && self.body).then_some(&code::KEY_REUSED));
        if !bad_request.is_empty() {
            add(responses, "400", &told(&bad_request));
        }
        if self.token {
            add(responses, "401", "110xx 没有登录、登录已过期或已退出。");
        }
        if self.one_kind {
            let mandate = if self.on_behalf { "\n\n13003 代办前要先登记本人或监护人同意。" } else { "" };
            add(responses, "403", &format!("120xx 您的身份或者岗位不能做这件事。{mandate}"));
        }
        if self.id {
            add(responses, "404", &told(&[&code::NOT_FOUND]));
        }
        if self.body {
            add(responses, "413", &told(&[&code::TOO_LARGE]));
            add(responses, "415", &told(&[&code::MEDIA]));
        }
        if !invalid.is_empty() {
            add(responses, "422", &told(&invalid));
        }
        add(responses, "default", &told(&[&code::RATE, &code::INTERNAL, &code::BUSY, &code::STORAGE]));
    }
}

/// Number and sentence of each code.
fn told(codes: &[&Code]) -> String {
    let lines: Vec<String> = codes.iter().map(|c| format!("{} {}", c.number, c.sentence)).collect();
    lines.join("\n\n")
}

/// A handler's own declaration keeps its text and comes first.
fn add(responses: &mut Responses, status: &str, text: &str) {
    match responses.responses.get_mut(status) {
        Some(RefOr::T(own)) => own.description = format!("{}\n\n{text}", own.description),
        Some(RefOr::Ref(_)) => {}
        None => {
            responses.responses.insert(status.to_owned(), RefOr::T(failure(text)));
        }
    }
}

fn failure(text: &str) -> Response {
    let content = Content::new(Some(Ref::from_schema_name("Failure")));
    ResponseBuilder::new().description(text).content("application/json", content).build()
}
