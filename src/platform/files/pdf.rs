//! Cleans PDF files: counts the pages, removes scripts, attachments and metadata, and writes the rest anew.
//!
//! Reading a hostile PDF can cost any amount of time and memory (nested filters, huge tables, objects that overlap), so
//! [`clean`] runs only in the worker process (`pdf_worker`), which can crash without the server. Writing anew makes a digital signature
//! inside the file invalid; a paper whose signature matters has to be checked at its issuer.

use std::collections::BTreeSet;

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::limits::MAX_PDF_PAGES;
use super::{FileFault, jpeg};

/// A PDF without programs, attachments and metadata.
pub(super) struct CleanPdf {
    pub(super) bytes: Vec<u8>,
    pub(super) pages: usize,
}

/// Keys that hold scripts, actions that start by themselves, attached files, or metadata about the file and its makers
/// (ISO 32000-1: 7.5.2, 7.7.2, 12.6, 14.3 to 14.6). `A` is kept where it only jumps within the file, see [`KEPT_ACTIONS`].
const DROPPED_KEYS: [&[u8]; 19] = [
    b"AA",
    b"AF",
    b"Collection",
    b"EF",
    b"EmbeddedFiles",
    b"JS",
    b"JavaScript",
    b"LastModified",
    b"Legal",
    b"Metadata",
    b"Names",
    b"OpenAction",
    b"Perms",
    b"PieceInfo",
    b"RichMediaContent",
    b"SpiderInfo",
    b"Thumb",
    b"URI",
    b"XFA",
];
/// Actions that stay: jumps to a page of this file.
const KEPT_ACTIONS: [&[u8]; 2] = [b"GoTo", b"Named"];
/// Annotations that carry files or players.
const DROPPED_ANNOTATIONS: [&[u8]; 6] = [b"3D", b"FileAttachment", b"Movie", b"RichMedia", b"Screen", b"Sound"];
/// Inside these, keys are names that the author chose; a font may well be called `AA`.
const RESOURCE_KEYS: [&[u8]; 7] = [b"ColorSpace", b"ExtGState", b"Font", b"Pattern", b"Properties", b"Shading", b"XObject"];

/// Cleans a PDF.
///
/// # Errors
/// [`FileFault::PdfEncrypted`], [`FileFault::PdfTooManyPages`], [`FileFault::PdfDamaged`].
pub(super) fn clean(bytes: &[u8]) -> Result<CleanPdf, FileFault> {
    let mut document = load(bytes)?;
    let pages = document.get_pages().len();
    if pages > MAX_PDF_PAGES {
        return Err(FileFault::PdfTooManyPages);
    }
    for object in document.objects.values_mut() {
        scrub(object);
        if let Object::Stream(stream) = object {
            scrub_stream(stream);
        }
    }
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).map_err(|_| FileFault::PdfDamaged)?;
    // Of the old trailer only the root is kept: the rest holds Info, the file's identity and the keys of a table stream.
    document.trailer = Dictionary::new();
    document.trailer.set("Root", root);
    let reached = reachable(&document, root);
    document.objects.retain(|id, _| reached.contains(id));
    document.max_id = document.objects.keys().next_back().map_or(0, |(number, _)| *number);
    document.reference_table.cross_reference_type = lopdf::xref::XrefType::CrossReferenceTable;

    let mut written = Vec::with_capacity(bytes.len());
    document.save_to(&mut written).map_err(|_| FileFault::PdfDamaged)?;
    // The reader leaves out what it cannot read; make sure that the copy still has its pages.
    if load(&written)?.get_pages().len() != pages {
        return Err(FileFault::PdfDamaged);
    }
    Ok(CleanPdf { bytes: written, pages })
}

