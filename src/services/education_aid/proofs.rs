//! Proofs of enrolment that are due after approval: reminder, warning, and the end of the award when the policy sets one.

use diesel::prelude::*;

use super::rules::{self, Awaited, ProofStep};
use super::seasons;
use super::store::{self, AwardState};
use super::terms::Terms;
use crate::office::cases::access::loading;
use crate::office::cases::filing::papers;
use crate::office::cases::moving::act::{Step, act, step};
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::service::Office;
use crate::office::policy::county;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::calendar::{beijing_date, end_of_day, start_of_day};
use crate::rules::moments::Moment;

diesel::table! {
    awaited_proofs (award_id) {
        award_id -> Binary,
        case_id -> Binary,
        since -> BigInt,
        refused_at -> Nullable<BigInt>,
        reminded -> Bool,
        warned_at -> Nullable<BigInt>,
        look_at -> BigInt,
    }
}

/// An awaited proof; the row is deleted when the proof is confirmed or the award revoked.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = awaited_proofs, treat_none_as_default_value = false)]
struct Proof {
    award_id: Id,
    case_id: Id,
    /// When it was asked for, epoch milliseconds.
    since: Moment,
    /// When the last one was refused; what was uploaded before does not count.
    refused_at: Option<Moment>,
    reminded: bool,
    warned_at: Option<Moment>,
    /// When it is to be checked again.
    look_at: Moment,
}

/// Most rows that one round processes, so that its write stays short.
const CHUNK: i64 = 20;

/// The award of a case waits for its proof from now on.
pub fn begin_waiting(c: &mut AnyConn, award_id: Id, case_id: Id, now: Moment) -> Result<()> {
    let row = Proof { award_id, case_id, since: now, refused_at: None, reminded: false, warned_at: None, look_at: now };
    diesel::insert_into(awaited_proofs::table).values(row).execute(c)?;
    Ok(())
}

/// The uploaded proof was refused; the days of the policy begin again.
pub fn store_refusal(c: &mut AnyConn, award: Id, now: Moment) -> Result<()> {
    use awaited_proofs::dsl as p;
    let anew = (p::refused_at.eq(now), p::reminded.eq(true), p::warned_at.eq(None::<i64>), p::look_at.eq(now));
    diesel::update(p::awaited_proofs.find(award)).set(anew).execute(c)?;
    Ok(())
}

/// Deletes the awaited proof of an award.
pub fn stop_waiting(c: &mut AnyConn, award: Id) -> Result<()> {
    diesel::delete(awaited_proofs::table.find(award)).execute(c)?;
    Ok(())
}

/// See [`crate::office::cases::service::Service::tick`]: one chunk of what is due.
pub fn tick(c: &mut AnyConn, office: &Office) -> Result<usize> {
    use awaited_proofs::dsl as p;
    let due = p::awaited_proofs.filter(p::look_at.le(office.now)).order((p::look_at, p::award_id)).limit(CHUNK);
    let due: Vec<Proof> = due.select(<Proof as Selectable<MultiBackend>>::construct_selection()).load(c)?;
    for proof in &due {
        check_proof(c, office, proof)?;
    }
    Ok(due.len())
}

fn check_proof(c: &mut AnyConn, office: &Office, proof: &Proof) -> Result<()> {
    let case = case::find(c, proof.case_id)?;
    let award = store::of_case(c, proof.case_id)?;
    let terms: Terms = county::pinned(c, case.policy_id)?.service()?;
    let due = seasons::of_period(c, &case.period)?.second_evidence_due;
    let waits = award.is_some_and(|a| a.state == AwardState::EvidenceDue);
    let (Some(evidence), Some(due)) = (terms.two_stage_evidence.filter(|_| waits), due) else {
        return stop_waiting(c, proof.award_id);
    };
    use awaited_proofs::dsl as p;
    let row = diesel::update(p::awaited_proofs.find(proof.award_id));
    if loading::left_behind(c, office, &case)? {
        // Nobody may act for this person now, so nobody could upload the proof: the days begin when somebody may.
        let tomorrow = start_of_day(office.today().succ_opt().unwrap_or_default());
        row.set((p::since.eq(office.now), p::warned_at.eq(None::<i64>), p::look_at.eq(tomorrow))).execute(c)?;
        return Ok(());
    }
    let counts = |at: Moment| proof.refused_at.is_none_or(|refused| at > refused);
    let awaited = Awaited {
        due,
        since: beijing_date(proof.refused_at.unwrap_or(proof.since)),
        reminded: proof.reminded,
        warned_on: proof.warned_at.map(beijing_date),
        brought: papers::of(c, case.id)?.iter().any(|p| p.material == "enrolment_proof" && counts(p.uploaded_at)),
    };
    match rules::proof_step(&awaited, &evidence, office.today()) {
        ProofStep::Wait(day) => row.set(p::look_at.eq(start_of_day(day))).execute(c)?,
        ProofStep::Rest => row.set(p::look_at.eq(i64::MAX)).execute(c)?,
        ProofStep::Remind => {
            row.set(p::reminded.eq(true)).execute(c)?;
            write_step(c, office, &case, "evidence_reminder", Some(end_of_day(due)))?
        }
        ProofStep::Warn(last) => {
            row.set(p::warned_at.eq(office.now)).execute(c)?;
            write_step(c, office, &case, "evidence_overdue", last.map(end_of_day))?
        }
        ProofStep::Lapse => {
            act(c, office, case.id, Act::system(Deed::Lapse, "evidence_missing"))?;
            1
        }
    };
    Ok(())
}

/// Writes a step into the history, of which the applicant is notified.
fn write_step(c: &mut AnyConn, office: &Office, case: &Case, words: &str, due_at: Option<Moment>) -> Result<usize> {
    let told = Step { actor: Actor::System, version: None, step: words, desk: None, point: None, due: due_at.into() };
    step(c, office, case.id, told)?;
    Ok(1)
}
