//! A CSV file as the body of a request (`text/csv`, UTF-8).

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use utoipa::PartialSchema;

use super::operation::{Description, Takes};
use crate::platform::code;
use crate::platform::error::{Detail, Error, Result};

/// Largest CSV body: a county's list of areas many times over.
pub const MOST_CSV: usize = 512 * 1024;

/// A CSV file that was read and is UTF-8.
pub struct CsvBody {
    pub text: String,
    /// SHA-256 of the bytes, for keys that must not be used for another body.
    pub fingerprint: [u8; 32],
}

impl FromRequest for CsvBody {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<CsvBody>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let csv = req.content_type().eq_ignore_ascii_case("text/csv");
        let mut payload = payload.take();
        Box::pin(async move {
            if !csv {
                return Err(Error::new(&code::MEDIA));
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = payload.next().await {
                let chunk = chunk.map_err(|e| Error::new(&code::BAD_JSON).because(e))?;
                if bytes.len().saturating_add(chunk.len()) > MOST_CSV {
                    let reason = format!("文件超过 {} KB。", MOST_CSV / 1024);
                    let way_out = "请确认选对了文件；内容确实很多的，请分成几个文件导入。";
                    let detail = Detail::new("/", "文件", "file_too_large", &reason, way_out);
                    return Err(Error::new(&code::TOO_LARGE).with_details(vec![detail]));
                }
                bytes.extend_from_slice(&chunk);
            }
            let fingerprint = Sha256::digest(&bytes).into();
            let text = String::from_utf8(bytes).map_err(|_| {
                let way_out = "请用 UTF-8 编码另存为 CSV 后再导入。";
                Error::invalid(vec![Detail::new("/", "文件", "not_utf8", "文件的编码不对。", way_out)])
            })?;
            if text.contains('\0') {
                let way_out = "请另存为 UTF-8 编码的 CSV 后再导入。";
                let detail = Detail::new("/", "文件", "bad_character", "文件中有不该出现的控制字符。", way_out);
                return Err(Error::invalid(vec![detail]));
            }
            Ok(CsvBody { text, fingerprint })
        })
    }
}

impl Takes for CsvBody {
    fn describe(to: &mut Description) {
        to.body("text/csv", String::schema());
        to.refuses("CsvBody", &[&code::INVALID, &code::MEDIA, &code::TOO_LARGE]);
    }
}
