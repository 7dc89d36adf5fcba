//! The parts of an upload (`multipart/form-data`); another content type is refused before anything else is looked at.

use std::future::{Ready, ready};

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use super::operation::{Description, Takes};
use crate::platform::code;
use crate::platform::error::{Error, Result};

/// The parts, one after the other as they arrive.
pub struct Parts(pub Multipart);

impl FromRequest for Parts {
    type Error = Error;
    type Future = Ready<Result<Parts>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !req.content_type().eq_ignore_ascii_case("multipart/form-data") {
            return ready(Err(Error::new(&code::MEDIA)));
        }
        ready(Ok(Parts(Multipart::new(req.headers(), payload.take()))))
    }
}

/// Which parts, the handler's attribute describes.
impl Takes for Parts {
    fn describe(to: &mut Description) {
        to.refuses("Parts", &[&code::MEDIA, &code::TOO_LARGE]);
    }
}
