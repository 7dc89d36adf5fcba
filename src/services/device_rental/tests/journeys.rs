//! From reservation to the next borrower, and what happens when things go wrong on the way.

use futures_util::future::join_all;

use super::super::availability;
use super::super::begin::{self, Acceptance};
use super::super::desk::AT_POINT;
use super::super::loans::Loan;
use super::super::sections::Choice;
use super::super::states::{EndWhy, LoanState, Reminded, UnitState, UnitStep, WaitState};
use super::world::{COUNTY, World, contact, number};
use crate::office::cases::access::consents::TEXT_VERSION;
use crate::office::cases::record::actor::Deed;
use crate::office::cases::record::history;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::lifecycle::State;
use crate::services::device_rental::waitlist;

async fn reserved(w: &World, who: usize) -> Id {
    let draft = w.draft(who, 0, 0).await.unwrap();
    w.submit(draft.id).await.unwrap().id
}

async fn free(w: &World) -> i64 {
    let stock = w.db.read(|c| availability::of_county(c, &COUNTY.parse().unwrap(), None)).await.unwrap();
    stock.iter().filter(|s| s.point_id == w.points[0]).map(|s| s.free).sum()
}

async fn slot(w: &World, case: Id) -> Id {
    w.db.read(move |c| crate::services::device_rental::reservations::of_case(c, case)).await.unwrap().unwrap().unit_id
}

async fn last_step(w: &World, case: Id) -> String {
    let lines = w.db.read(move |c| history::of(c, case)).await.unwrap();
    lines.last().unwrap().reason.clone().unwrap()
}

#[tokio::test]
async fn a_device_goes_out_and_comes_back_and_is_free_only_after_both_signatures() {
    let w = World::new(2, 1).await;
    let id = reserved(&w, 0).await;
    let case = w.case(id).await;
    assert_eq!((case.state, case.place.desk, case.place.desk_point), (State::Approved, Some(AT_POINT), Some(w.points[0])));
    assert_eq!(free(&w).await, 0);
    let unit = slot(&w, id).await;
    let loan = w.hand_out(id, unit).await.unwrap();
    assert_eq!((loan.state, loan.due_on.map(|day| day.to_string()).as_deref()), (LoanState::Out, Some("2026-05-01")));
    assert_eq!(number(&w.applicant(id, Deed::Withdraw).await), 30003);
    assert_eq!(number(&w.hand_out(id, unit).await), 30005, "a code works once");
    w.extend(0, id).await.unwrap();
    assert_eq!(w.loan(id).await.due_on.map(|day| day.to_string()).as_deref(), Some("2026-05-31"));
    w.take_back(id, 1).await.unwrap();
    assert_eq!(w.case(id).await.state, State::Completed);
    let back = w.find_unit(unit).await;
    assert_eq!((back.state, back.point_id), (UnitState::ToInspect, w.points[1]));
    assert_eq!(number(&w.step(unit, UnitStep::Disinfect).await), 30013, "inspection comes first");
    w.step(unit, UnitStep::Inspect).await.unwrap();
    assert_eq!(w.find_unit(unit).await.state, UnitState::ToDisinfect);
    w.step(unit, UnitStep::Disinfect).await.unwrap();
    assert_eq!(w.find_unit(unit).await.state, UnitState::Available);
}

#[tokio::test]
async fn of_twenty_who_reserve_the_last_one_exactly_one_gets_it_and_the_others_keep_their_drafts() {
    let w = World::new(20, 1).await;
    let mut drafts = Vec::new();
    for who in 0..20 {
        drafts.push(w.draft(who, 0, 0).await.unwrap().id);
    }
    let answers: Vec<u32> = join_all(drafts.iter().map(|id| w.submit(*id))).await.iter().map(number).collect();
    assert_eq!(answers.iter().filter(|n| **n == 0).count(), 1);
    assert_eq!(answers.iter().filter(|n| **n == 30001).count(), 19);
    for (id, answer) in drafts.iter().zip(&answers) {
        let wanted = if *answer == 0 { State::Approved } else { State::Draft };
        assert_eq!(w.case(*id).await.state, wanted);
    }
}

#[tokio::test]
async fn an_offer_passes_on_when_it_is_not_taken_and_holds_the_unit_until_then() {
    let w = World::new(4, 1).await;
    let id = reserved(&w, 0).await;
    w.join(1, 0, 0).await.unwrap();
    w.clock.advance_ms(1);
    w.join(2, 0, 0).await.unwrap();
    assert_eq!(number(&w.join(2, 0, 0).await), 30010);
    w.applicant(id, Deed::Withdraw).await.unwrap();
    assert_eq!(w.waits(1).await[0].state, WaitState::Offered);
    let jumper = w.draft(3, 0, 0).await.unwrap();
    assert_eq!(number(&w.submit(jumper.id).await), 30001, "nobody jumps the line");
    w.later(25).await.unwrap();
    assert!(w.waits(1).await.is_empty());
    let offered = w.waits(2).await.remove(0);
    assert_eq!(offered.state, WaitState::Offered);
    let case = accept(&w, 2, offered.version).await.unwrap();
    assert_eq!(w.loan(case).await.state, LoanState::Reserved);
    assert!(w.waits(2).await.is_empty());
}

async fn accept(w: &World, who: usize, version: i64) -> Result<Id> {
    let wait = w.waits(who).await.remove(0);
    let office = w.office();
    let account = w.people[who].0;
    let case = w.clock.id();
    w.db.write(move |c| {
        let wait = waitlist::owned(c, &office, account, wait.id, version)?;
        let choice = Choice { point_id: wait.point_id, model_id: wait.model_id, pickup_on: office.today() };
        let with = Acceptance { case, choice, contact: contact(), consent: Some(TEXT_VERSION.into()) };
        Ok(begin::accept(c, &office, &wait, &with)?.id)
    })
    .await
}

