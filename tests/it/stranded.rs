//! A correction whose applicant may no longer act: it does not lapse, its limit stands still, and whoever takes the case on has
//! the full limit anew.

use serde_json::{Value, json};
use zhucan::office::accounts::{RevocationWatch, residents};

use zhucan::rules::lifecycle::Role;

use crate::accounts_desk::{added, claim, decide, first_card, id_number, person, post};
use crate::callback::{about, push};
use crate::education_aid::{Office, season};
use crate::prints::{holds, print, words};
use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, actions, days, picture};

stories![
    a_correction_waits_for_whoever_takes_it_on_who_has_all_the_days,
    the_same_applicant_who_may_act_again_goes_on,
    a_stopped_account_and_a_closed_one_end_no_case,
    an_award_is_not_taken_for_a_proof_that_nobody_may_bring,
];

const MOTHER: &str = "chen-xiuying";
const NUMBER: (&str, u16) = ("2016-03-04", 77);

/// A child's first card in correction, whose applicant is the mother; the child, the mother and her link.
pub struct Child {
    world: World,
    pub case: Case,
    mother: Applicant,
    link: Value,
}

impl Child {
    pub async fn of(world: World) -> Child {
        let w = &world;
        let worker = w.worker(&[Role::TownOfficer]).await;
        let number = id_number(NUMBER.0, NUMBER.1);
        let child = added(w, &worker, person("周小满", &number, None)).await;
        let mut mother = Applicant::of(w, MOTHER).await;
        let link = linked(w, &mother.token).await;
        mother.person = child;
        let case = first_card(&mother).await;
        w.pass(MINUTES_11);
        let items = json!([{ "target": "material:photo", "reason": "unclear", "note": null }]);
        let body = json!({ "version": case.version, "items": items });
        let asked = w.post(&case.staff("/actions/request-correction")).token(&worker).json(&body).send().await.data(200);
        assert_eq!(asked["summary"]["due_on"], "2026-03-24");
        Child { case: Case::of(&asked), mother, link, world }
    }

    /// As the office sees it.
    async fn view(&self) -> Value {
        let town = self.world.worker(&[Role::TownOfficer]).await;
        self.world.get(&self.case.staff("")).token(&town).send().await.data(200)
    }

    /// After so many days, in which the clocks acted.
    async fn after(&self, passed: u64) -> Value {
        for _ in 0..passed {
            self.world.pass(days(1));
            self.world.work().await;
        }
        self.view().await
    }

    pub async fn end_link(&self) {
        let worker = self.world.worker(&[Role::TownOfficer]).await;
        decide(&self.world, &worker, &self.link, "end", json!({})).await.data(200);
    }
}

/// A confirmed link to the child.
pub async fn linked(w: &World, token: &str) -> Value {
    let worker = w.worker(&[Role::TownOfficer]).await;
    let link = post(w, token, "/me/links", claim("周小满", &id_number(NUMBER.0, NUMBER.1))).await.data(201);
    decide(w, &worker, &link, "confirm", json!({})).await.data(200)["link"].clone()
}

fn stands(view: &Value) {
    let summary = &view["summary"];
    assert_eq!((&summary["state"]["value"], &summary["due_on"]), (&json!("correction_requested"), &Value::Null));
    assert_eq!((&summary["held"], &summary["pace"]["value"]), (&json!(true), &json!("standing")));
}

fn flagged(view: &Value, code: &str) -> bool {
    view["flags"].as_array().unwrap().iter().any(|f| f["value"] == code)
}

async fn take_on(w: &World, token: &str, case: &Case) -> crate::world::client::Reply {
    let body = json!({ "version": case.version, "consent": "2026-11" });
    w.post(&case.path("/actions/take-on")).token(token).json(&body).send().await
}

async fn a_correction_waits_for_whoever_takes_it_on_who_has_all_the_days(world: World) {
    let child = Child::of(world.clone()).await;
    child.end_link().await;
    let view = child.after(60).await;
    stands(&view);
    assert!(flagged(&view, "nobody_acts"));
    assert_eq!(actions(&view), ["begin", "submit", "request_correction", "hold"]);
    let line = view["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&line["by"]["value"], &line["reason"]),
        (&json!("system"), &json!("申请人已不能办理，补正期限暂停，等待可以代办的人接手"))
    );
    let notice = print(&world, &world.worker(&[Role::TownOfficer]).await, &child.case.staff("/corrections/1/notice")).await;
    holds(&words(&notice), &["请在可以办理的人接手后第10个工作日当天或之前"]);
    // Somebody calls the family: nobody is reached by phone any other way.
    let county = world.worker(&[Role::CountyOfficer]).await;
    let calls = world.get("/api/v1/staff/tickets").token(&county).send().await.data(200);
    assert_eq!((&calls["items"][0]["kind"]["value"], calls["items"].as_array().unwrap().len()), (&json!("phone_call"), 1));

    // An uncle comes. He finds the case, takes it on, and has the ten working days of a new notice.
    let uncle = world.resident("zhao-tiezhu").await;
    linked(&world, &uncle).await;
    stands(&child.after(3).await);
    let uncle = world.resident("zhao-tiezhu").await;
    let waiting = world.get("/api/v1/cases/to-take-on").token(&uncle).send().await.data(200);
    assert_eq!(waiting["items"][0]["id"], json!(child.case.id));
    let taken = take_on(&world, &uncle, &Case::of(&view)).await.data(200);
    let summary = &taken["summary"];
    // Tuesday, 12 May 2026.
    assert_eq!((&summary["due_on"], &summary["held"], &summary["overdue"]), (&json!("2026-05-26"), &json!(false), &json!(false)));
    let view = child.after(15).await;
    let done = actions(&view);
    assert_eq!(done[4..], ["take_on", "remind", "remind", "lapse"], "who may act and does not, is too late");
    world.history_is_whole().await;
}

