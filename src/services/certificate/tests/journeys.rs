//! Certificates from draft to card: what a holder and the register rely on.

use super::super::rules::{Assessment, CardStep};
use super::super::*;
use super::town::{DAY, NOON, area, town};
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case;
use crate::office::people::register::CertificateStatus;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::{Category, GrantedBy, Level};
use crate::rules::lifecycle::Desk;
use crate::rules::moments::Moment;

fn number<T>(result: Result<T>) -> u32 {
    result.err().map_or(0, |e| e.code().number)
}

#[tokio::test]
async fn a_renewal_issues_a_new_card_that_supersedes_the_old_one_and_is_made_once() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let id = t.before_county("pickup").await;
    assert_eq!(t.row(id).await.assessment, Assessment::Waived);
    // The policy publishes for five days, but not renewals.
    let approved = t.act_as(1, id, Deed::Approve).await.unwrap();
    assert_eq!((approved.state, t.row(id).await.card), (State::Approved, CardStep::ToBeMade));
    let new = t.make(id).await.unwrap();
    let cards = t.cards().await;
    assert_eq!((cards.len(), cards[0].card.id, cards[1].card.id), (2, t.old, new));
    assert_eq!((cards[0].card.status, cards[0].card.superseded_by), (CertificateStatus::Superseded, Some(new)));
    let today = beijing_date(NOON.saturating_add(2 * DAY));
    assert_eq!((cards[1].card.status, cards[1].card.issued_on), (CertificateStatus::Valid, today));
    assert_eq!(cards[1].card.expires_on.to_string(), "2036-03-04");
    assert_eq!(cards[1].number, cards[0].number);
    assert_eq!(cards[1].card.case_id, Some(id));

    // Made once, and not to be withdrawn.
    assert_ne!(number(t.make(id).await), 0);
    let account = t.account;
    let withdraw = t.at(NOON.saturating_add(2 * DAY), move |c, office| {
        let actor = Actor::Applicant(account);
        act(c, office, id, Act::new(actor, Deed::Withdraw))
    });
    assert_eq!(number(withdraw.await), 32007);
    assert_eq!(t.cards().await.len(), 2);

    // Handed out at the town's desk, where it was wanted.
    let worker = t.officers[0].clone();
    let done = t.at(NOON.saturating_add(3 * DAY), move |c, office| {
        let case = case::find(c, id)?;
        assert_eq!(case.place.desk, Some(Desk::Town));
        making::hand_out(c, office, &worker, &case, case.version, "王小四")?;
        case::find(c, id)
    });
    assert_eq!(done.await.unwrap().state, State::Completed);
    let row = t.row(id).await;
    assert_eq!((row.card, row.holder_live, row.filed), (CardStep::HandedOut, None, false));
}

#[tokio::test]
async fn the_county_cannot_make_a_second_card_at_its_own_desk() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let id = t.before_county("post").await;
    assert_eq!(number(t.make(id).await), 20001);
    t.act_as(1, id, Deed::Approve).await.unwrap();
    t.make(id).await.unwrap();
    assert_eq!(number(t.make(id).await), 32006);
    assert_eq!(t.cards().await.len(), 2);
    // Posted, and its receipt confirmed by the applicant.
    let worker = t.officers[1].clone();
    let state = t.at(NOON.saturating_add(3 * DAY), move |c, office| {
        let case = case::find(c, id)?;
        assert_eq!(number(making::complete_received(c, office, &case, "receipt_confirmed")), 32006);
        making::post(c, office, &worker, &case, case.version, "EMS1234567890")?;
        let case = case::find(c, id)?;
        making::complete_received(c, office, &case, "receipt_confirmed")?;
        Ok(case::find(c, id)?.state)
    });
    assert_eq!(state.await.unwrap(), State::Completed);
}

