//! The waiting list for a model at a point: who is next, and who has an offer until when.

use diesel::prelude::*;

use super::states::WaitState;
use super::store::{self, device_waits, once};
use super::terms::Terms;
use super::{codes, loans, reservations};
use crate::office::accounts::links;
use crate::office::cases::service::Office;
use crate::office::channels::inbox;
use crate::office::policy::county;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::moments::Moment;

/// One entry of a waiting list.
#[derive(Clone, Debug, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = device_waits, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Wait {
    pub id: Id,
    pub person_id: Id,
    pub account_id: Id,
    pub point_id: Id,
    pub model_id: Id,
    pub state: WaitState,
    /// Epoch milliseconds; the list is ordered by it.
    pub since: Moment,
    pub offer_until: Option<Moment>,
    pub live_key: Option<String>,
    pub version: i64,
}

impl Wait {
    pub(super) fn current(&self) -> Current {
        Current { version: self.version, state: self.state.code().to_owned(), state_label: self.state.label().to_owned() }
    }

    fn seen(&self, version: i64) -> Result<()> {
        if self.version == version { Ok(()) } else { Err(Error::stale(self.current())) }
    }
}

/// For whom somebody wants to wait, and where.
#[derive(Clone, Copy, Debug)]
pub struct Joining {
    pub id: Id,
    pub account: Id,
    pub person: Id,
    pub point: Id,
    pub model: Id,
}

/// Joins the waiting list. Errors: 10006, 30006 not eligible, 30008 free now, 30010 already waiting.
pub fn join(c: &mut AnyConn, office: &Office, new: Joining) -> Result<Wait> {
    links::may_act(c, new.account, new.person, office.today())?.ok_or_else(Error::not_found)?;
    let model = loans::lendable(c, new.person, new.point, new.model)?;
    let reasons = loans::not_eligible(c, office, new.person, &model)?;
    if !reasons.is_empty() {
        return Err(Error::new(&codes::NOT_ELIGIBLE).with_details(reasons));
    }
    let live_key = format!("{}/{}/{}", new.person, new.point, new.model);
    use device_waits::dsl as w;
    let there: i64 = w::device_waits.filter(w::live_key.eq(Some(live_key.clone()))).count().get_result(c)?;
    if there > 0 {
        return Err(Error::new(&codes::WAITING_ALREADY));
    }
    if reservations::free_unit(c, new.point, new.model)?.is_some() {
        return Err(Error::new(&codes::FREE_NOW));
    }
    let wait = Wait {
        id: new.id,
        person_id: new.person,
        account_id: new.account,
        point_id: new.point,
        model_id: new.model,
        state: WaitState::Waiting,
        since: office.now,
        offer_until: None,
        live_key: Some(live_key),
        version: 1,
    };
    once(diesel::insert_into(device_waits::table).values(wait.clone()).execute(c))?;
    Ok(wait)
}

/// The terms in force today in the county of a point.
fn terms_for(c: &mut AnyConn, office: &Office, point: Id) -> Result<Terms> {
    let county = store::point(c, point)?.county;
    let policy = county::current(c, &county, super::CODE, office.today())?;
    policy.ok_or_else(Error::not_found)?.service()
}

/// The account's own entry of an id, at the version that it saw; the account must still be allowed to act for the person.
pub fn owned(c: &mut AnyConn, office: &Office, account: Id, id: Id, version: i64) -> Result<Wait> {
    let wait = find(c, id)?.filter(|w| w.account_id == account).ok_or_else(Error::not_found)?;
    links::may_act(c, account, wait.person_id, office.today())?.ok_or_else(Error::not_found)?;
    wait.seen(version)?;
    Ok(wait)
}

pub(super) fn find(c: &mut AnyConn, id: Id) -> Result<Option<Wait>> {
    let found = device_waits::table.find(id).select(<Wait as Selectable<MultiBackend>>::construct_selection());
    Ok(found.get_result(c).optional()?)
}

pub(super) fn save(c: &mut AnyConn, wait: &mut Wait) -> Result<()> {
    wait.version = wait.version.saturating_add(1);
    diesel::update(device_waits::table.find(wait.id)).set(wait.clone()).execute(c)?;
    Ok(())
}

