//! Checks and cleans uploads: two at a time, with a short queue and a deadline.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::photo::PhotoHint;
use super::{FileFault, Kind, PdfWorker, image, inspect};

/// Files that are worked on at once: decoding 40 megapixels takes up to 160 MB each.
const PLACES: usize = 2;
/// Files that may wait for a place; more are told to come back.
const QUEUE: usize = 8;
/// Longest wait for a place.
const QUEUE_TIME: Duration = Duration::from_secs(10);
/// Longest work on one file; a PDF worker is ended earlier.
const WORK_TIME: Duration = Duration::from_secs(12);

/// A cleaned file that may be stored and served: without metadata and foreign bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Processed {
    /// What it is now (a WebP became JPEG or PNG).
    pub kind: Kind,
    /// The cleaned file.
    pub bytes: Vec<u8>,
    /// JPEG with no edge over [`super::THUMBNAIL_EDGE`]; a PDF has none.
    pub thumbnail: Option<Vec<u8>>,
    /// Pixels, upright; images only.
    pub width: Option<u32>,
    /// Pixels, upright; images only.
    pub height: Option<u32>,
    /// Pages; 1 for an image.
    pub pages: usize,
    /// SHA-256 of `bytes`.
    pub sha256: [u8; 32],
    /// Advice if this is meant to be a two-inch photo; images only.
    pub photo_hints: Vec<PhotoHint>,
}

/// Shows sizes only, because the bytes are a personal document.
impl std::fmt::Debug for Processed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = self.kind;
        let length = self.bytes.len();
        let pages = self.pages;
        f.debug_struct("Processed").field("kind", &kind).field("bytes", &length).field("pages", &pages).finish_non_exhaustive()
    }
}

/// Checks and cleans uploads in a bounded pool. Clones share the pool.
#[derive(Debug, Clone)]
pub struct FileDesk {
    doors: Arc<Semaphore>,
    places: Arc<Semaphore>,
    pdf: PdfWorker,
}

impl FileDesk {
    /// A desk whose PDF are read by `pdf`.
    #[must_use]
    pub fn new(pdf: PdfWorker) -> Self {
        let doors = Arc::new(Semaphore::new(PLACES.saturating_add(QUEUE)));
        Self { doors, places: Arc::new(Semaphore::new(PLACES)), pdf }
    }

    /// Checks, cleans and measures one upload. The original bytes are not kept.
    ///
    /// # Errors
    /// A [`FileFault`]; [`FileFault::Busy`] at once when the queue is full, or after ten seconds in it.
    pub async fn process(&self, bytes: Bytes) -> Result<Processed, FileFault> {
        // What needs no work is refused without taking a place.
        let kind = inspect(&bytes)?;
        let _door = Arc::clone(&self.doors).try_acquire_owned().map_err(|_| FileFault::Busy)?;
        let place = tokio::time::timeout(QUEUE_TIME, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            return Err(FileFault::Busy);
        };
        tokio::time::timeout(WORK_TIME, self.work(bytes, kind, place)).await.unwrap_or(Err(FileFault::TooSlow))
    }

    async fn work(&self, bytes: Bytes, kind: Kind, place: OwnedSemaphorePermit) -> Result<Processed, FileFault> {
        let pdf = self.pdf.clone();
        let task = tokio::task::spawn_blocking(move || {
            // The permit moves into the thread: when the caller gives up, it stays taken until the thread is free.
            let _place = place;
            match kind {
                Kind::Pdf => of_pdf(&pdf, bytes),
                Kind::Jpeg | Kind::Png | Kind::Webp => of_image(&bytes, kind),
            }
        });
        // A decoder that panics makes its file a damaged one; the server goes on.
        task.await.unwrap_or_else(|error| Err(if error.is_panic() { FileFault::ImageDamaged } else { FileFault::Busy }))
    }
}

fn of_image(bytes: &[u8], kind: Kind) -> Result<Processed, FileFault> {
    let image = image::clean(bytes, kind)?;
    Ok(Processed {
        kind: image.kind,
        sha256: Sha256::digest(&image.bytes).into(),
        bytes: image.bytes,
        thumbnail: Some(image.thumbnail),
        width: Some(image.width),
        height: Some(image.height),
        pages: 1,
        photo_hints: image.photo_hints,
    })
}

fn of_pdf(worker: &PdfWorker, bytes: Bytes) -> Result<Processed, FileFault> {
    let pdf = worker.clean(bytes)?;
    Ok(Processed {
        kind: Kind::Pdf,
        sha256: Sha256::digest(&pdf.bytes).into(),
        bytes: pdf.bytes,
        thumbnail: None,
        width: None,
        height: None,
        pages: pdf.pages,
        photo_hints: Vec::new(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::super::image::samples;
    use super::*;

    fn desk() -> FileDesk {
        FileDesk::new(PdfWorker::new("/nowhere/pdf-worker".into()))
    }

    #[tokio::test]
    async fn a_photo_comes_back_clean_measured_and_hashed() {
        let upload = Bytes::from(samples::jpeg_with_metadata(600, 400));
        let photo = desk().process(upload).await.unwrap();
        assert_eq!((photo.kind, photo.pages, photo.width, photo.height), (Kind::Jpeg, 1, Some(600), Some(400)));
        assert_eq!(photo.sha256, <[u8; 32]>::from(Sha256::digest(&photo.bytes)));
        assert!(!samples::holds_canary(&photo.bytes) && photo.thumbnail.is_some());
    }

    #[tokio::test]
    async fn a_full_queue_answers_busy_at_once_and_heals() {
        let desk = desk();
        let taken = Arc::clone(&desk.doors).acquire_many_owned(10).await.unwrap();
        let upload = Bytes::from(samples::jpeg(64, 48));
        assert_eq!(desk.process(upload.clone()).await, Err(FileFault::Busy));
        assert_eq!(desk.process(Bytes::from_static(b"<html>")).await, Err(FileFault::WrongKind));
        drop(taken);
        assert!(desk.process(upload).await.is_ok());
    }

    #[tokio::test]
    async fn many_at_once_all_get_an_answer() {
        let desk = desk();
        let upload = Bytes::from(samples::jpeg(64, 48));
        let tasks: Vec<_> = (0..40)
            .map(|_| {
                let desk = desk.clone();
                let upload = upload.clone();
                tokio::spawn(async move { desk.process(upload).await })
            })
            .collect();
        for task in tasks {
            assert!(matches!(task.await.unwrap(), Ok(_) | Err(FileFault::Busy)));
        }
        assert_eq!((desk.places.available_permits(), desk.doors.available_permits()), (2, 10));
    }

    #[tokio::test]
    async fn a_missing_worker_is_the_servers_fault_and_not_the_files() {
        let upload = Bytes::from_static(b"%PDF-1.7\n%%EOF");
        let fault = desk().process(upload).await.unwrap_err();
        assert!(fault.is_temporary());
    }
}
