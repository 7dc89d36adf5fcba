//! Values that come as text from people and programs: read once into a type, or refused with a reason; all refusals of a form together.

use std::borrow::Cow;
use std::cell::RefCell;

use chrono::NaiveDate;
use serde::de::{Deserialize, Deserializer, Error};
use utoipa::openapi::schema::Object;

use super::glyphs::{Fold, fold, is_stray_control};

/// Why a text is refused, in words for whoever typed it. It never quotes the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable snake_case code.
    pub code: &'static str,
    pub reason: Cow<'static, str>,
    pub suggestion: Cow<'static, str>,
}

impl Refusal {
    /// A refusal whose words are fixed.
    pub const fn new(code: &'static str, reason: &'static str, suggestion: &'static str) -> Refusal {
        Refusal { code, reason: Cow::Borrowed(reason), suggestion: Cow::Borrowed(suggestion) }
    }
}

/// A value that is written as text: what [`Typed::read`] gives is what is kept.
pub trait Typed: Sized {
    /// Reads the text as typed.
    ///
    /// # Errors
    /// Why it is refused.
    fn read(text: &str) -> Result<Self, Refusal>;

    /// Any well-formed value: it takes the place of a refused one while the rest of the form is read. It never leaves
    /// [`all_refusals`], because a form with a refusal is refused.
    fn stand_in() -> Self;

    /// In the contract.
    fn schema() -> Object;
}

/// Reads a text for a type: control characters have no place in any of them.
///
/// # Errors
/// Why it is refused.
pub fn read<T: Typed>(text: &str) -> Result<T, Refusal> {
    if text.chars().any(is_stray_control) {
        return Err(Refusal::new("bad_character", "有看不见的控制字符。", "请删掉这一项，重新输入，不要粘贴。"));
    }
    T::read(text)
}

/// For `deserialize_with` of an optional field: what shows nothing is the same as a field that is left out.
///
/// # Errors
/// Those of the type.
pub fn blank_is_none<'de, D: Deserializer<'de>, T: Typed>(d: D) -> Result<Option<T>, D::Error> {
    let text = Option::<Cow<'de, str>>::deserialize(d)?;
    text.filter(|t| !is_blank(t)).map(|t| receive(&t)).transpose()
}

/// For `deserialize_with` of a field that stays a plain string after it was read as `T`: data that is written in many places
/// and read from people in one.
///
/// # Errors
/// Those of the type.
pub fn kept<'de, D: Deserializer<'de>, T: Typed + Into<String>>(d: D) -> Result<String, D::Error> {
    deserialize::<D, T>(d).map(Into::into)
}

/// The same for a list.
///
/// # Errors
/// Those of the type.
pub fn all_kept<'de, D: Deserializer<'de>, T: Typed + Into<String> + Deserialize<'de>>(d: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<T>::deserialize(d)?.into_iter().map(Into::into).collect())
}

/// The same for a field that may be left out.
///
/// # Errors
/// Those of the type.
pub fn kept_or_none<'de, D: Deserializer<'de>, T: Typed + Into<String>>(d: D) -> Result<Option<String>, D::Error> {
    Ok(blank_is_none::<D, T>(d)?.map(Into::into))
}

/// Whether a text shows nothing. One with control characters is a fault, and no blank.
pub fn is_blank(text: &str) -> bool {
    !text.chars().any(is_stray_control) && fold(text, Fold::Line).is_empty()
}

/// The serde half of [`Typed`]; see [`typed!`](super::typed!).
///
/// # Errors
/// The refusal's code, or a type that is no text.
pub fn deserialize<'de, D: Deserializer<'de>, T: Typed>(d: D) -> Result<T, D::Error> {
    receive(&Cow::<'de, str>::deserialize(d)?)
}

fn receive<T: Typed, E: Error>(text: &str) -> Result<T, E> {
    let read = read::<T>(text);
    READING.with_borrow_mut(|reading| {
        let Some(reading) = reading else { return read.map_err(|refusal| E::custom(refusal.code)) };
        let place = reading.next;
        reading.next = place.saturating_add(1);
        match read {
            Err(_) if reading.excused.contains(&place) => Ok(T::stand_in()),
            Err(refusal) => {
                let code = refusal.code;
                reading.refused = Some((place, refusal));
                Err(E::custom(code))
            }
            Ok(value) => Ok(value),
        }
    })
}

/// The state while one form is read. Serde passes nothing to a field's type and stops at the first fault, so the day, the count of
/// typed values and the refusals found so far are kept here, for the thread that reads the form.
struct Reading {
    today: NaiveDate,
    /// The place of the next typed value, counted in the order in which they come.
    next: usize,
    /// Places whose refusal is known.
    excused: Vec<usize>,
    refused: Option<(usize, Refusal)>,
}

thread_local! {
    static READING: RefCell<Option<Reading>> = const { RefCell::new(None) };
}

/// Most refusals of one form that are reported.
const MOST: usize = 60;

/// The day on which the form is read; none outside [`all_refusals`].
pub fn today() -> Option<NaiveDate> {
    READING.with_borrow(|reading| reading.as_ref().map(|r| r.today))
}

/// What a form gives (none after too many refusals), and every refusal with serde's error.
pub type ReadThrough<T, E> = (Option<Result<T, E>>, Vec<(E, Refusal)>);

/// Reads a form until every refusal of its typed values is found: what it gives, or the fault that is no refusal, and the
/// refusals with serde's error, which knows the place. With refusals, the value holds stand-ins and must not be used as
/// if it had been sent.
pub fn all_refusals<T, E>(today: NaiveDate, mut parse: impl FnMut() -> Result<T, E>) -> ReadThrough<T, E> {
    let mut excused = Vec::new();
    let mut found = Vec::new();
    loop {
        READING.set(Some(Reading { today, next: 0, excused: excused.clone(), refused: None }));
        let outcome = parse();
        match (outcome, READING.take().and_then(|r| r.refused)) {
            (Err(e), Some((place, refusal))) => {
                excused.push(place);
                found.push((e, refusal));
                if found.len() >= MOST {
                    return (None, found);
                }
            }
            (outcome, _) => return (Some(outcome), found),
        }
    }
}

/// Gives a [`Typed`](super::typed::Typed) value its place in bodies and in the contract.
macro_rules! typed {
    ($(const $n:ident: $of:ty,)* => $t:ty) => {
        impl<'de, $(const $n: $of),*> serde::Deserialize<'de> for $t {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                $crate::rules::typed::deserialize(d)
            }
        }

        impl<$(const $n: $of),*> utoipa::PartialSchema for $t {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                <$t as $crate::rules::typed::Typed>::schema().into()
            }
        }

        impl<$(const $n: $of),*> utoipa::ToSchema for $t {}
    };
}

pub(crate) use typed;
