//! What no handler answers: unknown paths, wrong methods, HEAD and OPTIONS, heads that are too large.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError, web};
use utoipa::openapi::OpenApi;

use super::{Extra, pages, wechat_callback};
use crate::entry::docs::PathTable;
use crate::platform::code;
use crate::platform::error::Error;
use crate::platform::http::Answer;

/// Request line and header fields together; the framework itself would cut at 128 KiB, without an envelope.
const MOST_HEAD: usize = 16 * 1024;

/// The paths of the document and those beside it.
pub fn table(api: &OpenApi, extra: Option<Extra>) -> PathTable {
    let mut table = PathTable::of(api);
    for path in ["/healthz", "/readyz"].into_iter().chain(pages::PATHS) {
        table.add(path, ["GET"]);
    }
    table.add(wechat_callback::PATH, ["GET", "POST"]);
    for (path, method) in extra.map_or(&[][..], |extra| extra.paths) {
        table.add(path, [*method]);
    }
    table
}

/// 404, 405 with `Allow`, or the answer to OPTIONS.
pub async fn answer(req: HttpRequest, table: web::Data<PathTable>) -> HttpResponse {
    let Some(allow) = table.allowed(req.path()) else { return Error::not_found().error_response() };
    let mut answer = match *req.method() {
        Method::OPTIONS => Answer::ok(()).respond_to(&req),
        _ => Error::new(&code::METHOD).error_response(),
    };
    if let Ok(value) = header::HeaderValue::from_str(&allow) {
        answer.headers_mut().insert(header::ALLOW, value);
    }
    answer
}

/// Refuses large heads, and lets HEAD be answered like GET (the framework then leaves out the body).
pub async fn limits<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let fields = req.headers().iter().map(|(name, value)| name.as_str().len().saturating_add(value.len()));
    let head = fields.fold(req.uri().to_string().len(), usize::saturating_add);
    if head > MOST_HEAD {
        return Err(Error::new(&code::TOO_LARGE).because("request head").into());
    }
    if req.method() == Method::HEAD {
        req.head_mut().method = Method::GET;
    }
    next.call(req).await
}
