//! Work of somebody who is absent, moved or banned goes on: deputies, hand-over, and claims that end with the post.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::accounts::{Post, RevocationWatch, staff_admin};
use zhucan::office::administration::staffing;
use zhucan::platform::id::Id;
use zhucan::rules::calendar::rfc3339;
use zhucan::rules::lifecycle::Role;
use zhucan::services;

use crate::world::World;
use crate::world::client::Reply;
use crate::world::people::{COUNTY, Officer};
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, days};

stories![
    a_deputy_does_the_work_while_it_lasts_and_not_after,
    a_deputy_whose_time_ends_gives_back_what_they_hold,
    who_may_state_an_absence_and_with_whom,
    an_absence_is_planned_seen_at_the_desk_and_ended_early,
    a_desk_is_skipped_when_only_a_conflicted_deputy_is_there,
    a_worker_who_is_moved_or_banned_gives_back_what_they_hold,
    a_desk_is_handed_over_by_whoever_leads_it,
];

const TOWN: &str = "990101100000";
const HOUR: Duration = Duration::from_secs(3600);

impl World {
    fn moment(&self, from_now: Duration) -> String {
        rfc3339(self.app.clock.now().saturating_add(i64::try_from(from_now.as_millis()).unwrap()))
    }

    async fn absent(&self, by: &str, worker: Option<Id>, deputy: Id, from: Option<Duration>, until: Duration) -> Reply {
        let body = json!({ "worker_id": worker.map(|w| w.to_string()), "deputy_id": deputy.to_string(),
            "from": from.map(|f| self.moment(f)), "until": self.moment(until), "why": "leave" });
        self.post("/api/v1/staff/absences").token(by).json(&body).send().await
    }

    async fn staff_view(&self, officer: &str, case: &Case) -> Value {
        self.get(&case.staff("")).token(officer).send().await.data(200)
    }

    async fn total(&self, officer: &str) -> Value {
        self.get("/api/v1/staff/queue/counts").token(officer).send().await.data(200)["total"].clone()
    }
}

