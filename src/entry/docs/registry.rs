//! What the registry of services knows: codes of services, kinds of their cases and their flags are enumerations in the
//! document, although they are text in the code that all services share.

use std::collections::BTreeMap;

use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::{ArrayItems, Object, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr, Schema};

use crate::labelled;
use crate::office::cases::service::Services;
use crate::office::cases::showing::prints::decision;
use crate::office::cases::showing::views::OfficeFlag;
use crate::platform::http::Labelled;

/// An enumeration, and the fields of answers that hold it beside its words.
struct Known {
    name: &'static str,
    fields: &'static [&'static str],
    values: Vec<Labelled>,
}

/// The field, parameter and schema of a service's code.
const SERVICE: &str = "service";

fn all(services: &Services) -> [Known; 4] {
    let each = || services.all();
    let words = |(code, label): &(&str, &str)| Labelled::new(code, label);
    [
        Known {
            name: "Service",
            fields: &[SERVICE, "services"],
            values: each().map(|s| Labelled::new(s.code(), s.label())).collect(),
        },
        Known { name: "CaseKind", fields: &["kind", "kinds"], values: each().flat_map(|s| s.kinds()).map(words).collect() },
        Known {
            name: "CaseFlag",
            fields: &["flags"],
            values: OfficeFlag::ALL
                .iter()
                .map(|flag| labelled!(*flag).untyped())
                .chain(each().flat_map(|s| s.known_flags()))
                .collect(),
        },
        Known { name: "CaseDocument", fields: &["document"], values: decision::documents().map(|d| words(&d)).collect() },
    ]
}

/// Names the enumerations and lets fields and parameters refer to them.
pub fn name(api: &mut OpenApi, services: &Services) {
    let known = all(services);
    let codes: Vec<&str> = services.all().map(|service| service.code()).collect();
    let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
    for known in &known {
        pairs.extend(known.fields.iter().map(|field| (*field, known.name)));
    }
    if let Some(components) = api.components.as_mut() {
        for schema in components.schemas.values_mut() {
            let RefOr::T(Schema::Object(object)) = schema else { continue };
            for (field, property) in &mut object.properties {
                if let Some(name) = pairs.get(field.as_str()) {
                    pair(property, name);
                }
                if field == SERVICE {
                    code(property, &codes);
                }
            }
        }
        components.schemas.extend(known.iter().flat_map(Known::schemas));
        components.parameters.values_mut().for_each(parameter);
    }
    for (_, operation) in api.paths.paths.values_mut().flat_map(super::operations) {
        operation.parameters.iter_mut().flatten().for_each(parameter);
    }
}

/// A pair of any value and its words, or a list of such pairs, becomes one of this enumeration.
fn pair(property: &mut RefOr<Schema>, name: &str) {
    match property {
        RefOr::Ref(reference) if reference.ref_location.ends_with("/Labelled") => {
            reference.ref_location = format!("{}_{name}", reference.ref_location);
        }
        RefOr::T(Schema::Array(list)) => {
            if let ArrayItems::RefOrSchema(items) = &mut list.items {
                pair(items, name);
            }
        }
        _ => {}
    }
}

/// A text that is the code of a service; its name (`service: 教育救助`) stays a text.
fn code(property: &mut RefOr<Schema>, codes: &[&str]) {
    let RefOr::T(Schema::Object(object)) = property else { return };
    let shown = object.example.as_ref().and_then(|example| example.as_str());
    if object.pattern.is_none() && !shown.is_some_and(|shown| codes.contains(&shown)) {
        return;
    }
    let mut reference = Ref::from_schema_name("Service");
    let description = object.description.take();
    *property = if object.schema_type == SchemaType::Type(Type::String) {
        reference.description = description.unwrap_or_default();
        RefOr::Ref(reference)
    } else {
        let null = ObjectBuilder::new().schema_type(Type::Null);
        OneOfBuilder::new().item(null).item(reference).description(description).into()
    };
}

fn parameter(parameter: &mut RefOr<Parameter>) {
    if let RefOr::T(parameter) = parameter
        && parameter.name == SERVICE
    {
        parameter.schema = Some(RefOr::Ref(Ref::from_schema_name("Service")));
    }
}

impl Known {
    /// The enumeration, and the pair of its values with their words.
    fn schemas(&self) -> [(String, RefOr<Schema>); 2] {
        let mut once: Vec<&Labelled> = Vec::new();
        for value in &self.values {
            if !once.iter().any(|known| known.value == value.value) {
                once.push(value);
            }
        }
        let words: Vec<String> = once.iter().map(|known| format!("{} {}", known.value, known.label)).collect();
        let values: Object = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(once.iter().map(|known| known.value.clone())))
            .description(Some(words.join("；")))
            .build();
        let pair = ObjectBuilder::new()
            .property("value", Ref::from_schema_name(self.name))
            .required("value")
            .property("label", ObjectBuilder::new().schema_type(Type::String))
            .required("label");
        [(self.name.to_owned(), values.into()), (format!("Labelled_{}", self.name), pair.into())]
    }
}
