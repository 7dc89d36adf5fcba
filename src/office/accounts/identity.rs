//! Who a resident is: claimed by name and ID number, confirmed by the phone on record or by a worker in person.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::faults;
use super::guards::Worker;
use super::links::{NewLink, Relation};
use super::residents::{self, Account, Identity, residents as table};
use crate::office::people::persons::{self, Person};
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::id::Id;
use crate::rules::calendar::beijing_date;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;

/// The moment of a change and the id of the link that it may bring; made before the write.
#[derive(Clone, Copy)]
pub struct Occasion {
    pub now: Moment,
    pub link: Id,
}

impl Occasion {
    fn today(self) -> NaiveDate {
        beijing_date(self.now)
    }
}

/// Refuses an account whose holder has not said who they are.
///
/// # Errors
/// 11021.
pub fn known(c: &mut AnyConn, account: Id) -> Result<()> {
    match residents::find(c, account)?.identity {
        Identity::Unknown => Err(Error::new(&faults::IDENTITY_MISSING)),
        Identity::Claimed | Identity::Confirmed => Ok(()),
    }
}

/// Who a resident says to be.
#[derive(Clone, Copy)]
pub struct Claimed<'a> {
    pub name: &'a PersonName,
    pub id_number: &'a CitizenId,
}

/// Stores who a resident says to be. Nothing in the answer tells whether the register knows them, unless the phone
/// proves it.
///
/// # Errors
/// 11020 when the identity is confirmed, 10030 on an older version; those of the database.
pub fn claim(c: &mut AnyConn, keys: &Keyring, account: Id, claimed: Claimed<'_>, version: i64, at: Occasion) -> Result<Account> {
    let before = residents::find(c, account)?;
    if before.identity == Identity::Confirmed {
        return Err(Error::new(&faults::IDENTITY_SETTLED));
    }
    before.at_version(version)?;
    let seal = |column: &str, text: &str| keys.seal_text(&Place::new("residents", column, account.as_bytes()), text);
    use table::dsl as r;
    diesel::update(r::residents.find(account))
        .set((
            r::identity.eq(Identity::Claimed),
            r::own_name.eq(seal("own_name", claimed.name.reveal())?),
            r::own_id_number.eq(seal("own_id_number", claimed.id_number.reveal())?),
            r::own_id_hash.eq(persons::id_hash(keys, claimed.id_number).as_slice()),
            r::version.eq(r::version + 1),
        ))
        .execute(c)?;
    confirm_by_phone(c, keys, account, at)
}

/// Stores the phone number that WeChat vouches for.
///
/// # Errors
/// Those of the database.
pub fn set_phone(c: &mut AnyConn, keys: &Keyring, account: Id, phone: &PhoneNumber, at: Occasion) -> Result<Account> {
    let sealed = keys.seal_text(&Place::new("residents", "phone", account.as_bytes()), phone.reveal())?;
    use table::dsl as r;
    diesel::update(r::residents.find(account))
        .set((r::phone.eq(sealed), r::phone_hash.eq(persons::phone_hash(keys, phone).as_slice()), r::version.eq(r::version + 1)))
        .execute(c)?;
    confirm_by_phone(c, keys, account, at)
}

/// Confirms a claim when name, ID number and phone are those of one person on record.
fn confirm_by_phone(c: &mut AnyConn, keys: &Keyring, account: Id, at: Occasion) -> Result<Account> {
    let found = residents::find(c, account)?;
    let (Identity::Claimed, Some(phone)) = (found.identity, &found.phone_hash) else { return Ok(found) };
    let (name, id_number) = own(&found, keys, at.today())?;
    let person = persons::find_by_id_hash(c, &persons::id_hash(keys, &id_number))?;
    let Some(person) = person.filter(|p| p.phone_hash.as_deref() == Some(phone)) else { return Ok(found) };
    if persons::open(c, keys, person.id)?.name == name {
        confirm(c, keys, &found, "phone", at)?;
    }
    residents::find(c, account)
}

/// Confirms a claim by a worker who has the resident and the ID card before them.
///
/// # Errors
/// 10006 out of scope, 11021 nothing claimed, 11020 confirmed before, 12005 oneself, 10002 the number differs from the
/// card's, 10030 on an older version; those of the database.
pub fn confirm_in_person(
    c: &mut AnyConn,
    keys: &Keyring,
    worker: &Worker,
    account: Id,
    card: &CitizenId,
    version: i64,
    at: Occasion,
) -> Result<Account> {
    let found = before(c, worker, account)?;
    match found.identity {
        Identity::Unknown => return Err(Error::new(&faults::IDENTITY_MISSING)),
        Identity::Confirmed => return Err(Error::new(&faults::IDENTITY_SETTLED)),
        Identity::Claimed => {}
    }
    let found = found.at_version(version)?;
    if found.own_id_hash.as_deref() != Some(persons::id_hash(keys, card).as_slice()) {
        let mut faults = Faults::new();
        let reason = "身份证号与居民填写的不一致。";
        let suggestion = "请核对身份证原件；如居民填错，请其在手机上改正。";
        faults.push("/id_number", "身份证号", "id_number_differs", reason, suggestion);
        faults.settle()?;
    }
    confirm(c, keys, &found, "worker", at)?;
    residents::find(c, account)
}

