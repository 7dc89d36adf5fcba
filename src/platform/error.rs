//! The error type of all floors, and its mapping to HTTP.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use super::code::{self, Code};
use super::reader;

pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong, as the contract tells it, with the cause for the log.
pub struct Error(Box<Inner>);

struct Inner {
    code: &'static Code,
    details: Vec<Detail>,
    current: Option<Current>,
    retry_after: Option<u64>,
    cause: Option<String>,
    again: bool,
}

/// One thing to mend, in the order of the form.
#[derive(Clone, Debug, Serialize, serde::Deserialize, ToSchema, PartialEq, Eq)]
pub struct Detail {
    /// JSON pointer of the field, for example `/members/0/name`.
    #[schema(example = "/student/name")]
    pub field: String,
    /// The field's name as a person reads it.
    #[schema(example = "姓名")]
    pub label: String,
    /// Stable reason code.
    #[schema(example = "too_short")]
    pub code: String,
    #[schema(example = "姓名太短。")]
    #[serde(serialize_with = "reader::sentence")]
    pub reason: String,
    #[schema(example = "请填写身份证上的姓名。")]
    #[serde(serialize_with = "reader::sentence")]
    pub suggestion: String,
}

/// The present state of the thing that a stale request meant.
#[derive(Clone, Debug, Serialize, ToSchema, PartialEq, Eq)]
pub struct Current {
    pub version: i64,
    #[schema(example = "in_review")]
    pub state: String,
    #[schema(example = "审核中")]
    pub state_label: String,
}

impl Detail {
    /// A detail with all its parts.
    pub fn new(field: &str, label: &str, code: &str, reason: &str, suggestion: &str) -> Detail {
        Detail {
            field: field.into(),
            label: label.into(),
            code: code.into(),
            reason: reason.into(),
            suggestion: suggestion.into(),
        }
    }
}

impl Error {
    /// A fault that the contract names.
    pub fn new(code: &'static Code) -> Error {
        Error(Box::new(Inner { code, details: Vec::new(), current: None, retry_after: None, cause: None, again: false }))
    }

    /// Fields to mend (10002).
    pub fn invalid(details: Vec<Detail>) -> Error {
        Error::new(&code::INVALID).with_details(details)
    }

    /// Not there, or not the caller's (10006).
    pub fn not_found() -> Error {
        Error::new(&code::NOT_FOUND)
    }

    /// A stale version (10030) and what is true now.
    pub fn stale(current: Current) -> Error {
        let mut e = Error::new(&code::STALE);
        e.0.current = Some(current);
        e
    }

    /// A fault of ours; the cause is logged and hidden from the caller.
    pub fn internal(cause: impl fmt::Display) -> Error {
        Error::new(&code::INTERNAL).because(cause)
    }

    pub fn with_details(mut self, details: Vec<Detail>) -> Error {
        self.0.details = details;
        self
    }

    pub fn with_current(mut self, current: Current) -> Error {
        self.0.current = Some(current);
        self
    }

    /// Seconds after which a retry makes sense.
    pub fn retry_after(mut self, seconds: u64) -> Error {
        self.0.retry_after = Some(seconds);
        self
    }

    /// The cause, for the log only; never personal data.
    pub fn because(mut self, cause: impl fmt::Display) -> Error {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// The transaction lost a race; running it again from the start may succeed.
    pub fn run_again(mut self) -> Error {
        self.0.again = true;
        self
    }

    pub fn wants_another_run(&self) -> bool {
        self.0.again
    }

    pub fn code(&self) -> &'static Code {
        self.0.code
    }

    pub fn details(&self) -> &[Detail] {
        &self.0.details
    }

    pub fn current(&self) -> Option<&Current> {
        self.0.current.as_ref()
    }

    pub fn retry_seconds(&self) -> Option<u64> {
        self.0.retry_after
    }

    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.code.number, self.0.cause.as_deref().unwrap_or(self.0.code.remedy))?;
        for d in &self.0.details {
            write!(f, " [{} {}]", d.field, d.code)?;
        }
        Ok(())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.sentence)
    }
}

impl std::error::Error for Error {}

impl From<diesel::result::Error> for Error {
    fn from(e: diesel::result::Error) -> Error {
        use diesel::result::{DatabaseErrorKind as Kind, Error as E};
        match &e {
            E::DatabaseError(Kind::SerializationFailure, _) => Error::new(&code::BUSY).because(&e).run_again().retry_after(1),
            E::DatabaseError(Kind::ClosedConnection, _) | E::BrokenTransactionManager => {
                Error::new(&code::BUSY).because(&e).retry_after(2)
            }
            E::DatabaseError(_, info) => {
                let text = info.message();
                if text.contains("deadlock detected") || text.contains("could not serialize access") {
                    Error::new(&code::BUSY).because(&e).run_again().retry_after(1)
                } else if text.contains("disk is full") || text.contains("disk I/O error") || text.contains("No space left") {
                    Error::new(&code::STORAGE).because(&e).retry_after(30)
                } else if text.contains("server closed the connection") || text.contains("terminating connection") {
                    Error::new(&code::BUSY).because(&e).retry_after(2)
                } else {
                    Error::internal(&e)
                }
            }
            _ => Error::internal(&e),
        }
    }
}

impl From<super::crypto::CryptoFault> for Error {
    fn from(e: super::crypto::CryptoFault) -> Error {
        Error::internal(e)
    }
}

/// True when a unique index refused the row.
pub fn is_duplicate(e: &diesel::result::Error) -> bool {
    use diesel::result::{DatabaseErrorKind, Error as E};
    matches!(e, E::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// For an insert whose row another instance may have stored at the same time: a unique violation makes the transaction run again,
/// which then finds that row. Other errors stay what they are.
pub fn twin(e: diesel::result::Error) -> Error {
    if is_duplicate(&e) { Error::from(e).run_again() } else { e.into() }
}

impl From<Vec<Detail>> for Faults {
    fn from(found: Vec<Detail>) -> Faults {
        Faults(found)
    }
}

/// Collects what is wrong with a form, so that everything is told at once.
#[derive(Default, Debug)]
pub struct Faults(Vec<Detail>);

impl Faults {
    pub fn new() -> Faults {
        Faults::default()
    }

    /// Notes one thing to mend.
    pub fn push(&mut self, field: &str, label: &str, code: &str, reason: &str, suggestion: &str) {
        self.0.push(Detail::new(field, label, code, reason, suggestion));
    }

    pub fn add(&mut self, detail: Detail) {
        self.0.push(detail);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn into_details(self) -> Vec<Detail> {
        self.0
    }

    /// Ok when nothing is wrong, else 10002 with all details.
    pub fn settle(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::invalid(self.0)) }
    }
}
