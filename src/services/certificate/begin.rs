//! Beginning a draft.

use super::holding::{self, Holding};
use super::store::{self, CardCase};
use super::terms::Kind;
use super::{Certificate, codes};
use crate::office::accounts::guards::Filer;
use crate::office::cases::access::mandates;
use crate::office::cases::filing::drafts::{self, NewDraft};
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes::ALREADY_LIVE;
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;

/// Begins a draft. Errors: 10006 when the caller may not act for the person, 32002 when only a guardian may apply, 20006
/// and 32001 when the kind cannot be applied for today.
pub fn draft(c: &mut AnyConn, office: &Office, id: Id, who: &Filer, person: Id, kind: Kind) -> Result<Case> {
    let relation = mandates::relation(c, who, person, office.now)?;
    let holding = Holding::of(c, office, person)?;
    if let Some(terms) = &holding.terms {
        if holding.live_case.is_some() {
            return Err(Error::new(&ALREADY_LIVE));
        }
        holding::settle(holding.obstacles(kind, terms, office.today()))?;
        if holding.needs_guardian(None, terms, office.today()) && !relation.is_guardians() {
            return Err(Error::new(&codes::GUARDIAN));
        }
    }
    // Without terms the county has no policy, which `begin` answers itself.
    let new = NewDraft { filer: who.clone(), person, kind: kind.code().to_owned(), period: String::new() };
    let case = drafts::begin(c, office, &Certificate, id, &new)?;
    let old = holding.card.filter(|_| kind != Kind::New).map(|k| k.id);
    store::insert(c, &CardCase::begin(&case, old))?;
    Ok(case)
}
