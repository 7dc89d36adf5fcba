//! Parameters and successes that operations have in common stand once, among the components.

use std::collections::BTreeMap;

use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, Response};

use super::answers;

/// How often a wording of a parameter occurs, by the name it would have; the key is its JSON.
type Wordings = BTreeMap<String, BTreeMap<String, (usize, Parameter)>>;

/// Lets operations refer to the parameters that they have in common. Of several wordings under one name the most frequent
/// is shared; the others stay where they are.
pub fn parameters(api: &mut OpenApi, components: &mut Components) {
    let mut found = Wordings::new();
    each(api, |path, parameter| {
        if let RefOr::T(p) = parameter {
            let wording = found.entry(name(path, p)).or_default().entry(json(p)).or_insert_with(|| (0, p.clone()));
            wording.0 = wording.0.saturating_add(1);
        }
    });
    for (name, wordings) in found {
        let most = wordings.into_values().max_by_key(|(times, _)| *times).filter(|(times, _)| *times > 1);
        if let Some((_, parameter)) = most {
            components.parameters.insert(name, RefOr::T(parameter));
        }
    }
    each(api, |path, parameter| {
        if let RefOr::T(p) = parameter {
            let name = name(path, p);
            if components.parameters.get(&name).is_some_and(|shared| *shared == *parameter) {
                *parameter = RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")));
            }
        }
    });
}

fn each(api: &mut OpenApi, mut with: impl FnMut(&str, &mut RefOr<Parameter>)) {
    for (path, item) in &mut api.paths.paths {
        for (_, operation) in super::operations(item) {
            operation.parameters.iter_mut().flatten().for_each(|p| with(path, p));
        }
    }
}

fn json(parameter: &Parameter) -> String {
    serde_json::to_string(parameter).unwrap_or_default()
}

/// A parameter of a path is named after what stands before it: `cases_id`.
fn name(path: &str, p: &Parameter) -> String {
    let plain = |s: &str| s.replace('-', "_");
    let before = path.split(&format!("/{{{}}}", p.name)).next().and_then(|head| head.rsplit('/').next());
    match (&p.parameter_in, before) {
        (ParameterIn::Path, Some(noun)) => format!("{}_{}", plain(noun), p.name),
        _ => plain(&p.name),
    }
}

/// Lets operations that answer the same thing refer to it, each with its own words.
pub fn successes(api: &mut OpenApi, components: &mut Components) {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    each_success(api, |status, answer| {
        if let Some(name) = success_name(status, answer) {
            let times = found.entry(name).or_default();
            *times = times.saturating_add(1);
        }
    });
    each_success(api, |status, answer| {
        let Some(name) = success_name(status, answer).filter(|name| found.get(name).is_some_and(|times| *times > 1)) else {
            return;
        };
        let mut reference = Ref::from_response_name(&name);
        if let RefOr::T(own) = answer {
            reference.description = std::mem::replace(&mut own.description, "成功".to_owned());
            components.responses.insert(name, RefOr::T(own.clone()));
        }
        *answer = RefOr::Ref(reference);
    });
}

fn each_success(api: &mut OpenApi, mut with: impl FnMut(&str, &mut RefOr<Response>)) {
    for item in api.paths.paths.values_mut() {
        for (_, operation) in super::operations(item) {
            let successes = operation.responses.responses.iter_mut().filter(|(status, _)| status.starts_with('2'));
            successes.for_each(|(status, answer)| with(status, answer));
        }
    }
}

/// `Ok_CaseView` for an envelope around a named schema.
fn success_name(status: &str, answer: &RefOr<Response>) -> Option<String> {
    let RefOr::T(response) = answer else { return None };
    let RefOr::T(content) = response.content.get("application/json")? else { return None };
    let Some(RefOr::T(Schema::AllOf(both))) = &content.schema else { return None };
    let RefOr::T(Schema::Object(own)) = both.items.get(1)? else { return None };
    let RefOr::Ref(data) = own.properties.get("data")? else { return None };
    let kind = if status == "201" { "Created" } else { "Ok" };
    Some(format!("{kind}_{}", data.ref_location.rsplit('/').next()?))
}

/// What only one operation refuses stands there in its own words, and refers to the refusal in general for the rest.
pub fn singles(api: &mut OpenApi, components: &mut Components) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    each_answer(api, |answer| {
        if let RefOr::Ref(reference) = answer {
            let times = times.entry(reference.ref_location.clone()).or_default();
            *times = times.saturating_add(1);
        }
    });
    each_answer(api, |answer| {
        let RefOr::Ref(reference) = answer else { return };
        let once = times.get(&reference.ref_location) == Some(&1);
        let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
        if once && let Some(RefOr::T(own)) = components.responses.remove(name) {
            *reference = answers::alike(&own);
        }
    });
}

fn each_answer(api: &mut OpenApi, mut with: impl FnMut(&mut RefOr<Response>)) {
    for item in api.paths.paths.values_mut() {
        for (_, operation) in super::operations(item) {
            operation.responses.responses.values_mut().for_each(&mut with);
        }
    }
}
