//! What the office relies on from the sealed store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use bytes::Bytes;

use super::*;
use crate::platform::crypto::{Keyring, Place};

const LATER: i64 = i64::MAX;

fn key() -> DataKey {
    let place = Place { table: "cases", column: "data_key", row: b"1" };
    Keyring::generate().unwrap().new_data_key(&place).unwrap().0
}

fn files_in(folder: &FilePath) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files_in(&path) } else { vec![path] }
        })
        .collect()
}

#[tokio::test]
async fn a_paper_comes_back_and_never_lies_open_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(&folder.path().join("papers")).unwrap();
    let id = Uuid::now_v7();
    let key = key();
    let paper = Bytes::from("CANARY 诊断证明 ".repeat(20_000));
    vault.put(id, Variant::Full, &key, paper.clone()).await.unwrap();
    vault.put(id, Variant::Thumbnail, &key, Bytes::from_static(b"small")).await.unwrap();
    assert_eq!(vault.get(id, Variant::Full, &key).await.unwrap(), paper);
    assert_eq!(vault.get(id, Variant::Thumbnail, &key).await.unwrap(), b"small");
    let stored = files_in(folder.path());
    assert_eq!(stored.len(), 2);
    for file in stored {
        assert!(!std::fs::read(file).unwrap().windows(6).any(|w| w == b"CANARY"));
    }
}

#[tokio::test]
async fn a_stored_file_that_was_touched_or_moved_is_not_served() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(folder.path()).unwrap();
    let one = Uuid::now_v7();
    let two = Uuid::now_v7();
    let key = key();
    vault.put(one, Variant::Full, &key, Bytes::from_static(b"paper of A")).await.unwrap();
    let file = files_in(folder.path()).remove(0);
    vault.put(two, Variant::Full, &key, Bytes::from_static(b"paper of B")).await.unwrap();
    let other = files_in(folder.path()).into_iter().find(|path| *path != file).unwrap();
    std::fs::copy(&other, &file).unwrap();
    assert!(matches!(vault.get(one, Variant::Full, &key).await, Err(VaultFault::Altered)));
    assert_eq!(vault.get(two, Variant::Full, &key).await.unwrap(), b"paper of B");
}

#[tokio::test]
async fn a_deleted_paper_is_missing_and_deleting_twice_is_fine() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(folder.path()).unwrap();
    let id = Uuid::now_v7();
    let key = key();
    vault.put(id, Variant::Full, &key, Bytes::from_static(b"x")).await.unwrap();
    vault.delete(id, Variant::Full).await.unwrap();
    vault.delete(id, Variant::Full).await.unwrap();
    assert!(matches!(vault.get(id, Variant::Full, &key).await, Err(VaultFault::Missing)));
    assert!(files_in(folder.path()).is_empty() && std::fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[tokio::test]
async fn a_sweep_sees_old_papers_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(folder.path()).unwrap();
    let id = Uuid::now_v7();
    let key = key();
    vault.put(id, Variant::Thumbnail, &key, Bytes::from_static(b"x")).await.unwrap();
    std::fs::write(folder.path().join("notes.txt"), "not a paper").unwrap();
    assert_eq!(vault.list_older_than(LATER).await.unwrap(), [(id, Variant::Thumbnail)]);
    assert_eq!(vault.list_older_than(0).await.unwrap(), []);
}

#[tokio::test]
async fn what_a_crash_left_half_written_is_swept_and_papers_stay() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::in_folder(folder.path()).unwrap();
    let id = Uuid::now_v7();
    let key = key();
    vault.put(id, Variant::Full, &key, Bytes::from_static(b"x")).await.unwrap();
    let paper = files_in(folder.path()).remove(0);
    std::fs::write(format!("{}#1", paper.display()), "half").unwrap();
    assert_eq!(vault.sweep_staging(0).await.unwrap(), 0);
    assert_eq!(vault.sweep_staging(LATER).await.unwrap(), 1);
    assert_eq!(files_in(folder.path()), [paper]);
}

#[tokio::test]
async fn a_vault_works_over_any_object_store() {
    let vault = Vault::over(Arc::new(object_store::memory::InMemory::new()));
    let id = Uuid::now_v7();
    let key = key();
    vault.put(id, Variant::Full, &key, Bytes::from_static(b"x")).await.unwrap();
    assert_eq!(vault.get(id, Variant::Full, &key).await.unwrap(), b"x");
    assert_eq!(vault.sweep_staging(LATER).await.unwrap(), 0);
}

#[test]
fn paths_are_made_of_the_id_alone() {
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_abcd);
    let path = path_of(id, Variant::Full);
    assert_eq!(path.as_ref(), "ab/cd/01900000-0000-7000-8000-00000000abcd.full");
    assert_eq!(name_of(&path), Some((id, Variant::Full)));
    for wrong in ["ab/ce/01900000-0000-7000-8000-00000000abcd.full", "x.full", "ab/cd/01900000-0000-7000-8000-00000000abcd.exe"] {
        assert_eq!(name_of(&Path::from(wrong)), None);
    }
}
