//! Reads requests: JSON bodies, all of whose faults are reported together, queries, and identifiers in paths.

use std::borrow::Cow;
use std::future::{Future, Ready, ready};
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use bytes::BytesMut;
use chrono::NaiveDate;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{IntoParams, PartialSchema, ToSchema};
use validator::Validate;

use super::faults::{self, Labels};
use super::numbers;
use super::operation::{self, Description, Takes};
use crate::platform::app::App;
use crate::platform::code;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::id::Id;
use crate::rules::calendar::beijing_date;
use crate::rules::typed;

/// Largest JSON body.
pub const MOST_JSON: usize = 64 * 1024;

/// A JSON body whose fields have Chinese names.
pub trait Form: Sized + 'static {
    /// Field name and label, in the order of the form.
    const LABELS: Labels;

    /// Reads the body on that day.
    ///
    /// # Errors
    /// 10001 for what is no JSON; 10002 for a fault of the JSON alone, or for all faults of its values together.
    fn receive(bytes: &[u8], today: NaiveDate) -> Result<Self>;
}

/// Gives a body its labels: `form!(SaveStudent { name: "姓名", stage: "学段" });`
#[macro_export]
macro_rules! form {
    ($t:ty { $($field:ident : $label:literal),* $(,)? }) => {
        impl $crate::platform::http::body::Form for $t {
            const LABELS: $crate::platform::http::faults::Labels = &[$((stringify!($field), $label)),*];

            fn receive(bytes: &[u8], today: chrono::NaiveDate) -> $crate::platform::error::Result<$t> {
                $crate::platform::http::body::whole(bytes, today)
            }
        }
    };
}

/// A body in which everything that can be said without the database is well.
///
/// # Errors
/// As [`Form::receive`].
pub fn whole<T: Form + DeserializeOwned + Validate>(bytes: &[u8], today: NaiveDate) -> Result<T> {
    let (value, found) = read::<T>(bytes, today, T::LABELS)?;
    faults::in_order(found, T::LABELS).settle()?;
    value.ok_or_else(|| Error::internal("a form without a value and without a fault"))
}

/// A body of which more is to be said by a rule that knows the case: its faults are kept until that rule has told its
/// own, so that a person mends everything at once.
pub struct Sent<T> {
    value: Option<T>,
    found: Vec<Detail>,
}

impl<T: Form + DeserializeOwned + Validate> Form for Sent<T> {
    const LABELS: Labels = T::LABELS;

    fn receive(bytes: &[u8], today: NaiveDate) -> Result<Sent<T>> {
        let (value, found) = read::<T>(bytes, today, T::LABELS)?;
        Ok(Sent { value, found })
    }
}

impl<T: Form> Sent<T> {
    /// What the rule makes of the body. A refused field holds a stand-in while the rule looks at the others; what the rule
    /// says of a refused field is not told.
    ///
    /// # Errors
    /// 10002 with the faults of the body and of the rule, in the order of the form; those of the database.
    pub fn judged<V>(&self, rule: impl FnOnce(&T, &mut Faults) -> Result<Option<V>>) -> Result<V> {
        let mut made = None;
        let mut found = self.found.clone();
        if let Some(value) = &self.value {
            let mut more = Faults::new();
            made = rule(value, &mut more)?;
            let known: Vec<String> = found.iter().map(|d| d.field.clone()).collect();
            found.extend(more.into_details().into_iter().filter(|d| !known.contains(&d.field)));
        }
        faults::in_order(found, T::LABELS).settle()?;
        made.ok_or_else(|| Error::internal("a rule without a result and without a fault"))
    }
}

/// In the contract it is the body itself.
impl<T: PartialSchema> PartialSchema for Sent<T> {
    fn schema() -> RefOr<Schema> {
        T::schema()
    }
}

