//! The document and Swagger UI, from the binary itself: no other host is asked.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, Responder, web};
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::Config;

use crate::platform::error::{Error, Result};

/// The document in both notations.
#[derive(Clone)]
pub struct Pages {
    json: web::Bytes,
    yaml: web::Bytes,
    swagger: Arc<Config<'static>>,
}

impl Pages {
    pub fn of(api: &OpenApi) -> Result<Pages> {
        Ok(Pages {
            json: api.to_json().map_err(Error::internal)?.into(),
            yaml: api.to_yaml().map_err(Error::internal)?.into(),
            swagger: Arc::new(Config::from("/openapi.json").try_it_out_enabled(true).validator_url("none")),
        })
    }
}

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/openapi.json", web::get().to(json))
        .route("/openapi.yaml", web::get().to(yaml))
        .service(web::redirect("/docs", "/docs/index.html"))
        .route("/docs/{file}", web::get().to(swagger));
}

async fn json(pages: web::Data<Pages>) -> impl Responder {
    told("application/json", pages.json.clone())
}

async fn yaml(pages: web::Data<Pages>) -> impl Responder {
    told("application/yaml; charset=utf-8", pages.yaml.clone())
}

async fn swagger(pages: web::Data<Pages>, file: web::Path<String>) -> Result<HttpResponse> {
    let found = utoipa_swagger_ui::serve(&file, pages.swagger.clone()).map_err(Error::internal)?;
    let found = found.ok_or_else(Error::not_found)?;
    let page = web::Bytes::from(found.bytes.into_owned());
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, found.content_type)).body(page))
}

fn told(kind: &'static str, page: web::Bytes) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, kind)).insert_header((CACHE_CONTROL, "no-cache")).body(page)
}
