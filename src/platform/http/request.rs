//! The outermost layer: an id for each request, panics answered as 500, a deadline, and one log line without personal data.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError};
use futures_util::FutureExt;
use uuid::Uuid;

use crate::platform::error::Error;
use crate::platform::{code, reader};

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

/// The middleware around the whole app: gives each request an id, catches panics, keeps the deadline and writes one log line.
///
/// The request is not cloned here: the router needs it for itself alone. What fails before there is an answer leaves as
/// an error that carries its own answer.
pub async fn layer<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let id = accepted(&req).unwrap_or_else(|| Uuid::now_v7().to_string());
    let begun = Instant::now();
    let method = req.method().clone();
    let uri = req.uri().clone();
    let staff = ["/api/v1/staff/", "/api/v1/auth/staff/"].iter().any(|root| uri.path().starts_with(root));
    let mut outcome = REQUEST_ID
        .scope(id.clone(), async move {
            let work = AssertUnwindSafe(reader::answering(staff, next.call(req))).catch_unwind();
            match tokio::time::timeout(DEADLINE, work).await {
                Ok(Ok(Ok(answer))) => Ok(in_envelope(answer)),
                Ok(Ok(Err(e))) => Err(e),
                Ok(Err(_)) => Err(Error::internal("a handler panicked").into()),
                Err(_) => Err(Error::new(&code::BUSY).because("deadline").retry_after(1).into()),
            }
        })
        .await
        .map_err(|error| Refused { id: id.clone(), error });
    let (route, status) = match &mut outcome {
        Ok(answer) => {
            mark(answer.headers_mut(), &id);
            (answer.request().match_pattern(), answer.status())
        }
        Err(refused) => (None, refused.status_code()),
    };
    let route = route.unwrap_or_else(|| shape(uri.path()));
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request_id = %id, %method, route, status = status.as_u16(), ms, "answered");
    Ok(outcome?)
}

/// A request without an answer from a handler: a panic, the deadline, or the framework's own refusal.
struct Refused {
    id: String,
    error: actix_web::Error,
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.error, f)
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.error, f)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = REQUEST_ID.sync_scope(self.id.clone(), || match self.error.as_error::<Error>() {
            Some(own) => own.error_response(),
            None => named(self.status_code()).because(&self.error).error_response(),
        });
        mark(answer.headers_mut(), &self.id);
        answer
    }
}

/// The framework answers some faults by itself, in plain text: they get the envelope too.
fn in_envelope<B: MessageBody + 'static>(answer: ServiceResponse<B>) -> ServiceResponse<BoxBody> {
    let status = answer.status();
    let json = answer.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/json"));
    if json || !(status.is_client_error() || status.is_server_error()) {
        return answer.map_into_boxed_body();
    }
    let cause = answer.response().error().map(ToString::to_string).unwrap_or_default();
    let (req, _) = answer.into_parts();
    ServiceResponse::new(req, named(status).because(cause).error_response())
}

/// Our code for a status of the framework.
fn named(status: StatusCode) -> Error {
    Error::new(match status.as_u16() {
        404 => &code::NOT_FOUND,
        405 => &code::METHOD,
        413 | 414 | 431 => &code::TOO_LARGE,
        415 => &code::MEDIA,
        422 => &code::INVALID,
        400..=499 => &code::BAD_JSON,
        _ => &code::INTERNAL,
    })
}

fn mark(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HEADER, value);
    }
    headers.insert(HeaderName::from_static("x-content-type-options"), HeaderValue::from_static("nosniff"));
}

/// A path for the log, when no route is known: plain words stay, anything that may name someone does not.
fn shape(path: &str) -> String {
    let plain = |s: &str| s.len() <= 24 && s.bytes().all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'.');
    let parts: Vec<&str> = path.split('/').take(12).map(|s| if plain(s) || s == "v1" { s } else { "*" }).collect();
    parts.join("/")
}

/// A caller's own id is kept when it is short and plain.
fn accepted(req: &ServiceRequest) -> Option<String> {
    let text = req.headers().get(HEADER)?.to_str().ok()?;
    let plain = text.len() <= 64 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain.then(|| text.to_owned())
}