async fn the_same_applicant_who_may_act_again_goes_on(world: World) {
    let mut child = Child::of(world.clone()).await;
    child.end_link().await;
    stands(&child.after(20).await);
    child.mother.sign_in_again().await;
    linked(&world, &child.mother.token).await;
    // The clock looks once a day; she may act at once.
    let view = child.mother.view(&child.case).await;
    assert!(view["allowed_actions"].to_string().contains("resubmit"));
    let view = child.after(2).await;
    assert_eq!(actions(&view).last().unwrap(), "resume");
    assert_eq!((&view["summary"]["held"], &view["summary"]["pace"]["value"]), (&json!(false), &json!("on_time")));
    // Wednesday, 1 April, and ten working days with the day of Qingming.
    assert_eq!(view["summary"]["due_on"], "2026-04-16");
    child.mother.sign_in_again().await;
    let told = child.mother.get("/api/v1/me/notices?limit=1").await;
    assert!(told["items"][0]["body"].as_str().unwrap().contains("4月16日"), "{told}");
    let photo = view["materials"].as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap();
    let old = format!("/api/v1/papers/{}", photo["papers"][0]["id"].as_str().unwrap());
    world.delete(&old).token(&child.mother.token).send().await.data(200);
    child.mother.upload(&child.case, "photo", picture()).send().await.data(201);
    let back = child.mother.act(&Case::of(&view), "resubmit").await.data(200);
    assert_eq!((&back["summary"]["state"]["value"], &back["summary"]["held"]), (&json!("submitted"), &json!(false)));
    world.history_is_whole().await;
}

async fn a_stopped_account_and_a_closed_one_end_no_case(world: World) {
    let mut child = Child::of(world.clone()).await;
    // A man of full age who applies for himself, and closes his account at WeChat.
    let zhao = Applicant::zhao(&world).await;
    let own = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let items = json!([{ "target": "material:photo", "reason": "unclear", "note": null }]);
    let body = json!({ "version": own.version, "items": items });
    world.post(&own.staff("/actions/request-correction")).token(&town).json(&body).send().await.data(200);
    push(&world, &about(&world, "user_authorization_cancellation", json!({}))).await;
    child.mother.sign_in_again().await;
    let mother = child.mother.get("/api/v1/me").await["account"].as_str().unwrap().parse().unwrap();
    residents::ban(&world.app, &RevocationWatch::default(), mother).await.unwrap();
    let view = child.after(30).await;
    stands(&view);
    assert!(flagged(&view, "nobody_acts"));
    let town = world.worker(&[Role::TownOfficer]).await;
    let view = world.get(&own.staff("")).token(&town).send().await.data(200);
    stands(&view);
    assert!(flagged(&view, "nobody_acts"));
    // The office's counts know both as waiting.
    let counts = world.get("/api/v1/staff/queue/counts").token(&town).send().await.data(200);
    let ages = world.worker(&[Role::CountyOfficer]).await;
    let ages = world.get("/api/v1/staff/reports/ages").token(&ages).send().await.data(200);
    assert_eq!((&counts["waiting"], &ages["rows"][0]["waiting"]), (&json!(2), &json!(2)));
    world.history_is_whole().await;
}

async fn an_award_is_not_taken_for_a_proof_that_nobody_may_bring(world: World) {
    let mut office = Office::open(world.clone()).await;
    let mut two_stage = season(COUNTY);
    two_stage["second_evidence_due"] = json!("2026-03-31");
    let made = office.post(&office.county, "/api/v1/staff/education-aid/seasons", two_stage).await.data(201);
    office.season = made["season"]["id"].as_str().unwrap().to_owned();
    let case = office.applied(2026).await;
    let case = office.approved(case).await;
    assert_eq!(
        office.noticed(crate::education_aid::Case { id: case.id.clone(), version: case.version }).await["flags"][0]["value"],
        "evidence_due"
    );
    let token = world.resident("lin-xiaoyu").await;
    let account = world.get("/api/v1/me").token(&token).send().await.data(200)["account"].as_str().unwrap().parse().unwrap();
    residents::ban(&world.app, &RevocationWatch::default(), account).await.unwrap();
    for _ in 0..60 {
        world.pass(days(1));
        world.work().await;
    }
    let county = world.worker(&[Role::CountyOfficer]).await;
    let view = world.get(&format!("/api/v1/staff/cases/{}", case.id)).token(&county).send().await.data(200);
    assert_eq!(view["summary"]["state"]["value"], "approved");
    assert!(flagged(&view, "nobody_acts") && flagged(&view, "evidence_due"));
    world.history_is_whole().await;
}