fn load(bytes: &[u8]) -> Result<Document, FileFault> {
    let document = Document::load_mem(bytes).map_err(|error| match error {
        lopdf::Error::InvalidPassword
        | lopdf::Error::Decryption(_)
        | lopdf::Error::AlreadyEncrypted
        | lopdf::Error::UnsupportedSecurityHandler(_) => FileFault::PdfEncrypted,
        _ => FileFault::PdfDamaged,
    })?;
    if document.is_encrypted() || document.was_encrypted() {
        return Err(FileFault::PdfEncrypted);
    }
    if document.get_pages().is_empty() {
        return Err(FileFault::PdfDamaged);
    }
    Ok(document)
}

/// Takes out what [`DROPPED_KEYS`] and its neighbours name, at any depth (the reader stops at a hundred).
fn scrub(object: &mut Object) {
    match object {
        Object::Array(items) => items.iter_mut().for_each(scrub),
        Object::Dictionary(entries) => scrub_dictionary(entries),
        Object::Stream(stream) => scrub_dictionary(&mut stream.dict),
        _ => {}
    }
}

fn scrub_dictionary(entries: &mut Dictionary) {
    let named = |key: &[u8], list: &[&[u8]]| entries.get(key).and_then(Object::as_name).is_ok_and(|n| list.contains(&n));
    let typed_action = named(b"Type", &[b"Action"]) || entries.has(b"JS") || entries.has(b"URI");
    let foreign_action = entries
        .get(b"S")
        .and_then(Object::as_name)
        .is_ok_and(|kind| !KEPT_ACTIONS.contains(&kind) && (typed_action || ACTIONS.contains(&kind)));
    if foreign_action || named(b"Subtype", &DROPPED_ANNOTATIONS) || named(b"Type", &[b"EmbeddedFile"]) {
        *entries = Dictionary::new();
        return;
    }
    for key in DROPPED_KEYS {
        entries.remove(key);
    }
    for (key, value) in entries.iter_mut() {
        match value {
            Object::Dictionary(names) if RESOURCE_KEYS.contains(&key.as_slice()) => {
                names.iter_mut().for_each(|(_, resource)| scrub(resource));
            }
            _ => scrub(value),
        }
    }
}

/// Actions that reach outside the file or run something (ISO 32000-1, table 198); `Type` is optional on an action.
const ACTIONS: [&[u8]; 14] = [
    b"GoTo3DView",
    b"GoToE",
    b"GoToR",
    b"Hide",
    b"ImportData",
    b"JavaScript",
    b"Launch",
    b"Movie",
    b"Rendition",
    b"ResetForm",
    b"RichMediaExecute",
    b"Sound",
    b"SubmitForm",
    b"URI",
];

/// A stream kept in another file is cut off; a photo loses its EXIF and place.
fn scrub_stream(stream: &mut lopdf::Stream) {
    for key in [&b"F"[..], b"FFilter", b"FDecodeParms"] {
        stream.dict.remove(key);
    }
    let photo = matches!(stream.filters().as_deref(), Ok([b"DCTDecode"]));
    if photo && let Some(plain) = jpeg::without_metadata(&stream.content) {
        stream.set_content(plain);
    }
}

/// Every object that can be reached from the root; the others are leftovers of earlier versions, or hidden.
fn reachable(document: &Document, root: ObjectId) -> BTreeSet<ObjectId> {
    let mut reached = BTreeSet::from([root]);
    let mut waiting = vec![root];
    while let Some(id) = waiting.pop() {
        let Ok(object) = document.get_object(id) else {
            continue;
        };
        let mut inner = vec![object];
        while let Some(object) = inner.pop() {
            match object {
                Object::Reference(next) if reached.insert(*next) => waiting.push(*next),
                Object::Array(items) => inner.extend(items),
                Object::Dictionary(entries) => inner.extend(entries.iter().map(|(_, value)| value)),
                Object::Stream(stream) => inner.extend(stream.dict.iter().map(|(_, value)| value)),
                _ => {}
            }
        }
    }
    reached
}

#[cfg(test)]
#[path = "pdf_tests.rs"]
mod tests;
