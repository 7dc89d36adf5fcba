//! Papers: what is taken and what is refused with which way out, links that open a file, and using a paper again.

use lopdf::{Document, Object, Stream, dictionary};
use reqwest::Url;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, Case, picture};

stories![
    a_file_that_cannot_be_used_is_refused_with_its_way_out,
    an_upload_that_is_not_whole_is_refused,
    a_file_over_ten_mebibytes_is_413,
    a_photo_comes_back_without_the_place_where_it_was_taken,
    a_link_opens_one_variant_of_one_paper_for_five_minutes,
    a_pdf_is_stored_as_one_paper_without_a_thumbnail,
    an_upload_whose_answer_was_lost_is_stored_once,
    a_paper_is_withdrawn_while_its_case_may_change_and_its_links_end_at_once,
    a_paper_is_used_again_in_the_next_application,
];

const CANARY: &[u8] = b"CANARY-33.9561N-116.7892E";

fn detail(reply: Reply) -> (String, String) {
    let refused = reply.refused(422, 21001);
    let detail = &refused.json["details"][0];
    assert_eq!(detail["field"], "/file");
    (detail["code"].as_str().unwrap().to_owned(), detail["suggestion"].as_str().unwrap().to_owned())
}

async fn a_file_that_cannot_be_used_is_refused_with_its_way_out(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let whole = picture();
    let mut wide = whole.clone();
    let frame = wide.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    wide[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    let mut locked = paper(1);
    locked.trailer.set("ID", vec![Object::string_literal("0123456789abcdef"), Object::string_literal("0123456789abcdef")]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &locked,
        owner_password: "owner",
        user_password: "secret",
        key_length: 128,
        permissions: lopdf::Permissions::empty(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    locked.encrypt(&state).unwrap();
    let refused: [(&str, Vec<u8>, &str); 9] = [
        ("file_wrong_kind", b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec(), "拍下材料"),
        ("file_wrong_kind", b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml".to_vec(), "拍下材料"),
        ("file_heic", [b"\0\0\0\x18ftypheic", &b"\0\0\0\0mif1heic"[..], &[0; 64]].concat(), "兼容性最佳"),
        ("file_empty", Vec::new(), "重新选择"),
        ("image_damaged", whole[..whole.len() / 2].to_vec(), "重新上传"),
        ("image_too_many_pixels", wide, "普通模式"),
        ("pdf_damaged", b"%PDF-1.4\n1 0 obj cut".to_vec(), "拍成照片"),
        ("pdf_encrypted", saved(locked), "去掉密码"),
        ("pdf_too_many_pages", saved(paper(51)), "只保留"),
    ];
    for (code, file, way_out) in refused {
        let (told, suggestion) = detail(zhao.upload(&case, "photo", file).send().await);
        assert!(told == code && suggestion.contains(way_out), "{code}: {told} {suggestion}");
    }
    assert_eq!(zhao.get(&format!("/api/v1/me/papers?person_id={}", zhao.person)).await["items"], json!([]));
}

async fn an_upload_that_is_not_whole_is_refused(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let file = || ("file", picture());
    let photo = || ("material", b"photo".to_vec());
    for (parts, errcode, field, code) in [
        (vec![photo()], 21005, "/file", "required"),
        (vec![file(), file(), photo()], 10002, "/file", "duplicate_field"),
        (vec![file(), photo(), ("owner", b"me".to_vec())], 10002, "/owner", "unknown_field"),
        (vec![file(), photo(), ("alt_text", vec![0xFF, 0xFE])], 10002, "/alt_text", "not_utf8"),
        (vec![file()], 10002, "/material", "required"),
        (vec![file(), ("material", b"diagnosis".to_vec())], 10002, "/material", "unknown_material"),
        (vec![file(), ("material", vec![b'a'; 101])], 10002, "/material", "bad_code"),
    ] {
        let refused = zhao.upload_parts(&case, &parts).send().await.refused(422, errcode);
        let detail = &refused.json["details"][0];
        assert_eq!((&detail["field"], &detail["code"]), (&json!(field), &json!(code)));
    }
    zhao.upload_parts(&case, &[file(), photo()]).cut_off(10).send().await.refused(422, 21005);
    zhao.upload(&case, "photo", picture()).send().await.data(201);
    let second = zhao.upload(&case, "photo", picture()).send().await.refused(422, 10002);
    assert_eq!(second.json["details"][0]["code"], "too_many_pages");
}

async fn a_file_over_ten_mebibytes_is_413(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    zhao.upload(&case, "photo", vec![b'a'; 10 * 1024 * 1024 + 1]).send().await.refused(413, 10004);
    zhao.upload(&case, "photo", picture()).send().await.data(201);
}

/// A photo whose EXIF block names the place.
fn located() -> Vec<u8> {
    let plain = picture();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let text = 26_u32;
    let length = u32::try_from(CANARY.len()).unwrap();
    let mut tiff = b"II*\0\x08\0\0\0\x01\0".to_vec();
    tiff.extend(entry(0x8825, 4, 1, text + length));
    tiff.extend([0; 4]);
    tiff.extend(CANARY);
    tiff.extend(b"\x01\0");
    tiff.extend(entry(0x001B, 7, length, text));
    tiff.extend([0; 4]);
    let block = [b"Exif\0\0", &tiff[..]].concat();
    let size = u16::try_from(block.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &size, &block, &plain[2..]].concat()
}

async fn a_photo_comes_back_without_the_place_where_it_was_taken(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let sent = located();
    let traced = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|w| w == CANARY) || bytes.windows(4).any(|w| w == b"Exif");
    assert!(traced(&sent));
    let paper = zhao.upload(&case, "photo", sent).send().await.data(201);
    assert_eq!((&paper["state"]["value"], &paper["alt_text"]), (&json!("received"), &json!("户口簿首页")));
    for (link, edge) in [("thumbnail_url", 400), ("download_url", 640)] {
        let reply = world.get(paper[link].as_str().unwrap()).send().await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("image/jpeg")));
        assert!(reply.header("content-disposition").unwrap().starts_with("attachment"));
        assert!(reply.header("cache-control").unwrap().contains("no-store") && !traced(&reply.bytes), "{link}");
        assert_eq!(image::load_from_memory(&reply.bytes).unwrap().width(), edge);
    }
}

async fn a_link_opens_one_variant_of_one_paper_for_five_minutes(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let paper = zhao.upload(&case, "photo", picture()).send().await.data(201);
    let other = zhao.upload(&case, "id_card", picture()).send().await.data(201);
    let link = paper["thumbnail_url"].as_str().unwrap().to_owned();
    let id = paper["id"].as_str().unwrap();
    let other_id = other["id"].as_str().unwrap();
    let url = Url::parse(&format!("{}{link}", world.base)).unwrap();
    let value = |name: &str| url.query_pairs().find(|(n, _)| n == name).unwrap().1.into_owned();
    let expires = value("expires");
    let signature = value("signature");
    let later = (expires.parse::<i64>().unwrap() + 1).to_string();
    let turned: String = signature.chars().rev().collect();
    for tampered in [
        link.replace("variant=thumb", "variant=full"),
        link.replace("variant=thumb", "variant=raw"),
        link.replace(&expires, &later),
        link.replace(&signature, &turned),
        link.replace(id, other_id),
        link.replace(id, &Uuid::new_v4().to_string()),
    ] {
        assert_ne!(tampered, link);
        world.get(&tampered).send().await.refused(404, 21006);
    }
    world.get(&format!("/api/v1/files/{id}?variant=thumb")).send().await.refused(422, 10002);
    world.pass(std::time::Duration::from_millis(299_999));
    assert_eq!(world.get(&link).send().await.status, 200);
    world.pass(std::time::Duration::from_millis(1));
    world.get(&link).send().await.refused(404, 21006);
    let view = zhao.view(&case).await;
    let again = view["materials"].as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap();
    assert_eq!(world.get(again["papers"][0]["thumbnail_url"].as_str().unwrap()).send().await.status, 200);
}

fn paper(pages: usize) -> Document {
    let mut pdf = Document::with_version("1.7");
    let tree = pdf.new_object_id();
    let mut kids: Vec<Object> = Vec::new();
    for _ in 0..pages {
        let content = pdf.add_object(Stream::new(dictionary! {}, b"BT (paper) Tj ET".to_vec()));
        let page = dictionary! { "Type" => "Page", "Parent" => tree, "Contents" => content,
        "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()] };
        kids.push(pdf.add_object(page).into());
    }
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

async fn a_pdf_is_stored_as_one_paper_without_a_thumbnail(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let stored = zhao.upload(&case, "household_register", saved(paper(3))).send().await.data(201);
    let told = (&stored["kind"], &stored["pages"], &stored["thumbnail_url"]);
    assert_eq!(told, (&json!("application/pdf"), &json!(3), &Value::Null));
    let reply = world.get(stored["download_url"].as_str().unwrap()).send().await;
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")));
    assert!(reply.bytes.starts_with(b"%PDF-") && reply.header("content-security-policy").unwrap().contains("sandbox"));
}

async fn an_upload_whose_answer_was_lost_is_stored_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let count =
        async || zhao.get(&format!("/api/v1/me/papers?person_id={}", zhao.person)).await["items"].as_array().unwrap().len();
    let photo = zhao.view(&case).await["materials"].as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap().clone();
    let old = photo["papers"][0]["id"].as_str().unwrap();
    world.delete(&format!("/api/v1/papers/{old}")).token(&zhao.token).send().await.data(200);
    let key = Uuid::new_v4();
    let before = count().await;
    let first = zhao.upload(&case, "photo", picture()).key(key).send().await;
    assert_eq!((first.status, &first.json["meta"]["replayed"]), (201, &Value::Null));
    // There is room for one photo only, and later the case is submitted; the answer stays the same.
    for submitted in [false, true] {
        if submitted {
            zhao.submit(&case).send().await.data(200);
        }
        let again = zhao.upload(&case, "photo", picture()).key(key).send().await;
        assert_eq!((again.status, &again.json["meta"]["replayed"]), (201, &json!(true)));
        assert_eq!(again.json["data"], first.json["data"]);
    }
    assert_eq!(count().await, before + 1);
    zhao.upload(&case, "id_card", picture()).key(key).send().await.refused(422, 10011);
}

fn of_link(paper: &Value, name: &str) -> String {
    paper[name].as_str().unwrap().to_owned()
}

async fn a_paper_is_withdrawn_while_its_case_may_change_and_its_links_end_at_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let of = |view: &Value, code: &str| {
        view["materials"].as_array().unwrap().iter().find(|m| m["code"] == code).unwrap()["papers"].clone()
    };
    let before = zhao.view(&case).await;
    let paper = of(&before, "id_card")[0]["id"].as_str().unwrap().to_owned();
    let remove = || world.delete(&format!("/api/v1/papers/{paper}")).token(&zhao.token).send();
    let links = ["thumbnail_url", "download_url"].map(|l| of_link(&of(&before, "id_card")[0], l));
    for link in &links {
        assert_eq!(world.get(link).send().await.status, 200);
    }
    let removed = remove().await.data(200);
    assert_eq!((&removed["state"]["value"], &removed["download_url"]), (&json!("withdrawn"), &Value::Null));
    for link in &links {
        world.get(link).send().await.refused(404, 21006);
    }
    assert_eq!(of(&zhao.view(&case).await, "id_card"), json!([]));
    remove().await.refused(404, 10006);
    let refused = zhao.submit(&case).send().await.refused(422, 10002);
    assert_eq!(refused.json["details"][0]["field"], "/materials/id_card");
    let paper = zhao.upload(&case, "id_card", picture()).send().await.data(201)["id"].as_str().unwrap().to_owned();
    zhao.submit(&case).send().await.data(200);
    let refused = world.delete(&format!("/api/v1/papers/{paper}")).token(&zhao.token).send().await.refused(409, 20007);
    assert_eq!(refused.json["current"]["state"], "submitted");
    zhao.upload(&case, "id_card", picture()).send().await.refused(409, 20007);
}

async fn a_paper_is_used_again_in_the_next_application(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    zhao.act(&case, "withdraw").await.data(200);
    let mine = zhao.get(&format!("/api/v1/me/papers?person_id={}", zhao.person)).await;
    let mine = mine["items"].as_array().unwrap();
    assert_eq!(mine.len(), 4);
    let page = |more: &str| format!("/api/v1/me/papers?person_id={}&limit=3{more}", zhao.person);
    let first = zhao.get(&page("")).await;
    let rest = zhao.get(&page(&format!("&cursor={}", first["next_cursor"].as_str().unwrap()))).await;
    let paged: Vec<&Value> = [&first, &rest].iter().flat_map(|p| p["items"].as_array().unwrap()).map(|p| &p["id"]).collect();
    assert_eq!(paged, mine.iter().map(|p| &p["id"]).collect::<Vec<_>>());
    assert_eq!(rest["next_cursor"], Value::Null);
    let next = zhao.begun("renewal").await;
    let reuse = |case: &Case, paper: &Value| {
        let body = json!({ "paper_id": paper["id"], "material": paper["material"] });
        zhao.post(&case.path("/papers/actions/reuse"), &body)
    };
    for paper in mine {
        let used = reuse(&next, paper).send().await.data(201);
        assert_eq!((&used["material"], &used["alt_text"]), (&paper["material"], &paper["alt_text"]));
        assert_ne!(used["id"], paper["id"]);
        let first = paper["download_url"].as_str().unwrap();
        let second = used["download_url"].as_str().unwrap();
        assert_eq!(world.get(first).send().await.bytes, world.get(second).send().await.bytes);
    }
    let photo = mine.iter().find(|p| p["material"] == "photo").unwrap();
    reuse(&next, photo).send().await.refused(422, 10002);
    let check = zhao.get(&next.path("/check")).await;
    assert!(check["details"].as_array().unwrap().iter().all(|d| !d["field"].as_str().unwrap().starts_with("/materials")));
    reuse(&case, photo).send().await.refused(409, 20007);
}
