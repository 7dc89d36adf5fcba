//! Persons: sealed facts, keyed look-ups, and a masked reference for everything that need not know more.

use std::fmt;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::name_keys;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::calendar::beijing_date;
use crate::rules::identity::{CitizenId, PhoneNumber, Sex};
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;
use crate::text_columns;

diesel::table! {
    persons (id) {
        id -> Binary,
        county -> Text,
        area -> Text,
        name -> Binary,
        name_masked -> Text,
        id_number -> Binary,
        id_hash -> Binary,
        birth_date -> Binary,
        sex -> Text,
        phone -> Nullable<Binary>,
        phone_hash -> Nullable<Binary>,
        address -> Nullable<Binary>,
        household_hash -> Nullable<Binary>,
        updated_at -> BigInt,
    }
}

text_columns!(Sex);

/// A person with all facts open. `Debug` shows the id only.
#[derive(Clone)]
pub struct Person {
    pub id: Id,
    pub county: AreaCode,
    pub area: AreaCode,
    pub name: PersonName,
    pub id_number: CitizenId,
    pub birth_date: NaiveDate,
    pub sex: Sex,
    pub phone: Option<PhoneNumber>,
    pub address: Option<String>,
}

/// What may be known of a person without a reason to know more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRef {
    pub id: Id,
    pub county: AreaCode,
    pub area: AreaCode,
    pub name_masked: String,
    pub phone_hash: Option<Vec<u8>>,
}

/// A person to be recorded. The county is told by the area.
#[derive(Clone)]
pub struct NewPerson {
    pub id: Id,
    pub area: AreaCode,
    pub name: PersonName,
    pub id_number: CitizenId,
    pub phone: Option<PhoneNumber>,
    pub address: Option<String>,
    /// The number of the household register (户号), kept as a hash only.
    pub household: Option<String>,
    /// Epoch milliseconds.
    pub at: Moment,
}

/// A row that is ready to be written.
#[derive(Clone, Insertable)]
#[diesel(table_name = persons, treat_none_as_default_value = false)]
pub struct SealedPerson {
    id: Id,
    county: AreaCode,
    area: AreaCode,
    name: Vec<u8>,
    name_masked: String,
    id_number: Vec<u8>,
    id_hash: Vec<u8>,
    birth_date: Vec<u8>,
    sex: Sex,
    phone: Option<Vec<u8>>,
    phone_hash: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
    household_hash: Option<Vec<u8>>,
    updated_at: Moment,
    /// Stored beside the row, for search.
    #[diesel(skip_insertion)]
    name_keys: Vec<Vec<u8>>,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({})", self.id)
    }
}

/// The look-up hash of a citizen ID.
pub fn id_hash(keys: &Keyring, id_number: &CitizenId) -> [u8; 32] {
    keys.lookup_hash("id_number", id_number.reveal())
}

/// The look-up hash of a phone number.
pub fn phone_hash(keys: &Keyring, phone: &PhoneNumber) -> [u8; 32] {
    keys.lookup_hash("phone", phone.reveal())
}

/// The masked names of persons, for the lines of a list; in no order.
pub fn masked_names(c: &mut AnyConn, ids: Vec<Id>) -> Result<Vec<(Id, String)>> {
    let rows = persons::table.filter(persons::id.eq_any(ids)).order(persons::id);
    Ok(rows.select((persons::id, persons::name_masked)).load(c)?)
}

/// The names of persons, opened; in no order.
pub(crate) fn names(c: &mut AnyConn, keys: &Keyring, ids: Vec<Id>) -> Result<Vec<(Id, PersonName)>> {
    let rows = persons::table.filter(persons::id.eq_any(ids)).order(persons::id).select((persons::id, persons::name));
    let rows: Vec<(Id, Vec<u8>)> = rows.load(c)?;
    let unreadable = |_| Error::internal("stored name of a person is not readable");
    let open = |(id, sealed): (Id, Vec<u8>)| {
        let name = PersonName::parse(&keys.open_text(&place(&id, "name"), &sealed)?).map_err(unreadable)?;
        Ok((id, name))
    };
    rows.into_iter().map(open).collect()
}

