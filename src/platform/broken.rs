//! Broken answers that a stand-in can give on request: a cut connection, HTML instead of JSON, or far too many bytes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

const HUGE_BYTES: usize = 1024 * 1024;

/// A body that announces more bytes than it sends; then the connection ends.
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

/// A mebibyte of text, for a field that callers do not read.
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
