//! Taking a request apart: JSON bodies with named faults, queries, and identifiers in paths.

use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::DateTime;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::openapi::path::ParameterIn;
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use super::operation::{self, Description, Takes};
use crate::platform::code;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::id::Id;

/// Largest JSON body.
pub const MOST_JSON: usize = 64 * 1024;

/// A JSON body that can be checked and whose fields have Chinese names.
pub trait Form: DeserializeOwned + Validate + 'static {
    /// Field name and label, in the order of the form.
    const LABELS: &'static [(&'static str, &'static str)];
}

/// Gives a body its labels: `form!(SaveStudent { name: "姓名", stage: "学段" });`
#[macro_export]
macro_rules! form {
    ($t:ty { $($field:ident : $label:literal),* $(,)? }) => {
        impl $crate::platform::http::body::Form for $t {
            const LABELS: &'static [(&'static str, &'static str)] = &[$((stringify!($field), $label)),*];
        }
    };
}

/// A moment as sent (RFC 3339), in epoch milliseconds; what is none is noted as a fault of its field.
pub fn moment(text: &str, field: &str, label: &str, faults: &mut Faults) -> Option<i64> {
    let at = DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis());
    if at.is_none() {
        faults.push(field, label, "wrong_time", "时间的格式不正确。", "请重新选择日期和时间。");
    }
    at
}

/// A body that was read, parsed and checked.
pub struct Body<T> {
    pub value: T,
    /// SHA-256 of the bytes, for keys that must not be used for another body.
    pub fingerprint: [u8; 32],
}

impl<T: Form> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Body<T>>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = req.content_type().eq_ignore_ascii_case("application/json");
        let mut payload = payload.take();
        Box::pin(async move {
            if !json {
                return Err(Error::new(&code::MEDIA));
            }
            let mut bytes = bytes::BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|e| Error::new(&code::BAD_JSON).because(e))?;
                if bytes.len().saturating_add(chunk.len()) > MOST_JSON {
                    return Err(Error::new(&code::TOO_LARGE));
                }
                bytes.extend_from_slice(&chunk);
            }
            let value = parse::<T>(&bytes)?;
            value.validate().map_err(|e| Error::invalid(details(&e, T::LABELS, "")))?;
            Ok(Body { value, fingerprint: Sha256::digest(&bytes).into() })
        })
    }
}

impl<T: Form + ToSchema> Takes for Body<T> {
    fn describe(to: &mut Description) {
        let schema = to.schema::<T>();
        to.body("application/json", schema);
        to.refuses("Body", &[&code::BAD_JSON, &code::INVALID, &code::MEDIA, &code::TOO_LARGE]);
        let has = |name: &str| T::LABELS.iter().any(|(field, _)| *field == name);
        if has("version") {
            to.refuses("Body with a version", &[&code::STALE]);
        }
        if has("cursor") {
            to.refuses("Body with a cursor", &[&code::BAD_CURSOR]);
        }
    }
}

/// Syntax is 10001; a wrong type, a missing or an unknown field is 10002 with its path. Values never come back.
fn parse<T: Form>(bytes: &[u8]) -> Result<T> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize::<_, T>(&mut json).map_err(|e| {
        let path = pointer(e.path());
        // A field may be refused before the rest was read: what is no JSON at all is told as such.
        if !e.inner().is_data() || serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err() {
            return Error::new(&code::BAD_JSON);
        }
        let (code, field, reason, suggestion) = data_fault(&e.inner().to_string(), path);
        let label = label_of(T::LABELS, &field);
        Error::invalid(vec![Detail::new(&field, label, code, reason, suggestion)])
    })?;
    json.end().map_err(|_| Error::new(&code::BAD_JSON))?;
    Ok(value)
}

/// What is wrong in a JSON value of a stored or nested kind, with its path; values never come back.
pub fn detail_of(e: &serde_path_to_error::Error<serde_json::Error>, label: &str) -> Detail {
    let (code, field, reason, suggestion) = data_fault(&e.inner().to_string(), pointer(e.path()));
    Detail::new(&field, label, code, reason, suggestion)
}

