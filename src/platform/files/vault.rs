//! The sealed store of papers, over any object store: a local folder here, S3 by a feature.
//!
//! Durability of the local folder: each file is written under a staging name, synced, renamed, and the folders whose
//! entries changed are synced too (`LocalFileSystem::with_fsync`), all before [`Vault::put`] returns. So commit the
//! database row after `put`: a row then always has its file, and a file without a row is an orphan for the sweep.
//! Deletions are not synced: a file that comes back after a power loss is an orphan whose key is destroyed.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use uuid::Uuid;

use super::VaultFault;
use super::vault_format::{open_file, seal_file};
use crate::platform::crypto::DataKey;
use crate::rules::coded::coded_enum;

coded_enum! {
    /// Which form of a paper; its code stands in object paths and signed links.
    pub enum Variant as "PaperVariant" {
        /// The cleaned file.
        Full = "full", "原件";
        /// The small JPEG.
        Thumbnail = "thumb", "缩略图";
    }
}

crate::text_columns!(Variant);

/// Papers, sealed under their case's data key. Clones share the store.
#[derive(Debug, Clone)]
pub struct Vault {
    store: Arc<dyn ObjectStore>,
    /// The folder, when the store is a local one; staging files are swept there.
    folder: Option<PathBuf>,
}

impl Vault {
    /// A vault over any store.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, folder: None }
    }

    /// A vault in a local folder, which is made if missing.
    ///
    /// # Errors
    /// [`VaultFault::Folder`] or [`VaultFault::Store`] when the folder cannot be made or opened.
    pub fn in_folder(folder: &FilePath) -> Result<Self, VaultFault> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        // A new folder's own name must be on the disk before the first paper in it is.
        #[cfg(unix)]
        if let Some(above) = folder.parent() {
            std::fs::File::open(above)?.sync_all()?;
        }
        let store = LocalFileSystem::new_with_prefix(&folder)?.with_automatic_cleanup(true).with_fsync(true);
        Ok(Self { store: Arc::new(store), folder: Some(folder) })
    }

    /// Seals and stores one file; an earlier one of the same id and variant is replaced at once. Durable on return.
    ///
    /// # Errors
    /// [`VaultFault::Crypto`], or [`VaultFault::Store`] (a full disk among others), after which nothing has changed.
    pub async fn put(&self, id: Uuid, variant: Variant, key: &DataKey, bytes: bytes::Bytes) -> Result<(), VaultFault> {
        let key = key.clone();
        let sealed = tokio::task::spawn_blocking(move || seal_file(&key, id, variant, &bytes))
            .await
            .map_err(|_| VaultFault::Stopped)??;
        self.store.put(&path_of(id, variant), sealed.into()).await?;
        Ok(())
    }

    /// Reads and opens one file.
    ///
    /// # Errors
    /// [`VaultFault::Missing`], [`VaultFault::Altered`], [`VaultFault::Store`].
    pub async fn get(&self, id: Uuid, variant: Variant, key: &DataKey) -> Result<Vec<u8>, VaultFault> {
        let found = self.store.get(&path_of(id, variant)).await.map_err(missing_or)?;
        let sealed = found.bytes().await.map_err(missing_or)?;
        let key = key.clone();
        tokio::task::spawn_blocking(move || open_file(&key, id, variant, &sealed)).await.map_err(|_| VaultFault::Stopped)?
    }

    /// Deletes one file. To delete what is not there is a success, so that a sweep may repeat.
    ///
    /// # Errors
    /// [`VaultFault::Store`].
    pub async fn delete(&self, id: Uuid, variant: Variant) -> Result<(), VaultFault> {
        match self.store.delete(&path_of(id, variant)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// Every stored file last written before `before_ms` (epoch milliseconds), in no order: what of it has no row in
    /// the database is an orphan and may be deleted. Names that are not the vault's are passed over.
    ///
    /// # Errors
    /// [`VaultFault::Store`].
    pub async fn list_older_than(&self, before_ms: i64) -> Result<Vec<(Uuid, Variant)>, VaultFault> {
        let listing = self.store.list(None).try_filter_map(|object| async move {
            let old = object.last_modified.timestamp_millis() < before_ms;
            Ok(old.then(|| name_of(&object.location)).flatten())
        });
        Ok(listing.try_collect().await?)
    }

    /// Removes what a crash in the middle of a write left behind in a local folder, when older than `before_ms`.
    /// Listings do not show these staging files. Returns how many went.
    ///
    /// # Errors
    /// [`VaultFault::Folder`].
    pub async fn sweep_staging(&self, before_ms: i64) -> Result<usize, VaultFault> {
        let Some(folder) = self.folder.clone() else {
            return Ok(0);
        };
        tokio::task::spawn_blocking(move || sweep_folder(&folder, before_ms)).await.map_err(|_| VaultFault::Stopped)?
    }
}

/// `ab/cd/<uuid>.<variant>`, where `ab` and `cd` come from the id's random end. Text of users is never part of a path.
fn path_of(id: Uuid, variant: Variant) -> Path {
    let [.., outer, inner] = *id.as_bytes();
    Path::from(format!("{outer:02x}/{inner:02x}/{id}.{}", variant.code()))
}

fn name_of(path: &Path) -> Option<(Uuid, Variant)> {
    let (id, variant) = path.filename()?.split_once('.')?;
    let named = (Uuid::try_parse(id).ok()?, Variant::from_code(variant)?);
    (path_of(named.0, named.1) == *path).then_some(named)
}

fn missing_or(error: object_store::Error) -> VaultFault {
    match error {
        object_store::Error::NotFound { .. } => VaultFault::Missing,
        other => VaultFault::Store(other),
    }
}

/// The store stages a write as `<name>#<number>` beside its goal.
fn sweep_folder(folder: &FilePath, before_ms: i64) -> Result<usize, VaultFault> {
    let mut removed = 0_usize;
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next)? {
            let entry = entry?;
            let facts = entry.metadata()?;
            if facts.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let written = facts.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            let old = i64::try_from(written.as_millis()).is_ok_and(|written| written < before_ms);
            if old && entry.file_name().to_string_lossy().contains('#') {
                std::fs::remove_file(entry.path())?;
                removed = removed.saturating_add(1);
            }
        }
    }
    Ok(removed)
}

#[cfg(test)]
#[path = "vault_tests.rs"]
mod tests;
