//! The envelope around every answer, with the field names that WeChat uses.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::ResponseBuilder;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema, SchemaType};

use super::operation::{Description, Gives};
use super::{public, request};
use crate::platform::error::{Current, Detail, Error};
use crate::platform::reader::told;

/// What stands around the data of every success: `errcode` is 0.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes in the contract what Enveloped writes")]
pub struct Envelope {
    /// 0 means success.
    #[schema(example = 0)]
    errcode: u32,
    #[schema(example = "ok")]
    errmsg: String,
    #[schema(example = "019a8f2e-5b7c-7d10-8a44-3f1f0f6b2c11")]
    request_id: String,
    #[schema(required = false)]
    meta: Option<Meta>,
}

/// The envelope with its data, as it is sent.
#[derive(Serialize)]
struct Enveloped<T> {
    errcode: u32,
    errmsg: &'static str,
    data: T,
    request_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<Meta>,
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

/// A successful answer on its way out, 200 unless its type says otherwise.
pub struct Answer<T, const STATUS: u16 = 200> {
    data: T,
    replayed: bool,
}

/// 201: something new is there.
pub type Created<T> = Answer<T, 201>;

impl<T: Serialize, const STATUS: u16> Answer<T, STATUS> {
    pub fn new(data: T) -> Answer<T, STATUS> {
        Answer { data, replayed: false }
    }

    /// Marks a stored answer.
    pub fn replayed(mut self, replayed: bool) -> Answer<T, STATUS> {
        self.replayed = replayed;
        self
    }
}

impl<T: Serialize> Answer<T> {
    /// 200.
    pub fn ok(data: T) -> Answer<T> {
        Answer::new(data)
    }

    /// Holds nothing personal and is the same for everybody.
    pub fn public(self) -> Public<T> {
        Public(self.data)
    }
}

impl<T: Serialize> Created<T> {
    /// 201.
    pub fn created(data: T) -> Created<T> {
        Answer::new(data)
    }
}

impl<T: Serialize, const STATUS: u16> Responder for Answer<T, STATUS> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let meta = self.replayed.then_some(Meta { replayed: Some(true), retry_after_seconds: None });
        let enveloped = Enveloped { errcode: 0, errmsg: "ok", data: self.data, request_id: request::id(), meta };
        let status = StatusCode::from_u16(STATUS).unwrap_or_default();
        HttpResponse::build(status).insert_header((header::CACHE_CONTROL, "no-store")).json(enveloped)
    }
}

/// 200 for what is the same for everybody: may be cached for five minutes, is not sent again to whoever holds it (304), and
/// is compressed.
pub struct Public<T>(T);

impl<T: Serialize> Responder for Public<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let enveloped = Enveloped { errcode: 0, errmsg: "ok", data: self.0, request_id: request::id(), meta: None };
        public_answer(req, &enveloped).unwrap_or_else(|e| Error::internal(e).error_response())
    }
}

impl<T: ToSchema> Gives for Public<T> {
    fn describe(to: &mut Description) {
        Answer::<T>::describe(to);
        let text = "没有变化：手里的内容（`If-None-Match` 所说的）仍然有效，没有正文。";
        let unchanged = ResponseBuilder::new().description(text).build();
        to.operation.responses.responses.insert("304".to_owned(), unchanged.into());
    }
}

/// The validator is that of the data: the envelope around it names each request.
fn public_answer<T: Serialize>(req: &HttpRequest, envelope: &Enveloped<T>) -> serde_json::Result<HttpResponse> {
    let tag = public::tag(&serde_json::to_vec(&envelope.data)?);
    if let Some(unchanged) = public::unchanged(req, &tag, public::FIVE_MINUTES) {
        return Ok(unchanged);
    }
    let content = serde_json::to_vec(envelope)?;
    Ok(public::answer(req, &tag, public::FIVE_MINUTES, "application/json", content.into()))
}

/// In the document the envelope stands once, and each answer adds its data to it.
impl<T: ToSchema, const STATUS: u16> Gives for Answer<T, STATUS> {
    fn describe(to: &mut Description) {
        let data = ObjectBuilder::new().schema_type(SchemaType::AnyValue).property("data", to.schema::<T>()).required("data");
        let both = AllOfBuilder::new().item(to.schema::<Envelope>()).item(data).build();
        to.success(STATUS, "application/json", RefOr::T(Schema::AllOf(both)));
    }
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
            errmsg: told(self.code().sentence).into_owned(),
            details: self.details().to_vec(),
            current: self.current().cloned(),
            request_id,
            meta: retry.map(|s| Meta { replayed: None, retry_after_seconds: Some(s) }),
        })
    }
}
