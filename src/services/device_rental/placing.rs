//! Gives free units to those who wait, and replaces promised units that left the stock. Keeps loans, promises and waiting
//! list consistent.

use diesel::prelude::*;

use super::codes;
use super::loans::{self, Loan};
use super::reservations::{self, Promise, free_unit, free_units, hold, of_unit, release};
use super::states::{PromiseKind, WaitState};
use super::store::{device_promises, device_waits};
use super::waitlist::{self, Wait};
use crate::office::cases::service::Office;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;

/// Moves the promise of a unit that left the stock to a free unit. When there is none, an offer is taken back; a
/// reservation gets the unit of the latest offer, and only without one is it displaced and its borrower told.
pub fn vacate(c: &mut AnyConn, office: &Office, unit: Id) -> Result<()> {
    let Some(promise) = of_unit(c, unit)? else { return Ok(()) };
    release(c, unit)?;
    if let Some(free) = free_unit(c, promise.point_id, promise.model_id)? {
        return hold(c, &Promise { unit_id: free, ..promise });
    }
    if let Some(wait) = promise.wait_id {
        return waitlist::take_offer_back(c, wait);
    }
    let Some(case) = promise.case_id else { return Err(Error::internal("a promise to nobody")) };
    match last_offer(c, promise.point_id, promise.model_id)? {
        Some(offer) => {
            release(c, offer.unit_id)?;
            if let Some(wait) = offer.wait_id {
                waitlist::take_offer_back(c, wait)?;
            }
            hold(c, &Promise { unit_id: offer.unit_id, ..promise })
        }
        None => loans::displace(c, office, case),
    }
}

fn last_offer(c: &mut AnyConn, point: Id, model: Id) -> Result<Option<Promise>> {
    use device_promises::dsl as p;
    let offers = p::device_promises
        .filter(p::point_id.eq(point).and(p::model_id.eq(model)).and(p::kind.eq(PromiseKind::Offer)))
        .order((p::made_at.desc(), p::unit_id.desc()))
        .select(<Promise as Selectable<MultiBackend>>::construct_selection());
    Ok(offers.load(c)?.into_iter().next())
}

/// Gives free units to those who wait: displaced reservations first, then the waiting list. Called whenever a unit becomes
/// free, so that no unit is free while somebody waits.
pub fn place_next(c: &mut AnyConn, office: &Office, point_id: Id, model_id: Id) -> Result<()> {
    for unit_id in free_units(c, point_id, model_id)? {
        let promise =
            |kind, case_id, wait_id| Promise { unit_id, point_id, model_id, kind, case_id, wait_id, made_at: office.now };
        if let Some(loan) = loans::first_displaced(c, point_id, model_id)? {
            hold(c, &promise(PromiseKind::Reservation, Some(loan.case_id), None))?;
            loans::placed_again(c, office, loan)?;
        } else if let Some(wait) = waitlist::first_waiting(c, point_id, model_id)? {
            hold(c, &promise(PromiseKind::Offer, None, Some(wait.id)))?;
            waitlist::offer(c, office, wait)?;
        } else {
            return Ok(());
        }
    }
    Ok(())
}

/// Whether somebody waits for the model at the point: on the waiting list, or with a reservation that lost its unit.
pub fn somebody_waits(c: &mut AnyConn, point: Id, model: Id) -> Result<bool> {
    let displaced: Option<Loan> = loans::first_displaced(c, point, model)?;
    Ok(displaced.is_some() || waitlist::first_waiting(c, point, model)?.is_some())
}

/// Leaves the waiting list; an offered unit goes to the next.
pub fn leave(c: &mut AnyConn, office: &Office, wait: Wait) -> Result<Wait> {
    if !matches!(wait.state, WaitState::Waiting | WaitState::Offered) {
        return Err(Error::new(&codes::OFFER_OVER).with_current(wait.current()));
    }
    end_wait(c, office, wait, WaitState::Left)
}

fn end_wait(c: &mut AnyConn, office: &Office, mut wait: Wait, state: WaitState) -> Result<Wait> {
    let offer = reservations::of_wait(c, wait.id)?;
    wait.state = state;
    wait.live_key = None;
    wait.offer_until = None;
    waitlist::save(c, &mut wait)?;
    if let Some(offer) = offer {
        reservations::release(c, offer.unit_id)?;
        place_next(c, office, wait.point_id, wait.model_id)?;
    }
    Ok(wait)
}

/// Ends offers whose time is over and gives their units to the next; returns how many.
pub fn end_expired_offers(c: &mut AnyConn, office: &Office) -> Result<usize> {
    use device_waits::dsl as w;
    let over = w::device_waits.filter(w::state.eq(WaitState::Offered).and(w::offer_until.le(Some(office.now))));
    let over: Vec<Wait> = over
        .order((w::offer_until, w::id))
        .limit(super::AT_ONCE)
        .select(<Wait as Selectable<MultiBackend>>::construct_selection())
        .load(c)?;
    let many = over.len();
    for wait in over {
        // An earlier one of this round may have changed it.
        if waitlist::find(c, wait.id)?.is_some_and(|now| now.version == wait.version) {
            end_wait(c, office, wait, WaitState::Expired)?;
        }
    }
    Ok(many)
}
