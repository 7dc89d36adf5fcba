//! Cases whose applicant may no longer act for the person, and those that a worker filed for somebody without an account:
//! somebody who may act takes them on, or the office sees it.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};

use super::act::{Act, Actor, write};
use super::case::{self, Case, cases};
use super::clocks::Counting;
use super::mine;
use super::papers;
use super::service::Spine;
use super::views::CaseSummary;
use super::{codes, consents};
use crate::office::accounts::guards::Filer;
use crate::office::accounts::links;
use crate::office::notices::telling;
use crate::office::policy::county;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::lifecycle::{Action, Role, State, permitted};

/// A running case whose applicant's right to act for the person has ended.
pub fn left_behind(c: &mut AnyConn, spine: &Spine, case: &Case) -> Result<bool> {
    let Some(applicant) = case.applicant_id else { return Ok(false) };
    Ok(!case.state.ended() && links::may_act(c, applicant, case.person_id, spine.today())?.is_none())
}

/// What the office must know of such a case: whether somebody may take it on, or nobody acts by phone any more.
pub(super) fn flag(c: &mut AnyConn, spine: &Spine, case: &Case) -> Result<Option<Labelled>> {
    if !left_behind(c, spine, case)? {
        return Ok(None);
    }
    let nobody = links::recipients_for(c, case.person_id, spine.today())?.is_empty();
    Ok(Some(if nobody {
        Labelled::new("nobody_acts", "申请人已不能代办，也没有别人能在手机上办理，请电话联系本人或家属")
    } else {
        Labelled::new("to_be_taken_on", "申请人已不能代办，等待其他可以代办的人接手")
    }))
}

/// Takes a case on: the account may act for the person, the applicant may no longer.
/// Errors: 10006 not for the caller, 10030 stale, 12xxx consent, 20001 its applicant may still act or it has ended.
pub fn take_on(c: &mut AnyConn, spine: &Spine, account: Id, id: Id, seen: i64, consent: Option<&str>) -> Result<Case> {
    let mut case = case::find(c, id)?;
    links::may_act(c, account, case.person_id, spine.today())?.ok_or_else(Error::not_found)?;
    case.seen(seen)?;
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let actor = Actor::Applicant(account);
    let rule = permitted(case.state, Action::TakeOn, case.standing(&actor, Role::Applicant, &policy));
    // What a worker filed for somebody without an account is theirs once they have one.
    let left = left_behind(c, spine, &case)?;
    if rule.is_none() || !left && case.applicant_id.is_some() {
        return Err(Error::new(&codes::NOT_NOW).with_current(case.current()));
    }
    consents::given(c, spine, &Filer::Resident(account), case.person_id, consent)?;
    let (loaded, from) = (case.version, case.state);
    if case.applicant_id.is_none() {
        papers::given_to(c, case.id, account)?;
    }
    case.applicant_id = Some(account);
    if left && case.state == State::CorrectionRequested {
        Counting::new(c, spine, &policy)?.take_up(&mut case);
    }
    let act = Act { actor, action: Action::TakeOn, version: Some(seen), reason: None, note: None };
    write(c, spine, &mut case, loaded, from, Role::Applicant, &act)?;
    Ok(case)
}

/// A page of the cases that an account may take on, the newest first; one row more than `limit` when there are more.
pub fn list(c: &mut AnyConn, spine: &Spine, account: Id, after: Option<After>, limit: i64) -> Result<Vec<(After, CaseSummary)>> {
    let mut persons: Vec<Id> = links::persons_of(c, account, spine.today())?.into_iter().map(|(person, _)| person).collect();
    persons.sort();
    persons.dedup();
    let acting = links::acting_for(c, &persons, spine.today())?;
    type Mine = Box<dyn BoxableExpression<cases::table, MultiBackend, SqlType = Nullable<Bool>>>;
    let mine = persons.into_iter().fold(None, |all: Option<Mine>, person| {
        let there: Vec<Option<Id>> = acting.iter().filter(|(p, _)| *p == person).map(|(_, account)| Some(*account)).collect();
        let left = cases::applicant_id.is_null().or(cases::applicant_id.ne_all(there));
        let left = cases::person_id.eq(person).and(left);
        Some(match all {
            Some(all) => Box::new(all.or(left)),
            None => Box::new(left),
        })
    });
    let Some(mine) = mine else { return Ok(Vec::new()) };
    let mut page = cases::table.filter(cases::ended_at.is_null().and(mine)).into_boxed::<MultiBackend>();
    if let Some(a) = after {
        page = page.filter(cases::created_at.lt(a.at).or(cases::created_at.eq(a.at).and(cases::id.lt(a.id))));
    }
    let rows: Vec<Case> = page
        .order((cases::created_at.desc(), cases::id.desc()))
        .limit(limit.saturating_add(1))
        .select(<Case as Selectable<MultiBackend>>::construct_selection())
        .load(c)?;
    mine::summaries(c, spine, rows, |case| case.created_at)
}

/// A link has ended: whoever else may act for the person is told of cases that wait for them, in the same write.
pub fn link_ended(c: &mut AnyConn, spine: &Spine, account: Id, person: Id) -> Result<()> {
    if links::may_act(c, account, person, spine.today())?.is_some() {
        return Ok(());
    }
    let left = cases::person_id.eq(person).and(cases::applicant_id.eq(account)).and(cases::ended_at.is_null());
    let waiting: i64 = cases::table.filter(left).count().get_result(c)?;
    if waiting == 0 {
        return Ok(());
    }
    for (other, _) in links::recipients_for(c, person, spine.today())? {
        let body = "有申请的原代办人已不能办理，您可以在“待接手的办件”里接手。";
        telling::inform(c, spine, other, "to_be_taken_on", "有办件等待接手", body)?;
    }
    Ok(())
}
