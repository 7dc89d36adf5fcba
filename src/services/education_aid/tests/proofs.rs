//! Awaited proofs: nobody loses an award without a warning, and the money of a lapsed award can be granted again.

use chrono::NaiveDate;
use diesel::prelude::*;
use proptest::prelude::*;

use super::super::rules::{Awaited, ProofStep, proof_step};
use super::super::store::{self, AwardState};
use super::super::terms::{Stage, TwoStageEvidence};
use super::super::{proofs, seasons};
use super::payments::{Ground, NOW};
use crate::office::cases::record::case;
use crate::office::cases::service::Office;
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;
use crate::rules::money::Fen;

const DAY: i64 = 24 * 3_600_000;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

fn terms(lapse_days: Option<u32>) -> TwoStageEvidence {
    TwoStageEvidence { stages: vec![], enrolment_proof_due: "09-30".into(), remind_days: 7, lapse_days }
}

fn awaited(reminded: bool, warned_on: Option<NaiveDate>) -> Awaited {
    Awaited { due: day(9, 30), since: day(9, 1), reminded, warned_on, brought: false }
}

#[test]
fn the_applicant_is_reminded_then_warned_and_only_then_loses_the_award() {
    let ten = terms(Some(10));
    let fresh = awaited(false, None);
    assert_eq!(proof_step(&fresh, &ten, day(9, 22)), ProofStep::Wait(day(9, 23)));
    assert_eq!(proof_step(&fresh, &ten, day(9, 23)), ProofStep::Remind);
    let reminded = awaited(true, None);
    assert_eq!(proof_step(&reminded, &ten, day(9, 30)), ProofStep::Wait(day(10, 1)));
    assert_eq!(proof_step(&reminded, &ten, day(10, 1)), ProofStep::Warn(Some(day(10, 11))));
    // When nothing was checked for months, the warning still comes first.
    assert_eq!(proof_step(&fresh, &ten, day(12, 1)), ProofStep::Warn(Some(day(12, 11))));
    let warned = awaited(true, Some(day(10, 1)));
    assert_eq!(proof_step(&warned, &ten, day(10, 11)), ProofStep::Wait(day(10, 12)));
    assert_eq!(proof_step(&warned, &ten, day(10, 12)), ProofStep::Lapse);
    assert_eq!(proof_step(&warned, &terms(None), day(12, 31)), ProofStep::Rest);
    assert_eq!(proof_step(&Awaited { brought: true, ..warned }, &ten, day(12, 1)), ProofStep::Wait(day(12, 2)));
    // An approval or a refusal after the last day starts the days again.
    let late = Awaited { since: day(10, 20), ..reminded };
    assert_eq!(proof_step(&late, &ten, day(10, 20)), ProofStep::Wait(day(10, 21)));
}

fn pass(ground: &Ground, to: Moment) {
    let office = Office { now: to, ..ground.office.clone() };
    while ground.write({
        let office = office.clone();
        move |c| proofs::tick(c, &office)
    }) > 0
    {}
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_is_committed_is_the_sum_of_live_awards_whatever_lapses(
        budget in 300_000_i64..2_000_000, quota in 1_i64..6,
        moves in proptest::collection::vec((0_usize..8, 0_u8..4, 0_i64..30), 1..20),
    ) {
        let ground = Ground::open(0);
        let season = ground.season(budget, quota);
        let mut now = NOW;
        let mut all = Vec::new();
        for (who, kind, days) in moves {
            match kind {
                0 | 1 => {
                    let (stage, year) = if kind == 0 { (Stage::Undergraduate, 2026) } else { (Stage::Compulsory, 2020) };
                    let case = ground.case(who, &season, stage, year);
                    if ground.approve(case).is_ok() {
                        all.push(case);
                    }
                }
                2 => {
                    now = now.saturating_add(days * DAY);
                    pass(&ground, now);
                }
                _ => {
                    let Some(case) = all.get(who % all.len().max(1)).copied() else { continue };
                    let award = ground.award(case);
                    if award.state == AwardState::EvidenceDue {
                        ground.write(move |c| {
                            store::move_to(c, award.id, AwardState::EvidenceDue, AwardState::Payable, NOW)?;
                            proofs::stop_waiting(c, award.id)
                        });
                    }
                }
            }
            let id = season.id;
            let held = ground.write(move |c| seasons::find(c, id));
            let live = store::awards::table.filter(store::awards::state.ne(AwardState::Revoked));
            let live: Vec<Fen> = ground.write(move |c| Ok(live.select(store::awards::amount_fen).load(c)?));
            prop_assert_eq!((held.committed_fen, held.committed_count), (Fen::checked_sum(live.iter().copied()).unwrap(), live.len() as i64));
        }
        // Long after, whoever never uploaded a proof has lost the award; everybody else has kept it.
        for later in [60, 90, 120] {
            pass(&ground, now.saturating_add(later * DAY));
        }
        for case in all {
            let award = ground.award(case);
            let case = ground.write(move |c| case::find(c, case));
            let lapsed = case.state == State::Lapsed;
            prop_assert!(award.state == if lapsed { AwardState::Revoked } else { AwardState::Payable }, "{:?} {:?}", award, case.state);
        }
    }
}
