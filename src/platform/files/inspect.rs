//! What a file is, judged by its content alone: names and declared types are never asked.

use super::limits::MAX_FILE_BYTES;
use super::{FileFault, jpeg};

/// A kind of file that is accepted and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JPEG image.
    Jpeg,
    /// PNG image.
    Png,
    /// WebP image; accepted, but stored as JPEG or PNG.
    Webp,
    /// PDF document.
    Pdf,
}

impl Kind {
    /// The media type to serve it under.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
        }
    }

    /// The usual end of a file name, for downloads.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
        }
    }

    /// The kind of a media type, for reading rows back.
    #[must_use]
    pub fn from_media_type(text: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png, Self::Webp, Self::Pdf].into_iter().find(|kind| kind.media_type() == text)
    }
}

/// How far before its end a PDF must close with `%%EOF` (as Acrobat does).
const PDF_END_WINDOW: usize = 1024;

/// Tells the kind of `bytes`.
///
/// Foreign bytes behind an image's end are harmless, because images are re-encoded; so this asks only that a JPEG is
/// whole. A PDF is served nearly as it came, so it must begin at its first byte and end at its last.
///
/// # Errors
/// [`FileFault::Empty`], [`FileFault::TooLarge`], [`FileFault::Heic`], [`FileFault::WrongKind`], or
/// [`FileFault::ImageDamaged`] / [`FileFault::PdfDamaged`] for a file that is cut off.
pub fn inspect(bytes: &[u8]) -> Result<Kind, FileFault> {
    if bytes.is_empty() {
        return Err(FileFault::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(FileFault::TooLarge);
    }
    match infer::get(bytes).map(|found| found.mime_type()) {
        Some("image/jpeg") if jpeg::is_whole(bytes) => Ok(Kind::Jpeg),
        Some("image/jpeg") => Err(FileFault::ImageDamaged),
        Some("image/png") => Ok(Kind::Png),
        Some("image/webp") => Ok(Kind::Webp),
        Some("image/heif" | "image/heic" | "image/avif") => Err(FileFault::Heic),
        _ if bytes.starts_with(b"%PDF-") => pdf_ends(bytes),
        _ => Err(FileFault::WrongKind),
    }
}

/// A PDF whose end is missing was cut off; one with something else behind its end is two files in one.
fn pdf_ends(bytes: &[u8]) -> Result<Kind, FileFault> {
    const END: &[u8] = b"%%EOF";
    let body = bytes.trim_ascii_end();
    let padding = body.iter().rev().take_while(|byte| **byte == 0).count();
    let body = body.get(..body.len().saturating_sub(padding)).unwrap_or_default();
    let tail = body.get(body.len().saturating_sub(PDF_END_WINDOW)..).unwrap_or_default();
    match tail.windows(END.len()).rposition(|window| window == END) {
        None => Err(FileFault::PdfDamaged),
        Some(at) => {
            let behind = tail.get(at.saturating_add(END.len())..).unwrap_or_default();
            let plain = behind.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
            // A zip's directory or a script behind the end would run elsewhere under another name.
            if plain && !behind.contains(&b'<') { Ok(Kind::Pdf) } else { Err(FileFault::WrongKind) }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_photo_or_pdf_is_refused_whatever_its_name() {
        let html = b"<!DOCTYPE html><html><script>alert(1)</script></html>";
        let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
        let svg_xml = b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        let corpus: [&[u8]; 14] = [
            html,
            svg,
            svg_xml,
            b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml",
            b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
            b"BM\x3a\x00\x00\x00\x00\x00\x00\x00",
            b"II*\x00\x08\x00\x00\x00",
            b"\x7fELF\x02\x01\x01\x00",
            b"MZ\x90\x00\x03\x00",
            b"Rar!\x1a\x07\x00",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"#!/bin/sh\n",
            b" %PDF-1.4 not at the first byte %%EOF",
        ];
        for bytes in corpus {
            assert_eq!(inspect(bytes), Err(FileFault::WrongKind), "{bytes:?}");
        }
        assert_eq!(inspect(b""), Err(FileFault::Empty));
    }

    #[test]
    fn an_iphone_photo_gets_its_own_advice() {
        for brand in [b"heic", b"heix", b"mif1", b"avif"] {
            let bytes = [b"\0\0\0\x18ftyp", &brand[..], b"\0\0\0\0mif1heic"].concat();
            assert_eq!(inspect(&bytes), Err(FileFault::Heic), "{brand:?}");
        }
        assert!(FileFault::Heic.suggestion().contains("兼容性最佳"));
    }

    #[test]
    fn ten_mebibytes_pass_and_one_byte_more_does_not() {
        let mut bytes = vec![b' '; MAX_FILE_BYTES];
        bytes[..9].copy_from_slice(b"%PDF-1.4\n");
        let end = bytes.len() - 5;
        bytes[end..].copy_from_slice(b"%%EOF");
        assert_eq!(inspect(&bytes), Ok(Kind::Pdf));
        bytes.push(b'\n');
        assert_eq!(inspect(&bytes), Err(FileFault::TooLarge));
    }

    #[test]
    fn a_pdf_must_end_where_the_file_ends() {
        assert_eq!(inspect(b"%PDF-1.4\n...%%EOF\r\n\0\0"), Ok(Kind::Pdf));
        assert_eq!(inspect(b"%PDF-1.4\n...cut"), Err(FileFault::PdfDamaged));
        assert_eq!(inspect(b"%PDF-1.4\n%%EOF\nPK\x03\x04\x14\x00"), Err(FileFault::WrongKind));
        assert_eq!(inspect(b"%PDF-1.4\n%%EOF\n<script>x</script>"), Err(FileFault::WrongKind));
        let far = [b"%PDF-1.4\n%%EOF\n", &vec![b'z'; 2_000][..]].concat();
        assert_eq!(inspect(&far), Err(FileFault::PdfDamaged));
    }
}