fn data_fault(text: &str, path: String) -> (&'static str, String, &'static str, &'static str) {
    let named = || text.split('`').nth(1).unwrap_or_default();
    if text.starts_with("unknown field") {
        ("unknown_field", path, "有不认识的内容。", "请升级小程序后再试。")
    } else if text.starts_with("missing field") {
        let root = if path == "/" { "" } else { &path };
        ("required", format!("{root}/{}", named()), "这一项没有填写。", "请填写后再提交。")
    } else if text.starts_with("unknown variant") {
        ("unknown_value", path, "选择的内容不在可选范围内。", "请从列表中重新选择。")
    } else if text.starts_with("duplicate field") {
        ("duplicate_field", path, "同一项填写了两次。", "请升级小程序后再试。")
    } else {
        ("wrong_type", path, "填写的格式不正确。", "请按提示的格式重新填写。")
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut out = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => out.push_str(&format!("/{key}")),
            Segment::Enum { variant } => out.push_str(&format!("/{variant}")),
            Segment::Unknown => {}
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

fn label_of(labels: &[(&'static str, &'static str)], field: &str) -> &'static str {
    let last = field.rsplit('/').find(|s| s.parse::<usize>().is_err()).unwrap_or_default();
    labels.iter().find(|(name, _)| *name == last).map_or("", |(_, label)| label)
}

/// The checks of `validator`, in the order of the form and without the refused values.
fn details(errors: &ValidationErrors, labels: &[(&'static str, &'static str)], root: &str) -> Vec<Detail> {
    let mut found: Vec<(usize, Detail)> = Vec::new();
    for (name, kind) in errors.errors() {
        let place = labels.iter().position(|(n, _)| n == name).unwrap_or(labels.len());
        let field = format!("{root}/{name}");
        match kind {
            ValidationErrorsKind::Field(faults) => {
                for fault in faults {
                    let reason = fault.message.as_deref().unwrap_or("填写的内容不符合要求。");
                    let detail = Detail::new(&field, label_of(labels, &field), &fault.code, reason, "请修改后再提交。");
                    found.push((place, detail));
                }
            }
            ValidationErrorsKind::Struct(inner) => found.extend(details(inner, labels, &field).into_iter().map(|d| (place, d))),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    found.extend(details(inner, labels, &format!("{field}/{index}")).into_iter().map(|d| (place, d)));
                }
            }
        }
    }
    found.sort_by_key(|(place, _)| *place);
    found.into_iter().map(|(_, d)| d).collect()
}

/// The `{id}` of a path; a malformed one is as unknown as a foreign one.
pub struct PathId(pub Id);

impl FromRequest for PathId {
    type Error = Error;
    type Future = Ready<Result<PathId>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = req.match_info().get("id").and_then(|s| s.parse().ok());
        ready(id.map(PathId).ok_or_else(Error::not_found))
    }
}

impl Takes for PathId {
    fn describe(to: &mut Description) {
        to.parameter(operation::path_id());
        to.refuses("PathId", &[&code::NOT_FOUND]);
    }
}

/// The query string, with unknown names refused by the type.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Query<T> {
    type Error = Error;
    type Future = Ready<Result<Query<T>>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let words = form_urlencoded::parse(req.query_string().as_bytes());
        let parsed = serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(words));
        ready(parsed.map(Query).map_err(|e| {
            let path = pointer(e.path());
            let (code, field, reason, _) = data_fault(&e.into_inner().to_string(), path);
            Error::invalid(vec![Detail::new(&field, "查询条件", code, reason, "请重新选择查询条件。")])
        }))
    }
}

impl<T: IntoParams> Takes for Query<T> {
    fn describe(to: &mut Description) {
        to.refuses("Query", &[&code::INVALID]);
        for parameter in T::into_params(|| Some(ParameterIn::Query)) {
            if parameter.name == "cursor" {
                to.refuses("Query with a cursor", &[&code::BAD_CURSOR]);
            }
            to.parameter(parameter);
        }
    }
}
