//! A ticket that a colleague has claimed, or that lies at another desk, can be read but not worked on.

use serde_json::json;
use zhucan::rules::lifecycle::Role;

use crate::tickets::{VILLAGE, act, asked, mine};
use crate::world::World;
use crate::world::renewal::Applicant;

stories![a_report_is_handled_by_whoever_claimed_it, a_report_is_answered_before_anybody_says_that_it_is_not_solved];

async fn a_report_is_handled_by_whoever_claimed_it(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let view = asked(&world, &zhao.token, "phone_call", "请给我打电话，我听不清短信。", None).await.data(201);
    let one = world.worker_who_is(&[Role::Commissioner], VILLAGE, None).await;
    let two = world.worker_who_is(&[Role::Commissioner], VILLAGE, None).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let claimed = act(&world, &one, &view, "claim", json!({})).await.data(200);
    let reached = json!({ "outcome": "reached", "text": null });
    let purpose = json!({ "purpose": "按请求回电话" });
    act(&world, &two, &claimed, "close", reached.clone()).await.refused(409, 23002);
    let on = json!({ "desk": "town", "text": "请镇里看看。" });
    act(&world, &two, &claimed, "hand-on", on).await.refused(409, 23002);
    act(&world, &two, &claimed, "show-contact", purpose.clone()).await.refused(409, 23002);
    // The county sees what lies in the village, and opens no phone number there.
    act(&world, &county, &claimed, "show-contact", purpose.clone()).await.refused(409, 23001);
    let shown = act(&world, &one, &claimed, "show-contact", purpose).await.data(200);
    assert_eq!(shown["phone"], "13800000003");
}

async fn a_report_is_answered_before_anybody_says_that_it_is_not_solved(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let view = asked(&world, &zhao.token, "unresolved", "学校不肯开在读证明，申请交不上去。", None).await.data(201);
    mine(&world, &zhao.token, &view, "not-solved", json!({ "text": "还没有人答复。" })).await.refused(409, 23001);
}
