//! Answers that are the same for everybody: named by a validator, not sent twice, and compressed for those who can read it.
//! Nothing personal goes this way: it is kept by nobody, and compressing it beside what a caller chose would leak lengths.

use std::io::Write as _;
use std::sync::OnceLock;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, EntityTag, IfNoneMatch};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// Dictionaries may be used for five minutes without asking again.
pub const FIVE_MINUTES: &str = "public, max-age=300";
/// Pages and documents are asked for each time, and mostly answered with 304.
pub const ASK_EACH_TIME: &str = "no-cache";

/// Smaller answers gain nothing.
const WORTH_COMPRESSING: usize = 1024;

/// The validator of some content. It is weak: the same content travels in several encodings and under several request ids.
pub fn tag(content: &[u8]) -> EntityTag {
    let digest = Sha256::digest(content);
    EntityTag::new_weak(hex::encode(digest.get(..12).unwrap_or_default()))
}

/// 304 when the caller holds this content already.
pub fn unchanged(req: &HttpRequest, tag: &EntityTag, cache: &'static str) -> Option<HttpResponse> {
    let held = match req.get_header::<IfNoneMatch>()? {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|held| held.weak_eq(tag)),
    };
    held.then(|| headed(HttpResponse::NotModified(), tag, cache).finish())
}

/// 200 with the content, compressed when it is large and the caller takes gzip.
pub fn answer(req: &HttpRequest, tag: &EntityTag, cache: &'static str, kind: &str, content: Bytes) -> HttpResponse {
    let small = (content.len() >= WORTH_COMPRESSING && takes_gzip(req)).then(|| gzip(&content)).flatten();
    encoded(tag, cache, kind, content, small)
}

fn encoded(tag: &EntityTag, cache: &'static str, kind: &str, content: Bytes, small: Option<Bytes>) -> HttpResponse<BoxBody> {
    let mut answer = headed(HttpResponse::Ok(), tag, cache);
    answer.insert_header((header::CONTENT_TYPE, kind));
    match small {
        Some(small) => answer.insert_header(ContentEncoding::Gzip).body(small),
        None => answer.body(content),
    }
}

fn headed(mut answer: HttpResponseBuilder, tag: &EntityTag, cache: &'static str) -> HttpResponseBuilder {
    answer
        .insert_header(header::ETag(tag.clone()))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::VARY, header::ACCEPT_ENCODING.as_str()));
    answer
}

fn takes_gzip(req: &HttpRequest) -> bool {
    let supported = [header::Encoding::gzip(), header::Encoding::identity()];
    let asked = req.get_header::<AcceptEncoding>().and_then(|accepted| accepted.negotiate(supported.iter()));
    asked == Some(header::Encoding::gzip())
}

fn gzip(content: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).and_then(|()| encoder.finish()).ok().map(Bytes::from)
}

/// A page that stays the same as long as the program runs: its validator and its compressed form are made once.
pub struct Kept {
    kind: String,
    content: Bytes,
    tag: EntityTag,
    small: OnceLock<Option<Bytes>>,
}

impl Kept {
    pub fn new(kind: &str, content: impl Into<Bytes>) -> Kept {
        let content = content.into();
        Kept { kind: kind.to_owned(), tag: tag(&content), content, small: OnceLock::new() }
    }

    pub fn answer(&self, req: &HttpRequest) -> HttpResponse {
        unchanged(req, &self.tag, ASK_EACH_TIME).unwrap_or_else(|| {
            let worth = self.content.len() >= WORTH_COMPRESSING && takes_gzip(req);
            let small = worth.then(|| self.small.get_or_init(|| gzip(&self.content)).clone()).flatten();
            encoded(&self.tag, ASK_EACH_TIME, &self.kind, self.content.clone(), small)
        })
    }
}
