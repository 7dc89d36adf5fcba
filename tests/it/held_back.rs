//! Every operation by which a worker acts on a case refuses it while a colleague has claimed the case, and when the worker is
//! involved in it (four-eyes).

use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;
use zhucan::services::certificate::desk::ASSESSOR;

use crate::device_rental::{self, Stock, guardian, keeper, rental, submit, text};
use crate::education_aid::{self, Office};
use crate::world::World;
use crate::world::client::Reply;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11};

stories![
    an_assessment_is_ordered_and_entered_by_whoever_may_decide,
    a_card_is_made_posted_and_handed_out_by_whoever_holds_the_case,
    two_applications_are_merged_by_whoever_may_decide,
    a_proof_of_enrolment_is_judged_at_the_desk_where_the_case_lies,
    a_device_is_handed_out_and_taken_back_by_whoever_holds_the_case,
];

/// A worker of the county who is this person.
async fn herself(world: &World, role: Role, person: &str) -> String {
    world.worker_who_is(&[role], COUNTY, Some(person.parse().unwrap())).await
}

/// An action of the certificate's own counter.
async fn card(world: &World, worker: &str, case: &Case, verb: &str, more: Value) -> Reply {
    let mut body = json!({ "version": case.version });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = format!("/api/v1/staff/certificate/cases/{}/actions/{verb}", case.id);
    world.post(&path).token(worker).json(&body).send().await
}

/// What is true after a step of the certificate's counter.
async fn after(zhao: &Applicant, case: &Case, step: Reply) -> Case {
    step.data(200);
    Case::of(&zhao.view(case).await)
}

fn result(case: &Case) -> Value {
    json!({ "version": case.version, "category": "physical", "components": [], "level": "level_3",
        "assessed_on": "2026-03-10", "hospital": "甲区人民医院", "at_home": false })
}

async fn an_assessment_is_ordered_and_entered_by_whoever_may_decide(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let colleague = world.worker(&[Role::TownOfficer]).await;
    let own = herself(&world, Role::TownOfficer, &zhao.person).await;
    let why = json!({ "reason": "上门核实时发现肢体功能有明显变化" });
    // Who accepts a case holds it.
    let case = world.decided(&town, &case, "accept").await;
    card(&world, &colleague, &case, "order-assessment", why.clone()).await.refused(409, 20004);
    let case = world.decided(&town, &case, "release").await;
    card(&world, &own, &case, "order-assessment", why.clone()).await.refused(403, 20005);
    let case = after(&zhao, &case, card(&world, &colleague, &case, "order-assessment", why).await).await;
    let path = format!("/api/v1/staff/certificate/cases/{}/assessments", case.id);
    let doctor = herself(&world, ASSESSOR, &zhao.person).await;
    world.post(&path).token(&doctor).json(&result(&case)).send().await.refused(403, 20005);
    let doctor = world.worker(&[ASSESSOR]).await;
    world.post(&path).token(&doctor).json(&result(&case)).send().await.data(201);
}

async fn a_card_is_made_posted_and_handed_out_by_whoever_holds_the_case(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let by_post =
        json!({ "version": 1, "way": "post", "address": "宋疃镇宋疃村1组1号", "recipient": "赵铁柱", "phone": "13800000003" });
    zhao.put(&case.certificate("/sections/delivery"), &by_post).send().await.data(200);
    zhao.submit(&case).send().await.data(200);
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let colleague = world.worker(&[Role::CountyOfficer]).await;
    let own = herself(&world, Role::CountyOfficer, &zhao.person).await;
    let parcel = || json!({ "tracking_no": "EMS1234567890" });
    let receiver = || json!({ "receiver": "赵铁柱" });
    let case = Case::of(&zhao.view(&case).await);
    let case = world.decided(&town, &case, "accept").await;
    let case = world.decided(&town, &case, "forward").await;
    card(&world, &county, &case, "post", parcel()).await.refused(409, 20001);
    let case = world.decided(&county, &case, "approve").await;

    card(&world, &own, &case, "make-card", json!({})).await.refused(403, 20005);
    let case = world.decided(&colleague, &case, "claim").await;
    card(&world, &county, &case, "make-card", json!({})).await.refused(409, 20004);
    let case = after(&zhao, &case, card(&world, &colleague, &case, "make-card", json!({})).await).await;
    card(&world, &county, &case, "post", parcel()).await.refused(409, 20004);
    card(&world, &county, &case, "hand-out", receiver()).await.refused(409, 20004);
    let case = world.decided(&colleague, &case, "release").await;
    card(&world, &own, &case, "post", parcel()).await.refused(403, 20005);
    card(&world, &own, &case, "hand-out", receiver()).await.refused(403, 20005);
    let case = after(&zhao, &case, card(&world, &county, &case, "post", parcel()).await).await;
    card(&world, &county, &case, "hand-out", receiver()).await.data(200);
    world.history_is_whole().await;
}

