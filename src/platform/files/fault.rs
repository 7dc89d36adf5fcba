//! Why a file is refused, in a stable code and in words for the person who holds the phone.

use super::limits::{MAX_FILE_BYTES, MAX_IMAGE_EDGE, MAX_PDF_PAGES};
use crate::platform::crypto::CryptoFault;

/// A refused upload. Every variant has a code for programs, a reason and a way out in plain Chinese.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub enum FileFault {
    /// No bytes at all.
    Empty,
    /// More than [`MAX_FILE_BYTES`].
    TooLarge,
    /// An iPhone's HEIC, or an AVIF.
    Heic,
    /// A web page, SVG, archive, office file, film, or anything else that is not a photo or PDF.
    WrongKind,
    /// The image is cut off or does not decode.
    ImageDamaged,
    /// An edge or the pixel count is over the limit.
    ImageTooManyPixels,
    /// The PDF does not parse, is cut off, or has no page.
    PdfDamaged,
    /// The PDF asks for a password or restricts its use.
    PdfEncrypted,
    /// More than [`MAX_PDF_PAGES`].
    PdfTooManyPages,
    /// The PDF used up the time or memory that one file may take.
    PdfTooComplex,
    /// The image took longer than one file may take.
    TooSlow,
    /// All places are taken; the same upload may be tried again in some seconds.
    Busy,
    /// The server could not do its part (no worker process, no digest); the file may be fine.
    Unavailable,
}

impl FileFault {
    /// Every fault, for the table of codes.
    pub const ALL: [Self; 13] = [
        Self::Empty,
        Self::TooLarge,
        Self::Heic,
        Self::WrongKind,
        Self::ImageDamaged,
        Self::ImageTooManyPixels,
        Self::PdfDamaged,
        Self::PdfEncrypted,
        Self::PdfTooManyPages,
        Self::PdfTooComplex,
        Self::TooSlow,
        Self::Busy,
        Self::Unavailable,
    ];

    /// A stable name for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::TooLarge => "file_too_large",
            Self::Heic => "file_heic",
            Self::WrongKind => "file_wrong_kind",
            Self::ImageDamaged => "image_damaged",
            Self::ImageTooManyPixels => "image_too_many_pixels",
            Self::PdfDamaged => "pdf_damaged",
            Self::PdfEncrypted => "pdf_encrypted",
            Self::PdfTooManyPages => "pdf_too_many_pages",
            Self::PdfTooComplex => "pdf_too_complex",
            Self::TooSlow => "file_too_slow",
            Self::Busy => "files_busy",
            Self::Unavailable => "files_unavailable",
        }
    }

    /// The fault of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fault| fault.code() == code)
    }

    /// True when the same file may pass a little later: the server's own trouble, not the file's.
    #[must_use]
    pub fn is_temporary(self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable)
    }

    /// What happened, in plain Chinese.
    #[must_use]
    pub fn reason(self) -> String {
        match self {
            Self::Empty => "文件是空的，没有收到内容".into(),
            Self::TooLarge => format!("文件超过 {} MB", MAX_FILE_BYTES / (1024 * 1024)),
            Self::Heic => "这是苹果手机的 HEIC 照片，暂时不能使用".into(),
            Self::WrongKind => "只能上传照片（JPG、PNG、WebP）或 PDF 文件".into(),
            Self::ImageDamaged => "照片打不开，可能没有传完整".into(),
            Self::ImageTooManyPixels => format!("照片尺寸太大，每边不能超过 {MAX_IMAGE_EDGE} 像素，总共不能超过 4000 万像素"),
            Self::PdfDamaged => "PDF 文件打不开，可能没有传完整".into(),
            Self::PdfEncrypted => "PDF 文件设了密码或限制，无法读取".into(),
            Self::PdfTooManyPages => format!("PDF 文件超过 {MAX_PDF_PAGES} 页"),
            Self::PdfTooComplex => "PDF 文件结构太复杂，无法处理".into(),
            Self::TooSlow => "照片处理时间太长，没有完成".into(),
            Self::Busy => "现在上传的人较多，请稍等".into(),
            Self::Unavailable => "文件处理暂时出了问题，不是您的原因".into(),
        }
    }

    /// What to do next, in plain Chinese.
    #[must_use]
    pub fn suggestion(self) -> &'static str {
        match self {
            Self::Empty => "请重新选择文件再上传",
            Self::TooLarge => "请用手机直接拍照上传，或压缩后再传",
            Self::Heic => "请在手机“设置”→“相机”→“格式”里选“兼容性最佳”后重拍，或把照片截屏后上传",
            Self::WrongKind => "请用手机拍下材料，上传照片",
            Self::ImageDamaged => "请在网络好的地方重新上传，或重新拍一张",
            Self::ImageTooManyPixels => "请用手机普通模式重拍，不要用全景或超高像素模式",
            Self::PdfDamaged => "请重新上传，或把材料拍成照片上传",
            Self::PdfEncrypted => "请去掉密码后再传，或把材料拍成照片上传",
            Self::PdfTooManyPages => "请只保留需要的页，或分成几个文件上传",
            Self::PdfTooComplex => "请把材料打印或显示出来，拍成照片上传",
            Self::TooSlow => "请重新拍一张清晰的普通照片上传",
            Self::Busy => "请过几秒再试一次，已填的内容不会丢",
            Self::Unavailable => "请过一会儿再试；急用可以到窗口办理",
        }
    }
}

/// A failure of the sealed store. None of these is the resident's doing.
#[derive(Debug, thiserror::Error)]
pub enum VaultFault {
    /// There is no such file, or it was erased.
    #[error("the vault holds no such file")]
    Missing,
    /// The stored bytes were altered, cut, reordered, or belong to another file or key.
    #[error("a stored file is not authentic")]
    Altered,
    /// The key or cipher failed.
    #[error(transparent)]
    Crypto(#[from] CryptoFault),
    /// The store behind it failed (disk full, no access, network).
    #[error("the file store failed")]
    Store(#[from] object_store::Error),
    /// The folder of the store could not be made or walked.
    #[error("the vault's folder failed")]
    Folder(#[from] std::io::Error),
    /// The background task ended early (shutting down).
    #[error("the vault's task was stopped")]
    Stopped,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_own_code_and_a_short_way_out_in_chinese() {
        for fault in FileFault::ALL {
            assert_eq!(FileFault::from_code(fault.code()), Some(fault));
            for words in [fault.reason(), fault.suggestion().to_owned()] {
                assert!(words.chars().count() <= 50, "{words}");
                assert!(words.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{words}");
            }
        }
    }
}
