//! The envelope around every answer, WeChat's own manner.

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, Schema, SchemaType};

use super::operation::{Description, Gives};
use super::request;
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

/// A value of an enumeration with its Chinese label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Labelled {
    #[schema(example = "in_review")]
    pub value: String,
    #[schema(example = "审核中")]
    pub label: String,
}

impl Labelled {
    pub fn new(value: &str, label: &str) -> Labelled {
        Labelled { value: value.to_owned(), label: label.to_owned() }
    }
}

/// A coded enum as `{value, label}`.
#[macro_export]
macro_rules! labelled {
    ($e:expr) => {{
        let e = $e;
        $crate::platform::http::Labelled::new(e.code(), e.label())
    }};
}

/// A successful answer on its way out, 200 unless its type says otherwise.
pub struct Answer<T, const STATUS: u16 = 200> {
    data: T,
    replayed: bool,
    keep: bool,
}

/// 201: something new is there.
pub type Created<T> = Answer<T, 201>;

impl<T: Serialize, const STATUS: u16> Answer<T, STATUS> {
    pub fn new(data: T) -> Answer<T, STATUS> {
        Answer { data, replayed: false, keep: false }
    }

    /// Marks a stored answer.
    pub fn replayed(mut self, replayed: bool) -> Answer<T, STATUS> {
        self.replayed = replayed;
        self
    }

    /// Holds nothing personal and may be cached for five minutes.
    pub fn public(mut self) -> Answer<T, STATUS> {
        self.keep = true;
        self
    }
}

impl<T: Serialize> Answer<T> {
    /// 200.
    pub fn ok(data: T) -> Answer<T> {
        Answer::new(data)
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
        let cache = if self.keep { "public, max-age=300" } else { "no-store" };
        let status = StatusCode::from_u16(STATUS).unwrap_or_default();
        HttpResponse::build(status).insert_header((header::CACHE_CONTROL, cache)).json(Enveloped {
            errcode: 0,
            errmsg: "ok",
            data: self.data,
            request_id: request::id(),
            meta,
        })
    }
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