/// The county whose federation an area belongs to; the city where towns lie directly under one.
pub fn county_of(area: &AreaCode) -> AreaCode {
    let above = std::iter::once(*area).chain(area.ancestors());
    let mut wide = above.filter(|a| a.level() <= AreaLevel::County);
    wide.next().unwrap_or(*area)
}

impl NewPerson {
    /// Seals each fact for its place in the new row.
    pub fn seal(&self, keys: &Keyring) -> Result<SealedPerson> {
        let seal = |column: &str, text: &str| keys.seal_text(&place(&self.id, column), text);
        let phone = self.phone.as_ref();
        Ok(SealedPerson {
            id: self.id,
            county: county_of(&self.area),
            area: self.area,
            name: seal("name", self.name.reveal())?,
            name_masked: self.name.masked(),
            id_number: seal("id_number", self.id_number.reveal())?,
            id_hash: id_hash(keys, &self.id_number).to_vec(),
            birth_date: seal("birth_date", &self.id_number.birth_date().to_string())?,
            sex: self.id_number.sex(),
            phone: phone.map(|p| seal("phone", p.reveal())).transpose()?,
            phone_hash: phone.map(|p| phone_hash(keys, p).to_vec()),
            address: self.address.as_deref().map(|a| seal("address", a)).transpose()?,
            household_hash: self.household.as_deref().map(|h| keys.lookup_hash("household", h).to_vec()),
            updated_at: self.at,
            name_keys: name_keys::of(keys, &self.name),
        })
    }
}

fn place<'a>(id: &'a Id, column: &'a str) -> Place<'a> {
    Place::new("persons", column, id.as_bytes())
}

/// Records a person whose ID number is not on record yet (see [`find_by_id_hash`]).
pub fn insert(c: &mut AnyConn, keys: &Keyring, new: &NewPerson) -> Result<Id> {
    insert_sealed(c, &[new.seal(keys)?])?;
    Ok(new.id)
}

/// Writes sealed persons in one statement; long lists come in chunks of some hundreds.
pub fn insert_sealed(c: &mut AnyConn, rows: &[SealedPerson]) -> Result<()> {
    let insert = diesel::insert_into(persons::table).values(rows);
    let done = match c {
        AnyConn::Sqlite(c) => insert.execute(c),
        AnyConn::Postgres(c) => insert.execute(c),
    };
    match done {
        Ok(_) => name_keys::insert(c, rows.iter().map(|row| (row.id, row.name_keys.clone()))),
        // Another instance recorded the same person meanwhile: the next run finds them.
        Err(e) if is_duplicate(&e) => Err(Error::from(e).run_again()),
        Err(e) => Err(e.into()),
    }
}

pub(crate) type RefRow = (Id, AreaCode, AreaCode, String, Option<Vec<u8>>);

pub(crate) const REF: (persons::id, persons::county, persons::area, persons::name_masked, persons::phone_hash) =
    (persons::id, persons::county, persons::area, persons::name_masked, persons::phone_hash);

pub(crate) fn reference(row: RefRow) -> PersonRef {
    let (id, county, area, name_masked, phone_hash) = row;
    PersonRef { id, county, area, name_masked, phone_hash }
}

/// The person of an id, masked.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Option<PersonRef>> {
    let row: Option<RefRow> = persons::table.find(id).select(REF).get_result(c).optional()?;
    Ok(row.map(reference))
}

/// The same for several at once; those who are not there are left out.
pub fn find_all(c: &mut AnyConn, ids: Vec<Id>) -> Result<Vec<PersonRef>> {
    let rows: Vec<RefRow> = persons::table.filter(persons::id.eq_any(ids)).order(persons::id).select(REF).load(c)?;
    Ok(rows.into_iter().map(reference).collect())
}

