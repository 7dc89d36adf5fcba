//! English beside the Chinese of each operation, for whoever runs the program and reads logs: made of the operation id.

use utoipa::openapi::OpenApi;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;

/// Gives each operation its name in English words.
pub fn summarise(api: &mut OpenApi) {
    for item in api.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        all.into_iter().flatten().for_each(name);
    }
}

fn name(operation: &mut Operation) {
    let Some(id) = operation.operation_id.as_deref() else { return };
    operation.extensions = Some(Extensions::from_iter([("x-summary-en", words(id))]));
}

/// `submitCase` is "Submit case".
fn words(id: &str) -> String {
    let mut words = String::new();
    for letter in id.chars() {
        match letter.is_uppercase() {
            _ if words.is_empty() => words.extend(letter.to_uppercase()),
            true => {
                words.push(' ');
                words.extend(letter.to_lowercase());
            }
            false => words.push(letter),
        }
    }
    words
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_operation_id_is_read_as_words() {
        assert_eq!(super::words("submitCase"), "Submit case");
        assert_eq!(super::words("signInWithCounterCode"), "Sign in with counter code");
    }
}