impl<T: ToSchema> ToSchema for Sent<T> {
    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// A body that was read, parsed and checked.
pub struct Body<T> {
    pub value: T,
    /// SHA-256 of what the JSON says, however it is written, for keys that must not be used for another body.
    pub fingerprint: [u8; 32],
}

impl<T: Form> FromRequest for Body<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Body<T>>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let json = req.content_type().eq_ignore_ascii_case("application/json");
        let today = today(req);
        let mut payload = payload.take();
        Box::pin(async move {
            if !json {
                return Err(Error::new(&code::MEDIA));
            }
            let today = today?;
            let mut bytes = BytesMut::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|e| Error::new(&code::BAD_JSON).because(e))?;
                if bytes.len().saturating_add(chunk.len()) > MOST_JSON {
                    let reason = format!("一次提交的内容超过 {} KB。", MOST_JSON / 1024);
                    let way_out = "请分几次提交。";
                    let detail = Detail::new("/", "提交的内容", "too_large", &reason, way_out);
                    return Err(Error::new(&code::TOO_LARGE).with_details(vec![detail]));
                }
                bytes.extend_from_slice(&chunk);
            }
            let bytes = numbers::whole(&bytes);
            Ok(Body { value: T::receive(&bytes, today)?, fingerprint: fingerprint(&bytes) })
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

/// The same for the same fields and values, in whatever order they come.
fn fingerprint(bytes: &[u8]) -> [u8; 32] {
    let told = serde_json::from_slice::<serde_json::Value>(bytes).ok().and_then(|value| serde_json::to_vec(&value).ok());
    Sha256::digest(told.as_deref().unwrap_or(bytes)).into()
}

/// The day in Beijing on which a request came.
fn today(req: &HttpRequest) -> Result<NaiveDate> {
    let app = req.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("no App in the server's data"))?;
    Ok(beijing_date(app.clock.now()))
}

/// The value (stand-ins in the place of refused fields) and what is wrong with it.
fn read<T: DeserializeOwned + Validate>(bytes: &[u8], today: NaiveDate, labels: Labels) -> Result<(Option<T>, Vec<Detail>)> {
    let mut rest = Ok(());
    let (outcome, refused) = typed::all_refusals(today, || {
        let mut json = serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize::<_, T>(&mut json)?;
        rest = json.end();
        Ok::<_, serde_path_to_error::Error<serde_json::Error>>(value)
    });
    rest.map_err(|e| faults::no_json("/", &e))?;
    let mut found: Vec<Detail> = refused.iter().map(|(e, why)| faults::refused(e.path(), why, labels)).collect();
    match outcome {
        Some(Ok(value)) => {
            found.extend(faults::of_validator(&value, labels));
            Ok((Some(value), found))
        }
        Some(Err(e)) => Err(faults::of_json(bytes, &e, labels)),
        None => Ok((None, found)),
    }
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
        ready(today(req).and_then(|today| query(req.query_string(), today)).map(Query))
    }
}

/// Serde ends at the first word that is unknown, twice there or of a wrong type: that one is told, taken out, and the rest is
/// read again, until nothing but values and what is missing is left to say.
fn query<T: DeserializeOwned>(text: &str, today: NaiveDate) -> Result<T> {
    let mut words: Vec<(Cow<str>, Cow<str>)> = form_urlencoded::parse(text.as_bytes()).collect();
    let mut found: Vec<Detail> = Vec::new();
    loop {
        let rest = form_urlencoded::Serializer::new(String::new()).extend_pairs(&words).finish();
        let (outcome, refused) = typed::all_refusals(today, || {
            let words = form_urlencoded::parse(rest.as_bytes());
            serde_path_to_error::deserialize::<_, T>(serde_urlencoded::Deserializer::new(words))
        });
        let mut fault = None;
        match outcome {
            Some(Ok(value)) if found.is_empty() && refused.is_empty() => return Ok(value),
            Some(Err(e)) => fault = Some(faults::of_query(&e)),
            _ => {}
        }
        let told = words.len();
        if let Some(fault) = fault {
            words.retain(|(name, _)| fault.field.strip_prefix("/") != Some(name.as_ref()));
            // A word that was taken out is not missing.
            if !found.iter().any(|known| known.field == fault.field) {
                found.push(fault);
            }
        }
        if words.len() == told {
            let labels: Labels = &[];
            found.extend(refused.iter().map(|(e, why)| faults::in_query(faults::refused(e.path(), why, labels))));
            return Err(Error::invalid(found));
        }
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
