//! Who belongs to whose family: dated kinships, read in both directions.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::persons::{self, PersonRef};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::text_columns;

diesel::table! {
    kinships (id) {
        id -> Binary,
        person_id -> Binary,
        relative_id -> Binary,
        kind -> Text,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        evidence -> Text,
    }
}

coded_enum! {
    /// What the relative is to the person.
    pub enum KinKind {
        Parent = "parent", "父母";
        Child = "child", "子女";
        Spouse = "spouse", "配偶";
        Guardian = "guardian", "监护人";
    }
}

coded_enum! {
    /// What proves a kinship.
    pub enum KinEvidence {
        HouseholdRegister = "household_register", "户口簿";
        BirthCertificate = "birth_certificate", "出生医学证明";
        MarriageCertificate = "marriage_certificate", "结婚证";
        Guardianship = "guardianship", "监护关系证明";
    }
}

text_columns!(KinKind, KinEvidence);

/// A kinship to be recorded: `relative` is the `kind` of `person`. The other direction follows and is not stored.
#[derive(Clone, Debug)]
pub struct NewKinship {
    pub id: Id,
    pub person: Id,
    pub relative: Id,
    pub kind: KinKind,
    pub valid_from: NaiveDate,
    /// The last day on which it holds; none while it lasts.
    pub valid_to: Option<NaiveDate>,
    pub evidence: KinEvidence,
}

#[derive(Insertable)]
#[diesel(table_name = kinships, treat_none_as_default_value = false)]
struct Row {
    id: Id,
    person_id: Id,
    relative_id: Id,
    kind: KinKind,
    valid_from: String,
    valid_to: Option<String>,
    evidence: KinEvidence,
}

/// Records one kinship; a pair of a kind stands once for each first day.
pub fn add_kinship(c: &mut AnyConn, new: &NewKinship) -> Result<()> {
    add_kinships(c, std::slice::from_ref(new))
}

/// Records kinships in one statement; long lists come in chunks of some hundreds.
pub fn add_kinships(c: &mut AnyConn, new: &[NewKinship]) -> Result<()> {
    let rows: Vec<Row> = new
        .iter()
        .map(|k| Row {
            id: k.id,
            person_id: k.person,
            relative_id: k.relative,
            kind: k.kind,
            valid_from: k.valid_from.to_string(),
            valid_to: k.valid_to.map(|d| d.to_string()),
            evidence: k.evidence,
        })
        .collect();
    let insert = diesel::insert_into(kinships::table).values(&rows);
    match c {
        AnyConn::Sqlite(c) => insert.execute(c)?,
        AnyConn::Postgres(c) => insert.execute(c)?,
    };
    Ok(())
}

/// Everybody whose kinship with the person holds on that day, with what they are to the person. Who is only the
/// person's ward is in the list of neither kind.
fn kin(c: &mut AnyConn, person: Id, on: NaiveDate) -> Result<Vec<(Id, Option<KinKind>)>> {
    use kinships::dsl as k;
    let on = on.to_string();
    let holds = || k::valid_from.le(on.clone()).and(k::valid_to.is_null().or(k::valid_to.ge(on.clone())));
    let named = k::kinships.filter(k::person_id.eq(person)).filter(holds()).select((k::relative_id, k::kind));
    let naming = k::kinships.filter(k::relative_id.eq(person)).filter(holds()).select((k::person_id, k::kind));
    let named: Vec<(Id, KinKind)> = named.order(k::id).load(c)?;
    let naming: Vec<(Id, KinKind)> = naming.order(k::id).load(c)?;
    let named = named.into_iter().map(|(id, kind)| (id, Some(kind)));
    let mut all: Vec<_> = named.chain(naming.into_iter().map(|(id, kind)| (id, kind.seen_from_relative()))).collect();
    all.sort();
    all.dedup();
    Ok(all)
}

impl KinKind {
    /// What the person is to the relative; a ward is no kind of its own.
    fn seen_from_relative(self) -> Option<KinKind> {
        match self {
            KinKind::Parent => Some(KinKind::Child),
            KinKind::Child => Some(KinKind::Parent),
            KinKind::Spouse => Some(KinKind::Spouse),
            KinKind::Guardian => None,
        }
    }
}

/// The kin of one kind on that day, in the order of their ids.
pub fn kin_of(c: &mut AnyConn, person: Id, kind: KinKind, on: NaiveDate) -> Result<Vec<PersonRef>> {
    let mut found = Vec::new();
    for (id, _) in kin(c, person, on)?.into_iter().filter(|(_, k)| *k == Some(kind)) {
        found.extend(persons::find(c, id)?);
    }
    Ok(found)
}

/// The children of a person on that day, in the order of their ids.
pub fn children_of(c: &mut AnyConn, person: Id, on: NaiveDate) -> Result<Vec<PersonRef>> {
    kin_of(c, person, KinKind::Child, on)
}

/// The parents of a person on that day, in the order of their ids.
pub fn parents_of(c: &mut AnyConn, person: Id, on: NaiveDate) -> Result<Vec<PersonRef>> {
    kin_of(c, person, KinKind::Parent, on)
}

/// Whether two persons are the same or of one family on that day: of one household register, next of kin or ward, or
/// kin over one other person (siblings, grandparents, in-laws). Nobody decides a case of their family (domain.md §1).
pub fn are_family(c: &mut AnyConn, a: Id, b: Id, on: NaiveDate) -> Result<bool> {
    if a == b || persons::same_household(c, a, b)? {
        return Ok(true);
    }
    let (of_a, of_b) = (kin(c, a, on)?, kin(c, b, on)?);
    Ok(of_a.iter().any(|(id, _)| *id == b || of_b.iter().any(|(other, _)| other == id)))
}