async fn two_applications_are_merged_by_whoever_may_decide(world: World) {
    let office = Office::open(world.clone()).await;
    let first = office.applied(2025).await;
    // The same student in another season.
    let second = Office::open(world.clone()).await;
    let twin = second.applied(2025).await;
    let merge = |worker: &str, case: &education_aid::Case| {
        let body = json!({ "version": case.version, "into": first.id, "note": "同一学年申请了两次。" });
        world.post(&format!("/api/v1/staff/cases/{}/actions/merge", case.id)).token(worker).json(&body).send()
    };
    merge(&office.village, &twin).await.refused(409, 20003);
    world.pass(MINUTES_11);
    let own = herself(&world, Role::Commissioner, &office.person).await;
    merge(&own, &twin).await.refused(403, 20005);
    let twin = office.act(&second.village, &twin, "claim", json!({})).await;
    merge(&office.village, &twin).await.refused(409, 20004);
    merge(&second.village, &twin).await.data(200);
}

async fn a_proof_of_enrolment_is_judged_at_the_desk_where_the_case_lies(world: World) {
    let office = Office::open(world.clone()).await;
    let case = office.applied(2026).await;
    let case = office.approved(case).await;
    let case = education_aid::Case::of(&office.noticed(case).await);
    let office = Office { student: world.resident("lin-xiaoyu").await, ..office };
    office.upload(&case, "enrolment_proof").await;
    let town = world.worker(&[Role::TownOfficer]).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let colleague = world.worker(&[Role::CountyOfficer]).await;
    let own = herself(&world, Role::CountyOfficer, &office.person).await;
    let judge = async |worker: &str, case: &education_aid::Case, verb: &str| {
        let path = format!("/api/v1/staff/education-aid/cases/{}/actions/{verb}-enrolment", case.id);
        office.post(worker, &path, json!({ "version": case.version })).await
    };
    for verb in ["confirm", "refuse"] {
        judge(&town, &case, verb).await.refused(409, 20001);
        judge(&own, &case, verb).await.refused(403, 20005);
    }
    let case = office.act(&colleague, &case, "claim", json!({})).await;
    for verb in ["confirm", "refuse"] {
        judge(&county, &case, verb).await.refused(409, 20004);
    }
    judge(&colleague, &case, "confirm").await.data(200);
    world.history_is_whole().await;
}

async fn a_device_is_handed_out_and_taken_back_by_whoever_holds_the_case(world: World) {
    let stock = Stock::of(&world, 1).await;
    let (token, child) = guardian(&world).await;
    let (id, version) = stock.draft(&world, &token, &child).await;
    submit(&world, &token, &id, version).await.data(200);
    let point = stock.points[0].parse().unwrap();
    let colleague = keeper(&world, point, None).await;
    let own = keeper(&world, point, Some(child.parse().unwrap())).await;
    let code = text(&rental(&world, &token, &id).await["loan"]["pickup_code"]);
    let hand_out = async |worker: &str| {
        let body = json!({ "pickup_code": code, "asset_tag": "TS-0" });
        world.post("/api/v1/staff/device-rental/loans/actions/hand-out").token(worker).json(&body).send().await
    };
    let case = async || Case::of(&rental(&world, &token, &id).await["case"]);
    let loans = world.get("/api/v1/staff/device-rental/loans").token(&colleague).send().await.data(200);
    let loan = text(&loans["items"][0]["id"]);
    let take_back = async |worker: &str| {
        let body = json!({ "version": case().await.version, "condition": "good", "asset_tag": "TS-0" });
        let path = format!("/api/v1/staff/device-rental/loans/{loan}/actions/return");
        world.post(&path).token(worker).json(&body).send().await
    };
    take_back(&colleague).await.refused(409, 30012);
    hand_out(&own).await.refused(403, 20005);
    let claimed = world.decided(&colleague, &case().await, "claim").await;
    hand_out(&stock.keepers[0]).await.refused(409, 20004);
    hand_out(&colleague).await.data(200);
    assert!(case().await.version > claimed.version, "the hand-out stands in the history");
    take_back(&stock.keepers[0]).await.refused(409, 20004);
    world.decided(&colleague, &case().await, "release").await;
    take_back(&own).await.refused(403, 20005);
    take_back(&stock.keepers[0]).await.data(200);
    assert_eq!(device_rental::version(&rental(&world, &token, &id).await), case().await.version);
    world.history_is_whole().await;
}
