//! A walk over every schema of the document, however deep it stands.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems};
use utoipa::openapi::{Content, OpenApi, RefOr, Response, Schema};

/// Calls `with` for each schema, before those within it.
pub fn schemas(api: &mut OpenApi, with: &mut impl FnMut(&mut RefOr<Schema>)) {
    if let Some(components) = api.components.as_mut() {
        components.schemas.values_mut().for_each(|schema| below(schema, with));
        for parameter in components.parameters.values_mut() {
            if let RefOr::T(parameter) = parameter {
                parameter.schema.iter_mut().for_each(|schema| below(schema, with));
            }
        }
        components.responses.values_mut().for_each(|answer| response(answer, with));
    }
    for item in api.paths.paths.values_mut() {
        super::operations(item).for_each(|(_, it)| operation(it, with));
    }
}

fn operation(operation: &mut Operation, with: &mut impl FnMut(&mut RefOr<Schema>)) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            parameter.schema.iter_mut().for_each(|schema| below(schema, with));
        }
    }
    if let Some(RefOr::T(body)) = operation.request_body.as_mut() {
        body.content.values_mut().for_each(|media| content(media, with));
    }
    operation.responses.responses.values_mut().for_each(|answer| response(answer, with));
}

fn response(response: &mut RefOr<Response>, with: &mut impl FnMut(&mut RefOr<Schema>)) {
    if let RefOr::T(response) = response {
        response.content.values_mut().for_each(|media| content(media, with));
    }
}

fn content(content: &mut RefOr<Content>, with: &mut impl FnMut(&mut RefOr<Schema>)) {
    if let RefOr::T(content) = content {
        content.schema.iter_mut().for_each(|schema| below(schema, with));
    }
}

/// A schema and all within it.
fn below(schema: &mut RefOr<Schema>, with: &mut impl FnMut(&mut RefOr<Schema>)) {
    with(schema);
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                below(items, with);
            }
        }
        Schema::Object(object) => {
            object.properties.values_mut().for_each(|property| below(property, with));
            if let Some(AdditionalProperties::RefOr(value)) = object.additional_properties.as_deref_mut() {
                below(value, with);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(|item| below(item, with)),
        Schema::AllOf(all) => all.items.iter_mut().for_each(|item| below(item, with)),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(|item| below(item, with)),
        _ => {}
    }
}
