//! For whom an account may act: dated links to persons, each by evidence or a worker. Ended ones give no right.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::faults;
use super::residents::residents;
use super::staff::Standing;
use crate::office::people::persons::{self, PersonRef};
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Current, Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::identity::CitizenId;
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;

diesel::table! {
    links (id) {
        id -> Binary,
        account_id -> Binary,
        person_id -> Nullable<Binary>,
        name -> Binary,
        id_number -> Binary,
        id_hash -> Binary,
        relation -> Text,
        state -> Text,
        evidence -> Binary,
        valid_from -> Text,
        valid_to -> Nullable<Text>,
        confirmed_by -> Nullable<Binary>,
        confirmed_at -> Nullable<BigInt>,
        area -> Text,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(links, residents);

coded_enum! {
    /// What the person is to the account's holder.
    pub enum Relation {
        Own = "self", "本人";
        Child = "child", "子女";
        Ward = "ward", "被监护人";
        Kin = "kin", "近亲属";
        Proxy = "proxy", "委托人";
    }
}

coded_enum! {
    /// Where a link stands.
    pub enum LinkState {
        Claimed = "claimed", "待核实";
        Confirmed = "confirmed", "已核实";
        Refused = "refused", "未通过";
        Ended = "ended", "已结束";
    }
}

crate::text_columns!(Relation, LinkState);

impl Relation {
    /// Parents act for children, guardians for wards; nobody else is a guardian.
    pub fn is_guardians(self) -> bool {
        matches!(self, Relation::Child | Relation::Ward)
    }
}

/// A link as stored, names sealed.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = links)]
pub struct Link {
    pub id: Id,
    pub account_id: Id,
    /// The person in the register; unknown until a worker confirmed the link.
    pub person_id: Option<Id>,
    name: Vec<u8>,
    pub(crate) id_hash: Vec<u8>,
    pub relation: Relation,
    pub state: LinkState,
    evidence: Vec<u8>,
    pub valid_from: String,
    pub valid_to: Option<String>,
    pub area: AreaCode,
    pub created_at: Moment,
    pub version: i64,
}

impl Link {
    /// Whom the resident named.
    pub(crate) fn name(&self, keys: &Keyring) -> Result<PersonName> {
        let text = keys.open_text(&place(&self.id, "name"), &self.name)?;
        PersonName::parse(&text).map_err(|_| Error::internal("the stored name of a link is not readable"))
    }

    pub(crate) fn evidence(&self, keys: &Keyring) -> Result<String> {
        Ok(keys.open_text(&place(&self.id, "evidence"), &self.evidence)?)
    }

    /// The state in which a stale or untimely request finds the link.
    pub(crate) fn current(&self) -> Current {
        Current { version: self.version, state: self.state.code().into(), state_label: self.state.label().into() }
    }
}

fn place<'a>(id: &'a Id, column: &'a str) -> Place<'a> {
    Place::new("links", column, id.as_bytes())
}

/// A link that is about to be stored; made before the write.
#[derive(Clone)]
pub struct NewLink {
    pub id: Id,
    pub account: Id,
    pub name: PersonName,
    pub id_number: CitizenId,
    pub relation: Relation,
    pub evidence: String,
    /// Where the person is registered, as the resident says; the register's own word comes first.
    pub area: AreaCode,
    pub today: NaiveDate,
    /// Epoch milliseconds.
    pub now: Moment,
}

impl NewLink {
    /// Stores a claim. A person whom the register does not know makes no difference that the resident could see.
    ///
    /// # Errors
    /// 11022 when the account has a link to this person; those of the database.
    pub fn claim(&self, c: &mut AnyConn, keys: &Keyring) -> Result<Link> {
        let hash = persons::id_hash(keys, &self.id_number);
        if live_to(c, self.account, &hash, self.today)?.is_some() {
            return Err(Error::new(&faults::LINK_EXISTS));
        }
        let known = persons::find_by_id_hash(c, &hash)?;
        let area = known.map_or(self.area, |p| p.area);
        self.store(c, keys, &hash, None, LinkState::Claimed, area)?;
        find(c, self.id)
    }

    /// Stores the link to oneself, which needs no further word once the identity is confirmed.
    pub(crate) fn own(&self, c: &mut AnyConn, keys: &Keyring, person: &PersonRef) -> Result<()> {
        let hash = persons::id_hash(keys, &self.id_number);
        match live_to(c, self.account, &hash, self.today)? {
            Some(_) => Ok(()),
            None => self.store(c, keys, &hash, Some(person.id), LinkState::Confirmed, person.area),
        }
    }

    fn store(
        &self,
        c: &mut AnyConn,
        keys: &Keyring,
        hash: &[u8],
        person: Option<Id>,
        state: LinkState,
        area: AreaCode,
    ) -> Result<()> {
        use links::dsl as l;
        let seal = |column: &str, text: &str| keys.seal_text(&place(&self.id, column), text);
        let confirmed_at = (state == LinkState::Confirmed).then_some(self.now);
        diesel::insert_into(l::links)
            .values((
                (l::id.eq(self.id), l::account_id.eq(self.account), l::person_id.eq(person)),
                (
                    l::name.eq(seal("name", self.name.reveal())?),
                    l::id_number.eq(seal("id_number", self.id_number.reveal())?),
                    l::id_hash.eq(hash),
                    l::evidence.eq(seal("evidence", &self.evidence)?),
                ),
                (l::relation.eq(self.relation), l::state.eq(state), l::confirmed_at.eq(confirmed_at)),
                (l::valid_from.eq(self.today.to_string()), l::area.eq(area.as_str())),
                (l::created_at.eq(self.now), l::version.eq(1)),
            ))
            .execute(c)?;
        Ok(())
    }
}

/// The claimed or confirmed link of an account to the person of an ID number. One whose last day is past can be
/// claimed anew.
fn live_to(c: &mut AnyConn, account: Id, hash: &[u8], today: NaiveDate) -> Result<Option<Id>> {
    use links::dsl as l;
    let rows: Vec<Id> = l::links
        .filter(l::account_id.eq(account))
        .filter(l::id_hash.eq(hash))
        .filter(l::state.eq(LinkState::Claimed).or(l::state.eq(LinkState::Confirmed)))
        .filter(l::valid_to.is_null().or(l::valid_to.ge(today.to_string())))
        .order(l::id)
        .select(l::id)
        .load(c)?;
    Ok(rows.first().copied())
}

/// The link of an id.
///
/// # Errors
/// 10006, and those of the database.
pub(crate) fn find(c: &mut AnyConn, id: Id) -> Result<Link> {
    let row = links::table.find(id).select(Link::as_select()).get_result(c).optional()?;
    row.ok_or_else(Error::not_found)
}

/// All links of an account, the oldest first.
///
/// # Errors
/// Those of the database.
pub fn of_account(c: &mut AnyConn, account: Id) -> Result<Vec<Link>> {
    use links::dsl as l;
    let rows = l::links.filter(l::account_id.eq(account)).order((l::created_at, l::id)).select(Link::as_select());
    Ok(rows.load(c)?)
}

/// The one definition of a link that gives a right on a day: confirmed, in its days, and of an account that is not stopped.
#[diesel::dsl::auto_type(no_type_alias)]
fn giving_right<'a>(day: &'a str) -> _ {
    let active: diesel::dsl::Eq<residents::status, Standing> = residents::status.eq(Standing::Active);
    let confirmed: diesel::dsl::Eq<links::state, LinkState> = links::state.eq(LinkState::Confirmed);
    let begun: diesel::dsl::LtEq<links::valid_from, &'a str> = links::valid_from.le(day);
    let open: diesel::dsl::Or<diesel::dsl::IsNull<links::valid_to>, diesel::dsl::GtEq<links::valid_to, &'a str>> =
        links::valid_to.is_null().or(links::valid_to.ge(day));
    links::table
        .inner_join(residents::table.on(residents::id.eq(links::account_id)))
        .filter(active)
        .filter(confirmed)
        .filter(begun)
        .filter(open)
}

/// In what relation an account may act for a person today; `None` when it may not. Oneself comes first.
///
/// # Errors
/// Those of the database.
pub fn may_act(c: &mut AnyConn, account: Id, person: Id, today: NaiveDate) -> Result<Option<Relation>> {
    let mut found = persons_of(c, account, today)?;
    found.retain(|(id, _)| *id == person);
    Ok(found.into_iter().map(|(_, relation)| relation).min())
}

/// The persons for whom an account may act today, the oldest link first.
///
/// # Errors
/// Those of the database.
pub fn persons_of(c: &mut AnyConn, account: Id, today: NaiveDate) -> Result<Vec<(Id, Relation)>> {
    use links::dsl as l;
    let day = today.to_string();
    let rows: Vec<(Option<Id>, Relation)> = giving_right(&day)
        .filter(l::account_id.eq(account))
        .order((l::created_at, l::id))
        .select((l::person_id, l::relation))
        .load(c)?;
    Ok(rows.into_iter().filter_map(|(person, relation)| Some((person?, relation))).collect())
}

/// Which accounts may act for which of these persons today, from one read.
///
/// # Errors
/// Those of the database.
pub fn acting_for(c: &mut AnyConn, persons: &[Id], today: NaiveDate) -> Result<Vec<(Id, Id)>> {
    use links::dsl as l;
    let day = today.to_string();
    let rows: Vec<(Option<Id>, Id)> = giving_right(&day)
        .filter(l::person_id.eq_any(persons.to_vec()))
        .select((l::person_id, l::account_id))
        .order((l::person_id, l::account_id))
        .load(c)?;
    Ok(rows.into_iter().filter_map(|(person, account)| Some((person?, account))).collect())
}

/// The accounts that may act for a person today, and so are told what concerns them, each with its relation (oneself
/// first, where there are several).
///
/// # Errors
/// Those of the database.
pub fn recipients_for(c: &mut AnyConn, person: Id, today: NaiveDate) -> Result<Vec<(Id, Relation)>> {
    use links::dsl as l;
    let day = today.to_string();
    let mut rows: Vec<(Id, Relation)> = giving_right(&day)
        .filter(l::person_id.eq(person))
        .select((l::account_id, l::relation))
        .order((l::account_id, l::id))
        .load(c)?;
    rows.sort_unstable();
    rows.dedup_by_key(|(account, _)| *account);
    Ok(rows)
}

#[cfg(test)]
#[path = "links_tests.rs"]
mod tests;
