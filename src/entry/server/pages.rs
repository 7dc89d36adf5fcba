//! The document, its reference page and the guides, from the binary itself: no other host is asked.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use super::guides;
use crate::entry::docs;
use crate::office::cases::service::Services;
use crate::platform::error::{Error, Result};
use crate::platform::http::public::Kept;

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// What a page under `/docs` may load: what this server holds, and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The paths of this file, for `Allow`.
pub const PATHS: [&str; 5] = ["/docs", "/docs/{file}", "/docs/guides/{name}", "/openapi.json", "/openapi.yaml"];

/// The document in both notations, and the guides beside it.
#[derive(Clone)]
pub struct Pages {
    json: Arc<Kept>,
    yaml: Arc<Kept>,
    /// With the examples in place, for the reference page.
    whole: Arc<Kept>,
    /// By name; the empty name is their list.
    guides: Arc<BTreeMap<&'static str, Kept>>,
}

impl Pages {
    pub fn of(api: &OpenApi, services: &Services) -> Result<Pages> {
        let guides = guides::pages(services).map(|(name, html)| (name, Kept::new(HTML, html)));
        Ok(Pages {
            guides: Arc::new(guides.collect()),
            json: Arc::new(Kept::new("application/json", api.to_json().map_err(Error::internal)?)),
            whole: Arc::new(Kept::new("application/json", docs::with_examples(api)?)),
            yaml: Arc::new(Kept::new("application/yaml; charset=utf-8", docs::in_yaml(api)?)),
        })
    }
}

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/openapi.json", web::get().to(json))
        .route("/openapi.yaml", web::get().to(yaml))
        .route("/docs/openapi.json", web::get().to(whole))
        .service(web::redirect("/docs", "/docs/index.html"))
        .route("/docs/guides", web::get().to(guide_list))
        .route("/docs/guides/{name}", web::get().to(guide))
        .route("/docs/{file}", web::get().to(file));
}

async fn json(req: HttpRequest, pages: web::Data<Pages>) -> HttpResponse {
    pages.json.answer(&req)
}

async fn yaml(req: HttpRequest, pages: web::Data<Pages>) -> HttpResponse {
    pages.yaml.answer(&req)
}

async fn whole(req: HttpRequest, pages: web::Data<Pages>) -> HttpResponse {
    pages.whole.answer(&req)
}

async fn file(req: HttpRequest, name: web::Path<String>) -> Result<HttpResponse> {
    found(&req, files().get(name.as_str()))
}

async fn guide_list(req: HttpRequest, pages: web::Data<Pages>) -> Result<HttpResponse> {
    found(&req, pages.guides.get(""))
}

async fn guide(req: HttpRequest, name: web::Path<String>, pages: web::Data<Pages>) -> Result<HttpResponse> {
    found(&req, pages.guides.get(name.as_str()))
}

fn found(req: &HttpRequest, page: Option<&Kept>) -> Result<HttpResponse> {
    let mut answer = page.ok_or_else(Error::not_found)?.answer(req);
    answer.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
    Ok(answer)
}

/// The reference page with its own scripts, and as much of Swagger UI as it loads.
fn files() -> &'static BTreeMap<&'static str, Kept> {
    static FILES: OnceLock<BTreeMap<&'static str, Kept>> = OnceLock::new();
    FILES.get_or_init(|| {
        let own = [
            ("index.html", HTML, include_str!("../../../assets/docs/index.html")),
            ("docs.css", STYLE, include_str!("../../../assets/docs/docs.css")),
            ("docs.js", SCRIPT, include_str!("../../../assets/docs/docs.js")),
            ("words.js", SCRIPT, include_str!("../../../assets/docs/words.js")),
        ];
        let vendored = [("swagger-ui.css", STYLE), ("swagger-ui-bundle.js", SCRIPT), ("favicon-32x32.png", "image/png")];
        let own = own.into_iter().map(|(name, kind, text)| (name, Kept::new(kind, text)));
        own.chain(vendored.into_iter().filter_map(|(name, kind)| Some((name, Kept::new(kind, swagger(name)?))))).collect()
    })
}

/// A file of Swagger UI; the program holds it already.
fn swagger(name: &str) -> Option<Bytes> {
    let file = utoipa_swagger_ui::serve(name, Arc::new(Config::from("/openapi.json"))).ok().flatten()?;
    Some(match file.bytes {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}
