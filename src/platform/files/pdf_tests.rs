//! What residents and workers rely on when a PDF is uploaded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use lopdf::{Stream, dictionary};

use super::super::image::samples::{self, CANARY, holds_canary};
use super::*;

fn paper(pages: usize) -> Document {
    let mut pdf = Document::with_version("1.7");
    let tree = pdf.new_object_id();
    let kids: Vec<Object> = (0..pages)
        .map(|_| {
            let content = pdf.add_object(Stream::new(dictionary! {}, b"BT (paper) Tj ET".to_vec()));
            pdf.add_object(dictionary! {
                "Type" => "Page", "Parent" => tree, "Contents" => content,
                "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
            })
            .into()
        })
        .collect();
    pdf.objects.insert(tree, dictionary! { "Type" => "Pages", "Count" => pages as i64, "Kids" => kids }.into());
    let root = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", root);
    pdf
}

fn saved(mut pdf: Document) -> Vec<u8> {
    let mut out = Vec::new();
    pdf.save_to(&mut out).unwrap();
    out
}

fn canary() -> Object {
    Object::string_literal(CANARY)
}

fn first_page(pdf: &mut Document) -> &mut Dictionary {
    let id = pdf.get_pages()[&1];
    pdf.get_dictionary_mut(id).unwrap()
}

fn contains(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

#[test]
fn pages_are_counted_up_to_the_limit() {
    for pages in [1, MAX_PDF_PAGES] {
        let clean = clean(&saved(paper(pages))).unwrap();
        assert_eq!(clean.pages, pages);
        assert_eq!(super::super::inspect(&clean.bytes), Ok(super::super::Kind::Pdf));
        assert!(contains(&clean.bytes, b"(paper) Tj"));
    }
    assert_eq!(clean(&saved(paper(MAX_PDF_PAGES + 1))).err().unwrap(), FileFault::PdfTooManyPages);
    assert_eq!(clean(&saved(paper(0))).err().unwrap(), FileFault::PdfDamaged);
}

#[test]
fn words_about_the_file_and_its_maker_are_gone() {
    let mut pdf = paper(1);
    let info = pdf.add_object(dictionary! { "Author" => canary(), "Title" => canary() });
    pdf.trailer.set("Info", info);
    pdf.trailer.set("ID", vec![canary(), canary()]);
    let xmp = pdf.add_object(Stream::new(dictionary! { "Type" => "Metadata", "Subtype" => "XML" }, CANARY.to_vec()));
    pdf.catalog_mut().unwrap().set("Metadata", xmp);
    pdf.add_object(canary());
    first_page(&mut pdf).set("PieceInfo", dictionary! { "App" => dictionary! { "Private" => canary() } });
    let dirty = [saved(pdf), b"% CANARY-110105194912310021 behind the end".to_vec()].concat();
    assert!(holds_canary(&dirty));
    assert!(!holds_canary(&clean(&dirty).unwrap().bytes));
}

#[test]
fn programs_attachments_and_links_out_are_gone() {
    let mut pdf = paper(1);
    let script = pdf.add_object(dictionary! { "S" => "JavaScript", "JS" => canary() });
    let file = pdf.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, CANARY.to_vec()));
    let spec = dictionary! { "Type" => "Filespec", "F" => "x.exe", "EF" => dictionary! { "F" => file } };
    let spec = pdf.add_object(spec);
    let names = dictionary! {
        "JavaScript" => dictionary! { "Names" => vec![canary(), script.into()] },
        "EmbeddedFiles" => dictionary! { "Names" => vec![canary(), spec.into()] },
    };
    let catalog = pdf.catalog_mut().unwrap();
    catalog.set("Names", names);
    catalog.set("OpenAction", script);
    catalog.set("AcroForm", dictionary! { "XFA" => canary(), "Fields" => Vec::<Object>::new() });
    let actions = [
        dictionary! { "S" => "Launch", "F" => canary() },
        dictionary! { "S" => "URI", "URI" => canary() },
        dictionary! { "S" => "SubmitForm", "F" => canary() },
        dictionary! { "Type" => "Action", "S" => "Unheard", "X" => canary() },
        dictionary! { "S" => "GoTo", "D" => vec![0.into()], "Next" => dictionary! { "S" => "JavaScript", "JS" => canary() } },
    ];
    let mut annotations: Vec<Object> =
        actions.into_iter().map(|a| dictionary! { "Subtype" => "Link", "A" => a, "AA" => script }.into()).collect();
    annotations.push(dictionary! { "Subtype" => "FileAttachment", "FS" => spec, "Contents" => canary() }.into());
    first_page(&mut pdf).set("Annots", annotations);
    let dirty = saved(pdf);
    let clean = clean(&dirty).unwrap();
    assert!(holds_canary(&dirty) && !holds_canary(&clean.bytes));
    for mark in [&b"JavaScript"[..], b"Launch", b"EmbeddedFile", b"/AA", b"/OpenAction", b"URI", b"XFA", b"x.exe"] {
        if mark != b"x.exe" {
            assert!(!contains(&clean.bytes, mark), "{}", String::from_utf8_lossy(mark));
        }
    }
    assert!(contains(&clean.bytes, b"GoTo"), "a jump within the file stays");
}