/// The person of an ID number, masked; see [`id_hash`].
pub fn find_by_id_hash(c: &mut AnyConn, hash: &[u8]) -> Result<Option<PersonRef>> {
    let found = persons::table.filter(persons::id_hash.eq(hash)).select(REF);
    let row: Option<RefRow> = found.get_result(c).optional()?;
    Ok(row.map(reference))
}

/// Those of them who are known to be of the person's household register.
pub(crate) fn of_household(c: &mut AnyConn, person: Id, others: &[Id]) -> Result<Vec<Id>> {
    let own: Option<Option<Vec<u8>>> = persons::table.find(person).select(persons::household_hash).get_result(c).optional()?;
    let Some(household) = own.flatten() else { return Ok(Vec::new()) };
    let here = persons::table.filter(persons::id.eq_any(others.to_vec()).and(persons::household_hash.eq(household)));
    Ok(here.select(persons::id).order(persons::id).load(c)?)
}

/// The look-up hash of a person's ID number, to compare with another without opening either.
pub fn id_hash_of(c: &mut AnyConn, id: Id) -> Result<Vec<u8>> {
    let hash = persons::table.find(id).select(persons::id_hash).get_result(c).optional()?;
    hash.ok_or_else(Error::not_found)
}

/// Whether a person is recorded under this name; 10006 when there is none.
pub fn is_named(c: &mut AnyConn, keys: &Keyring, id: Id, name: &PersonName) -> Result<bool> {
    let sealed: Option<Vec<u8>> = persons::table.find(id).select(persons::name).get_result(c).optional()?;
    let sealed = sealed.ok_or_else(Error::not_found)?;
    Ok(keys.open_text(&place(&id, "name"), &sealed)? == name.reveal())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = persons)]
struct OpenRow {
    county: AreaCode,
    area: AreaCode,
    name: Vec<u8>,
    id_number: Vec<u8>,
    birth_date: Vec<u8>,
    sex: Sex,
    phone: Option<Vec<u8>>,
    address: Option<Vec<u8>>,
    updated_at: Moment,
}

/// Opens all facts of a person; 10006 when there is none. Who shows them to a worker logs it (see `api`).
pub fn open(c: &mut AnyConn, keys: &Keyring, id: Id) -> Result<Person> {
    let row: Option<OpenRow> = persons::table.find(id).select(OpenRow::as_select()).get_result(c).optional()?;
    row.ok_or_else(Error::not_found)?.open(keys, id)
}

/// The same for several at once; those who are not there are left out.
pub fn open_all(c: &mut AnyConn, keys: &Keyring, ids: Vec<Id>) -> Result<Vec<Person>> {
    let rows = persons::table.filter(persons::id.eq_any(ids)).order(persons::id);
    let rows: Vec<(Id, OpenRow)> = rows.select((persons::id, OpenRow::as_select())).load(c)?;
    rows.into_iter().map(|(id, row)| row.open(keys, id)).collect()
}

impl OpenRow {
    fn open(self, keys: &Keyring, id: Id) -> Result<Person> {
        let open = |column: &str, sealed: &[u8]| keys.open_text(&place(&id, column), sealed);
        let told = |what: &str| Error::internal(format!("stored {what} of a person is not readable"));
        // The value was checked on the day on which it was stored.
        let stored_on = beijing_date(self.updated_at);
        let phone = self.phone.map(|p| open("phone", &p)).transpose()?;
        Ok(Person {
            id,
            county: self.county,
            area: self.area,
            name: PersonName::parse(&open("name", &self.name)?).map_err(|_| told("name"))?,
            id_number: CitizenId::parse(&open("id_number", &self.id_number)?, stored_on).map_err(|_| told("id number"))?,
            birth_date: open("birth_date", &self.birth_date)?.parse().map_err(|_| told("date of birth"))?,
            sex: self.sex,
            phone: phone.map(|p| PhoneNumber::parse(&p)).transpose().map_err(|_| told("phone"))?,
            address: self.address.map(|a| open("address", &a)).transpose()?,
        })
    }
}
