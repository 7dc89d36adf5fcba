//! Who opened whose personal facts, when and what for. Written in the same transaction that opens them.

use diesel::prelude::*;

use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;

diesel::table! {
    reveals (id) {
        id -> Binary,
        at -> BigInt,
        worker_id -> Binary,
        person_id -> Binary,
        case_id -> Nullable<Binary>,
        fields -> Text,
        purpose -> Text,
    }
}

coded_enum! {
    /// A fact that is opened one by one.
    pub enum RevealField {
        Name = "name", "姓名";
        IdNumber = "id_number", "身份证号码";
        BirthDate = "birth_date", "出生日期";
        Phone = "phone", "手机号码";
        Address = "address", "住址";
        CertificateNumber = "certificate_number", "残疾人证号";
    }
}

/// One opening.
#[derive(Clone, Debug)]
pub struct Reveal {
    pub id: Id,
    /// Epoch milliseconds.
    pub at_ms: i64,
    pub worker: Id,
    pub person: Id,
    pub case: Option<Id>,
    pub fields: Vec<RevealField>,
    pub purpose: String,
}

/// Writes the opening down.
pub fn record(c: &mut AnyConn, reveal: &Reveal) -> Result<()> {
    use reveals::dsl as r;
    let fields: Vec<&str> = reveal.fields.iter().map(|f| f.code()).collect();
    let row = (
        r::id.eq(reveal.id),
        r::at.eq(reveal.at_ms),
        r::worker_id.eq(reveal.worker),
        r::person_id.eq(reveal.person),
        r::case_id.eq(reveal.case),
        r::fields.eq(fields.join(",")),
        r::purpose.eq(reveal.purpose.clone()),
    );
    diesel::insert_into(r::reveals).values(row).execute(c)?;
    Ok(())
}
