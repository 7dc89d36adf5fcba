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

/// Everybody whose kinship with one of the persons holds on that day: the person, the relative, and what the relative is to
/// the person. Who is only a person's ward is of no kind.
fn kin(c: &mut AnyConn, persons: &[Id], on: NaiveDate) -> Result<Vec<(Id, Id, Option<KinKind>)>> {
    use kinships::dsl as k;
    let on = on.to_string();
    let holds = || k::valid_from.le(on.clone()).and(k::valid_to.is_null().or(k::valid_to.ge(on.clone())));
    let rows = || k::kinships.select((k::person_id, k::relative_id, k::kind)).order(k::id);
    let named: Vec<(Id, Id, KinKind)> = rows().filter(k::person_id.eq_any(persons.to_vec())).filter(holds()).load(c)?;
    let naming: Vec<(Id, Id, KinKind)> = rows().filter(k::relative_id.eq_any(persons.to_vec())).filter(holds()).load(c)?;
    let named = named.into_iter().map(|(person, relative, kind)| (person, relative, Some(kind)));
    let naming = naming.into_iter().map(|(person, relative, kind)| (relative, person, kind.seen_from_relative()));
    let mut all: Vec<_> = named.chain(naming).collect();
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
    for (_, id, _) in kin(c, &[person], on)?.into_iter().filter(|(_, _, k)| *k == Some(kind)) {
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
    Ok(!family_among(c, a, &[b], on)?.is_empty())
}

/// Which of these are the person or of the person's family on that day, see [`are_family`]; four reads for any number.
pub fn family_among(c: &mut AnyConn, person: Id, others: &[Id], on: NaiveDate) -> Result<Vec<Id>> {
    let household = persons::of_household(c, person, others)?;
    let own = kin(c, &[person], on)?;
    let theirs = kin(c, others, on)?;
    let near = |id: &Id| own.iter().any(|(_, relative, _)| relative == id);
    let belongs = |other: &Id| {
        let of_other = || theirs.iter().filter(|(id, _, _)| id == other);
        *other == person || household.contains(other) || near(other) || of_other().any(|(_, relative, _)| near(relative))
    };
    Ok(others.iter().copied().filter(belongs).collect())
}