/// Settles who an account is by the register: a worker saw the person, who now holds the code that proves it.
///
/// # Errors
/// Those of the database and the key ring.
pub(crate) fn seen_in_person(
    c: &mut AnyConn,
    keys: &Keyring,
    account: &Account,
    person: &Person,
    at: Occasion,
) -> Result<Account> {
    let said = Claimed { name: &person.name, id_number: &person.id_number };
    let claimed = claim(c, keys, account.id, said, account.version, at)?;
    if claimed.identity != Identity::Confirmed {
        confirm(c, keys, &claimed, "worker", at)?;
    }
    residents::find(c, account.id)
}

/// The account of a resident who stands before a worker. One whom the register knows elsewhere is not found.
///
/// # Errors
/// 10006 out of scope, 12005 oneself; those of the database.
pub fn before(c: &mut AnyConn, worker: &Worker, account: Id) -> Result<Account> {
    let found = residents::find(c, account)?;
    let Some(hash) = &found.own_id_hash else { return Ok(found) };
    match persons::find_by_id_hash(c, hash)? {
        Some(p) if worker.person == Some(p.id) => Err(Error::new(&faults::OWN_AFFAIR)),
        Some(p) if !worker.knows_residents_of(&p.area) => Err(Error::not_found()),
        _ => Ok(found),
    }
}

/// Settles the identity; the link to oneself comes with it when the register knows the person.
fn confirm(c: &mut AnyConn, keys: &Keyring, account: &Account, by: &str, at: Occasion) -> Result<()> {
    let (name, id_number) = own(account, keys, at.today())?;
    let person = persons::find_by_id_hash(c, &persons::id_hash(keys, &id_number))?;
    use table::dsl as r;
    diesel::update(r::residents.find(account.id))
        .set((
            r::identity.eq(Identity::Confirmed),
            r::person_id.eq(person.as_ref().map(|p| p.id)),
            r::confirmed_by.eq(by),
            r::confirmed_at.eq(at.now),
            r::version.eq(r::version + 1),
        ))
        .execute(c)?;
    let Some(person) = person else { return Ok(()) };
    let id = at.link;
    let area = person.area;
    let evidence = by.to_owned();
    let account = account.id;
    let relation = Relation::Own;
    let today = at.today();
    let now = at.now;
    NewLink { id, account, name, id_number, relation, evidence, area, today, now }.own(c, keys, &person)
}

/// Name and number as the resident claimed them.
fn own(account: &Account, keys: &Keyring, today: NaiveDate) -> Result<(PersonName, CitizenId)> {
    let unreadable = || Error::internal("the stored identity of an account is not readable");
    let name = account.open(keys, "own_name", account.own_name.as_deref())?.ok_or_else(unreadable)?;
    let number = account.open(keys, "own_id_number", account.own_id_number.as_deref())?.ok_or_else(unreadable)?;
    Ok((PersonName::parse(&name).map_err(|_| unreadable())?, CitizenId::parse(&number, today).map_err(|_| unreadable())?))
}

/// Links the confirmed accounts of somebody whom the register has only now come to know. Called by the write that
/// records the person.
///
/// # Errors
/// Those of the database.
pub fn person_recorded(c: &mut AnyConn, keys: &Keyring, id_number: &CitizenId, now: Moment) -> Result<()> {
    let hash = persons::id_hash(keys, id_number);
    let Some(person) = persons::find_by_id_hash(c, &hash)? else { return Ok(()) };
    use table::dsl as r;
    let waiting: Vec<Account> = r::residents
        .filter(r::own_id_hash.eq(hash.as_slice()))
        .filter(r::identity.eq(Identity::Confirmed))
        .filter(r::person_id.is_null())
        .order(r::id)
        .select(Account::as_select())
        .load(c)?;
    for account in waiting {
        let today = beijing_date(now);
        let (name, id_number) = own(&account, keys, today)?;
        diesel::update(r::residents.find(account.id)).set(r::person_id.eq(person.id)).execute(c)?;
        let id = Id::at(now);
        let evidence = "register".to_owned();
        let relation = Relation::Own;
        NewLink { id, account: account.id, name, id_number, relation, evidence, area: person.area, today, now }
            .own(c, keys, &person)?;
    }
    Ok(())
}
