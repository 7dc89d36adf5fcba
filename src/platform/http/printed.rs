//! A printed paper as an answer: PDF to be saved, under a name that says what it is, kept by no cache.

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder};

use super::operation::{self, Description, Gives};

/// A paper on its way out.
pub struct Printed {
    pub pdf: Vec<u8>,
    /// Latin letters, digits and hyphens, for clients that know no other names.
    pub plain_name: String,
    /// As people call it.
    pub name: String,
}

impl Responder for Printed {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let name: String = form_urlencoded::byte_serialize(self.name.as_bytes()).collect();
        let name = name.replace('+', "%20");
        let saved = format!("attachment; filename=\"{}.pdf\"; filename*=UTF-8''{name}.pdf", self.plain_name);
        HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/pdf"))
            .insert_header((header::CACHE_CONTROL, "private, no-store"))
            .insert_header((header::CONTENT_DISPOSITION, saved))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(self.pdf)
    }
}

impl Gives for Printed {
    fn describe(to: &mut Description) {
        operation::file(to, "application/pdf");
    }
}
