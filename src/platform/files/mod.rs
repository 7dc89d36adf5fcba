//! Papers that people upload: what is accepted, how it is cleaned, and where it lies sealed.

mod limits;
mod fault;
mod photo;
mod image;
mod jpeg;
mod inspect;
mod pdf;
mod pdf_worker;
mod process;
mod vault_format;
mod vault;

pub use fault::{FileFault, VaultFault};
pub use inspect::{Kind, inspect};
pub use limits::{
    LIMITS, Limits, MAX_FILE_BYTES, MAX_FILES_PER_ITEM, MAX_IMAGE_EDGE, MAX_IMAGE_PIXELS, MAX_PDF_PAGES, THUMBNAIL_EDGE,
};
pub use pdf_worker::{PDF_WORKER_COMMAND, PdfWorker, run_pdf_worker};
pub use photo::PhotoHint;
pub use process::{FileDesk, Processed};
pub use vault::{Variant, Vault};
