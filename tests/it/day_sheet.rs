//! The commissioner's day: whom to see in a village, taken along, and handed in with the times at which things happened.

use std::time::Duration;

use diesel::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::people::reveals::reveals;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::renewal::{Applicant, Case, MINUTES_11, days};

stories![
    a_commissioner_takes_the_village_along_and_hands_in_what_happened,
    an_entry_is_kept_once_and_each_alone,
    what_is_handed_over_on_the_way_is_not_too_late_when_it_comes_in,
    a_sheet_is_for_one_village_and_one_worker,
];

const VILLAGE: &str = "990101100200";
const SHEETS: &str = "/api/v1/staff/day-sheets";

async fn taken(world: &World, worker: &str) -> Value {
    world.post(SHEETS).token(worker).json(&json!({ "area": VILLAGE })).send().await.data(201)
}

/// The number of the line with this errand for this person.
fn line(sheet: &Value, errand: &str, person: &str) -> Value {
    let lines = sheet["lines"].as_array().unwrap().iter();
    let mut found = lines.filter(|l| l["errand"]["value"] == errand && l["person_id"] == person);
    found.next().unwrap_or_else(|| panic!("no {errand} of {person} in {sheet}"))["line"].clone()
}

async fn a_commissioner_takes_the_village_along_and_hands_in_what_happened(world: World) {
    let village = world.officer(&[Role::Commissioner], VILLAGE, None, false).await;
    let zhao = Applicant::zhao(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    // Lin has something to mend, and wants somebody to come; Zhao's card runs out.
    let case = to_mend(&world, &lin).await;
    let wish = json!({ "kind": "visit", "text": "请上门帮我填表。", "case_id": null, "person_id": null, "area": null });
    let ticket = world.post("/api/v1/me/tickets").token(&lin.token).json(&wish).send().await.data(201);
    let day = world.get(&format!("/api/v1/staff/day-sheet?area={VILLAGE}")).token(&village.token).send().await.data(200);
    let errands: Vec<(&str, &str)> = day["errands"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["errand"]["value"].as_str().unwrap(), e["person_id"].as_str().unwrap()))
        .collect();
    for wanted in [("correction", &lin.person), ("visit", &lin.person), ("card_expiring", &zhao.person)] {
        assert!(errands.contains(&(wanted.0, wanted.1.as_str())), "{wanted:?} in {day}");
    }
    let counted =
        world.get(&format!("/api/v1/staff/register/summary?county={VILLAGE}")).token(&village.token).send().await.data(200);
    assert_eq!(day["holders"], counted["holders"]);
    // Taken along, the people are known by name, and that is written down.
    let sheet = taken(&world, &village.token).await;
    assert_eq!(sheet["lines"].as_array().unwrap().len(), errands.len());
    assert!(sheet["lines"].as_array().unwrap().iter().any(|l| l["name"] == "赵铁柱" && l["phone"] == "13800000003"), "{sheet}");
    let worker = village.id;
    let person = zhao.person.parse::<zhucan::platform::id::Id>().unwrap();
    let logged: i64 = world
        .app
        .db
        .read(move |c| {
            let mine = reveals::table.filter(reveals::worker_id.eq(worker).and(reveals::person_id.eq(person)));
            Ok(mine.count().get_result(c)?)
        })
        .await
        .unwrap();
    assert_eq!(logged, 1);
    // Three hours on the way without a network.
    world.pass(Duration::from_secs(3 * 3600));
    let token = world.on_duty(&village).await;
    let entries = json!({ "entries": [
        { "id": Uuid::new_v4(), "line": line(&sheet, "visit", &lin.person), "outcome": "met", "note": "已帮助填表。",
          "happened_at": "2026-03-10T10:05:00+08:00" },
        { "id": Uuid::new_v4(), "line": line(&sheet, "correction", &lin.person), "outcome": "family", "note": null,
          "happened_at": "2026-03-10T10:10:00+08:00" },
        { "id": Uuid::new_v4(), "line": line(&sheet, "card_expiring", &zhao.person), "outcome": "met", "note": "同意代办换证。",
          "happened_at": "2026-03-10T11:00:00+08:00",
          "agreed": { "relation": "self", "form": "signed", "consent": "2026-11" } },
    ] });
    let path = format!("{SHEETS}/{}/entries", sheet["id"].as_str().unwrap());
    let done = world.post(&path).token(&token).json(&entries).send().await.data(200);
    assert_eq!((&done["kept"], &done["refused"]), (&json!(3), &json!(0)), "{done}");
    let effects = |n: usize| done["results"][n]["effects"].clone();
    assert_eq!(
        (effects(0), effects(1), effects(2)),
        (json!(["已记入群众反映"]), json!(["已记入办件备注"]), json!(["已登记同意代办"]))
    );
    let ticket = format!("/api/v1/me/tickets/{}", ticket["summary"]["id"].as_str().unwrap());
    let ticket = world.get(&ticket).token(&world.resident("lin-xiaoyu").await).send().await.data(200);
    assert_eq!(ticket["outcome"]["value"], "visited");
    let seen = world.get(&case.staff("")).token(&token).send().await.data(200);
    let remark = seen["timeline"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(remark["action"]["value"], "remark");
    assert!(remark["note"].as_str().unwrap().contains("2026-03-10T10:10:00+08:00"), "{remark}");
    // What was agreed at the door is a mandate of that moment: the case is filed as a home visit.
    let mandates = world.get("/api/v1/staff/mandates").token(&token).send().await.data(200);
    assert_eq!(mandates["items"][0]["given_at"], "2026-03-10T11:00:00+08:00");
    let told = world.get("/api/v1/me/notices").token(&world.resident("zhao-tiezhu").await).send().await.data(200);
    assert!(told["items"].as_array().unwrap().iter().any(|n| n["title"] == "有工作人员代为办理"), "{told}");
    let filed = Applicant::holding(&world, &token, &zhao.person).submitted("renewal").await;
    let lines = world.get(&filed.path("")).token(&token).send().await.data(200)["timeline"].clone();
    assert_eq!(lines[0]["reason"], "由工作人员上门代为办理");
    let whole = world.get(&format!("{SHEETS}/{}", sheet["id"].as_str().unwrap())).token(&token).send().await.data(200);
    let times: Vec<&str> = whole["visits"].as_array().unwrap().iter().map(|v| v["happened_at"].as_str().unwrap()).collect();
    assert_eq!(times, ["2026-03-10T10:05:00+08:00", "2026-03-10T10:10:00+08:00", "2026-03-10T11:00:00+08:00"]);
    assert_eq!(whole["visits"][2]["note"], "同意代办换证。");
    // Who has begun is not reminded again.
    let day = world.get(&format!("/api/v1/staff/day-sheet?area={VILLAGE}")).token(&token).send().await.data(200);
    assert!(
        day["errands"]
            .as_array()
            .unwrap()
            .iter()
            .all(|e| e["errand"]["value"] != "card_expiring" || e["person_id"] != zhao.person.as_str())
    );
    world.history_is_whole().await;
}

async fn an_entry_is_kept_once_and_each_alone(world: World) {
    let village = world.officer(&[Role::Commissioner], VILLAGE, None, false).await;
    let zhao = Applicant::zhao(&world).await;
    let sheet = taken(&world, &village.token).await;
    let path = format!("{SHEETS}/{}/entries", sheet["id"].as_str().unwrap());
    world.pass(Duration::from_secs(3600));
    let token = world.on_duty(&village).await;
    let send = async |entries: Value| world.post(&path).token(&token).json(&json!({ "entries": entries })).send().await.data(200);
    let first = json!({ "id": Uuid::new_v4(), "line": line(&sheet, "card_expiring", &zhao.person), "outcome": "not_home",
        "happened_at": "2026-03-10T09:30:00+08:00" });
    let met = |person: &str, at: &str| json!({ "id": Uuid::new_v4(), "person_id": person, "outcome": "met", "happened_at": at });
    let done = send(json!([
        first,
        met(&zhao.person, "2026-03-10T12:00:00+08:00"),
        met(&zhao.person, "2026-03-09T12:00:00+08:00"),
        met(&zhao.person, "上午"),
        met(&Uuid::new_v4().to_string(), "2026-03-10T09:40:00+08:00"),
        { "id": Uuid::new_v4(), "line": 900, "outcome": "met", "happened_at": "2026-03-10T09:40:00+08:00" },
        { "id": Uuid::new_v4(), "outcome": "met", "happened_at": "2026-03-10T09:40:00+08:00" },
        { "id": Uuid::new_v4(), "person_id": zhao.person, "outcome": "met", "happened_at": "2026-03-10T09:40:00+08:00",
          "agreed": { "relation": "self", "form": "oral", "consent": "2020-01" } },
        met(&zhao.person, "2026-03-10T09:45:00+08:00"),
    ]))
    .await;
    let codes: Vec<i64> = done["results"].as_array().unwrap().iter().map(|r| r["errcode"].as_i64().unwrap()).collect();
    assert_eq!(codes, [0, 10002, 10002, 10002, 10006, 10002, 10002, 0, 0]);
    assert_eq!((&done["kept"], &done["refused"]), (&json!(3), &json!(6)));
    let unagreed = done["results"][7]["effects"][0].as_str().unwrap().to_owned();
    assert!(unagreed.contains("没有登记上"), "the visit happened, the agreement did not: {unagreed}");
    // The answer was lost: the phone sends it again, with something more.
    let again = send(json!([first, met(&zhao.person, "2026-03-10T09:50:00+08:00")])).await;
    assert_eq!((&again["results"][0]["before"], &again["results"][1]["before"]), (&json!(true), &json!(false)));
    let mut other = first.clone();
    other["outcome"] = json!("moved");
    assert_eq!(send(json!([other])).await["results"][0]["errcode"], 10011);
    let whole = world.get(&format!("{SHEETS}/{}", sheet["id"].as_str().unwrap())).token(&token).send().await.data(200);
    assert_eq!(whole["visits"].as_array().unwrap().len(), 4);
    assert_eq!(world.post(&path).token(&token).json(&json!({ "entries": [] })).send().await.refused(422, 10002).status, 422);
}

/// A certificate case of Lin's with something to mend.
async fn to_mend(world: &World, lin: &Applicant) -> Case {
    let case = lin.submitted("change").await;
    world.pass(MINUTES_11);
    let officer = world.worker(&[Role::TownOfficer]).await;
    let case = world.decided(&officer, &Case::of(&lin.view(&case).await), "accept").await;
    let ask = json!({ "version": case.version, "items": [{ "target": "section:holder", "reason": "incomplete", "note": null }] });
    Case::of(&world.post(&case.staff("/actions/request-correction")).token(&officer).json(&ask).send().await.data(200))
}

async fn what_is_handed_over_on_the_way_is_not_too_late_when_it_comes_in(world: World) {
    let village = world.officer(&[Role::Commissioner], VILLAGE, None, false).await;
    let mut lin = Applicant::of(&world, "lin-xiaoyu").await;
    let case = to_mend(&world, &lin).await;
    let due = lin.view(&case).await["summary"]["due_on"].as_str().unwrap().to_owned();
    let due: chrono::NaiveDate = due.parse().unwrap();
    let left = due.signed_duration_since("2026-03-10".parse().unwrap()).num_days();
    // In the evening of the last day the commissioner is on the way; the network comes back the next day.
    world.pass(days(u64::try_from(left).unwrap()));
    let token = world.on_duty(&village).await;
    let sheet = taken(&world, &token).await;
    world.pass(days(1));
    world.work().await;
    let token = world.on_duty(&village).await;
    let entries = json!({ "entries": [{ "id": Uuid::new_v4(), "line": line(&sheet, "correction", &lin.person), "outcome": "met",
        "happened_at": format!("{due}T18:00:00+08:00"), "agreed": { "relation": "self", "form": "oral", "consent": "2026-11" } }] });
    let path = format!("{SHEETS}/{}/entries", sheet["id"].as_str().unwrap());
    assert_eq!(world.post(&path).token(&token).json(&entries).send().await.data(200)["kept"], 1);
    let helper = Applicant::holding(&world, &token, &lin.person);
    let view = helper.view(&case).await;
    assert_eq!(view["summary"]["state"]["value"], "correction_requested", "it has not lapsed meanwhile");
    let holder = json!({ "version": view["sections"][0]["version"], "changed_condition": true, "phone": "13800000777" });
    helper.put(&case.certificate("/sections/holder"), &holder).send().await.data(200);
    helper.act(&Case::of(&helper.view(&case).await), "resubmit").await.data(200);
    // Nobody has the sheet with them, so the limit is not put off.
    lin.sign_in_again().await;
    let case = Case::of(&lin.view(&case).await);
    let officer = world.worker(&[Role::TownOfficer]).await;
    let ask = json!({ "version": case.version, "items": [{ "target": "section:holder", "reason": "incomplete", "note": null }] });
    world.post(&case.staff("/actions/request-correction")).token(&officer).json(&ask).send().await.data(200);
    world.pass(days(60));
    world.work().await;
    lin.sign_in_again().await;
    assert_eq!(lin.view(&case).await["summary"]["state"]["value"], "lapsed");
    world.history_is_whole().await;
}

async fn a_sheet_is_for_one_village_and_one_worker(world: World) {
    let village = world.officer(&[Role::Commissioner], VILLAGE, None, false).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let look =
        async |token: &str, area: &str| world.get(&format!("/api/v1/staff/day-sheet?area={area}")).token(token).send().await;
    look(&village.token, "990101100000").await.refused(404, 10006);
    look(&village.token, "990201100200").await.refused(404, 10006);
    let wide = look(&county, "990101100000").await.refused(422, 10002);
    assert_eq!(wide.json["details"][0]["field"], "/area");
    let body = json!({ "area": "990101100000" });
    world.post(SHEETS).token(&county).json(&body).send().await.refused(422, 10002);
    let elsewhere = json!({ "area": "990201100200" });
    world.post(SHEETS).token(&village.token).json(&elsewhere).send().await.refused(404, 10006);
    let sheet = taken(&world, &village.token).await;
    let own = format!("{SHEETS}/{}", sheet["id"].as_str().unwrap());
    world.get(&own).token(&county).send().await.refused(404, 10006);
    let entry =
        json!({ "entries": [{ "id": Uuid::new_v4(), "line": 1, "outcome": "met", "happened_at": "2026-03-10T09:00:00+08:00" }] });
    world.post(&format!("{own}/entries")).token(&county).json(&entry).send().await.refused(404, 10006);
    world.pass(Duration::from_secs(1));
    taken(&world, &village.token).await;
    let page = world.get(&format!("{SHEETS}?limit=1")).token(&village.token).send().await.data(200);
    let rest = format!("{SHEETS}?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let rest = world.get(&rest).token(&village.token).send().await.data(200);
    assert_eq!((&rest["items"][0]["id"], &rest["next_cursor"]), (&sheet["id"], &Value::Null));
    assert_eq!(world.get(SHEETS).token(&county).send().await.data(200)["items"], json!([]));
}
