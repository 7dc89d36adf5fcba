//! The envelope around every answer, WeChat's own manner.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{public, request};
use crate::platform::error::{Current, Detail, Error};

/// A success: `errcode` is 0.
#[derive(Serialize, ToSchema)]
pub struct Envelope<T> {
    /// 0 means success.
    #[schema(example = 0)]
    pub errcode: u32,
    #[schema(example = "ok")]
    pub errmsg: String,
    pub data: T,
    #[schema(example = "019a8f2e-5b7c-7d10-8a44-3f1f0f6b2c11")]
    pub request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
}

/// A failure: a stable code, one sentence for the person, and what to mend.
#[derive(Serialize, ToSchema)]
pub struct Failure {
    /// Stable five-digit code.
    #[schema(example = 10002)]
    pub errcode: u32,
    /// One plain sentence: what happened and what to do next.
    #[schema(example = "有几处内容需要修改，请按提示改好后再提交。")]
    pub errmsg: String,
    /// What to mend, in the order of the form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub details: Vec<Detail>,
    /// What is true now, when the request was about an older version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    #[schema(example = "019a8f2e-5b7c-7d10-8a44-3f1f0f6b2c11")]
    pub request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<Meta>,
}

/// What a client may want to know about the answer itself.
#[derive(Clone, Copy, Default, Serialize, ToSchema)]
pub struct Meta {
    /// This is the stored answer of the first call with this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replayed: Option<bool>,
    /// Seconds to wait before a retry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
}

/// One page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null on the last page.
    pub next_cursor: Option<String>,
}

/// A successful answer on its way out.
pub struct Answer<T> {
    status: StatusCode,
    data: T,
    replayed: bool,
    keep: bool,
}

impl<T: Serialize> Answer<T> {
    /// 200.
    pub fn ok(data: T) -> Answer<T> {
        Answer { status: StatusCode::OK, data, replayed: false, keep: false }
    }

    /// 201.
    pub fn created(data: T) -> Answer<T> {
        Answer { status: StatusCode::CREATED, data, replayed: false, keep: false }
    }

    /// Marks a stored answer.
    pub fn replayed(mut self, replayed: bool) -> Answer<T> {
        self.replayed = replayed;
        self
    }

    /// Holds nothing personal: may be cached for five minutes, and is not sent again to whoever holds it. The operation
    /// declares `Unchanged` among its answers.
    pub fn public(mut self) -> Answer<T> {
        self.keep = true;
        self
    }
}

impl<T: Serialize> Responder for Answer<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let meta = self.replayed.then_some(Meta { replayed: Some(true), retry_after_seconds: None });
        let envelope = Envelope { errcode: 0, errmsg: "ok".to_owned(), data: self.data, request_id: request::id(), meta };
        if self.keep {
            return public_answer(req, &envelope).unwrap_or_else(|e| Error::internal(e).error_response());
        }
        HttpResponse::build(self.status).insert_header((header::CACHE_CONTROL, "no-store")).json(envelope)
    }
}

/// The validator is that of the data: the envelope around it names each request.
fn public_answer<T: Serialize>(req: &HttpRequest, envelope: &Envelope<T>) -> serde_json::Result<HttpResponse> {
    let tag = public::tag(&serde_json::to_vec(&envelope.data)?);
    if let Some(unchanged) = public::unchanged(req, &tag, public::FIVE_MINUTES) {
        return Ok(unchanged);
    }
    let content = serde_json::to_vec(envelope)?;
    Ok(public::answer(req, &tag, public::FIVE_MINUTES, "application/json", content.into()))
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let request_id = request::id();
        if self.code().status >= 500 {
            tracing::error!(request_id, code = self.code().number, cause = self.cause(), "request failed");
        } else if let Some(cause) = self.cause() {
            tracing::info!(request_id, code = self.code().number, cause, "request refused");
        }
        let mut response = HttpResponse::build(self.status_code());
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        // Every "later" says when.
        let retry = self.retry_seconds().or((self.code().status == 503).then_some(30));
        if let Some(seconds) = retry {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        response.json(Failure {
            errcode: self.code().number,
            errmsg: self.code().sentence.to_owned(),
            details: self.details().to_vec(),
            current: self.current().cloned(),
            request_id,
            meta: retry.map(|s| Meta { replayed: None, retry_after_seconds: Some(s) }),
        })
    }
}
