//! What the document says about the server itself is checked over HTTP.

use std::collections::BTreeSet;

use reqwest::Method;
use zhucan::api::error_codes;
use zhucan::entry::docs;
use zhucan::services;

use crate::contract::is_chinese;
use crate::document::{document, operations};
use crate::samples;
use crate::world::World;

stories![
    every_operation_of_the_document_is_served,
    a_wrong_method_is_405_and_names_the_right_ones,
    an_unknown_path_is_404_in_the_envelope,
    a_head_that_is_too_large_is_413_in_the_envelope,
    head_is_get_without_a_body_and_options_names_the_methods,
    a_request_id_comes_back_and_a_strange_one_does_not,
    the_document_and_swagger_ui_come_from_the_server_itself,
    health_and_readiness_are_told,
    every_error_code_is_listed_with_its_way_out,
];

async fn every_operation_of_the_document_is_served(world: World) {
    for operation in operations() {
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let reply = world.call(method, &samples::path(operation)).send().await;
        let known = reply.status != 405 && (reply.status != 404 || operation.template.contains('{'));
        assert!(known, "{} is in the document and not served", operation.name());
    }
}

async fn a_wrong_method_is_405_and_names_the_right_ones(world: World) {
    let templates: BTreeSet<&str> = operations().iter().map(|o| o.template.as_str()).collect();
    for template in templates {
        let path = operations().iter().find(|o| o.template == template).map(samples::path).unwrap();
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"] {
            if crate::document::find(method, &path).is_some() {
                continue;
            }
            let reply = world.call(Method::from_bytes(method.as_bytes()).unwrap(), &path).send().await.refused(405, 10005);
            let allow: BTreeSet<&str> = reply.header("allow").unwrap().split(", ").collect();
            for known in operations().iter().filter(|o| o.template == template) {
                assert!(allow.contains(known.method.as_str()), "{method} {path}: {allow:?}");
            }
            assert!(!allow.contains(method) && allow.contains("OPTIONS"), "{method} {path}: {allow:?}");
        }
    }
}

async fn an_unknown_path_is_404_in_the_envelope(world: World) {
    for path in ["/api/v1", "/api/v1/", "/api/v1/none", "/api/v2/public/error-codes", "/api/v1/public/error-codes/"] {
        for method in [Method::GET, Method::POST, Method::PATCH] {
            world.call(method, path).send().await.refused(404, 10006);
        }
    }
    for path in ["/", "/none", "/docs/none", "/demo/clock"] {
        world.get(path).send().await.refused(404, 10006);
    }
}

async fn a_head_that_is_too_large_is_413_in_the_envelope(world: World) {
    let long = "a".repeat(20_000);
    world.get("/api/v1/none").header("x-long", &long).send().await.refused(413, 10004);
    world.get(&format!("/api/v1/none?q={long}")).send().await.refused(413, 10004);
}

async fn head_is_get_without_a_body_and_options_names_the_methods(world: World) {
    let path = "/api/v1/public/error-codes";
    let whole = world.get(path).send().await;
    let head = world.call(Method::HEAD, path).send().await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length").unwrap(), whole.bytes.len().to_string());
    let options = world.call(Method::OPTIONS, path).send().await;
    assert_eq!((options.status, options.errcode()), (200, 0));
    assert_eq!(options.header("allow"), Some("GET, HEAD, OPTIONS"));
}

async fn a_request_id_comes_back_and_a_strange_one_does_not(world: World) {
    let path = "/api/v1/public/error-codes";
    let reply = world.get(path).header("x-request-id", "phone-42").send().await;
    assert_eq!(reply.header("x-request-id"), Some("phone-42"));
    assert_eq!(reply.json["request_id"], "phone-42");
    for strange in ["", "with space", "a/b", &"x".repeat(65)] {
        let reply = world.get(path).header("x-request-id", strange).send().await;
        assert_ne!(reply.header("x-request-id"), Some(strange));
        assert_eq!(reply.header("x-request-id").unwrap().len(), 36);
    }
}

async fn the_document_and_swagger_ui_come_from_the_server_itself(world: World) {
    let json = world.get("/openapi.json").send().await;
    assert_eq!(&json.json, document());
    let yaml = world.get("/openapi.yaml").send().await;
    assert_eq!(String::from_utf8(yaml.bytes).unwrap(), docs::yaml(&services::all()).unwrap());
    assert_eq!(world.get("/docs").send().await.header("location"), Some("/docs/index.html"));
    for page in ["/docs/index.html", "/docs/guides", "/docs/guides/education-aid", "/docs/guides/certificate-renewal"] {
        let reply = world.get(page).send().await;
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
        let text = String::from_utf8(reply.bytes).unwrap();
        assert!(text.contains("<html lang=\"zh-CN\">") && text.contains("助残接口文档</title>"), "{page}");
        assert!(!text.contains("http://") && !text.contains("https://") && !text.contains(".md\""), "{page} asks another host");
        for link in text.split("href=\"").chain(text.split("src=\"")).skip(1).filter_map(|rest| rest.split('"').next()) {
            let at = if link.starts_with('/') { link.to_owned() } else { format!("/docs/{link}") };
            let at = at.replace("/docs/../", "/");
            if !link.starts_with("<") {
                assert_eq!(world.get(&at).send().await.status, 200, "{page} links to {link}");
            }
        }
    }
    for none in ["/docs/none.js", "/docs/guides/none", "/docs/swagger-ui.js"] {
        world.get(none).send().await.refused(404, 10006);
    }
}

async fn health_and_readiness_are_told(world: World) {
    assert_eq!(world.get("/healthz").send().await.json["status"], "ok");
    let ready = world.get("/readyz").send().await;
    assert_eq!((ready.status, &ready.json["status"]), (200, &"ready".into()));
}

async fn every_error_code_is_listed_with_its_way_out(world: World) {
    let listed = world.get("/api/v1/public/error-codes").send().await.data(200);
    let listed = listed["items"].as_array().unwrap();
    assert_eq!(listed.len(), error_codes::all(&services::all()).len());
    for (line, code) in listed.iter().zip(error_codes::all(&services::all())) {
        assert_eq!((&line["code"], &line["status"]), (&code.number.into(), &code.status.into()));
        assert_eq!((&line["sentence"], &line["remedy_en"]), (&code.sentence.into(), &code.remedy.into()));
        assert!(is_chinese(&line["remedy"]), "{line}");
    }
}
