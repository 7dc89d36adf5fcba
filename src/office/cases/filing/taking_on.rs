//! Cases whose applicant may no longer act for the person, and those that a worker filed for somebody without an account:
//! somebody who may act takes them on, or the office sees it.

use diesel::prelude::*;

use super::papers;
use crate::office::accounts::links;
use crate::office::cases::access::consents;
use crate::office::cases::access::loading::left_behind;
use crate::office::cases::moving::act::store;
use crate::office::cases::moving::clocks::Counting;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::{self, Case, cases};
use crate::office::cases::record::codes;
use crate::office::cases::record::history::Line;
use crate::office::cases::service::Office;
use crate::office::channels::inbox;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::{Action, Role, State, permitted};
use crate::rules::versions::Version;

/// Takes a case on: the account may act for the person, the applicant may no longer.
/// Errors: 10006 not for the caller, 10030 stale, 12xxx consent, 20001 its applicant may still act or it has ended.
pub fn take_on(c: &mut AnyConn, office: &Office, account: Id, id: Id, seen: Version, consent: Option<&str>) -> Result<Case> {
    let mut case = case::find(c, id)?;
    links::may_act(c, account, case.person_id, office.today())?.ok_or_else(Error::not_found)?;
    case.seen(seen)?;
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let actor = Actor::Applicant(account);
    let rule = permitted(case.state, Action::TakeOn, case.standing(&actor, Role::Applicant, &policy));
    // A case that a worker filed for somebody without an account can be taken on once they have one.
    let left = left_behind(c, office, &case)?;
    if rule.is_none() || !left && case.filing.applicant_id.is_some() {
        return Err(Error::new(&codes::NOT_NOW).with_current(case.current()));
    }
    consents::record(c, office, &actor, case.person_id, consent)?;
    let from = case.state;
    if case.filing.applicant_id.is_none() {
        papers::given_to(c, case.id, account)?;
    }
    case.filing.applicant_id = Some(account);
    if left && case.state == State::CorrectionRequested {
        Counting::new(c, office, &policy)?.take_up(&mut case);
    }
    let line =
        Line { action: Action::TakeOn, from, role: Role::Applicant, actor: actor.id(), reason: None, note: None, at: office.now };
    store(c, office, &mut case, line)?;
    Ok(case)
}

/// A link has ended: whoever else may act for the person is told of cases that wait for them, in the same write.
pub fn link_ended(c: &mut AnyConn, office: &Office, account: Id, person: Id) -> Result<()> {
    if links::may_act(c, account, person, office.today())?.is_some() {
        return Ok(());
    }
    let left = cases::person_id.eq(person).and(cases::applicant_id.eq(account)).and(cases::ended_at.is_null());
    let waiting: i64 = cases::table.filter(left).count().get_result(c)?;
    if waiting == 0 {
        return Ok(());
    }
    for (other, _) in links::recipients_for(c, person, office.today())? {
        let body = "有申请的原代办人已不能办理，您可以在“待接手的办件”里接手。";
        let news = inbox::News { account: other, kind: inbox::NoticeKind::ToBeTakenOn, title: "有办件等待接手", body };
        inbox::inform(c, &office.keys, news, office.now)?;
    }
    Ok(())
}
