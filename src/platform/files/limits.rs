//! The limits on uploaded papers, published to clients so that a phone can check before it sends.

use serde::Serialize;

/// Largest file, in bytes (10 MiB).
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;
/// Most pixels of an image, checked from its header before decoding (40 megapixels; a phone makes 12 to 50).
pub const MAX_IMAGE_PIXELS: u64 = 40_000_000;
/// Longest edge of an image, in pixels.
pub const MAX_IMAGE_EDGE: u32 = 12_000;
/// Most pages of a PDF.
pub const MAX_PDF_PAGES: usize = 50;
/// Most files of one item of the form (a booklet of nine pages).
pub const MAX_FILES_PER_ITEM: usize = 9;
/// Longest edge of a thumbnail, in pixels.
pub const THUMBNAIL_EDGE: u32 = 400;

/// All limits, as the contract serves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Bytes of one file.
    pub max_file_bytes: usize,
    /// Media types that are accepted; judged by content, not by name.
    pub media_types: [&'static str; 4],
    /// Pixels of one image, width times height.
    pub max_image_pixels: u64,
    /// Pixels of an image's longer edge.
    pub max_image_edge: u32,
    /// Pages of one PDF.
    pub max_pdf_pages: usize,
    /// Files of one item of the form.
    pub max_files_per_item: usize,
}

/// The limits in force.
pub const LIMITS: Limits = Limits {
    max_file_bytes: MAX_FILE_BYTES,
    media_types: ["image/jpeg", "image/png", "image/webp", "application/pdf"],
    max_image_pixels: MAX_IMAGE_PIXELS,
    max_image_edge: MAX_IMAGE_EDGE,
    max_pdf_pages: MAX_PDF_PAGES,
    max_files_per_item: MAX_FILES_PER_ITEM,
};