/// The first who waits without an offer.
pub fn first_waiting(c: &mut AnyConn, point: Id, model: Id) -> Result<Option<Wait>> {
    use device_waits::dsl as w;
    let line = w::device_waits
        .filter(w::point_id.eq(point).and(w::model_id.eq(model)).and(w::state.eq(WaitState::Waiting)))
        .order((w::since, w::id))
        .limit(1)
        .select(<Wait as Selectable<MultiBackend>>::construct_selection());
    Ok(line.load(c)?.into_iter().next())
}

/// Offers the promised unit to this entry for the hours of the policy, and informs the account.
pub(super) fn offer(c: &mut AnyConn, office: &Office, mut wait: Wait) -> Result<()> {
    let hours = i64::from(terms_for(c, office, wait.point_id)?.offer_hours);
    let until = office.now.saturating_add(hours.saturating_mul(3_600_000));
    wait.state = WaitState::Offered;
    wait.offer_until = Some(until);
    save(c, &mut wait)?;
    let body = format!("您排队等的辅具有了，为您保留到{}，请打开小程序确认。", clock_words(until));
    let news = inbox::News {
        account: wait.account_id, kind: inbox::NoticeKind::Offer, title: "辅具租赁：轮到您了", body: &body
    };
    inbox::inform(c, &office.keys, news, office.now)
}

/// A moment as people say it: 11月22日9点30分.
fn clock_words(at: Moment) -> String {
    let text = rfc3339(at);
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().trim_start_matches('0').to_owned();
    format!(
        "{}月{}日{}点{}分",
        part(5, 7),
        part(8, 10),
        text.get(11..13).unwrap_or_default(),
        text.get(14..16).unwrap_or_default()
    )
}

/// Takes an offer back because its unit left the stock: the entry waits again, at its old position.
pub(super) fn take_offer_back(c: &mut AnyConn, id: Id) -> Result<()> {
    let mut wait = find(c, id)?.ok_or_else(|| Error::internal("an offer to nobody"))?;
    wait.state = WaitState::Waiting;
    wait.offer_until = None;
    save(c, &mut wait)
}

/// The offer that a person may accept now for this model at this point.
pub fn offer_to(c: &mut AnyConn, office: &Office, person: Id, point: Id, model: Id) -> Result<Option<Wait>> {
    let key = format!("{person}/{point}/{model}");
    let found = device_waits::table.filter(device_waits::live_key.eq(Some(key)));
    let wait: Option<Wait> = found.select(<Wait as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?;
    Ok(wait.filter(|w| open_offer(w, office.now)))
}

/// Whether the entry has an offer whose time is not over.
pub fn open_offer(wait: &Wait, now: Moment) -> bool {
    wait.state == WaitState::Offered && wait.offer_until.is_some_and(|until| until > now)
}

/// Ends an entry whose offer became a reservation.
pub(super) fn end_accepted(c: &mut AnyConn, mut wait: Wait) -> Result<()> {
    wait.state = WaitState::Taken;
    wait.live_key = None;
    wait.offer_until = None;
    save(c, &mut wait)
}

/// The live entries of an account, the oldest first.
pub fn mine(c: &mut AnyConn, account: Id) -> Result<Vec<Wait>> {
    use device_waits::dsl as w;
    let live = w::device_waits.filter(w::account_id.eq(account)).filter(w::live_key.is_not_null());
    Ok(live.order((w::since, w::id)).select(<Wait as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// How many people get a unit before this entry does.
pub fn before(c: &mut AnyConn, wait: &Wait) -> Result<i64> {
    use device_waits::dsl as w;
    if wait.state != WaitState::Waiting {
        return Ok(0);
    }
    let line = w::device_waits
        .filter(w::point_id.eq(wait.point_id).and(w::model_id.eq(wait.model_id)).and(w::state.eq(WaitState::Waiting)))
        .filter(w::since.lt(wait.since).or(w::since.eq(wait.since).and(w::id.lt(wait.id))));
    let line: i64 = line.count().get_result(c)?;
    Ok(line.saturating_add(loans::count_displaced(c, wait.point_id, wait.model_id)?))
}

/// How many wait for each model at each point.
pub fn counts(c: &mut AnyConn, models: Vec<Id>) -> Result<Vec<(Id, Id, i64)>> {
    use device_waits::dsl as w;
    let rows = w::device_waits
        .filter(w::model_id.eq_any(models).and(w::state.eq(WaitState::Waiting)))
        .group_by((w::point_id, w::model_id))
        .select((w::point_id, w::model_id, diesel::dsl::count_star()))
        .order((w::point_id, w::model_id));
    Ok(rows.load(c)?)
}
