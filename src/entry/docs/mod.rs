//! The OpenAPI document, made from the types of the handlers.

mod about;
mod answers;
mod walk;
mod chinese;
mod english;
mod enums;
mod examples;
mod paths;
mod registry;
mod sharing;
mod validators;
mod yaml;

pub use paths::PathTable;
pub use yaml::of as in_yaml;

use utoipa::ToSchema;
use utoipa::openapi::path::{HttpMethod, PathItem};
use utoipa::openapi::{Components, OpenApi};

use super::routes::{BASE, mount};
use crate::office::cases::service::Services;
use crate::platform::error::{Error, Result};
use crate::platform::http::operation::{Description, Refusal};
use crate::platform::http::{Failure, Operations};
use crate::rules::desks;

/// What the handlers' types say about each operation, in the order in which the floors mount them.
pub fn descriptions(services: &Services) -> Vec<Description> {
    let mut all = Vec::new();
    desks::listing(services.own_desks(), || mount(&mut Operations::describe(&mut all), services));
    for (operation, codes) in services.all().flat_map(|service| service.refusals()) {
        let called = |it: &&mut Description| it.operation.operation_id.as_deref() == Some(operation);
        for it in all.iter_mut().filter(called) {
            it.refusals.extend(codes.iter().map(|code| Refusal { code, by: None }));
        }
    }
    all
}

/// The whole document of a registry.
pub fn document(services: &Services) -> OpenApi {
    let mut api = about::document(services);
    let mut components = about::components();
    failure(&mut components);
    for mut it in descriptions(services) {
        answers::complete(&mut it, &mut components);
        components.schemas.extend(it.schemas);
        api.paths.add_path_operation(format!("{BASE}{}", it.path), vec![it.method], it.operation);
    }
    validators::complete(&mut api, &mut components);
    sharing::parameters(&mut api, &mut components);
    sharing::successes(&mut api, &mut components);
    sharing::singles(&mut api, &mut components);
    answers::shared(&mut components);
    api.components = Some(components);
    registry::name(&mut api, services);
    enums::share(&mut api);
    chinese::translate(&mut api);
    english::summarise(&mut api);
    about::keep_used_tags(&mut api);
    api
}

/// The schema of every refusal.
fn failure(components: &mut Components) {
    let mut schemas = vec![(Failure::name().into_owned(), <Failure as utoipa::PartialSchema>::schema())];
    <Failure as ToSchema>::schemas(&mut schemas);
    components.schemas.extend(schemas);
}

/// The operations of a path, with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut utoipa::openapi::path::Operation)> {
    let all = [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Delete, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// The document as the committed `openapi.yaml` holds it; the same handlers give the same bytes.
pub fn yaml(services: &Services) -> Result<String> {
    yaml::of(&document(services))
}

/// The document as JSON.
pub fn json(services: &Services) -> Result<String> {
    document(services).to_pretty_json().map_err(Error::internal)
}

/// The document with its examples in place, as the reference page reads it.
pub fn with_examples(api: &OpenApi) -> Result<Vec<u8>> {
    let mut whole = serde_json::to_value(api).map_err(Error::internal)?;
    examples::put(&mut whole);
    serde_json::to_vec(&whole).map_err(Error::internal)
}