#[tokio::test]
async fn who_lost_the_race_takes_the_offer_with_the_draft_that_stayed() {
    let w = World::new(2, 1).await;
    let first = reserved(&w, 0).await;
    let draft = w.draft(1, 0, 0).await.unwrap();
    assert_eq!(number(&w.submit(draft.id).await), 30001);
    w.join(1, 0, 0).await.unwrap();
    w.applicant(first, Deed::Withdraw).await.unwrap();
    let offered = w.waits(1).await.remove(0);
    assert_eq!(accept(&w, 1, offered.version).await.unwrap(), draft.id);
}

#[tokio::test]
async fn a_reservation_that_nobody_fetches_ends_and_frees_the_unit() {
    let w = World::new(1, 1).await;
    let id = reserved(&w, 0).await;
    w.later(3 * 24).await.unwrap();
    assert_eq!(w.loan(id).await.state, LoanState::Reserved, "kept to the end of the last day");
    w.later(24).await.unwrap();
    assert_eq!((w.case(id).await.state, w.loan(id).await.ended_why), (State::Completed, Some(EndWhy::NotPickedUp)));
    assert_eq!(last_step(&w, id).await, "not_picked_up");
    assert_eq!(free(&w).await, 1);
}

#[tokio::test]
async fn an_extension_is_refused_when_somebody_waits() {
    let w = World::new(2, 1).await;
    let id = reserved(&w, 0).await;
    let unit = slot(&w, id).await;
    w.hand_out(id, unit).await.unwrap();
    w.join(1, 0, 0).await.unwrap();
    assert_eq!(number(&w.extend(0, id).await), 30004);
}

#[tokio::test]
async fn a_retired_unit_gives_its_promise_to_another_and_else_tells_and_places_first_again() {
    let w = World::new(3, 2).await;
    let first = reserved(&w, 0).await;
    let second = reserved(&w, 1).await;
    w.join(2, 0, 0).await.unwrap();
    let lost = slot(&w, first).await;
    w.step(lost, UnitStep::Retire).await.unwrap();
    assert_eq!((w.loan(first).await.state, w.loan(second).await.state), (LoanState::Displaced, LoanState::Reserved));
    assert_eq!(last_step(&w, first).await, "unit_lost");
    w.unit(0, 0, true).await;
    assert_eq!(w.loan(first).await.state, LoanState::Reserved, "before everybody in the line");
    assert_eq!(last_step(&w, first).await, "placed_again");
    assert_eq!(w.waits(2).await[0].state, WaitState::Waiting);
}

#[tokio::test]
async fn any_clean_item_of_the_model_can_be_handed_out_and_no_other() {
    let w = World::new(2, 2).await;
    let first = reserved(&w, 0).await;
    let second = reserved(&w, 1).await;
    let mine = slot(&w, first).await;
    let theirs = slot(&w, second).await;
    let dirty = w.unit(0, 0, false).await;
    let other = w.unit(0, 1, true).await;
    assert_eq!(number(&w.hand_out(first, dirty.id).await), 30002);
    assert_eq!(number(&w.hand_out(first, other.id).await), 30002);
    w.hand_out(first, theirs).await.unwrap();
    assert_eq!(slot(&w, second).await, mine, "the two promises changed places");
    w.hand_out(second, mine).await.unwrap();
}

#[tokio::test]
async fn a_device_lost_by_its_borrower_ends_the_case_and_can_be_found_again() {
    let w = World::new(1, 1).await;
    let id = reserved(&w, 0).await;
    let unit = slot(&w, id).await;
    w.hand_out(id, unit).await.unwrap();
    w.step(unit, UnitStep::ReportMissing).await.unwrap();
    assert_eq!((w.case(id).await.state, w.loan(id).await.ended_why), (State::Completed, Some(EndWhy::Lost)));
    assert_eq!(w.step(unit, UnitStep::Found).await.unwrap().state, UnitState::ToInspect);
}

#[tokio::test]
async fn borrowers_are_reminded_on_each_day_of_the_policy_once() {
    let w = World::new(1, 1).await;
    let id = reserved(&w, 0).await;
    let unit = slot(&w, id).await;
    w.hand_out(id, unit).await.unwrap();
    let reminded_after = async |days: i64| -> (usize, Reminded) {
        let many = w.later(days * 24).await.unwrap();
        let loan: Loan = w.loan(id).await;
        (many, loan.reminded)
    };
    assert_eq!(reminded_after(52).await, (0, Reminded::Nothing));
    assert_eq!(reminded_after(1).await, (1, Reminded::DueSoon));
    assert_eq!(reminded_after(0).await, (0, Reminded::DueSoon));
    assert_eq!(reminded_after(6).await, (1, Reminded::DueSoon));
    assert_eq!(reminded_after(1).await, (0, Reminded::DueSoon));
    assert_eq!(reminded_after(1).await, (1, Reminded::Overdue));
    assert_eq!(reminded_after(30).await, (0, Reminded::Overdue));
    assert_eq!(number(&w.extend(0, id).await), 30009);
}

#[tokio::test]
async fn nobody_has_two_of_a_kind_or_more_than_the_policy_allows() {
    let w = World::new(1, 3).await;
    reserved(&w, 0).await;
    let same = w.draft(0, 0, 0).await.unwrap();
    assert_eq!(number(&w.submit(same.id).await), 10002);
    assert_eq!(number(&w.draft(0, 0, 1).await), 20006, "two places, two cases");
}
