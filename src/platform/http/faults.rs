//! What is wrong with a body or a query: the field by its path and label, the reason, the way out; values never come back.

use serde_path_to_error::{Path, Segment};
use validator::{Validate, ValidationErrors, ValidationErrorsKind};

use crate::platform::code;
use crate::platform::error::{Detail, Error, Faults};
use crate::rules::typed::Refusal;

/// Field names with their labels, in the order of the form.
pub type Labels = &'static [(&'static str, &'static str)];

/// What a person can do when the front end sent something that no person typed.
pub const PROGRAM: &str = "不是您填写的内容有误，请更新程序后再试；还不行请联系残联。";
/// The front end sent something that the operation does not know.
pub const UNKNOWN: &str = "程序多送了一项本系统不认识的内容。";
/// The front end sent something twice.
pub const TWICE: &str = "程序把同一项送了两次。";

/// A typed value was refused at this place.
pub fn refused(path: &Path, why: &Refusal, labels: Labels) -> Detail {
    let field = pointer(path);
    Detail::new(&field, label_of(labels, &field), why.code, &why.reason, &why.suggestion)
}

/// Serde's error: 10001 for what is no JSON at all, else 10002 with the one place.
pub fn of_json(bytes: &[u8], e: &serde_path_to_error::Error<serde_json::Error>, labels: Labels) -> Error {
    // A field may be refused before the rest was read: what is no JSON at all is told as such.
    if let Err(syntax) = serde_json::from_slice::<serde::de::IgnoredAny>(bytes) {
        return no_json(&pointer(e.path()), &syntax);
    }
    let detail = detail_of(e, "");
    let label = label_of(labels, &detail.field).to_owned(); // a missing field has a label of its own
    Error::invalid(vec![Detail { label, ..detail }])
}

/// What is no JSON, and where it stops being it.
pub fn no_json(field: &str, syntax: &serde_json::Error) -> Error {
    let reason = format!("第 {} 行第 {} 列不符合 JSON 的格式。", syntax.line(), syntax.column());
    Error::new(&code::BAD_JSON).with_details(vec![Detail::new(field, "提交的内容", "bad_json", &reason, PROGRAM)])
}

/// What is wrong in a JSON value, with its path.
pub fn detail_of(e: &serde_path_to_error::Error<serde_json::Error>, label: &str) -> Detail {
    let (code, field, reason, suggestion) = data_fault(&e.inner().to_string(), pointer(e.path()));
    Detail::new(&field, label, code, reason, suggestion)
}

/// What is wrong in a query string.
pub fn of_query(e: &serde_path_to_error::Error<serde_urlencoded::de::Error>) -> Detail {
    let (code, field, reason, suggestion) = data_fault(&e.inner().to_string(), pointer(e.path()));
    in_query(Detail::new(&field, "", code, reason, suggestion))
}

/// What a query asks for has no label of its own.
pub fn in_query(detail: Detail) -> Detail {
    Detail { label: "查询条件".to_owned(), ..detail }
}

fn data_fault(text: &str, path: String) -> (&'static str, String, &'static str, &'static str) {
    let named = || text.split('`').nth(1).unwrap_or_default();
    let begins = |with: &[&str]| with.iter().any(|w| text.starts_with(w));
    if begins(&["unknown field"]) {
        ("unknown_field", path, UNKNOWN, PROGRAM)
    } else if begins(&["missing field"]) {
        let root = if path == "/" { "" } else { &path };
        ("required", format!("{root}/{}", named()), "这一项没有填写。", "请填写后再提交。")
    } else if begins(&["unknown variant"]) {
        ("unknown_value", path, "选择的内容不在可选范围内。", "请从列表中重新选择。")
    } else if begins(&["duplicate field"]) {
        ("duplicate_field", path, TWICE, PROGRAM)
    } else if begins(&["lone leading surrogate", "unexpected end of hex escape", "invalid unicode code point"]) {
        ("bad_character", path, "有不完整的字符（例如半个表情符号）。", "请删掉这个字符后重新输入。")
    } else {
        ("wrong_type", path, "这一项的格式不对。", "请检查这一项；填写无误的，请更新程序后再试。")
    }
}

fn pointer(path: &Path) -> String {
    let mut out = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => out.push_str(&format!("/{key}")),
            Segment::Enum { variant } => out.push_str(&format!("/{variant}")),
            Segment::Unknown => {}
        }
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

fn label_of(labels: Labels, field: &str) -> &'static str {
    let last = field.rsplit('/').find(|s| s.parse::<usize>().is_err()).unwrap_or_default();
    labels.iter().find(|(name, _)| *name == last).map_or("", |(_, label)| label)
}

/// Sorted as the form is: by the place of each field in it, and by number within a list.
pub fn in_order(mut found: Vec<Detail>, labels: Labels) -> Faults {
    let place = |field: &str| -> Vec<usize> {
        let step = |s: &str| s.parse().unwrap_or_else(|_| labels.iter().position(|(n, _)| *n == s).unwrap_or(labels.len()));
        field.split('/').skip(1).map(step).collect()
    };
    found.sort_by_key(|d| place(&d.field));
    found.into()
}

/// The checks of `validator`, without the refused values.
pub fn of_validator(value: &impl Validate, labels: Labels) -> Vec<Detail> {
    let mut found = Vec::new();
    if let Err(errors) = value.validate() {
        collect(&errors, labels, "", &mut found);
    }
    found
}

fn collect(errors: &ValidationErrors, labels: Labels, root: &str, found: &mut Vec<Detail>) {
    for (name, kind) in errors.errors() {
        let field = format!("{root}/{name}");
        match kind {
            ValidationErrorsKind::Field(faults) => {
                for fault in faults {
                    let reason = fault.message.as_deref().unwrap_or("填写的内容不符合要求。");
                    found.push(Detail::new(&field, label_of(labels, &field), &fault.code, reason, "请修改后再提交。"));
                }
            }
            ValidationErrorsKind::Struct(inner) => collect(inner, labels, &field, found),
            ValidationErrorsKind::List(items) => {
                items.iter().for_each(|(index, inner)| collect(inner, labels, &format!("{field}/{index}"), found));
            }
        }
    }
}
