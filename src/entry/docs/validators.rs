//! What an operation says whose answers are the same for everybody: the validator that it sends and takes.

use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Components, OpenApi, Ref, RefOr};

use super::answers::header;

/// The answer to whoever holds the content already.
const UNCHANGED: &str = "Unchanged";

/// Adds `ETag` and `If-None-Match` to each operation that declares `Unchanged`.
pub fn complete(api: &mut OpenApi, components: &mut Components) {
    for operation in api.paths.paths.values_mut().filter_map(|item| item.get.as_mut()) {
        if operation.responses.responses.contains_key("304") {
            declare(operation, components);
        }
    }
}

fn declare(operation: &mut Operation, components: &mut Components) {
    operation.parameters.get_or_insert_default().push(if_none_match().into());
    for status in ["200", "304"] {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
            response.headers.insert("ETag".to_owned(), header("ETag"));
        }
    }
    let shared = RefOr::Ref(Ref::from_response_name(UNCHANGED));
    if let Some(unchanged) = operation.responses.responses.insert("304".to_owned(), shared) {
        components.responses.insert(UNCHANGED.to_owned(), unchanged);
    }
}

fn if_none_match() -> Parameter {
    ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .description(Some("手里内容的 `ETag`；没有变化时回答 304"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}
