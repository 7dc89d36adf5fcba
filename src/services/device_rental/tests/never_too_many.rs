//! Whatever the order of reserving, handing out, returning, cleaning, losing and waiting: never more promised than exist,
//! nothing free while somebody waits, and nothing lent that two people did not sign clean.

use diesel::prelude::*;
use proptest::prelude::*;

use super::super::availability;
use super::super::states::{LoanState, PromiseKind, UnitState, UnitStep, WaitState};
use super::super::store::{device_loans, device_promises, device_units, device_waits};
use super::super::units::Unit;
use super::world::{COUNTY, World, number};
use crate::office::cases::record::actor::Deed;
use crate::office::cases::record::{case, history};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::lifecycle::State;
use crate::services::device_rental::reservations::Promise;

#[derive(Clone, Debug)]
enum Move {
    /// Fill in and submit; who finds nothing joins the line.
    Ask {
        who: usize,
        point: usize,
        model: usize,
    },
    SubmitAgain {
        who: usize,
    },
    HandOut {
        loan: usize,
        unit: usize,
    },
    Bring {
        loan: usize,
        point: usize,
    },
    Withdraw {
        loan: usize,
    },
    Extend {
        loan: usize,
    },
    Step {
        unit: usize,
        step: UnitStep,
    },
    Admit {
        point: usize,
        model: usize,
        clean: bool,
    },
    Later {
        hours: i64,
    },
}

fn moves() -> impl Strategy<Value = Move> {
    let steps = [
        UnitStep::Inspect,
        UnitStep::FailInspection,
        UnitStep::Disinfect,
        UnitStep::Disinfect,
        UnitStep::Repair,
        UnitStep::Repaired,
        UnitStep::Retire,
        UnitStep::ReportMissing,
        UnitStep::Found,
        UnitStep::Transfer,
    ];
    prop_oneof![
        6 => (0..8_usize, 0..2_usize, 0..2_usize).prop_map(|(who, point, model)| Move::Ask { who, point, model }),
        2 => (0..8_usize).prop_map(|who| Move::SubmitAgain { who }),
        5 => (any::<usize>(), any::<usize>()).prop_map(|(loan, unit)| Move::HandOut { loan, unit }),
        3 => (any::<usize>(), 0..2_usize).prop_map(|(loan, point)| Move::Bring { loan, point }),
        1 => any::<usize>().prop_map(|loan| Move::Withdraw { loan }),
        1 => any::<usize>().prop_map(|loan| Move::Extend { loan }),
        6 => (any::<usize>(), prop::sample::select(steps.to_vec())).prop_map(|(unit, step)| Move::Step { unit, step }),
        1 => (0..2_usize, 0..2_usize, any::<bool>()).prop_map(|(point, model, clean)| Move::Admit { point, model, clean }),
        2 => (1..60_i64).prop_map(|hours| Move::Later { hours }),
    ]
}

/// All loans as (case, unit, state).
fn loans(c: &mut AnyConn) -> Result<Vec<(Id, LoanState)>> {
    use device_loans::dsl as l;
    Ok(l::device_loans.order(l::id).select((l::case_id, l::state)).load(c)?)
}

