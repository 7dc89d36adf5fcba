//! Changes in the certificate part of a case when the case moves: whether an assessment is needed, that a card is to be
//! made, that the case ended.

use super::rules::{self, Assessment, CardStep, Finding, Need};
use super::sections::{CertificateSection, Holder};
use super::store::{self, CardCase, Entered};
use super::terms::{self, Kind};
use super::{codes, holding};
use crate::office::accounts::guards::Worker;
use crate::office::cases::access::four_eyes::conflicted;
use crate::office::cases::filing::drafts;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes::{ALREADY_LIVE, NOT_NOW};
use crate::office::cases::service::Office;
use crate::office::people::register;
use crate::platform::code::Code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::rules::lifecycle::{Action, State};
use crate::rules::versions::Version;

/// The kind of a stored case.
pub fn kind_of(case: &Case) -> Result<Kind> {
    Kind::from_code(&case.kind).ok_or_else(|| Error::internal(format!("no certificate kind {}", case.kind)))
}

/// The holder's section, if it was saved.
pub fn holder(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<Holder>> {
    let key = case.key(&office.keys)?;
    Ok(drafts::read::<Holder>(c, &key, case.id, CertificateSection::Holder.code())?.map(|s| s.body))
}

/// Whether this case needs an assessment, as it stands now.
pub fn need(c: &mut AnyConn, office: &Office, case: &Case, row: &CardCase) -> Result<Need> {
    let terms = terms::of(c, case)?;
    let old = row.old_certificate_id.map(|id| register::find_card(c, id)).transpose()?.flatten();
    let changed = holder(c, office, case)?.is_some_and(|h| h.changed_condition);
    let because = row.open(&case.key(&office.keys)?, "ordered_because", row.ordered_because.as_deref())?;
    Ok(rules::need(kind_of(case)?, old.as_ref().map(holding::held).as_ref(), changed, because, &terms))
}

/// See [`crate::office::cases::service::Service::follow`].
pub fn follow(c: &mut AnyConn, office: &Office, case: &Case, action: Action) -> Result<()> {
    let mut row = store::find(c, case.id)?;
    match action {
        Action::Submit | Action::Resubmit => {
            row.filed = true;
            decide_need(c, office, case, &mut row)?;
        }
        Action::Undo => {
            row.filed = false;
            row.assessment = Assessment::None;
            row.reason_code = None;
        }
        // A refused case that is reopened is as it was when it was refused.
        Action::Appeal | Action::TakeBack if !row.filed => {
            row.filed = true;
            row.holder_live = Some(case.person_id);
        }
        Action::Accept | Action::DeemAccepted if row.awaits_result() => {
            row.waiting_since = Some(office.now);
        }
        _ => {}
    }
    if case.state == State::Approved && row.card == CardStep::None {
        row.card = CardStep::ToBeMade;
    }
    if case.state.ended() {
        row.holder_live = None;
        row.filed = false;
        row.waiting_since = None;
    }
    store::save(c, &row)
}

/// Decides whether an assessment is needed, unless an officer ordered one or a result was entered.
fn decide_need(c: &mut AnyConn, office: &Office, case: &Case, row: &mut CardCase) -> Result<()> {
    if matches!(row.assessment, Assessment::Ordered | Assessment::Done) {
        return Ok(());
    }
    let need = need(c, office, case, row)?;
    row.assessment = if need.needed { Assessment::Needed } else { Assessment::Waived };
    row.reason_code = Some(need.code.to_owned());
    row.waiting_since = (need.needed && case.state == State::InReview).then_some(office.now);
    Ok(())
}

/// No approval while a result is awaited (32004), or when it says that the standard is not met (32009); no withdrawal once
/// the card is made (32007); no reopening of a refused case while the person has another live case (20006).
pub fn holds_back(c: &mut AnyConn, case: &Case) -> Result<Vec<(Action, &'static Code)>> {
    let row = store::find(c, case.id)?;
    let mut refused = Vec::new();
    if row.awaits_result() {
        refused.push((Action::Approve, &codes::ASSESSMENT_OPEN));
    } else if row.assessment == Assessment::Done && store::result_of(c, case.id)?.is_some_and(|r| r.finding.level.is_none()) {
        refused.push((Action::Approve, &codes::BELOW_STANDARD));
    }
    if !matches!(row.card, CardStep::None | CardStep::ToBeMade) {
        refused.push((Action::Withdraw, &codes::CARD_MADE));
    }
    if !matches!(row.card, CardStep::HandedOut | CardStep::Received) {
        refused.push((Action::Complete, &codes::NOT_HANDED_OUT));
    }
    if case.state.ended() && store::live_case(c, case.person_id)?.is_some_and(|other| other != case.id) {
        refused.push((Action::Appeal, &ALREADY_LIVE));
        refused.push((Action::TakeBack, &ALREADY_LIVE));
    }
    Ok(refused)
}

/// An officer of the case's desk asks for an assessment and says why. Errors: 10030, 20001, 20004, 20005, 32010.
pub fn order_assessment(
    c: &mut AnyConn,
    office: &Office,
    worker: &Worker,
    case: &Case,
    version: Version,
    why: &str,
) -> Result<()> {
    if case.state != State::InReview {
        case.seen(version)?;
        return Err(Error::new(&NOT_NOW).with_current(case.current()));
    }
    let order = Act::new(Actor::Worker(worker.clone()), Deed::Arrange).seeing(version).naming("assessment_ordered");
    let order = order.saying(Some(why.to_owned()));
    act(c, office, case.id, order)?;
    let mut row = store::find(c, case.id)?;
    if row.assessment != Assessment::Waived {
        return Err(Error::new(&codes::ALREADY_ORDERED).with_current(case.current()));
    }
    row.ordered_because = Some(row.seal(&case.key(&office.keys)?, "ordered_because", why)?);
    row.ordered_by = Some(worker.id);
    row.assessment = Assessment::Ordered;
    row.reason_code = Some("ordered_by_caseworker".to_owned());
    row.waiting_since = Some(office.now);
    store::save(c, &row)
}

/// Stores a doctor's result; until the case is decided, a later result replaces an earlier one. Errors: 10030, 20005,
/// 32005.
pub fn enter_result(
    c: &mut AnyConn,
    office: &Office,
    worker: &Worker,
    case: &Case,
    version: Version,
    new: &Entered,
) -> Result<Finding> {
    case.seen(version)?;
    let mut row = store::find(c, case.id)?;
    let wanted = row.awaits_result() || row.assessment == Assessment::Done;
    if !wanted || !matches!(case.state, State::InReview | State::CorrectionRequested) {
        return Err(Error::new(&codes::NO_ASSESSMENT).with_current(case.current()));
    }
    if conflicted(c, office, case, worker.id, worker.person)? {
        return Err(Error::new(&crate::office::cases::record::codes::CONFLICTED));
    }
    store::add_result(c, case.id, new)?;
    row.assessment = Assessment::Done;
    row.waiting_since = None;
    store::save(c, &row)?;
    // The case lies on the officer's desk, not the doctor's, whose name stands with the result.
    act(c, office, case.id, Act::system(Deed::Arrange, "assessment_entered"))?;
    Ok(new.finding.clone())
}
