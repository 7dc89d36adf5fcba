//! What a person holds and may apply for: the register's card, the county's terms, who must apply.

use chrono::NaiveDate;

use super::rules::{self, HeldCard, Obstacle};
use super::terms::{Kind, Terms};
use super::{codes, store};
use crate::office::cases::service::Office;
use crate::office::people::persons::{self, Person};
use crate::office::people::register::{self, Card, CertificateStatus};
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::id::Id;
use crate::rules::certificate::Category;

/// A person with the card in force and the terms of the county.
pub struct Holding {
    pub person: Person,
    /// Valid or frozen in the register; none after cancellation.
    pub card: Option<Card>,
    /// None where the county does not offer certificates here.
    pub terms: Option<Terms>,
    pub live_case: Option<Id>,
}

/// The card that a renewal or change is about.
pub fn card_of(c: &mut AnyConn, person: Id) -> Result<Option<Card>> {
    let cards = register::cards_of(c, person)?.into_iter();
    Ok(cards.rev().find(|k| matches!(k.status, CertificateStatus::Valid | CertificateStatus::Frozen)))
}

/// The rules' view of a card.
pub fn held(card: &Card) -> HeldCard {
    HeldCard {
        category: card.category,
        components: card.components.clone(),
        level: card.level,
        issued_on: card.issued_on,
        expires_on: card.expires_on,
        granted_by: card.granted_by,
        irreversible: card.irreversible,
        frozen: card.status == CertificateStatus::Frozen,
    }
}

impl Holding {
    /// Loads the card, the terms and the live case of a person as of today.
    pub fn of(c: &mut AnyConn, office: &Office, person: Id) -> Result<Holding> {
        let person = persons::open(c, &office.keys, person)?;
        let policy = county::current(c, &person.county, super::CODE, office.today())?;
        let terms = policy.map(|p| p.service::<Terms>()).transpose()?;
        let card = card_of(c, person.id)?;
        let live_case = store::live_case(c, person.id)?;
        Ok(Holding { person, card, terms, live_case })
    }

    /// The card as the rules see it.
    pub fn held(&self) -> Option<HeldCard> {
        self.card.as_ref().map(held)
    }

    /// Why a kind cannot be applied for today.
    pub fn obstacles(&self, kind: Kind, terms: &Terms, today: NaiveDate) -> Vec<Obstacle> {
        rules::obstacles(kind, self.held().as_ref(), self.live_case.is_some(), terms, today)
    }

    /// Whether only a guardian may apply; `declared` is what a first applicant says.
    pub fn needs_guardian(&self, declared: Option<Category>, terms: &Terms, today: NaiveDate) -> bool {
        let mut categories = self.held().map(|k| k.categories()).unwrap_or_default();
        categories.extend(declared);
        rules::guardian_required(self.person.id_number.is_minor_on(today), &categories, terms)
    }
}

/// Refuses (32001) with every obstacle as a detail; does nothing when there is none.
pub fn settle(obstacles: Vec<Obstacle>) -> Result<()> {
    if obstacles.is_empty() {
        return Ok(());
    }
    let details = obstacles.iter().map(|o| Detail::new("/kind", "办理事项", o.code, &o.reason, o.way_out)).collect();
    Err(Error::new(&codes::NOT_POSSIBLE).with_details(details))
}