#[tokio::test]
async fn a_card_granted_by_sight_waits_for_the_hospital_whose_level_stands_on_the_new_card() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Sight, "self").await;
    let id = t.before_county("pickup").await;
    assert_eq!(t.row(id).await.assessment, Assessment::Needed);
    assert_eq!(number(t.act_as(1, id, Deed::Approve).await), 32004);
    let at = vec![area("990101000000")];
    let waiting = t.db.read(move |c| store::awaiting(c, &at, None, 20)).await.unwrap();
    assert_eq!(waiting.iter().map(|(_, case)| *case).collect::<Vec<_>>(), [id]);
    t.enter(id, None).await.unwrap();
    assert_eq!(number(t.act_as(1, id, Deed::Approve).await), 32009);
    t.enter(id, Some(Level::One)).await.unwrap();
    t.act_as(1, id, Deed::Approve).await.unwrap();
    t.make(id).await.unwrap();
    let new = &t.cards().await[1];
    assert_eq!((new.card.level, new.card.granted_by), (Level::One, GrantedBy::Hospital));
    assert_ne!(new.number, t.cards().await[0].number);
}

#[tokio::test]
async fn an_officer_may_order_an_assessment_and_must_wait_for_it() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let id = t.before_county("pickup").await;
    assert_eq!(number(t.enter(id, Some(Level::Two)).await), 32005);
    let worker = t.officers[1].clone();
    let sentence = t.at(NOON.saturating_add(DAY), move |c, office| {
        let case = case::find(c, id)?;
        following::order_assessment(c, office, &worker, &case, case.version, "走路有明显变化")?;
        let case = case::find(c, id)?;
        assert_eq!(number(following::order_assessment(c, office, &worker, &case, case.version, "再次要求")), 32010);
        Ok(views::case(c, office, &case)?.assessment_reason)
    });
    assert!(sentence.await.unwrap().contains("走路有明显变化"));
    assert_eq!(number(t.act_as(1, id, Deed::Approve).await), 32004);
    t.enter(id, Some(Level::Two)).await.unwrap();
    t.act_as(1, id, Deed::Approve).await.unwrap();
}

#[tokio::test]
async fn minors_and_guarded_categories_are_applied_for_by_their_guardian_alone() {
    let own = town("1980-01-01", Category::Mental, GrantedBy::Hospital, "self").await;
    assert_eq!(number(own.filed("pickup").await), 32002);
    let kin = town("2012-01-01", Category::Physical, GrantedBy::Hospital, "kin").await;
    assert_eq!(number(kin.filed("pickup").await), 32002);
    let parent = town("2012-01-01", Category::Physical, GrantedBy::Hospital, "child").await;
    let id = parent.filed("pickup").await.unwrap();
    assert_eq!(number(parent.filed("pickup").await), 20006);
    let line = parent.at(NOON, move |c, office| {
        let case = case::find(c, id)?;
        Certificate.public_line(c, office, &case)
    });
    assert_eq!(line.await.unwrap(), "未成年人（不公示姓名），残疾人证到期换证");
}

#[tokio::test]
async fn lapsed_cards_are_frozen_and_later_cancelled_unless_a_renewal_was_filed() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let status_after = async |now: Moment| {
        for _ in 0..10 {
            t.at(now, expiry::tick).await.unwrap();
        }
        t.cards().await[0].card.status
    };
    assert_eq!(status_after(NOON).await, CertificateStatus::Valid);
    let id = t.filed("pickup").await.unwrap();
    let expired = NOON.saturating_add(100 * DAY); // after 1 June 2026
    assert_eq!(status_after(expired).await, CertificateStatus::Valid);
    let account = t.account;
    t.at(expired, move |c, office| {
        let actor = Actor::Applicant(account);
        act(c, office, id, Act::new(actor, Deed::Withdraw))
    })
    .await
    .unwrap();
    // The round of that day is over; the next day's finds it.
    assert_eq!(status_after(expired).await, CertificateStatus::Valid);
    assert_eq!(status_after(expired.saturating_add(DAY)).await, CertificateStatus::Frozen);
    assert_eq!(status_after(expired.saturating_add(300 * DAY)).await, CertificateStatus::Cancelled);
}
