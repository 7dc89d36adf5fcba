//! The register of disability certificates: what each person holds, and how one card takes the place of another.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::{Category, CertificateNumber, GrantedBy, Level};
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;
use crate::text_columns;

diesel::table! {
    certificates (id) {
        id -> Binary,
        person_id -> Binary,
        county -> Text,
        number -> Binary,
        number_hash -> Binary,
        category -> Text,
        components -> Text,
        level -> Text,
        severe -> Bool,
        issued_on -> Text,
        expires_on -> Text,
        granted_by -> Text,
        irreversible -> Bool,
        status -> Text,
        superseded_by -> Nullable<Binary>,
        case_id -> Nullable<Binary>,
        updated_at -> BigInt,
    }
}

coded_enum! {
    /// Where a card stands. A valid card may have expired: it stays valid here until the county freezes it.
    pub enum CertificateStatus {
        Valid = "valid", "有效";
        Frozen = "frozen", "已冻结";
        Cancelled = "cancelled", "已注销";
        Superseded = "superseded", "已换发新证";
    }
}

text_columns!(Category, Level, GrantedBy, CertificateStatus);

/// A card without its number, which needs no key to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    pub id: Id,
    pub person: Id,
    pub county: AreaCode,
    pub category: Category,
    /// Of a multiple disability its categories, else empty.
    pub components: Vec<Category>,
    pub level: Level,
    pub issued_on: NaiveDate,
    /// The last valid day.
    pub expires_on: NaiveDate,
    pub granted_by: GrantedBy,
    /// A limb is plainly and irreversibly lost.
    pub irreversible: bool,
    pub status: CertificateStatus,
    pub superseded_by: Option<Id>,
    pub case_id: Option<Id>,
}

/// A card with its number open.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub card: Card,
    pub number: CertificateNumber,
}

/// A card to be issued. Category and level are those of its number.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    pub id: Id,
    pub person: Id,
    /// The county that issues it.
    pub county: AreaCode,
    pub number: CertificateNumber,
    pub components: Vec<Category>,
    pub issued_on: NaiveDate,
    pub expires_on: NaiveDate,
    pub granted_by: GrantedBy,
    pub irreversible: bool,
    pub case_id: Option<Id>,
    /// Epoch milliseconds.
    pub at: Moment,
}

/// A row that is ready to be written.
#[derive(Clone, Insertable)]
#[diesel(table_name = certificates, treat_none_as_default_value = false)]
pub struct SealedCertificate {
    id: Id,
    person_id: Id,
    county: AreaCode,
    number: Vec<u8>,
    number_hash: Vec<u8>,
    category: Category,
    components: String,
    level: Level,
    severe: bool,
    issued_on: String,
    expires_on: String,
    granted_by: GrantedBy,
    irreversible: bool,
    status: CertificateStatus,
    superseded_by: Option<Id>,
    case_id: Option<Id>,
    updated_at: Moment,
}

/// The look-up hash of a certificate number.
pub fn number_hash(keys: &Keyring, number: &CertificateNumber) -> [u8; 32] {
    keys.lookup_hash("certificate", &number.reveal())
}

fn place(id: &Id) -> Place<'_> {
    Place::new("certificates", "number", id.as_bytes())
}

impl NewCertificate {
    /// Seals the number for its place in the new row.
    pub fn seal(&self, keys: &Keyring) -> Result<SealedCertificate> {
        let components: Vec<&str> = self.components.iter().map(|c| c.code()).collect();
        Ok(SealedCertificate {
            id: self.id,
            person_id: self.person,
            county: self.county,
            number: keys.seal_text(&place(&self.id), &self.number.reveal())?,
            number_hash: number_hash(keys, &self.number).to_vec(),
            category: self.number.category(),
            components: components.join(","),
            level: self.number.level(),
            severe: self.number.level().severe(),
            issued_on: self.issued_on.to_string(),
            expires_on: self.expires_on.to_string(),
            granted_by: self.granted_by,
            irreversible: self.irreversible,
            status: CertificateStatus::Valid,
            superseded_by: None,
            case_id: self.case_id,
            updated_at: self.at,
        })
    }
}

/// Issues a card; the person's valid or frozen card is superseded by it in the same transaction. Answers the cards
/// that lost their place.
pub fn issue(c: &mut AnyConn, keys: &Keyring, new: &NewCertificate) -> Result<Vec<Id>> {
    use certificates::dsl as t;
    let old = t::certificates
        .filter(t::person_id.eq(new.person))
        .filter(t::status.eq(CertificateStatus::Valid).or(t::status.eq(CertificateStatus::Frozen)))
        .order((t::issued_on, t::id))
        .select(t::id);
    let old: Vec<Id> = old.load(c)?;
    for id in &old {
        let changed = (t::status.eq(CertificateStatus::Superseded), t::superseded_by.eq(Some(new.id)), t::updated_at.eq(new.at));
        diesel::update(t::certificates.find(*id)).set(changed).execute(c)?;
    }
    insert_sealed(c, &[new.seal(keys)?])?;
    Ok(old)
}

