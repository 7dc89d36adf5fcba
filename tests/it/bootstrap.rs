//! What a front end is told at its start, and what an administrator decides about it: announcements, maintenance, desks of tickets.

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::cases::access::consents::consents;
use zhucan::office::policy::county::{self, NewPolicy};
use zhucan::rules::areas::AreaCode;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, days};

stories![
    announcements_are_shown_where_and_while_they_are_in_force,
    an_announcement_is_changed_and_ended_on_what_was_seen,
    the_services_of_a_county_are_named_with_why_not,
    what_waits_for_me_is_told_at_once,
    days_and_desks_of_tickets_are_what_the_county_decides,
];

const ADMIN: &str = "/api/v1/staff/admin/announcements";
const TERMS: &str = "/api/v1/staff/admin/ticket-terms";

fn words(kind: &str, county: Option<&str>, title: &str, from: &str, until: &str) -> Value {
    let at = |day: &str| format!("{day}T09:30:00+08:00");
    json!({ "kind": kind, "level": "important", "county": county, "title": title,
        "body": "请提前安排好时间。", "from": at(from), "until": at(until) })
}

/// Titles of a list of the start, as of this county.
async fn titles(world: &World, list: &str, county: &str) -> Vec<String> {
    let start = world.get(&format!("/api/v1/bootstrap{county}")).send().await.data(200);
    start[list].as_array().unwrap().iter().map(|a| a["title"].as_str().unwrap().to_owned()).collect()
}

