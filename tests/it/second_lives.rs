//! A refused application lives again by an appeal or by the officer's second thought, unless a newer one has its place.

use serde_json::json;
use zhucan::rules::lifecycle::Role;

use crate::education_aid::Office;
use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, Case, MINUTES_11};

stories![
    a_refused_renewal_waits_while_another_application_for_a_card_lives,
    a_refused_application_for_aid_waits_while_another_one_of_the_season_lives,
];

async fn reject(world: &World, officer: &str, case: &Case, reason: &str) -> Case {
    let body = json!({ "version": case.version, "reason": reason });
    Case::of(&world.post(&case.staff("/actions/reject")).token(officer).json(&body).send().await.data(200))
}

fn offers(view: &serde_json::Value, action: &str) -> bool {
    view["allowed_actions"].as_array().unwrap().iter().any(|offered| offered["value"] == action)
}

async fn a_refused_renewal_waits_while_another_application_for_a_card_lives(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let case = world.decided(&town, &case, "accept").await;
    let case = world.decided(&town, &case, "forward").await;
    let refused = reject(&world, &county, &case, "not_resident").await;
    // Another one of the same kind, and one of another kind: either has the only place.
    for kind in ["renewal", "change"] {
        let newer = zhao.begun(kind).await;
        zhao.act(&refused, "appeal").await.refused(409, 20006);
        world.decide(&county, &refused, "take-back").await.refused(409, 20006);
        assert!(!offers(&zhao.view(&refused).await, "appeal"), "what is offered is possible");
        zhao.act(&newer, "withdraw").await.data(200);
    }
    assert!(offers(&zhao.view(&refused).await, "appeal"));
    zhao.act(&refused, "appeal").await.data(200);
    world.history_is_whole().await;
}

async fn a_refused_application_for_aid_waits_while_another_one_of_the_season_lives(world: World) {
    let office = Office::open(world.clone()).await;
    let case = office.applied(2025).await;
    world.pass(MINUTES_11);
    let case = office.act(&office.village, &case, "accept", json!({})).await;
    let case = office.act(&office.village, &case, "forward", json!({})).await;
    let case = office.act(&office.town, &case, "forward", json!({})).await;
    let refused = office.act(&office.county, &case, "reject", json!({ "reason": "already_aided" })).await;
    let act = async |token: &str, root: &str, id: &str, verb: &str, version: i64| -> Reply {
        office.post(token, &format!("{root}/{id}/actions/{verb}"), json!({ "version": version })).await
    };
    // One award a person and season, whatever the kind.
    let begin = json!({ "person_id": office.person, "kind": "child", "season_id": office.season });
    let newer = Case::of(&office.post(&office.student, "/api/v1/education-aid/drafts", begin).await.data(201));
    act(&office.student, "/api/v1/cases", &refused.id, "appeal", refused.version).await.refused(409, 31002);
    act(&office.county, "/api/v1/staff/cases", &refused.id, "take-back", refused.version).await.refused(409, 31002);
    let view = office.get(&office.student, &format!("/api/v1/cases/{}", refused.id)).await;
    assert!(!offers(&view, "appeal"), "what is offered is possible");
    act(&office.student, "/api/v1/cases", &newer.id, "withdraw", newer.version).await.data(200);
    act(&office.county, "/api/v1/staff/cases", &refused.id, "take-back", refused.version).await.data(200);
    world.history_is_whole().await;
}
