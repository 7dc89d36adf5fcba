//! How a stand-in breaks an answer: a connection cut in the middle, a page instead of JSON, far too much of it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

const HUGE_BYTES: usize = 1024 * 1024;

/// A body that promises bytes and ends the connection instead.
pub fn cut() -> HttpResponse {
    HttpResponse::Ok().body(Cut)
}

/// HTML with status 200.
pub fn garbage() -> HttpResponse {
    HttpResponse::Ok().content_type("text/html").body("<html>maintenance</html>")
}

/// A gateway's page.
pub fn bad_gateway() -> HttpResponse {
    HttpResponse::BadGateway().content_type("text/html").body("<html>502 Bad Gateway</html>")
}

/// A mebibyte of text, for the field that a caller looks at least.
pub fn filler() -> String {
    "x".repeat(HUGE_BYTES)
}

struct Cut;

impl MessageBody for Cut {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Sized(64)
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionReset))))
    }
}
