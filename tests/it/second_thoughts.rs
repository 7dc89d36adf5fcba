//! Second thoughts about aid: an approval is taken back, a notice is stopped, two applications become one; the money follows.

use serde_json::{Value, json};

use crate::education_aid::{Case, Office};
use crate::world::World;

stories![
    an_approval_that_is_taken_back_gives_the_money_back,
    an_objection_stops_the_notice_and_the_case_is_decided_again,
    two_applications_become_one,
];

async fn committed(office: &Office) -> (Value, Value) {
    let books = office.get(&office.county, "/api/v1/staff/education-aid/seasons?county=990101000000").await;
    let season = if books.is_array() { &books[0] } else { &books["items"][0] };
    (season["committed_fen"].clone(), season["committed_count"].clone())
}

async fn state(office: &Office, case: &Case) -> Value {
    office.get(&office.student, &format!("/api/v1/cases/{}", case.id)).await["summary"]["state"]["value"].clone()
}

async fn an_approval_that_is_taken_back_gives_the_money_back(world: World) {
    let office = Office::open(world).await;
    let case = office.applied(2025).await;
    let case = office.approved(case).await;
    assert_eq!((state(&office, &case).await, committed(&office).await.1), (json!("public_notice"), json!(1)));
    let case = office.act(&office.county, &case, "take-back", json!({})).await;
    assert_eq!((state(&office, &case).await, committed(&office).await), (json!("in_review"), (json!(0), json!(0))));
    let board = office.get(&office.county, "/api/v1/public/notice-board?county=990101000000").await;
    assert_eq!(board["items"], json!([]));
    office.world.pass(std::time::Duration::from_secs(1));
    let case = office.act(&office.county, &case, "approve", json!({})).await;
    assert_eq!((state(&office, &case).await, committed(&office).await.1), (json!("public_notice"), json!(1)));
    office.world.history_is_whole().await;
}

async fn an_objection_stops_the_notice_and_the_case_is_decided_again(world: World) {
    let office = Office::open(world).await;
    let case = office.applied(2025).await;
    let case = office.approved(case).await;
    let path = format!("/api/v1/staff/cases/{}/actions/stop-notice", case.id);
    office.post(&office.county, &path, json!({ "version": case.version })).await.refused(422, 10002);
    let case = office.act(&office.county, &case, "stop-notice", json!({ "note": "有人反映已领取其他救助，核实中。" })).await;
    assert_eq!((state(&office, &case).await, committed(&office).await.1), (json!("in_review"), json!(0)));
    let case = office.act(&office.county, &case, "reject", json!({ "reason": "already_aided" })).await;
    assert_eq!(state(&office, &case).await, json!("rejected"));
    office.world.history_is_whole().await;
}

async fn two_applications_become_one(world: World) {
    let office = Office::open(world.clone()).await;
    let first = office.applied(2025).await;
    // The same student in another season.
    let second = Office::open(world.clone()).await;
    let twin = second.applied(2025).await;
    world.pass(std::time::Duration::from_secs(11 * 60));
    let merge = |case: &Case, into: &str| {
        let body = json!({ "version": case.version, "into": into, "note": "同一学年申请了两次。" });
        world.post(&format!("/api/v1/staff/cases/{}/actions/merge", case.id)).token(&office.village).json(&body).send()
    };
    merge(&twin, &twin.id).await.refused(422, 20015);
    merge(&twin, &uuid::Uuid::new_v4().to_string()).await.refused(422, 20015);
    let ended = merge(&twin, &first.id).await.data(200);
    assert_eq!((&ended["merged_into"], &ended["summary"]["state"]["value"]), (&json!(first.id), &json!("withdrawn")));
    merge(&first, &twin.id).await.refused(422, 20015);
    office.act(&office.village, &first, "accept", json!({})).await;
    merge(&Case::of(&ended), &first.id).await.refused(409, 20001);
    world.history_is_whole().await;
}
