//! Who opened whose personal facts, when and what for. Written in the same transaction that opens them.

use diesel::prelude::*;

use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

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
    pub at: Moment,
    pub worker: Id,
    pub person: Id,
    pub case: Option<Id>,
    pub fields: Vec<RevealField>,
    pub purpose: String,
}

#[derive(Insertable)]
#[diesel(table_name = reveals, treat_none_as_default_value = false)]
struct Row {
    id: Id,
    at: Moment,
    worker_id: Id,
    person_id: Id,
    case_id: Option<Id>,
    fields: String,
    purpose: String,
}

/// Writes openings down in one statement; long lists come in chunks of some hundreds.
pub fn record_all(c: &mut AnyConn, all: &[Reveal]) -> Result<()> {
    let row = |r: &Reveal| Row {
        id: r.id,
        at: r.at,
        worker_id: r.worker,
        person_id: r.person,
        case_id: r.case,
        fields: r.fields.iter().map(|f| f.code()).collect::<Vec<_>>().join(","),
        purpose: r.purpose.clone(),
    };
    let rows: Vec<Row> = all.iter().map(row).collect();
    let insert = diesel::insert_into(reveals::table).values(&rows);
    match c {
        AnyConn::Sqlite(c) => insert.execute(c)?,
        AnyConn::Postgres(c) => insert.execute(c)?,
    };
    Ok(())
}

/// Writes the opening down.
pub fn record(c: &mut AnyConn, reveal: &Reveal) -> Result<()> {
    record_all(c, std::slice::from_ref(reveal))
}
