//! The OpenAPI document, made from the handlers.

mod about;
mod chinese;
mod english;
mod examples;
mod paths;
mod refusals;
mod validators;

pub use paths::PathTable;

use utoipa::ToSchema;
use utoipa::openapi::{ComponentsBuilder, OpenApi};
use utoipa_actix_web::{AppExt, scope};

use super::routes::{BASE, mount};
use crate::platform::error::{Error, Result};
use crate::platform::http::Failure;

/// What every document begins with: what it is about, and the schema of a failure.
pub fn base() -> OpenApi {
    let mut schemas = Vec::new();
    <Failure as ToSchema>::schemas(&mut schemas);
    schemas.push((Failure::name().into_owned(), <Failure as utoipa::PartialSchema>::schema()));
    let components = schemas.into_iter().fold(ComponentsBuilder::new(), |all, (name, schema)| all.schema(name, schema));
    let mut api = about::document();
    api.components = Some(about::security(components).build());
    api
}

/// The whole document.
pub fn document() -> OpenApi {
    let app = actix_web::App::new().into_utoipa_app().openapi(base());
    let (_, mut api) = app.service(scope(BASE).configure(mount)).split_for_parts();
    refusals::complete(&mut api);
    validators::complete(&mut api);
    chinese::translate(&mut api);
    english::summarise(&mut api);
    about::keep_used_tags(&mut api);
    api
}

/// The document as the committed `openapi.yaml` holds it; the same handlers give the same bytes.
pub fn yaml() -> Result<String> {
    document().to_yaml().map_err(Error::internal)
}

/// The document as JSON.
pub fn json() -> Result<String> {
    document().to_pretty_json().map_err(Error::internal)
}

/// The document with its examples in place, as the reference page reads it.
pub fn with_examples(api: &OpenApi) -> Result<Vec<u8>> {
    let mut whole = serde_json::to_value(api).map_err(Error::internal)?;
    examples::put(&mut whole);
    serde_json::to_vec(&whole).map_err(Error::internal)
}
