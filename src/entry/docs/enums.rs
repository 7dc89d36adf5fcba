//! Enumerations stand once, under their own name, wherever answers and requests use them.

use std::collections::BTreeMap;

use utoipa::openapi::schema::{Object, SchemaType, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr, Schema};

use super::walk;

/// Before the name of an enumeration: the pair of a value and its words, as answers show it.
const PAIR: &str = "Labelled_";

/// Name and schema of an enumeration, by the JSON of its values.
type Named = BTreeMap<String, (String, Object)>;

/// Gives each enumeration that an answer shows its name, and lets every other place refer to it.
pub fn share(api: &mut OpenApi) {
    let named = named(api);
    walk::schemas(api, &mut |schema| {
        let RefOr::T(Schema::Object(object)) = schema else { return };
        let Some((name, own)) = values(object).and_then(|values| named.get(&values)) else { return };
        let mut reference = Ref::from_schema_name(name);
        // A field that says more than what its values are keeps its words.
        if object.description != own.description {
            reference.description = object.description.take().unwrap_or_default();
        }
        *schema = RefOr::Ref(reference);
    });
    for components in api.components.iter_mut() {
        components.schemas.extend(named.values().map(|(name, own)| (name.clone(), RefOr::T(Schema::Object(own.clone())))));
    }
}

/// Every enumeration that stands in a pair. That it is a pair, its name says already.
fn named(api: &mut OpenApi) -> Named {
    let mut found = Named::new();
    for (name, schema) in api.components.iter_mut().flat_map(|components| components.schemas.iter_mut()) {
        let (Some(name), RefOr::T(Schema::Object(pair))) = (name.strip_prefix(PAIR), schema) else { continue };
        let Some(RefOr::T(Schema::Object(value))) = pair.properties.get("value") else { continue };
        if let Some(values) = values(value) {
            found.insert(values, (name.to_owned(), value.clone()));
            pair.description = None;
        }
    }
    found
}

/// The values of an enumeration that is never null, as JSON.
fn values(object: &Object) -> Option<String> {
    let values = object.enum_values.as_ref().filter(|_| object.schema_type == SchemaType::Type(Type::String))?;
    serde_json::to_string(values).ok()
}
