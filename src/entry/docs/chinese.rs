//! Chinese for those who write front ends: what the code says of a type, a field or a parameter in English stands in
//! Chinese in the document.

use utoipa::openapi::path::Parameter;
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::walk;
use crate::platform::chinese::of;

/// Puts Chinese in the place of English throughout the document.
pub fn translate(api: &mut OpenApi) {
    walk::schemas(api, &mut schema);
    api.components.iter_mut().flat_map(|components| components.parameters.values_mut()).for_each(parameter);
    for (_, operation) in api.paths.paths.values_mut().flat_map(super::operations) {
        operation.parameters.iter_mut().flatten().for_each(parameter);
        if let Some(RefOr::T(body)) = operation.request_body.as_mut() {
            told(&mut body.description);
        }
    }
}

fn parameter(parameter: &mut RefOr<Parameter>) {
    if let RefOr::T(parameter) = parameter {
        told(&mut parameter.description);
    }
}

fn told(description: &mut Option<String>) {
    if let Some(chinese) = description.as_deref().and_then(of) {
        *description = Some(chinese.to_owned());
    }
}

fn schema(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::Ref(reference) => {
            if let Some(chinese) = of(&reference.description) {
                chinese.clone_into(&mut reference.description);
            }
        }
        RefOr::T(Schema::Array(array)) => told(&mut array.description),
        RefOr::T(Schema::Object(object)) => told(&mut object.description),
        RefOr::T(Schema::OneOf(one)) => told(&mut one.description),
        RefOr::T(Schema::AllOf(all)) => told(&mut all.description),
        RefOr::T(Schema::AnyOf(any)) => told(&mut any.description),
        RefOr::T(_) => {}
    }
}
