//! What the rules of the three services refuse: money that is used up, a device for which others wait, a card without a guardian.

use std::time::Duration;

use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;
use zhucan::services::certificate::desk::ASSESSOR;

use crate::accounts_desk::{added, id_number, newcomer, person, post, say_who};
use crate::device_rental::{Stock, borrower, guardian, rental, submit, text, version};
use crate::education_aid::{Case as AidCase, Office, season};
use crate::world::World;
use crate::world::cast::APPID;
use crate::world::client::Reply;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11};

stories![
    aid_is_not_approved_beyond_the_budget_of_its_season,
    aid_is_not_approved_for_a_stage_without_a_standard,
    aid_that_lies_at_the_bank_is_not_withdrawn,
    a_loan_is_not_extended_while_others_wait,
    a_loan_is_not_extended_beyond_the_longest_time,
    a_reservation_that_was_submitted_keeps_its_answers,
    an_offer_is_taken_up_in_time,
    who_does_not_meet_the_standard_gets_no_card,
    a_minor_does_not_apply_for_a_card_alone,
];

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The office with one more season, in which it works.
async fn in_season(world: World, change: impl FnOnce(&mut Value)) -> Office {
    let mut office = Office::open(world).await;
    let mut other = season(COUNTY);
    change(&mut other);
    let made = office.post(&office.county, "/api/v1/staff/education-aid/seasons", other).await.data(201);
    office.season = text(&made["season"]["id"]);
    office
}

/// From a submission to the desk of the town.
async fn at_the_town(office: &Office, case: AidCase) -> AidCase {
    office.world.pass(MINUTES_11);
    let case = office.act(&office.village, &case, "accept", json!({})).await;
    office.act(&office.village, &case, "forward", json!({})).await
}

async fn approve(office: &Office, case: &AidCase) -> Reply {
    let path = format!("/api/v1/staff/cases/{}/actions/approve", case.id);
    office.post(&office.county, &path, json!({ "version": case.version })).await
}

async fn aid_is_not_approved_beyond_the_budget_of_its_season(world: World) {
    let office = in_season(world, |season| season["budget_fen"] = json!(299_999)).await;
    let case = office.applied(2025).await;
    let case = at_the_town(&office, case).await;
    let case = office.act(&office.town, &case, "forward", json!({})).await;
    approve(&office, &case).await.refused(409, 31003);
    let view = office.get(&office.student, &format!("/api/v1/cases/{}", case.id)).await;
    assert_eq!(view["summary"]["state"]["value"], "in_review", "nothing was decided");
}

async fn aid_is_not_approved_for_a_stage_without_a_standard(world: World) {
    let only = json!([{ "beneficiary": "student", "stage": "undergraduate", "amount_fen": 300_000 }]);
    let office = in_season(world, |season| season["standards"] = only).await;
    let case = office.applied(2025).await;
    let case = at_the_town(&office, case).await;
    let asked = json!({ "items": [{ "target": "section:student", "reason": "mismatch", "note": null }] });
    let case = office.act(&office.town, &case, "request-correction", asked).await;
    let school =
        json!({ "version": 1, "school": "县职业学校", "stage": "vocational", "enrolled_year": 2025, "student_no": null });
    office.save(&case, "student", school).await;
    let case = office.act(&office.student, &case, "resubmit", json!({})).await;
    let case = office.act(&office.town, &case, "forward", json!({})).await;
    approve(&office, &case).await.refused(409, 31008);
}

async fn aid_that_lies_at_the_bank_is_not_withdrawn(world: World) {
    let office = Office::open(world).await;
    let case = office.applied(2025).await;
    let case = office.approved(case).await;
    let case = AidCase::of(&office.noticed(case).await);
    office.batch().await;
    let student = office.world.resident("lin-xiaoyu").await;
    let now = office.get(&student, &format!("/api/v1/cases/{}", case.id)).await;
    let seen = json!({ "version": now["summary"]["version"] });
    office.post(&student, &format!("/api/v1/cases/{}/actions/withdraw", case.id), seen).await.refused(409, 31006);
}

/// A child's wheelchair that was handed out: the guardian's token and the case.
async fn lent(w: &World, stock: &Stock) -> (String, String) {
    let (token, child) = guardian(w).await;
    let (id, seen) = stock.draft(w, &token, &child).await;
    submit(w, &token, &id, seen).await.data(200);
    let code = text(&rental(w, &token, &id).await["loan"]["pickup_code"]);
    stock.hand_out(w, &code, "TS-0").await.data(200);
    (token, id)
}

async fn extend(w: &World, token: &str, id: &str) -> Reply {
    let seen = json!({ "version": version(&rental(w, token, id).await) });
    w.post(&format!("/api/v1/device-rental/cases/{id}/extension")).token(token).json(&seen).send().await
}

/// Joins the line for the model at the first point.
async fn join(w: &World, stock: &Stock, token: &str, person: &str) {
    let wish = json!({ "person_id": person, "point_id": stock.points[0], "model_id": stock.model });
    w.post("/api/v1/device-rental/waitlist").token(token).json(&wish).send().await.data(201);
}

