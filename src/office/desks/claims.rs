//! Claims that outlive the right to them: given back when a worker is moved, banned or away and when a deputy's time is
//! over, or handed to a colleague by whoever leads the desk.

use diesel::prelude::*;

use crate::office::accounts::guards::Worker;
use crate::office::accounts::{absences, staff};
use crate::office::cases::access::four_eyes::conflicted;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::record::reason::OfficeReason;
use crate::office::cases::service::{Office, Services};
use crate::platform::app::App;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Faults, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;

diesel::table! {
    hand_overs (id) {
        id -> Binary,
        at -> BigInt,
        by_worker -> Binary,
        from_worker -> Binary,
        to_worker -> Nullable<Binary>,
        handed -> BigInt,
        returned -> BigInt,
    }
}

/// The cases that a worker has claimed now. A claim lasts the policy's minutes, so there are few of them.
fn claimed(c: &mut AnyConn, worker: Id, now: Moment) -> Result<Vec<Case>> {
    let claimed = cases::table.filter(cases::claimed_by.eq(worker).and(cases::claim_until.gt(now)));
    let claimed = claimed.order((cases::submitted_at, cases::id));
    Ok(claimed.select(<Case as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

fn give_back(c: &mut AnyConn, office: &Office, case: &Case, why: OfficeReason) -> Result<()> {
    act(c, office, case.id, Act::system(Deed::Release, why.code())).map(|_| ())
}

/// Gives back what a worker has claimed on desks that they do not serve any more; call it in the write that took the posts
/// away. `why` stands in the timeline. Answers how many.
pub fn release_lost(c: &mut AnyConn, office: &Office, worker: Id, why: OfficeReason) -> Result<usize> {
    let there = staff::find(c, worker, office.now)?;
    let lost = |case: &Case| there.as_ref().is_none_or(|w| case.desk_role(w).is_none());
    let lost: Vec<Case> = claimed(c, worker, office.now)?.into_iter().filter(lost).collect();
    for case in &lost {
        give_back(c, office, case, why)?;
    }
    Ok(lost.len())
}

/// Lets an absence begin: what the worker has claimed goes back, so that the deputy finds it.
pub fn begin(c: &mut AnyConn, office: &Office, absence: Id, worker: Id) -> Result<()> {
    absences::begin(c, absence, office.now)?;
    for case in claimed(c, worker, office.now)? {
        give_back(c, office, &case, OfficeReason::WorkerAway)?;
    }
    Ok(())
}

/// Ends an absence: what the deputy has claimed by it goes back.
pub fn end(c: &mut AnyConn, office: &Office, absence: Id, deputy: Id, by: Option<Id>) -> Result<()> {
    absences::end(c, absence, by, office.now)?;
    release_lost(c, office, deputy, OfficeReason::DeputyEnded).map(|_| ())
}

/// Begins and ends the absences whose time has come, each in a write of its own; answers how many.
pub async fn keep_absences(app: &App, services: &Services) -> Result<usize> {
    let now = app.clock.now();
    let due = app.db.read(move |c| absences::due(c, now)).await?;
    let mut done = 0_usize;
    for id in due {
        let office = Office::of(app, services);
        let moved = app.db.write(move |c| {
            let absence = absences::find(c, id)?;
            // Somebody may have ended it since it was found.
            if absence.ended_at.is_some() {
                return Ok(());
            }
            if absence.until_at <= office.now {
                return end(c, &office, id, absence.deputy_id, None);
            }
            begin(c, &office, id, absence.worker_id)
        });
        match moved.await {
            Ok(()) => done = done.saturating_add(1),
            // One that cannot be settled must not stop the others; it is tried again.
            Err(e) => tracing::error!(absence = %id, error = ?e, "an absence could not be settled"),
        }
    }
    Ok(done)
}

/// What became of the cases of a hand-over.
#[derive(Clone, Copy, Debug, Default)]
pub struct HandedOver {
    /// Now claimed by the other.
    pub handed: i64,
    /// Back in the pool: nobody was named, or the other may not work on them.
    pub returned: i64,
}

/// Who hands over what to whom.
pub struct HandOver {
    pub id: Id,
    pub by: Worker,
    pub from: Id,
    pub to: Option<Worker>,
}

impl HandOver {
    /// A hand-over under `id`, to a colleague on duty or back to the pool.
    ///
    /// # Errors
    /// 10006 when nobody is `from`; 10002 when `to` is the same worker or not on duty.
    pub fn between(c: &mut AnyConn, id: Id, by: &Worker, from: Id, to: Option<Id>, now: Moment) -> Result<HandOver> {
        // Found by name, without asking for a post: a worker who was banned or moved may still have claimed cases.
        staff::names(c, vec![from])?.pop().ok_or_else(Error::not_found)?;
        let found = match to {
            Some(to) if to != from => staff::find(c, to, now)?,
            _ => None,
        };
        let mut faults = Faults::new();
        if to.is_some() && found.is_none() {
            let way_out = "请选择另一位在岗的同事，或者不选，放回待办。";
            faults.push("/to_worker", "接手人", "nobody", "这个人不能接手。", way_out);
        }
        faults.settle()?;
        Ok(HandOver { id, by: by.clone(), from, to: found })
    }

    /// The case lies on a desk that the caller leads, or in the area of the administrator.
    fn concerns(&self, case: &Case) -> bool {
        let runs = self.by.covers(Role::Administrator, &case.area);
        runs || case.led_by(&self.by)
    }

    /// Moves what `from` has claimed, with a line for each case and a row for the whole.
    pub fn run(&self, c: &mut AnyConn, office: &Office) -> Result<HandedOver> {
        let mut done = HandedOver::default();
        for case in claimed(c, self.from, office.now)?.into_iter().filter(|case| self.concerns(case)) {
            give_back(c, office, &case, OfficeReason::HandedOver)?;
            if self.takes(c, office, &case)? {
                done.handed = done.handed.saturating_add(1);
            } else {
                done.returned = done.returned.saturating_add(1);
            }
        }
        use hand_overs::dsl as h;
        let row = (
            (h::id.eq(self.id), h::at.eq(office.now), h::by_worker.eq(self.by.id), h::from_worker.eq(self.from)),
            (h::to_worker.eq(self.to.as_ref().map(|w| w.id)), h::handed.eq(done.handed), h::returned.eq(done.returned)),
        );
        diesel::insert_into(h::hand_overs).values(row).execute(c)?;
        Ok(done)
    }

    /// The other claims the case, if they serve its desk and have nothing to do with it.
    fn takes(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<bool> {
        let Some(to) = self.to.as_ref().filter(|to| case.desk_role(to).is_some()) else { return Ok(false) };
        if conflicted(c, office, case, to.id, to.person)? {
            return Ok(false);
        }
        let claim = Act::new(Actor::Worker(to.clone()), Deed::Claim).naming(OfficeReason::HandedOver.code());
        act(c, office, case.id, claim)?;
        Ok(true)
    }
}