/// Writes sealed first cards in one statement and supersedes nothing; long lists come in chunks of some hundreds.
pub fn insert_sealed(c: &mut AnyConn, rows: &[SealedCertificate]) -> Result<()> {
    let insert = diesel::insert_into(certificates::table).values(rows);
    match c {
        AnyConn::Sqlite(c) => insert.execute(c)?,
        AnyConn::Postgres(c) => insert.execute(c)?,
    };
    Ok(())
}

/// Moves a card from one status to another; false when it no longer stands where the caller saw it.
pub fn move_status(c: &mut AnyConn, card: Id, from: CertificateStatus, to: CertificateStatus, at: Moment) -> Result<bool> {
    use certificates::dsl as t;
    let here = t::certificates.filter(t::id.eq(card)).filter(t::status.eq(from));
    Ok(diesel::update(here).set((t::status.eq(to), t::updated_at.eq(at))).execute(c)? == 1)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = certificates)]
pub(crate) struct CardRow {
    id: Id,
    person_id: Id,
    county: AreaCode,
    category: Category,
    components: String,
    level: Level,
    issued_on: NaiveDate,
    expires_on: NaiveDate,
    granted_by: GrantedBy,
    irreversible: bool,
    status: CertificateStatus,
    superseded_by: Option<Id>,
    case_id: Option<Id>,
}

pub(crate) fn card(row: CardRow) -> Result<Card> {
    let parts = row.components.split(',').filter(|s| !s.is_empty());
    let components: Option<Vec<Category>> = parts.map(Category::from_code).collect();
    Ok(Card {
        id: row.id,
        person: row.person_id,
        county: row.county,
        category: row.category,
        components: components.ok_or_else(|| Error::internal("stored components are no categories"))?,
        level: row.level,
        issued_on: row.issued_on,
        expires_on: row.expires_on,
        granted_by: row.granted_by,
        irreversible: row.irreversible,
        status: row.status,
        superseded_by: row.superseded_by,
        case_id: row.case_id,
    })
}

/// The card that a person may use on that day: status valid, issued and not expired.
pub fn valid_certificate(c: &mut AnyConn, person: Id, today: NaiveDate) -> Result<Option<Card>> {
    let held = cards_of(c, person)?.into_iter();
    let good = |k: &Card| k.status == CertificateStatus::Valid && k.issued_on <= today && today <= k.expires_on;
    Ok(held.rev().find(good))
}

/// All cards of a person, the oldest first, without their numbers.
pub fn cards_of(c: &mut AnyConn, person: Id) -> Result<Vec<Card>> {
    use certificates::dsl as t;
    let rows = t::certificates.filter(t::person_id.eq(person)).order((t::issued_on, t::id));
    let rows: Vec<CardRow> = rows.select(CardRow::as_select()).load(c)?;
    rows.into_iter().map(card).collect()
}

/// One card without its number.
pub fn find_card(c: &mut AnyConn, id: Id) -> Result<Option<Card>> {
    let row: Option<CardRow> = certificates::table.find(id).select(CardRow::as_select()).get_result(c).optional()?;
    row.map(card).transpose()
}

/// All cards of a person, the oldest first, with their numbers open.
pub fn certificates_of(c: &mut AnyConn, keys: &Keyring, person: Id) -> Result<Vec<Certificate>> {
    let cards = cards_of(c, person)?;
    let mut open = Vec::with_capacity(cards.len());
    for card in cards {
        let number = open_number(c, keys, &card)?;
        open.push(Certificate { card, number });
    }
    Ok(open)
}

fn open_number(c: &mut AnyConn, keys: &Keyring, card: &Card) -> Result<CertificateNumber> {
    use certificates::dsl as t;
    let row = t::certificates.find(card.id).select((t::number, t::updated_at));
    let (sealed, stored_at): (Vec<u8>, Moment) = row.get_result(c)?;
    let text = keys.open_text(&place(&card.id), &sealed)?;
    CertificateNumber::parse(&text, beijing_date(stored_at))
        .map_err(|e| Error::internal(format!("stored certificate number: {e}")))
}

/// The card of a number; see [`number_hash`]. Of several with one number the newest.
pub fn find_by_number_hash(c: &mut AnyConn, hash: &[u8]) -> Result<Option<Card>> {
    use certificates::dsl as t;
    let rows = t::certificates.filter(t::number_hash.eq(hash)).order((t::issued_on, t::id));
    let rows: Vec<CardRow> = rows.select(CardRow::as_select()).load(c)?;
    rows.into_iter().next_back().map(card).transpose()
}
