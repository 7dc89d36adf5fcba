//! The file of a paper: what can be refused about it, and its place in the vault.

use super::papers::{Paper, PaperState};
use crate::office::cases::service::Office;
use crate::platform::app::App;
use crate::platform::code;
use crate::platform::crypto::Place;
use crate::platform::error::{Error, Result};
use crate::platform::files::{Processed, Variant};
use crate::platform::id::Id;

crate::codes! { FILES;
    BAD_FILE = 21001, 422, "这个文件不能使用，请按提示重新拍照或选择文件。", "details names the reason; limits stand in the bootstrap.";
    BAD_LINK = 21006, 404, "链接已经失效，请返回办件重新打开。", "Read the case again for a fresh five-minute link.";
    FILES_BUSY = 21007, 503, "现在上传的人较多，请稍后再试。", "Repeat with the same Idempotency-Key.";
}

/// Puts the cleaned file into the vault, durable before its row exists.
pub async fn store(app: &App, office: &Office, case: Id, material: &str, alt: &str, clean: Processed) -> Result<Paper> {
    let id = app.clock.id();
    let file_id = app.clock.id();
    let (key, wrapped) = office.keys.new_data_key(&Place::new("papers", "file_key", file_id.as_bytes()))?;
    let size = i64::try_from(clean.bytes.len()).unwrap_or(i64::MAX);
    let has_thumbnail = clean.thumbnail.is_some();
    if let Some(small) = clean.thumbnail {
        app.vault.put(file_id.uuid(), Variant::Thumbnail, &key, small.into()).await.map_err(unstored)?;
    }
    app.vault.put(file_id.uuid(), Variant::Full, &key, clean.bytes.into()).await.map_err(unstored)?;
    Ok(Paper {
        id,
        owner_account: None,
        person_id: case, // this and the owner are replaced by the case's when the row is written
        case_id: case,
        material: material.to_owned(),
        state: PaperState::Received,
        kind: clean.kind.media_type().to_owned(),
        bytes: size,
        width: i64::from(clean.width.unwrap_or(0)),
        height: i64::from(clean.height.unwrap_or(0)),
        pages: i64::try_from(clean.pages).unwrap_or(1),
        sha256: clean.sha256.to_vec(),
        file_id,
        file_key: wrapped,
        has_thumbnail,
        alt_text: office.keys.seal_text(&Place::new("papers", "alt_text", id.as_bytes()), alt)?,
        uploaded_at: office.now,
    })
}

/// The vault could not keep it, for now: 50004.
pub fn unstored(fault: crate::platform::files::VaultFault) -> Error {
    Error::new(&code::STORAGE).because(fault).retry_after(30)
}

/// Takes a file out of the vault that no row names.
pub async fn discard(app: &App, file: Id) {
    for variant in [Variant::Thumbnail, Variant::Full] {
        if let Err(fault) = app.vault.delete(file.uuid(), variant).await {
            tracing::warn!(%fault, "an orphan file is left for the sweep");
        }
    }
}