async fn a_loan_is_not_extended_while_others_wait(w: World) {
    let stock = Stock::of(&w, 1).await;
    let (token, id) = lent(&w, &stock).await;
    let (waiting, person) = borrower(&w, 1).await;
    join(&w, &stock, &waiting, &person).await;
    extend(&w, &token, &id).await.refused(409, 30004);
}

async fn a_loan_is_not_extended_beyond_the_longest_time(w: World) {
    let stock = Stock::of(&w, 1).await;
    let (token, id) = lent(&w, &stock).await;
    for due in ["2026-06-08", "2026-07-08"] {
        assert_eq!(extend(&w, &token, &id).await.data(200)["loan"]["due_on"], due);
    }
    extend(&w, &token, &id).await.refused(409, 30009);
}

async fn a_reservation_that_was_submitted_keeps_its_answers(w: World) {
    let stock = Stock::of(&w, 1).await;
    let (token, child) = guardian(&w).await;
    let (id, seen) = stock.draft(&w, &token, &child).await;
    submit(&w, &token, &id, seen).await.data(200);
    let choice = json!({ "version": 1, "point_id": stock.points[0], "model_id": stock.model, "pickup_on": "2026-03-12" });
    let contact = json!({ "version": 1, "name": "陈秀英", "phone": "13800000002", "delivery": "pickup", "note": null });
    for (section, body) in [("choice", choice), ("contact", contact)] {
        let path = format!("/api/v1/device-rental/cases/{id}/sections/{section}");
        w.put(&path).token(&token).json(&body).send().await.refused(409, 20007);
    }
}

async fn an_offer_is_taken_up_in_time(w: World) {
    let stock = Stock::of(&w, 1).await;
    let (token, child) = guardian(&w).await;
    let (id, seen) = stock.draft(&w, &token, &child).await;
    submit(&w, &token, &id, seen).await.data(200);
    let (waiting, person) = borrower(&w, 1).await;
    join(&w, &stock, &waiting, &person).await;
    let seen = json!({ "version": version(&rental(&w, &token, &id).await), "note": null });
    w.post(&format!("/api/v1/cases/{id}/actions/withdraw")).token(&token).json(&seen).send().await.data(200);
    // The offer is over by the clock, whether or not the worker process has seen to it.
    w.pass(DAY + Duration::from_secs(1));
    let waiting = w.resident("borrower-1").await;
    let waits = w.get("/api/v1/device-rental/waitlist").token(&waiting).send().await.data(200);
    let late = json!({ "version": waits[0]["version"], "pickup_on": "2026-03-12", "name": "王小明", "phone": "13900000001",
        "delivery": "pickup", "note": null, "consent": "2026-11" });
    let path = format!("/api/v1/device-rental/waitlist/{}/actions/accept", text(&waits[0]["id"]));
    w.post(&path).token(&waiting).json(&late).send().await.refused(409, 30011);
}

async fn who_does_not_meet_the_standard_gets_no_card(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let doctor = world.worker(&[ASSESSOR]).await;
    let case = world.decided(&town, &case, "accept").await;
    let path = format!("/api/v1/staff/certificate/cases/{}", case.id);
    let order = json!({ "version": case.version, "reason": "上门核实时发现肢体功能有明显变化" });
    world.post(&format!("{path}/actions/order-assessment")).token(&town).json(&order).send().await.data(200);
    let seen = Case::of(&zhao.view(&case).await);
    let below = json!({ "version": seen.version, "category": "physical", "components": [], "level": null,
        "assessed_on": "2026-03-10", "hospital": "甲区人民医院", "at_home": false });
    world.post(&format!("{path}/assessments")).token(&doctor).json(&below).send().await.data(201);
    let case = world.decided(&town, &Case::of(&zhao.view(&case).await), "forward").await;
    world.decide(&county, &case, "approve").await.refused(409, 32009);
    let no = json!({ "version": case.version, "reason": "below_standard" });
    world.post(&case.staff("/actions/reject")).token(&county).json(&no).send().await.data(200);
}

async fn a_minor_does_not_apply_for_a_card_alone(w: World) {
    let town = w.worker(&[Role::TownOfficer]).await;
    let number = id_number("2010-01-02", 91);
    let phone = "13900000091";
    let id = added(&w, &town, person("唐小雪", &number, Some(phone))).await;
    let token = newcomer(&w, "tang-xiaoxue", phone).await;
    say_who(&w, &token, "唐小雪", &number, &json!(1)).await.data(200);
    let code = w.wechat.issue_phone_code(APPID, "tang-xiaoxue").unwrap();
    let me = post(&w, &token, "/me/phone/wechat", json!({ "code": code })).await.data(200);
    assert_eq!(me["identity"]["value"], "confirmed");
    let begin = json!({ "person_id": id, "kind": "new" });
    post(&w, &token, "/certificate/drafts", begin).await.refused(403, 32002);
}
