//! Public answers have an ETag, answer 304 and are compressed; personal answers are neither cached nor compressed.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::document::{document, operations};
use crate::world::World;
use crate::world::client::Reply;
use crate::world::people::COUNTY;

stories![
    whoever_holds_a_dictionary_is_told_that_it_did_not_change,
    a_dictionary_that_changed_has_another_validator,
    dictionaries_and_documents_travel_compressed_for_those_who_can_read_it,
    what_belongs_to_somebody_is_neither_kept_nor_compressed,
    the_document_and_its_pages_are_not_sent_twice,
];

/// One address for each operation whose answer is the same for everybody.
fn dictionaries() -> Vec<String> {
    [
        "/public/error-codes".to_owned(),
        "/public/areas".to_owned(),
        "/public/calendar?year=2026".to_owned(),
        format!("/public/guides?county={COUNTY}"),
        format!("/public/guides/education_aid?county={COUNTY}"),
        format!("/public/policies?county={COUNTY}&service=education_aid"),
        format!("/public/notice-board?county={COUNTY}"),
        format!("/education-aid/seasons?county={COUNTY}"),
    ]
    .map(|path| format!("/api/v1{path}"))
    .to_vec()
}

async fn whoever_holds_a_dictionary_is_told_that_it_did_not_change(world: World) {
    let named = operations().iter().filter(|o| o.value["responses"].get("304").is_some());
    assert_eq!(named.count(), dictionaries().len(), "each operation that names 304 stands in this story");
    for path in dictionaries() {
        let first = world.get(&path).send().await;
        assert_eq!(first.header("cache-control"), Some("public, max-age=300"), "{path}");
        let tag = first.header("etag").unwrap().to_owned();
        for held in [tag.clone(), format!("\"older\", {tag}"), "*".to_owned()] {
            let again = world.get(&path).header("if-none-match", &held).send().await;
            assert_eq!((again.status, again.bytes.len()), (304, 0), "{path} {held}");
            assert_eq!(again.header("etag"), Some(tag.as_str()), "{path}");
            assert_eq!(again.header("cache-control"), Some("public, max-age=300"), "{path}");
        }
        let other = world.get(&path).header("if-none-match", "W/\"older\"").send().await;
        assert_eq!((other.status, &other.json["data"]), (200, &first.json["data"]), "{path}");
    }
}

async fn a_dictionary_that_changed_has_another_validator(world: World) {
    let of_year = |year: u16| world.get(&format!("/api/v1/public/calendar?year={year}"));
    let this = of_year(2026).send().await;
    let next = of_year(2027).send().await;
    let tag = this.header("etag").unwrap();
    assert_ne!(next.header("etag"), Some(tag));
    assert_eq!(of_year(2027).header("if-none-match", tag).send().await.status, 200);
    for year in ["1999", "2101", "-1", "99999"] {
        let refused = world.get(&format!("/api/v1/public/calendar?year={year}")).send().await.refused(422, 10002);
        assert_eq!(refused.json["details"][0]["field"], "/year");
    }
}

fn unpacked(reply: &Reply) -> Vec<u8> {
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    let mut content = Vec::new();
    GzDecoder::new(reply.bytes.as_slice()).read_to_end(&mut content).unwrap();
    content
}

async fn dictionaries_and_documents_travel_compressed_for_those_who_can_read_it(world: World) {
    let plain = world.get("/api/v1/public/error-codes").send().await;
    assert_eq!((plain.header("content-encoding"), plain.header("vary")), (None, Some("accept-encoding")));
    for path in ["/openapi.json", "/openapi.yaml", "/docs/swagger-ui-bundle.js", "/docs/guides/education-aid"] {
        let whole = world.get(path).send().await;
        let small = world.get(path).header("accept-encoding", "br, gzip;q=0.8").send().await;
        assert_eq!(unpacked(&small), whole.bytes, "{path}");
        assert!(small.bytes.len() * 2 < whole.bytes.len(), "{path}: {} of {}", small.bytes.len(), whole.bytes.len());
        for refused in ["gzip;q=0", "br", "identity"] {
            let reply = world.get(path).header("accept-encoding", refused).send().await;
            assert_eq!((reply.header("content-encoding"), reply.bytes.len()), (None, whole.bytes.len()), "{path} {refused}");
        }
    }
}

async fn what_belongs_to_somebody_is_neither_kept_nor_compressed(world: World) {
    let lin = world.resident("lin-xiaoyu").await;
    for path in ["/me", "/me/certificates", "/me/bootstrap", "/cases", "/me/notices"] {
        let path = format!("/api/v1{path}");
        let reply = world.get(&path).token(&lin).header("accept-encoding", "gzip").header("if-none-match", "*").send().await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-store")), "{path}");
        assert_eq!((reply.header("content-encoding"), reply.header("etag")), (None, None), "{path}");
    }
}

async fn the_document_and_its_pages_are_not_sent_twice(world: World) {
    for path in ["/openapi.json", "/openapi.yaml", "/docs/index.html", "/docs/docs.js", "/docs/guides"] {
        let first = world.get(path).send().await;
        assert_eq!((first.status, first.header("cache-control")), (200, Some("no-cache")), "{path}");
        let tag = first.header("etag").unwrap();
        let again = world.get(path).header("if-none-match", tag).send().await;
        assert_eq!((again.status, again.bytes.len(), again.header("etag")), (304, 0, Some(tag)), "{path}");
    }
    let whole = world.get("/docs/openapi.json").send().await.json;
    let submit = &whole["paths"]["/api/v1/cases/{id}/actions/submit"]["post"];
    assert!(submit["requestBody"]["content"]["application/json"]["examples"]["seen"]["value"]["version"].is_i64());
    let answer = &submit["responses"]["200"]["content"]["application/json"]["examples"]["seen"]["value"];
    assert_eq!((&answer["errcode"], answer["data"]["summary"]["id"].is_string()), (&0.into(), true));
    let json = world.get("/openapi.json").header("accept-encoding", "gzip").send().await;
    assert_eq!(&serde_json::from_slice::<Value>(&unpacked(&json)).unwrap(), document());
}
