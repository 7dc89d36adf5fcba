//! Groups of operations in the document.

/// A group of operations.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    /// Stays as it is: generators make modules of it.
    pub name: &'static str,
    /// What people read in its place (`x-displayName`).
    pub shown: &'static str,
    /// What its operations are for.
    pub text: &'static str,
}

/// A group by its name, with what people read in its place and what its operations are for.
pub const fn tag(name: &'static str, shown: &'static str, text: &'static str) -> Tag {
    Tag { name, shown, text }
}
