//! An upload (`multipart/form-data`) of one file with text parts: read within its limits, every fault with its own field and way out.

use std::future::{Ready, ready};

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header::{self, ContentDisposition, HeaderMap, HeaderValue};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use encoding_rs::GBK;
use futures_util::StreamExt;

use super::faults::{self, Labels, PROGRAM};
use super::operation::{Description, Takes};
use crate::platform::code;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::files::{FileFault, MAX_FILE_BYTES};
use crate::rules::typed::{self, Typed};

/// Largest text part in bytes: four times the longest text, so that a text that is too long is told how long it may be.
const MOST_TEXT: usize = 8 * 1024;
/// What is read of an upload that is too large before it is refused: a phone that is still sending hears no answer.
const MOST_DRAINED: usize = 4 * MAX_FILE_BYTES;

/// The parts, one after the other as they arrive. Another content type is refused before anything else is looked at.
pub struct Parts(Multipart);

impl FromRequest for Parts {
    type Error = Error;
    type Future = Ready<Result<Parts>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        if !req.content_type().eq_ignore_ascii_case("multipart/form-data") {
            return ready(Err(Error::new(&code::MEDIA)));
        }
        // As `mixed`, the library leaves the names to us: it takes a file name in GBK for a part without a name.
        let mut headers = HeaderMap::new();
        let kind = req.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let parameters = kind.split_once(';').map_or("", |(_, parameters)| parameters);
        if let Ok(kind) = HeaderValue::from_str(&format!("multipart/mixed;{parameters}")) {
            headers.insert(header::CONTENT_TYPE, kind);
        }
        ready(Ok(Parts(Multipart::new(&headers, payload.take()))))
    }
}

/// What arrived: the file and the text parts that the operation knows, and what is wrong with the upload so far.
pub struct Received {
    file: Option<Vec<u8>>,
    texts: Vec<(&'static str, String)>,
    found: Vec<Detail>,
    labels: Labels,
}

impl Parts {
    /// Reads everything; `labels` names the part `file` and the text parts, in the order of the form.
    ///
    /// # Errors
    /// 10004 for a file that is too large; 21005 when the upload ended in the middle.
    pub async fn received(self, labels: Labels) -> Result<Received> {
        let Parts(mut parts) = self;
        let mut received = Received { file: None, texts: Vec::new(), found: Vec::new(), labels };
        while let Some(part) = parts.next().await {
            let part = part.map_err(|e| Error::new(&code::BAD_UPLOAD).because(e))?;
            let name = name_of(&part).unwrap_or_default();
            match labels.iter().find(|(known, _)| *known == name) {
                Some(("file", _)) => received.take_file(part).await?,
                Some((name, label)) => received.take_text(name, label, part).await?,
                None => {
                    drain(part).await?;
                    let shown: String = name.chars().filter(char::is_ascii_graphic).take(40).collect();
                    let detail = Detail::new(&format!("/{shown}"), "", "unknown_field", faults::UNKNOWN, PROGRAM);
                    received.found.push(detail);
                }
            }
        }
        Ok(received)
    }
}

impl Received {
    async fn take_file(&mut self, part: Field) -> Result<()> {
        let (bytes, all) = bytes_of(part, MAX_FILE_BYTES).await?;
        if !all {
            let fault = FileFault::TooLarge;
            let detail = Detail::new("/file", label(self.labels, "file"), fault.code(), &fault.reason(), fault.suggestion());
            return Err(Error::new(&code::TOO_LARGE).with_details(vec![detail]));
        }
        if self.file.replace(bytes).is_some() {
            self.note("file", "duplicate_field", "一次只能上传一个文件。", "请一个一个地上传。");
        }
        Ok(())
    }

    async fn take_text(&mut self, name: &'static str, label: &str, part: Field) -> Result<()> {
        let (bytes, all) = bytes_of(part, MOST_TEXT).await?;
        match String::from_utf8(bytes) {
            _ if !all => self.note(name, "too_long", &format!("{label}太长。"), "请写短一些。"),
            Err(_) => self.note(name, "not_utf8", "文字的编码不是 UTF-8。", PROGRAM),
            Ok(_) if self.texts.iter().any(|(n, _)| *n == name) => self.note(name, "duplicate_field", faults::TWICE, PROGRAM),
            Ok(text) => self.texts.push((name, text)),
        }
        Ok(())
    }

    fn note(&mut self, name: &str, code: &str, reason: &str, suggestion: &str) {
        self.found.push(Detail::new(&format!("/{name}"), label(self.labels, name), code, reason, suggestion));
    }

    /// A text part that may be left out; one that shows nothing is left out.
    pub fn text<T: Typed>(&mut self, name: &'static str) -> Option<T> {
        let (_, text) = self.texts.iter().find(|(n, _)| *n == name)?;
        if typed::is_blank(text) {
            return None;
        }
        typed::read(text).map_err(|why| self.note(name, why.code, &why.reason, &why.suggestion)).ok()
    }

    /// The file, when everything else is well.
    ///
    /// # Errors
    /// 10002 with everything that is wrong with the parts; 21005 without a file.
    pub fn file(mut self, more: Faults) -> Result<Vec<u8>> {
        let known: Vec<String> = self.found.iter().map(|d| d.field.clone()).collect();
        self.found.extend(more.into_details().into_iter().filter(|d| !known.contains(&d.field)));
        faults::in_order(self.found, self.labels).settle()?;
        self.file.ok_or_else(|| {
            let reason = "没有收到文件。";
            let way_out = "请重新选择文件或拍照后上传。";
            let detail = Detail::new("/file", label(self.labels, "file"), "required", reason, way_out);
            Error::new(&code::BAD_UPLOAD).with_details(vec![detail])
        })
    }
}

fn label(labels: Labels, name: &str) -> &'static str {
    labels.iter().find(|(n, _)| *n == name).map_or("", |(_, label)| label)
}

/// The name of a part. Old Android phones send the file's own name in GBK; only the part's name matters here.
fn name_of(part: &Field) -> Option<String> {
    let raw = part.headers().get(header::CONTENT_DISPOSITION)?.as_bytes();
    let text = std::str::from_utf8(raw).map_or_else(|_| GBK.decode(raw).0, Into::into);
    let value = HeaderValue::from_str(&text).ok()?;
    ContentDisposition::from_raw(&value).ok()?.get_name().map(str::to_owned)
}

/// The bytes of a part, and whether they are all; what is too much is thrown away as it comes.
async fn bytes_of(mut part: Field, most: usize) -> Result<(Vec<u8>, bool)> {
    let mut bytes = Vec::new();
    let mut all = true;
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|e| Error::new(&code::BAD_UPLOAD).because(e))?;
        all = all && bytes.len().saturating_add(chunk.len()) <= most;
        if all {
            bytes.extend_from_slice(&chunk);
        } else {
            drain(part).await?;
            break;
        }
    }
    Ok((bytes, all))
}

async fn drain(mut part: Field) -> Result<()> {
    let mut seen = 0_usize;
    while let Some(chunk) = part.next().await {
        seen = seen.saturating_add(chunk.map_err(|e| Error::new(&code::BAD_UPLOAD).because(e))?.len());
        if seen > MOST_DRAINED {
            return Err(Error::new(&code::TOO_LARGE));
        }
    }
    Ok(())
}

/// Which parts, the handler's attribute describes.
impl Takes for Parts {
    fn describe(to: &mut Description) {
        to.refuses("Parts", &[&code::MEDIA, &code::TOO_LARGE]);
    }
}
