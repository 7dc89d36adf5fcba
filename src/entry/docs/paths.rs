//! Which methods a path knows, taken from the document: the framework alone says 404 to a wrong method.

use std::collections::BTreeSet;

use utoipa::openapi::OpenApi;

/// All served paths with their methods.
#[derive(Clone, Debug, Default)]
pub struct PathTable(Vec<(Vec<String>, BTreeSet<&'static str>)>);

impl PathTable {
    /// Every path of the document.
    pub fn of(api: &OpenApi) -> PathTable {
        let mut table = PathTable::default();
        for (path, item) in &api.paths.paths {
            let methods = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
            table.add(path, methods.into_iter().filter(|(_, operation)| operation.is_some()).map(|(name, _)| name));
        }
        table
    }

    /// One more path: segments in braces stand for any text.
    pub fn add(&mut self, path: &str, methods: impl IntoIterator<Item = &'static str>) {
        self.0.push((segments(path), methods.into_iter().collect()));
    }

    /// The methods that a path knows, for the `Allow` header; None when nothing stands there.
    pub fn allowed(&self, path: &str) -> Option<String> {
        let wanted = segments(path);
        let fits = |known: &[String]| {
            known.len() == wanted.len() && known.iter().zip(&wanted).all(|(k, w)| k == w || k.starts_with('{') && !w.is_empty())
        };
        let mut methods: BTreeSet<&str> =
            self.0.iter().filter(|(known, _)| fits(known)).flat_map(|(_, methods)| methods.iter().copied()).collect();
        if methods.is_empty() {
            return None;
        }
        if methods.contains("GET") {
            methods.insert("HEAD");
        }
        methods.insert("OPTIONS");
        Some(methods.into_iter().collect::<Vec<_>>().join(", "))
    }
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_methods_and_an_unknown_one_names_none() {
        let mut table = PathTable::default();
        table.add("/v/things", ["GET", "POST"]);
        table.add("/v/things/{id}", ["GET"]);
        table.add("/v/things/mine", ["PUT"]);
        assert_eq!(table.allowed("/v/things").unwrap(), "GET, HEAD, OPTIONS, POST");
        assert_eq!(table.allowed("/v/things/mine").unwrap(), "GET, HEAD, OPTIONS, PUT");
        assert_eq!(table.allowed("/v/things/7").unwrap(), "GET, HEAD, OPTIONS");
        for unknown in ["/v", "/v/things/", "/v/things/7/x", "/"] {
            assert_eq!(table.allowed(unknown), None, "{unknown}");
        }
    }
}