fn all_units(c: &mut AnyConn) -> Result<Vec<Unit>> {
    Ok(device_units::table.order(device_units::id).select(<Unit as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

async fn make(w: &World, m: &Move) -> u32 {
    let open: Vec<Id> = w.db.read(loans).await.unwrap().into_iter().filter(|l| l.1 != LoanState::Ended).map(|l| l.0).collect();
    let units = w.db.read(all_units).await.unwrap();
    let loan = |at: usize| open.get(at.checked_rem(open.len()).unwrap_or(0)).copied();
    let unit = |at: usize| units.get(at.checked_rem(units.len()).unwrap_or(0)).map(|u| u.id);
    match *m {
        Move::Ask { who, point, model } => match w.draft(who, point, model).await {
            Err(e) => e.code().number,
            Ok(draft) => match number(&w.submit(draft.id).await) {
                30001 => number(&w.join(who, point, model).await),
                other => other,
            },
        },
        Move::SubmitAgain { who } => {
            let account = w.people[who].0;
            let drafts = move |c: &mut AnyConn| {
                use case::cases::dsl as k;
                let own = k::cases.filter(k::applicant_id.eq(Some(account))).filter(k::state.eq(State::Draft));
                let ids: Vec<Id> = own.order(k::id).select(k::id).load(c)?;
                Ok(ids)
            };
            match w.db.read(drafts).await.unwrap().first() {
                Some(draft) => number(&w.submit(*draft).await),
                None => 0,
            }
        }
        Move::HandOut { loan: l, unit: u } => match (loan(l), unit(u)) {
            (Some(case), Some(unit)) => number(&w.hand_out(case, unit).await),
            _ => 0,
        },
        Move::Bring { loan: l, point } => match loan(l) {
            Some(case) => number(&w.take_back(case, point).await),
            None => 0,
        },
        Move::Withdraw { loan: l } => match loan(l) {
            Some(case) => number(&w.applicant(case, Deed::Withdraw).await),
            None => 0,
        },
        Move::Extend { loan: l } => match loan(l) {
            Some(id) => {
                let applicant = w.case(id).await.filing.applicant_id.unwrap();
                let who = w.people.iter().position(|(account, _)| *account == applicant).unwrap();
                number(&w.extend(who, id).await)
            }
            None => 0,
        },
        Move::Step { unit: u, step } => match unit(u) {
            Some(id) => number(&w.step(id, step).await),
            None => 0,
        },
        Move::Admit { point, model, clean } => {
            w.unit(point, model, clean).await;
            0
        }
        Move::Later { hours } => number(&w.later(hours).await),
    }
}

fn holds(c: &mut AnyConn) -> Result<()> {
    let units = all_units(c)?;
    let promises: Vec<Promise> = device_promises::table
        .order(device_promises::unit_id)
        .select(<Promise as Selectable<MultiBackend>>::construct_selection())
        .load(c)?;
    for p in &promises {
        let unit = units.iter().find(|u| u.id == p.unit_id).expect("a promise has a unit");
        assert_eq!((unit.point_id, unit.model_id), (p.point_id, p.model_id), "a promise lies where its unit is");
        let wanted = if p.kind == PromiseKind::Loan { UnitState::Lent } else { UnitState::Available };
        assert_eq!(unit.state, wanted, "a promise never holds what cannot be lent");
    }
    for u in &units {
        if u.state.in_service() {
            assert!(u.inspected_by.is_some() && u.disinfected_by.is_some(), "signed twice before it is available");
        }
        let promised = promises.iter().any(|p| p.unit_id == u.id);
        assert!(u.state != UnitState::Lent || promised, "what is lent is promised");
    }
    let loans = loans(c)?;
    for (id, state) in &loans {
        let kind = promises.iter().find(|p| p.case_id == Some(*id)).map(|p| p.kind);
        let wanted = match state {
            LoanState::Reserved => Some(PromiseKind::Reservation),
            LoanState::Out => Some(PromiseKind::Loan),
            LoanState::Displaced | LoanState::Ended => None,
        };
        assert_eq!(kind, wanted);
        let case = case::find(c, *id)?;
        assert_eq!(case.state.ended(), *state == LoanState::Ended);
        assert!(case.state.ended() || case.state == State::Approved);
        assert_eq!(history::fault(&case, &history::of(c, *id)?), None);
    }
    let waits: Vec<(Id, WaitState)> = {
        use device_waits::dsl as w;
        w::device_waits.order(w::id).select((w::id, w::state)).load(c)?
    };
    for (id, state) in waits {
        assert_eq!(promises.iter().any(|p| p.wait_id == Some(id)), state == WaitState::Offered);
    }
    for stock in availability::of_county(c, &COUNTY.parse().unwrap(), None)? {
        let here = |p: &&Promise| p.point_id == stock.point_id && p.model_id == stock.model_id;
        let promised = i64::try_from(promises.iter().filter(here).count()).unwrap();
        assert!(promised <= stock.in_service, "never more promised than exist");
        assert_eq!(stock.free, stock.in_service - promised, "free is counted exactly");
        let waits = crate::services::device_rental::placing::somebody_waits(c, stock.point_id, stock.model_id)?;
        assert!(stock.free == 0 || !waits, "nothing is free while somebody waits");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn never_more_promised_than_in_service_whatever_the_order(moves in prop::collection::vec(moves(), 1..70)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let world = World::new(8, 2).await;
            for m in &moves {
                let answer = make(&world, m).await;
                assert!(answer < 50_000, "{m:?} was answered {answer}");
                world.db.read(holds).await.unwrap();
            }
        });
    }
}