/// A case at the town's desk that can be claimed.
async fn waiting(world: &World) -> (Applicant, Case) {
    let zhao = Applicant::zhao(world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    (zhao, case)
}

fn last(view: &Value) -> (Value, Value, Value) {
    let line = view["timeline"].as_array().unwrap().last().unwrap();
    (line["action"]["value"].clone(), line["by"]["value"].clone(), line["reason"].clone())
}

async fn a_deputy_does_the_work_while_it_lasts_and_not_after(world: World) {
    let (_zhao, case) = waiting(&world).await;
    let away = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    let deputy = world.officer(&[Role::CountyOfficer], COUNTY, None, false).await;
    let held = world.decided(&away.token, &case, "claim").await;
    world.decide(&deputy.token, &held, "accept").await.refused(409, 20001);
    let stated = world.absent(&away.token, None, deputy.id, None, HOUR * 8).await.data(201);
    assert_eq!((&stated["lasts"], &stated["why"]["label"]), (&json!(true), &json!("休假")));
    // The case that the absent worker had claimed went back to the pool, where the deputy finds it.
    let view = world.staff_view(&deputy.token, &case).await;
    assert_eq!(last(&view), (json!("release"), json!("system"), json!("办理人请假，放回待办")));
    assert_eq!(world.total(&deputy.token).await, json!(1));
    let posts = world.get("/api/v1/staff/me").token(&deputy.token).send().await.data(200)["posts"].clone();
    let roles: Vec<&str> = posts.as_array().unwrap().iter().map(|p| p["role"]["value"].as_str().unwrap()).collect();
    assert_eq!(roles, ["county_officer", "town_officer"]);
    let accepted = world.decided(&deputy.token, &Case::of(&view), "accept").await;
    world.pass(HOUR * 8);
    world.work().await;
    let deputy = world.on_duty(&deputy).await;
    world.decide(&deputy, &accepted, "forward").await.refused(409, 20001);
    assert_eq!(world.total(&deputy).await, json!(0));
    let away = world.on_duty(&away).await;
    world.decided(&away, &accepted, "forward").await;
    world.history_is_whole().await;
}

async fn a_deputy_whose_time_ends_gives_back_what_they_hold(world: World) {
    let (mut zhao, case) = waiting(&world).await;
    let away = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    let deputy = world.officer(&[Role::TownOfficer], "990101200000", None, false).await;
    world.absent(&away.token, None, deputy.id, None, HOUR / 4).await.data(201);
    world.decided(&deputy.token, &case, "claim").await;
    world.pass(HOUR / 4);
    // The claim would have lasted an hour, but the absence has ended: the deputy does not see the case any more.
    world.get(&case.staff("")).token(&deputy.token).send().await.refused(404, 10006);
    world.work().await;
    let view = world.staff_view(&away.token, &case).await;
    assert_eq!((last(&view).2, &view["summary"]["claimed"]), (json!("代班结束，放回待办"), &json!(false)));
    world.decided(&away.token, &Case::of(&view), "accept").await;
    zhao.sign_in_again().await;
    assert_eq!(actions(&zhao.view(&case).await), ["begin", "submit", "claim", "release", "accept"]);
    world.work().await;
    world.history_is_whole().await;
}

async fn who_may_state_an_absence_and_with_whom(world: World) {
    let one = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    let two = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    let lead = world.officer(&[Role::TownOfficer], COUNTY, None, true).await;
    let far = world.officer(&[Role::TownOfficer], "990102100000", None, true).await;
    let county = world.officer(&[Role::TownOfficer, Role::CountyOfficer], COUNTY, None, false).await;
    // An absence cannot be stated by a colleague, by a leader of other desks, or by one who leads only some of the desks.
    world.absent(&two.token, Some(one.id), two.id, None, HOUR).await.refused(404, 10006);
    world.absent(&far.token, Some(one.id), two.id, None, HOUR).await.refused(404, 10006);
    world.absent(&lead.token, Some(county.id), two.id, None, HOUR).await.refused(404, 10006);
    world.absent(&lead.token, Some(world.app.clock.id()), two.id, None, HOUR).await.refused(404, 10006);
    for (deputy, code) in [(one.id, "self"), (far.id, "not_of_county"), (world.app.clock.id(), "not_of_county")] {
        let refused = world.absent(&one.token, None, deputy, None, HOUR).await.refused(422, 10002);
        assert_eq!(
            (&refused.json["details"][0]["field"], &refused.json["details"][0]["code"]),
            (&json!("/deputy_id"), &json!(code))
        );
    }
    for (from, until, code) in
        [(None, Duration::ZERO, "before_begin"), (None, days(400), "too_long"), (Some(HOUR), HOUR, "before_begin")]
    {
        let refused = world.absent(&one.token, None, two.id, from, until).await.refused(422, 10002);
        assert_eq!(refused.json["details"][0]["code"], code);
    }
    let body =
        json!({ "worker_id": null, "deputy_id": two.id.to_string(), "from": "yesterday", "until": "soon", "why": "leave" });
    let refused = world.post("/api/v1/staff/absences").token(&one.token).json(&body).send().await.refused(422, 10002);
    assert_eq!(refused.json["details"].as_array().unwrap().len(), 2);
    world.absent(&lead.token, Some(one.id), two.id, None, HOUR * 2).await.data(201);
    world.absent(&one.token, None, two.id, Some(HOUR), HOUR * 3).await.refused(409, 12007);
    // A deputy who is away cannot stand in.
    let refused = world.absent(&two.token, None, one.id, Some(HOUR), HOUR * 3).await.refused(422, 10002);
    assert_eq!(refused.json["details"][0]["code"], "away");
    let auditor = world.worker(&[Role::Auditor]).await;
    world.absent(&auditor, None, two.id, None, HOUR).await.refused(403, 12001);
}

async fn an_absence_is_planned_seen_at_the_desk_and_ended_early(world: World) {
    let (_zhao, case) = waiting(&world).await;
    let away = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    let deputy = world.officer(&[Role::TownOfficer], "990101200000", None, false).await;
    let lead = world.officer(&[Role::TownOfficer], COUNTY, None, true).await;
    let key = Uuid::new_v4();
    let until = world.moment(HOUR * 9);
    let body = json!({ "worker_id": null, "deputy_id": deputy.id.to_string(), "from": world.moment(HOUR / 4), "until": until, "why": "training" });
    let state = || world.post("/api/v1/staff/absences").token(&away.token).key(key).json(&body).send();
    let planned = state().await.data(201);
    assert_eq!((&planned["lasts"], &state().await.json["meta"]["replayed"]), (&json!(false), &json!(true)));
    world.get(&case.staff("")).token(&deputy.token).send().await.refused(404, 10006);
    let held = world.decided(&away.token, &case, "claim").await;
    let listed = async |officer: &Officer| {
        let page = world.get("/api/v1/staff/absences?limit=1").token(&officer.token).send().await.data(200);
        page["items"].as_array().unwrap().len()
    };
    let elsewhere = world.officer(&[Role::TownOfficer], "990102000000", None, true).await;
    let county = world.officer(&[Role::CountyOfficer], COUNTY, None, false).await;
    let seen = (listed(&away).await, listed(&lead).await, listed(&elsewhere).await, listed(&county).await);
    assert_eq!(seen, (1, 1, 0, 0));
    // The absence begins at its time, and the claim is released.
    world.pass(HOUR / 4);
    world.work().await;
    let view = world.staff_view(&deputy.token, &case).await;
    assert_eq!((last(&view).0, last(&view).2), (json!("release"), json!("办理人请假，放回待办")));
    assert!(view["summary"]["version"].as_i64().unwrap() > held.version);
    world.decided(&deputy.token, &Case::of(&view), "claim").await;
    let path = format!("/api/v1/staff/absences/{}/actions/end", planned["id"].as_str().unwrap());
    let end = |token: &str, version: i64| world.post(&path).token(token).json(&json!({ "version": version })).send();
    end(&deputy.token, 2).await.refused(404, 10006);
    let stale = end(&lead.token, 1).await.refused(409, 10030);
    assert_eq!((&stale.json["current"]["version"], &stale.json["current"]["state"]), (&json!(2), &json!("away")));
    let ended = end(&lead.token, 2).await.data(200);
    assert_eq!((&ended["lasts"], &ended["version"]), (&json!(false), &json!(3)));
    end(&away.token, 3).await.refused(409, 10030);
    let view = world.staff_view(&away.token, &case).await;
    assert_eq!((last(&view).2, &view["summary"]["claimed"]), (json!("代班结束，放回待办"), &json!(false)));
    assert_eq!(listed(&away).await, 0);
    world.history_is_whole().await;
}

async fn a_desk_is_skipped_when_only_a_conflicted_deputy_is_there(world: World) {
    let zhao = Applicant::zhao(&world).await;
    // The one officer of the town in the demo's cast is away, and the applicant's own record is the deputy's.
    let town = world.app.db.read(|c| staff_admin::worker_named(c, "town")).await.unwrap();
    let lead = world.officer(&[Role::TownOfficer], COUNTY, None, true).await;
    let deputy = world.officer(&[Role::CountyOfficer], COUNTY, Some(zhao.person.parse().unwrap()), false).await;
    world.absent(&lead.token, Some(town), deputy.id, None, days(3)).await.data(201);
    // The leader serves the town as well; they leave.
    let username = lead.id.to_string();
    staffing::ban(&world.app, &services::all(), &RevocationWatch::default(), &username).await.unwrap();
    let case = zhao.submitted("renewal").await;
    let view = zhao.view(&case).await;
    assert!(view["who_acts"]["name"].as_str().unwrap().contains("县"), "{}", view["who_acts"]);
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let other = lin.submitted("change").await;
    let view = lin.view(&other).await;
    assert!(view["who_acts"]["name"].as_str().unwrap().contains("镇"), "the deputy may act here: {}", view["who_acts"]);
}

async fn a_worker_who_is_moved_or_banned_gives_back_what_they_hold(world: World) {
    let (zhao, case) = waiting(&world).await;
    let one = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    let two = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    let held = world.decided(&one.token, &case, "claim").await;
    world.decide(&two.token, &held, "accept").await.refused(409, 20004);
    let post = |area: &str| Post { role: Role::TownOfficer, area: area.parse().unwrap(), point: None, lead: false };
    let assign = async |officer: &Officer, area: &str| {
        world.pass(Duration::from_secs(1));
        let username = officer.id.to_string();
        staffing::assign(&world.app, &services::all(), &username, vec![post(area)]).await.unwrap();
    };
    // A wider post still serves the desk.
    assign(&one, COUNTY).await;
    assert_eq!(world.staff_view(&two.token, &case).await["summary"]["version"], json!(held.version));
    assign(&one, "990101200000").await;
    let view = world.staff_view(&two.token, &case).await;
    assert_eq!(last(&view), (json!("release"), json!("system"), json!("办理人岗位有变动，放回待办")));
    let taken = world.decided(&two.token, &Case::of(&view), "claim").await;
    let username = two.id.to_string();
    staffing::ban(&world.app, &services::all(), &RevocationWatch::default(), &username).await.unwrap();
    let three = world.worker(&[Role::TownOfficer]).await;
    let view = world.staff_view(&three, &case).await;
    assert_eq!((last(&view).0, &view["summary"]["claimed"]), (json!("release"), &json!(false)));
    assert!(view["summary"]["version"].as_i64().unwrap() > taken.version);
    world.decided(&three, &Case::of(&view), "accept").await;
    let told = actions(&zhao.view(&case).await);
    assert_eq!(told, ["begin", "submit", "claim", "release", "claim", "release", "accept"]);
    world.history_is_whole().await;
}

async fn a_desk_is_handed_over_by_whoever_leads_it(world: World) {
    let (mut zhao, case) = waiting(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let second = lin.submitted("change").await;
    world.pass(MINUTES_11);
    let from = world.officer(&[Role::TownOfficer], TOWN, None, false).await;
    // Lin is the other's own person: that case goes back to the pool.
    let to = world.officer(&[Role::TownOfficer], TOWN, Some(lin.person.parse().unwrap()), false).await;
    let lead = world.officer(&[Role::TownOfficer], COUNTY, None, true).await;
    let far = world.officer(&[Role::TownOfficer], "990102000000", None, true).await;
    for case in [&case, &second] {
        world.decided(&from.token, case, "claim").await;
    }
    let hand = |by: &str, from: Id, to: Option<Id>| {
        let body = json!({ "from_worker": from.to_string(), "to_worker": to.map(|t| t.to_string()) });
        world.post("/api/v1/staff/desks/actions/hand-over").token(by).json(&body).send()
    };
    hand(&from.token, from.id, Some(to.id)).await.refused(403, 12001);
    hand(&lead.token, world.app.clock.id(), None).await.refused(404, 10006);
    for nobody in [from.id, world.app.clock.id()] {
        let refused = hand(&lead.token, from.id, Some(nobody)).await.refused(422, 10002);
        assert_eq!(refused.json["details"][0]["field"], "/to_worker");
    }
    // A leader of another county's desks cannot hand over a desk here.
    assert_eq!(hand(&far.token, from.id, None).await.data(200), json!({ "handed": 0, "returned": 0 }));
    assert_eq!(hand(&lead.token, from.id, Some(to.id)).await.data(200), json!({ "handed": 1, "returned": 1 }));
    let view = world.staff_view(&to.token, &case).await;
    assert_eq!(last(&view), (json!("claim"), json!("town_officer"), json!("窗口工作移交")));
    world.decide(&from.token, &Case::of(&view), "accept").await.refused(409, 20004);
    let accepted = world.decided(&to.token, &Case::of(&view), "accept").await;
    assert_eq!(world.staff_view(&lead.token, &second).await["summary"]["claimed"], json!(false));
    // The administrator runs the whole; without a name it goes back to the pool.
    let admin = world.worker(&[Role::Administrator]).await;
    assert_eq!(hand(&admin, to.id, None).await.data(200), json!({ "handed": 0, "returned": 1 }));
    let view = world.staff_view(&from.token, &accepted).await;
    assert_eq!((last(&view).2, &view["summary"]["claimed"]), (json!("窗口工作移交"), &json!(false)));
    zhao.sign_in_again().await;
    assert_eq!(actions(&zhao.view(&case).await), ["begin", "submit", "claim", "release", "claim", "accept", "release"]);
    world.history_is_whole().await;
}
