//! The outermost layer: an id for each request, a net for panics, a deadline, one log line without personal data.

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::ResponseError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use futures_util::FutureExt;
use uuid::Uuid;

use crate::platform::code;
use crate::platform::error::Error;

tokio::task_local! {
    static REQUEST_ID: String;
}

/// No operation takes longer: the head, a slow body and the work together.
pub const DEADLINE: Duration = Duration::from_secs(30);

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request that is being answered.
pub fn id() -> String {
    REQUEST_ID.try_with(Clone::clone).unwrap_or_default()
}

/// Wraps the whole app; see the file's first line.
pub async fn layer<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = accepted(&req).unwrap_or_else(|| Uuid::now_v7().to_string());
    let begun = Instant::now();
    let http = req.request().clone();
    let (method, pattern) = (req.method().clone(), req.path().len());
    let mut response = REQUEST_ID
        .scope(id.clone(), async move {
            let work = AssertUnwindSafe(next.call(req)).catch_unwind();
            match tokio::time::timeout(DEADLINE, work).await {
                Ok(Ok(Ok(answer))) => answer.map_into_boxed_body(),
                Ok(Ok(Err(e))) => ServiceResponse::new(http, e.as_response_error().error_response().map_into_boxed_body()),
                Ok(Err(_)) => refused(http, Error::internal("a handler panicked")),
                Err(_) => refused(http, Error::new(&code::BUSY).because("deadline").retry_after(1)),
            }
        })
        .await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response.headers_mut().insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
    let route = response.request().match_pattern().unwrap_or_else(|| format!("unknown path of {pattern} bytes"));
    tracing::info!(request_id = %id, %method, route, status = response.status().as_u16(), ms = begun.elapsed().as_millis() as u64, "answered");
    Ok(response)
}

fn refused(http: actix_web::HttpRequest, e: Error) -> ServiceResponse<BoxBody> {
    ServiceResponse::new(http, e.error_response())
}

/// A caller's own id is kept when it is short and plain.
fn accepted(req: &ServiceRequest) -> Option<String> {
    let text = req.headers().get(HEADER)?.to_str().ok()?;
    let plain = text.len() <= 64 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain.then(|| text.to_owned())
}