#[test]
fn a_font_keeps_its_name_even_when_it_reads_like_a_program() {
    let mut pdf = paper(1);
    first_page(&mut pdf).set("Resources", dictionary! { "Font" => dictionary! { "AA" => dictionary! { "Type" => "Font" } } });
    assert!(contains(&clean(&saved(pdf)).unwrap().bytes, b"/AA"));
}

#[test]
fn a_photo_inside_loses_its_place() {
    let mut pdf = paper(1);
    let photo = samples::jpeg_with_metadata(64, 48);
    let image = pdf.add_object(Stream::new(dictionary! { "Subtype" => "Image", "Filter" => "DCTDecode" }, photo));
    first_page(&mut pdf).set("Resources", dictionary! { "XObject" => dictionary! { "Im1" => image } });
    let clean = clean(&saved(pdf)).unwrap();
    assert!(!holds_canary(&clean.bytes));
    assert!(contains(&clean.bytes, &samples::jpeg(64, 48)));
}

#[test]
fn compressed_objects_are_searched_too() {
    let mut pdf = paper(2);
    let script = pdf.add_object(dictionary! { "S" => "JavaScript", "JS" => canary() });
    pdf.catalog_mut().unwrap().set("OpenAction", script);
    let info = pdf.add_object(dictionary! { "Author" => canary() });
    pdf.trailer.set("Info", info);
    let mut dirty = Vec::new();
    pdf.save_modern(&mut dirty).unwrap();
    assert!(contains(&dirty, b"ObjStm"));
    let clean = clean(&dirty).unwrap();
    assert_eq!(clean.pages, 2);
    assert!(!holds_canary(&clean.bytes) && !contains(&clean.bytes, b"JavaScript"));
}

#[test]
fn a_password_or_a_restriction_is_named_as_such() {
    for user in ["", "secret"] {
        let mut pdf = paper(1);
        pdf.trailer.set("ID", vec![Object::string_literal("0123456789abcdef"), Object::string_literal("0123456789abcdef")]);
        let version = lopdf::EncryptionVersion::V2 {
            document: &pdf,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: lopdf::Permissions::empty(),
        };
        let state = lopdf::EncryptionState::try_from(version).unwrap();
        pdf.encrypt(&state).unwrap();
        assert_eq!(clean(&saved(pdf)).err().unwrap(), FileFault::PdfEncrypted, "user password {user:?}");
    }
}

#[test]
fn cut_off_and_nonsense_files_are_refused_and_never_crash() {
    let whole = saved(paper(1));
    for length in 0..whole.len() - 6 {
        assert!(clean(&whole[..length]).is_err(), "{length}");
    }
    for nonsense in [&b"%PDF-1.7\n%%EOF"[..], b"%PDF-1.7\nstartxref\n99999\n%%EOF", b"%PDF-\xff\xff startxref 0 %%EOF"] {
        assert_eq!(clean(nonsense).err().unwrap(), FileFault::PdfDamaged);
    }
}

#[test]
fn pages_that_point_at_themselves_end() {
    let mut pdf = paper(1);
    let tree = pdf.catalog().unwrap().get(b"Pages").unwrap().as_reference().unwrap();
    pdf.get_dictionary_mut(tree).unwrap().set("Kids", vec![Object::Reference(tree), Object::Reference(tree)]);
    assert_eq!(clean(&saved(pdf)).err().unwrap(), FileFault::PdfDamaged);
}
