//! Chinese for those who write front ends: what the code says of a type, a field or a parameter in English stands in
//! Chinese in the document.

use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems};
use utoipa::openapi::{Content, OpenApi, RefOr, Schema};

use crate::platform::chinese::of;

/// Puts Chinese in the place of English throughout the document.
pub fn translate(api: &mut OpenApi) {
    for schema in api.components.iter_mut().flat_map(|components| components.schemas.values_mut()) {
        within(schema);
    }
    for parameter in api.components.iter_mut().flat_map(|components| components.parameters.values_mut()) {
        if let RefOr::T(parameter) = parameter {
            told(&mut parameter.description);
            parameter.schema.iter_mut().for_each(within);
        }
    }
    for response in api.components.iter_mut().flat_map(|components| components.responses.values_mut()) {
        if let RefOr::T(response) = response {
            response.content.values_mut().for_each(content);
        }
    }
    for item in api.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        all.into_iter().flatten().for_each(operation);
    }
}

fn operation(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter {
            told(&mut parameter.description);
            parameter.schema.iter_mut().for_each(within);
        }
    }
    if let Some(RefOr::T(body)) = operation.request_body.as_mut() {
        told(&mut body.description);
        body.content.values_mut().for_each(content);
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.values_mut().for_each(content);
        }
    }
}

fn content(content: &mut RefOr<Content>) {
    if let RefOr::T(content) = content {
        content.schema.iter_mut().for_each(within);
    }
}

fn told(description: &mut Option<String>) {
    if let Some(chinese) = description.as_deref().and_then(of) {
        *description = Some(chinese.to_owned());
    }
}

/// A schema and all below it.
fn within(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::Ref(reference) => {
            if let Some(chinese) = of(&reference.description) {
                chinese.clone_into(&mut reference.description);
            }
        }
        RefOr::T(Schema::Array(array)) => {
            told(&mut array.description);
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                within(items);
            }
        }
        RefOr::T(Schema::Object(object)) => {
            told(&mut object.description);
            object.properties.values_mut().for_each(within);
            if let Some(AdditionalProperties::RefOr(below)) = object.additional_properties.as_deref_mut() {
                within(below);
            }
        }
        RefOr::T(Schema::OneOf(one)) => {
            told(&mut one.description);
            one.items.iter_mut().for_each(within);
        }
        RefOr::T(Schema::AllOf(all)) => {
            told(&mut all.description);
            all.items.iter_mut().for_each(within);
        }
        RefOr::T(Schema::AnyOf(any)) => {
            told(&mut any.description);
            any.items.iter_mut().for_each(within);
        }
        RefOr::T(_) => {}
    }
}