async fn announcements_are_shown_where_and_while_they_are_in_force(world: World) {
    let county = world.worker(&[Role::Administrator]).await;
    let province = world.worker_who_is(&[Role::Administrator], "990000000000", None).await;
    let say = |token: &str, body: Value| world.post(ADMIN).token(token).json(&body).send();
    say(&county, words("announcement", None, "全省都看", "2026-03-10", "2026-03-20")).await.refused(404, 10006);
    say(&county, words("announcement", Some("990102000000"), "别的县", "2026-03-10", "2026-03-20")).await.refused(404, 10006);
    for (from, until) in [("2026-03-12", "2026-03-11"), ("2026-03-01", "2026-03-09")] {
        let refused = say(&county, words("announcement", Some(COUNTY), "已过去", from, until)).await.refused(422, 10002);
        assert_eq!(refused.json["details"][0]["field"], "/until");
    }
    say(&county, words("announcement", Some("990101100000"), "镇里的", "2026-03-10", "2026-03-20")).await.refused(422, 10002);
    say(&province, words("announcement", None, "全省公告", "2026-03-01", "2026-03-20")).await.data(201);
    say(&county, words("announcement", Some(COUNTY), "本区公告", "2026-03-01", "2026-03-15")).await.data(201);
    say(&county, words("announcement", Some(COUNTY), "以后的公告", "2026-03-12", "2026-03-25")).await.data(201);
    say(&county, words("maintenance", Some(COUNTY), "周末维护", "2026-03-14", "2026-03-15")).await.data(201);
    let (here, there) = ("?county=990101000000", "?county=990102000000");
    assert_eq!(titles(&world, "announcements", here).await, ["本区公告", "全省公告"]);
    assert_eq!(titles(&world, "announcements", there).await, ["全省公告"]);
    assert_eq!(titles(&world, "announcements", "").await, ["本区公告", "全省公告"]);
    assert_eq!(titles(&world, "maintenance", "?county=990101100200").await, ["周末维护"]);
    assert!(titles(&world, "maintenance", there).await.is_empty());
    world.pass(days(6));
    assert_eq!(titles(&world, "announcements", here).await, ["全省公告", "以后的公告"]);
    assert!(titles(&world, "maintenance", here).await.is_empty());
    let start = world.get("/api/v1/bootstrap").send().await.data(200);
    assert_eq!((&start["min_client"]["version"], start["county_services"].as_array().unwrap().len()), (&json!("1.4.0"), 0));
    world.get("/api/v1/bootstrap?county=9901").send().await.refused(422, 10002);
    // Each administrator sees what concerns their own areas, ended ones too.
    let county = world.worker(&[Role::Administrator]).await;
    let page = world.get(&format!("{ADMIN}?limit=2")).token(&county).send().await.data(200);
    let next = page["next_cursor"].as_str().unwrap();
    let rest = world.get(&format!("{ADMIN}?limit=2&cursor={next}")).token(&county).send().await.data(200);
    assert_eq!((page["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));
    let other = world.worker_who_is(&[Role::Administrator], "990102000000", None).await;
    assert_eq!(world.get(ADMIN).token(&other).send().await.data(200)["items"], json!([]));
}

async fn an_announcement_is_changed_and_ended_on_what_was_seen(world: World) {
    let admin = world.worker(&[Role::Administrator]).await;
    let first = words("announcement", Some(COUNTY), "窗口搬家", "2026-03-01", "2026-03-20");
    let made = world.post(ADMIN).token(&admin).json(&first).send().await.data(201);
    let path = format!("{ADMIN}/{}", made["id"].as_str().unwrap());
    let change = |token: &str, version: i64, title: &str| {
        let new = words("announcement", Some(COUNTY), title, "2026-03-01", "2026-03-30");
        world.put(&path).token(token).json(&json!({ "version": version, "announcement": new })).send()
    };
    assert_eq!(change(&admin, 1, "窗口搬到二楼").await.data(200)["version"], 2);
    let stale = change(&admin, 1, "窗口不搬了").await.refused(409, 10030);
    assert_eq!(stale.json["current"]["version"], 2);
    let other = world.worker_who_is(&[Role::Administrator], "990102000000", None).await;
    change(&other, 2, "别人的公告").await.refused(404, 10006);
    assert_eq!(titles(&world, "announcements", "").await, ["窗口搬到二楼"]);
    let end = |version: i64| world.post(&format!("{path}/actions/end")).token(&admin).json(&json!({ "version": version })).send();
    end(1).await.refused(409, 10030);
    end(2).await.data(200);
    assert!(titles(&world, "announcements", "").await.is_empty());
    end(3).await.refused(409, 24001);
    change(&admin, 3, "还想改").await.refused(409, 24001);
}

async fn the_services_of_a_county_are_named_with_why_not(world: World) {
    let start = world.get("/api/v1/bootstrap?county=990101000000").send().await.data(200);
    let all = start["county_services"].as_array().unwrap().clone();
    assert!(all.len() >= 3 && all.iter().all(|s| s["open"] == true && s["reason"].is_null() && s["owner"].is_string()));
    // A county that has decided about one service only, from a day to come.
    let id = world.app.clock.id();
    let now = world.app.clock.now();
    let decide = world.app.db.write(move |c| {
        let (a, today) = (AreaCode::parse(COUNTY).unwrap(), "2026-03-10".parse().unwrap());
        let known = county::current(c, &a, "certificate", today)?.unwrap();
        let (common, terms) = ((*known.common).clone(), known.service()?);
        let (county, effective_from) = (AreaCode::parse("990199000000").unwrap(), "2026-04-01".parse().unwrap());
        let (service, owner, source) = ("certificate".to_owned(), "新县残联".to_owned(), "办法".to_owned());
        county::publish(c, &NewPolicy { id, county, service, effective_from, owner, source, by: None, common, terms, at: now })?;
        Ok(())
    });
    decide.await.unwrap();
    let start = world.get("/api/v1/bootstrap?county=990199000000").send().await.data(200);
    for service in start["county_services"].as_array().unwrap() {
        let why = service["reason"].as_str().unwrap();
        let coming = service["service"]["value"] == "certificate";
        assert_eq!((coming, why.contains("从2026年4月1日起开通")), (service["opens_on"] == "2026-04-01", coming), "{service}");
        assert!(service["open"] == false && (coming || why.contains("没有开通")));
    }
    let guides = world.get("/api/v1/public/guides?county=990199000000").send().await.data(200);
    assert_eq!(guides["items"], start["county_services"]);
}

async fn what_waits_for_me_is_told_at_once(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let start = async || zhao.get("/api/v1/me/bootstrap").await;
    let before = start().await;
    assert_eq!((&before["unread_notices"], &before["waiting"], &before["open_tickets"]), (&json!(0), &json!([]), &json!(0)));
    assert_eq!(before["pending_consents"][0]["agreed_version"], Value::Null);
    let case = zhao.drafted("renewal").await;
    let ticket = json!({ "kind": "problem", "text": "窗口总是没有人。", "case_id": case.id, "person_id": null, "area": null });
    let ticket = zhao.post("/api/v1/me/tickets", &ticket).send().await.data(201);
    assert_eq!(ticket["case"]["id"], json!(case.id));
    let now = start().await;
    assert_eq!((&now["waiting_cases"], &now["waiting"][0]["id"]), (&json!(1), &json!(case.id)));
    assert_eq!((&now["open_tickets"], &now["answered_tickets"]), (&json!(1), &json!(0)));
    zhao.submit(&case).send().await.data(200);
    let county = world.worker(&[Role::CountyOfficer]).await;
    let path = format!("/api/v1/staff/tickets/{}/actions/answer", ticket["summary"]["id"].as_str().unwrap());
    world.post(&path).token(&county).json(&json!({ "version": 1, "text": "已安排专人值班。" })).send().await.data(200);
    world.work().await;
    let now = start().await;
    assert_eq!((&now["waiting_cases"], &now["pending_consents"], &now["unread_notices"]), (&json!(0), &json!([]), &json!(2)));
    assert_eq!((&now["open_tickets"], &now["answered_tickets"]), (&json!(1), &json!(1)));
    // The text had another version when he agreed.
    let age = world.app.db.write(|c| Ok(diesel::update(consents::table).set(consents::text_version.eq("2025-01")).execute(c)?));
    assert_eq!(age.await.unwrap(), 1);
    let pending = start().await["pending_consents"].clone();
    assert_eq!((&pending[0]["agreed_version"], &pending[0]["current_version"]), (&json!("2025-01"), &json!("2026-11")));
}

async fn days_and_desks_of_tickets_are_what_the_county_decides(world: World) {
    let admin = world.worker(&[Role::Administrator]).await;
    let shipped = world.get(&format!("{TERMS}?county={COUNTY}")).token(&admin).send().await.data(200);
    assert_eq!((&shipped["version"], &shipped["terms"]["kinds"][2]["days"]), (&json!(0), &json!(15)));
    let elsewhere = world.worker_who_is(&[Role::Administrator], "990102000000", None).await;
    world.get(&format!("{TERMS}?county={COUNTY}")).token(&elsewhere).send().await.refused(404, 10006);
    let save = |token: &str, version: i64, change: &dyn Fn(&mut Value)| {
        let mut terms = shipped["terms"].clone();
        change(&mut terms);
        world.put(TERMS).token(token).json(&json!({ "county": COUNTY, "version": version, "terms": terms })).send()
    };
    save(&elsewhere, 0, &|_| {}).await.refused(404, 10006);
    save(&admin, 0, &|t| t["kinds"][1]["kind"] = json!("visit")).await.refused(422, 10002);
    save(&admin, 0, &|t| t["kinds"][1]["desk"] = json!("finance")).await.refused(422, 10002);
    save(&admin, 0, &|t| t["kinds"][1]["days"] = json!(0)).await.refused(422, 10002);
    let town = |t: &mut Value| {
        (t["kinds"][1]["desk"], t["kinds"][1]["days"]) = (json!("town"), json!(3));
        t["most_open"] = json!(1);
    };
    assert_eq!(save(&admin, 0, &town).await.data(200)["version"], 1);
    save(&admin, 0, &town).await.refused(409, 10030);
    let zhao = Applicant::zhao(&world).await;
    let ask = || {
        let body = json!({ "kind": "problem", "text": "窗口总是没有人。", "case_id": null, "person_id": null, "area": null });
        zhao.post("/api/v1/me/tickets", &body).send()
    };
    let view = ask().await.data(201);
    assert_eq!((&view["who_acts"], &view["summary"]["due_on"]), (&json!("宋疃镇 镇（街道）残联"), &json!("2026-03-13")));
    ask().await.refused(409, 23005);
}
