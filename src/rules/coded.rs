//! Macros for enums with stable codes: one for stored values, one for faults that a person reads.

/// An enum whose values have a stable code and Chinese words.
pub trait Coded {
    /// The stable code.
    fn code(&self) -> &'static str;

    /// The Chinese words.
    fn label(&self) -> &'static str;
}

/// Declares an enum whose variants carry a stable snake_case code (stored, and used by serde) and a Chinese label.
/// Gives `ALL`, `code`, `from_code` and `label`. `as "Name"` is its name in the contract, where another enum has its own.
macro_rules! coded_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident $(as $known:literal)? {
        $($(#[$vmeta:meta])* $variant:ident = $code:literal, $label:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        $vis enum $name {
            $($(#[$vmeta])* #[doc = $label] #[serde(rename = $code)] $variant,)+
        }

        #[allow(dead_code, reason = "each enum offers all four")]
        impl $name {
            /// Every variant, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable snake_case code, as stored and as sent.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The variant of a code, or `None` when no variant has it.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// The Chinese words that residents and caseworkers read.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl $crate::rules::coded::Coded for $name {
            fn code(&self) -> &'static str {
                $name::code(*self)
            }

            fn label(&self) -> &'static str {
                $name::label(*self)
            }
        }

        /// In the contract: every code, each with its words.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::schema::Object::builder()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some([$($code),+]))
                    .description(Some([$(concat!($code, " ", $label)),+].join("；")))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            $(fn name() -> std::borrow::Cow<'static, str> {
                std::borrow::Cow::Borrowed($known)
            })?
        }
    };
}

/// Declares a fault: each variant has a stable code, a Chinese reason and a Chinese suggestion. `Display` gives the
/// code only, so a fault can be logged: it never quotes what was typed.
macro_rules! fault_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($variant:ident = $code:literal, $reason:literal, $suggestion:literal;)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
        #[error("{}", self.code())]
        $vis enum $name {
            $(#[doc = $reason] $variant,)+
        }

        impl $name {
            /// Every fault, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable snake_case code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What is wrong, in one plain Chinese sentence.
            pub fn reason(self) -> &'static str {
                match self { $(Self::$variant => $reason,)+ }
            }

            /// What the person can do about it, in one plain Chinese sentence.
            pub fn suggestion(self) -> &'static str {
                match self { $(Self::$variant => $suggestion,)+ }
            }
        }

        impl From<$name> for $crate::rules::typed::Refusal {
            fn from(fault: $name) -> Self {
                Self::new(fault.code(), fault.reason(), fault.suggestion())
            }
        }
    };
}

pub(crate) use coded_enum;
pub(crate) use fault_enum;
