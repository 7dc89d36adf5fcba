//! A value of an enumeration beside its Chinese label, as every answer shows it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::rules::coded::Coded;

/// A value of an enumeration with its Chinese label.
// `T` is the enumeration, which stands in the document with all its values. It is text where the values are data of a
// county or belong to a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Labelled<T = String> {
    #[schema(inline)]
    pub value: T,
    pub label: String,
}

impl Labelled {
    pub fn new(value: &str, label: &str) -> Labelled {
        Labelled { value: value.to_owned(), label: label.to_owned() }
    }
}

impl<T: Coded> Labelled<T> {
    pub fn of(value: T) -> Labelled<T> {
        Labelled { label: value.label().to_owned(), value }
    }

    /// Without its type, for places where values of several enumerations meet.
    pub fn untyped(self) -> Labelled {
        Labelled { value: self.value.code().to_owned(), label: self.label }
    }
}

/// A coded enum as `{value, label}`.
#[macro_export]
macro_rules! labelled {
    ($e:expr) => {
        $crate::platform::http::Labelled::of($e)
    };
}
