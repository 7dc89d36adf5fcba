//! Reports and requests outside a case: who answers by when, calls that reach nobody, late ones, bad ratings, races.

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::accounts::staff::{Standing, workers};
use zhucan::office::cases::service::Office;
use zhucan::office::people::reveals::reveals;
use zhucan::office::tickets::{self, Kind, NewTicket};
use zhucan::platform::wechat_stand_in::NewUser;
use zhucan::rules::areas::AreaCode;
use zhucan::rules::lifecycle::Role;
use zhucan::services;

use crate::document::operations;
use crate::samples;
use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, Case, MINUTES_11, days};

stories![
    somebody_whom_nobody_knows_yet_reports_and_gets_an_answer,
    a_call_that_reaches_nobody_three_times_becomes_a_visit,
    where_no_channel_reaches_one_call_is_opened_for_a_person_and_case,
    a_late_ticket_climbs_and_an_answer_without_objection_closes,
    a_bad_rating_is_mended_by_somebody_else_who_alone_knows_the_rater,
    whoever_is_alone_at_the_desk_mends_without_learning_the_rater,
    the_list_of_a_desk_is_paged_and_counted_alike,
    one_of_two_workers_claims_a_ticket,
    the_ticket_of_somebody_else_is_not_there_on_any_path,
];

pub const VILLAGE: &str = "990101100200";
pub const ME: &str = "/api/v1/me/tickets";
const STAFF: &str = "/api/v1/staff/tickets";

fn id(view: &Value) -> String {
    view["summary"]["id"].as_str().unwrap().to_owned()
}

pub async fn asked(world: &World, token: &str, kind: &str, text: &str, area: Option<&str>) -> Reply {
    let body = json!({ "kind": kind, "text": text, "case_id": null, "person_id": null, "area": area });
    world.post(ME).token(token).json(&body).send().await
}

/// The resident's own act on the version that was seen.
pub async fn mine(world: &World, token: &str, view: &Value, verb: &str, mut body: Value) -> Reply {
    if verb != "add" {
        body["version"] = view["summary"]["version"].clone();
    }
    world.post(&format!("{ME}/{}/actions/{verb}", id(view))).token(token).json(&body).send().await
}

/// A worker's act on the version that was seen.
pub async fn act(world: &World, token: &str, view: &Value, verb: &str, mut body: Value) -> Reply {
    if !["note", "show-contact"].contains(&verb) {
        body["version"] = view["summary"]["version"].clone();
    }
    world.post(&format!("{STAFF}/{}/actions/{verb}", id(view))).token(token).json(&body).send().await
}

pub async fn seen(world: &World, token: &str, base: &str, view: &Value) -> Value {
    world.get(&format!("{base}/{}", id(view))).token(token).send().await.data(200)
}

fn steps(view: &Value) -> Vec<&str> {
    view["entries"].as_array().unwrap().iter().map(|e| e["step"]["value"].as_str().unwrap()).collect()
}

async fn somebody_whom_nobody_knows_yet_reports_and_gets_an_answer(world: World) {
    world.wechat.add_user(NewUser { name: "newcomer".into(), phone: None, ..NewUser::default() });
    let token = world.resident("newcomer").await;
    let words = "学校不肯开在读证明，申请交不上去。";
    for (area, code) in [(None, "required"), (Some("990101999000"), "unknown_area"), (Some("990100000000"), "unknown_area")] {
        let refused = asked(&world, &token, "unresolved", words, area).await.refused(422, 10002);
        assert_eq!((&refused.json["details"][0]["field"], &refused.json["details"][0]["code"]), (&json!("/area"), &json!(code)));
    }
    asked(&world, &token, "bad_rating", words, Some(VILLAGE)).await.refused(422, 10002);
    asked(&world, &token, "unresolved", "   ", Some(VILLAGE)).await.refused(422, 10002);
    let view = asked(&world, &token, "unresolved", words, Some(VILLAGE)).await.data(201);
    // The county answers within five working days; the story's day is Tuesday, 10 March 2026.
    assert_eq!((&view["summary"]["due_on"], &view["who_acts"]), (&json!("2026-03-17"), &json!("甲区 县（区）残联")));
    assert!(view["summary"]["number"].as_str().unwrap().starts_with("FY20260310"));

    let one = world.worker(&[Role::CountyOfficer]).await;
    let two = world.worker(&[Role::CountyOfficer]).await;
    let town = world.worker(&[Role::TownOfficer]).await;
    world.get(&format!("{STAFF}/{}", id(&view))).token(&town).send().await.refused(404, 10006);
    let held = act(&world, &one, &view, "claim", json!({})).await.data(200);
    assert_eq!((&held["text"], &held["summary"]["state"]["value"]), (&json!(words), &json!("in_progress")));
    act(&world, &two, &held, "claim", json!({})).await.refused(409, 23002);
    act(&world, &two, &held, "answer", json!({ "text": "我来答复。" })).await.refused(409, 23002);
    act(&world, &one, &view, "answer", json!({ "text": "早了一步。" })).await.refused(409, 10030);
    let noted = act(&world, &two, &held, "note", json!({ "text": "已联系学校教务处。" })).await.data(200);
    act(&world, &one, &noted, "show-contact", json!({ "purpose": "电话核实情况" })).await.refused(409, 23006);
    let added = mine(&world, &token, &view, "add", json!({ "text": "学校说要等到下周一。" })).await.data(200);
    let answered = act(&world, &one, &added, "answer", json!({ "text": "证明明天可以补开。" })).await.data(200);
    assert_eq!(steps(&answered), ["opened", "claimed", "noted", "added", "answered"]);
    assert_eq!((&answered["entries"][1]["worker"], &answered["entries"][0]["worker"]), (&json!("测试员"), &Value::Null));
    act(&world, &one, &answered, "answer", json!({ "text": "再答一次。" })).await.refused(409, 23001);
    act(&world, &one, &answered, "close", json!({ "outcome": "reached", "text": null })).await.refused(409, 23001);

    let told = world.get("/api/v1/me/notices").token(&token).send().await.data(200);
    assert_eq!(told["items"][0]["title"], "您的反映有答复了");
    let view = seen(&world, &token, ME, &view).await;
    assert_eq!((steps(&view), &view["answer"]), (vec!["opened", "added", "answered"], &json!("证明明天可以补开。")));
    assert!(view["entries"].as_array().unwrap().iter().all(|e| e["worker"].is_null()));
    let again = mine(&world, &token, &view, "not-solved", json!({ "text": "证明还是没有开出来。" })).await.data(200);
    mine(&world, &token, &again, "confirm", json!({})).await.refused(409, 23001);
    mine(&world, &token, &view, "not-solved", json!({ "text": "证明还是没有。" })).await.refused(409, 10030);
    let answered = act(&world, &two, &again, "answer", json!({ "text": "今天已经开出，请查收。" })).await.data(200);
    mine(&world, &token, &answered, "not-solved", json!({ "text": "还是没有。" })).await.refused(409, 23003);
    let closed = mine(&world, &token, &answered, "confirm", json!({})).await.data(200);
    assert_eq!((&closed["outcome"]["value"], &closed["allowed_actions"]), (&json!("solved"), &json!([])));
    mine(&world, &token, &closed, "add", json!({ "text": "谢谢。" })).await.refused(409, 23001);
    for live in [true, false] {
        let page = world.get(&format!("{ME}?live={live}")).token(&token).send().await.data(200);
        assert_eq!(page["items"].as_array().unwrap().len(), usize::from(!live));
    }
}

async fn a_call_that_reaches_nobody_three_times_becomes_a_visit(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let view = asked(&world, &zhao.token, "phone_call", "请给我打电话，我听不清短信。", None).await.data(201);
    assert_eq!((&view["summary"]["person_name_masked"], &view["who_acts"]), (&json!("赵*柱"), &json!("宋疃村 村（社区）")));
    let same = asked(&world, &zhao.token, "phone_call", "下午打比较好。", None).await.data(201);
    assert_eq!((id(&same), steps(&same)), (id(&view), vec!["opened", "added"]));
    let commissioner = world.worker_who_is(&[Role::Commissioner], VILLAGE, None).await;
    let mut now = seen(&world, &commissioner, STAFF, &view).await;
    assert_eq!(now["how_to_meet"]["channel"]["value"], "wechat");
    for purpose in ["看看", "   　 "] {
        act(&world, &commissioner, &now, "show-contact", json!({ "purpose": purpose })).await.refused(422, 10002);
    }
    let contact = act(&world, &commissioner, &now, "show-contact", json!({ "purpose": "按请求回电话" })).await.data(200);
    assert_eq!(contact["phone"], "13800000003");
    let logged = world.app.db.read(|c| Ok(reveals::table.select(reveals::purpose).load::<String>(c)?)).await.unwrap();
    assert_eq!(logged, ["按请求回电话"]);
    for (outcome, due) in [("not_reached", "2026-03-11"), ("not_reached", "2026-03-11"), ("not_reached", "2026-03-17")] {
        now = seen(&world, &commissioner, STAFF, &view).await;
        act(&world, &commissioner, &now, "close", json!({ "outcome": "visited", "text": null })).await.refused(409, 23001);
        now = act(&world, &commissioner, &now, "close", json!({ "outcome": outcome, "text": "没有人接。" })).await.data(200);
        assert_eq!(now["summary"]["due_on"], due);
    }
    assert_eq!((&now["summary"]["kind"]["value"], &now["summary"]["state"]["value"]), (&json!("visit"), &json!("open")));
    act(&world, &commissioner, &now, "close", json!({ "outcome": "reached", "text": null })).await.refused(409, 23001);
    let met = act(&world, &commissioner, &now, "close", json!({ "outcome": "visited", "text": "已上门说明。" })).await.data(200);
    assert_eq!((&met["outcome"]["value"], steps(&met).last()), (&json!("visited"), Some(&"closed")));
    act(&world, &commissioner, &met, "hand-on", json!({ "desk": "town", "text": "请镇里看看。" })).await.refused(409, 23001);
    let seen_by_him = seen(&world, &zhao.token, ME, &view).await;
    assert!(!steps(&seen_by_him).contains(&"contact_shown"));
    // A closed ticket is not opened again: the next request is a new ticket, and a request for a visit turns an open call into a visit.
    let call = asked(&world, &zhao.token, "phone_call", "请再打一次。", None).await.data(201);
    let visit = asked(&world, &zhao.token, "visit", "电话里说不清楚，请来一趟。", None).await.data(201);
    assert!(id(&call) != id(&view) && id(&call) == id(&visit));
    assert_eq!(visit["summary"]["kind"]["value"], "visit");
}

async fn where_no_channel_reaches_one_call_is_opened_for_a_person_and_case(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    let person = zhao.person.parse().unwrap();
    let about = case.id.parse().unwrap();
    let open = async |text: &str| {
        let office = Office::of(&world.app, &services::all());
        let area = AreaCode::parse(VILLAGE).unwrap();
        let text = text.to_owned();
        let kind = Kind::PhoneCall;
        let account = None;
        let by = Role::System;
        let new = NewTicket { kind, area, person: Some(person), case: Some(about), account, by, text };
        world.app.db.write(move |c| tickets::open(c, &office, &new)).await.unwrap()
    };
    let first = open("请电话告知：有材料需要补正。").await;
    assert_eq!(open("请电话告知：有材料需要补正。").await, first);
    assert_eq!(open("请电话告知：申请已经批准。").await, first);
    let commissioner = world.worker_who_is(&[Role::Commissioner], VILLAGE, None).await;
    let view = world.get(&format!("{STAFF}/{first}")).token(&commissioner).send().await.data(200);
    assert_eq!((steps(&view), &view["case"]["id"]), (vec!["opened", "added"], &json!(case.id)));
    assert_eq!(view["entries"][0]["by"]["value"], "system");
    let reached = act(&world, &commissioner, &view, "close", json!({ "outcome": "reached", "text": null })).await.data(200);
    assert_eq!(reached["summary"]["state"]["value"], "closed");
    assert_ne!(open("请电话告知：有材料需要补正。").await, first);
}

async fn a_late_ticket_climbs_and_an_answer_without_objection_closes(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let view = asked(&world, &zhao.token, "visit", "请上门帮我填表。", None).await.data(201);
    assert_eq!((&view["summary"]["due_on"], &view["who_acts"]), (&json!("2026-03-17"), &json!("宋疃村 村（社区）")));
    world.pass(days(7));
    world.work().await;
    zhao.sign_in_again().await;
    assert_eq!(seen(&world, &zhao.token, ME, &view).await["who_acts"], "宋疃村 村（社区）");
    for (passed, who, due) in [(1, "宋疃镇 镇（街道）残联", "2026-03-25"), (8, "甲区 县（区）残联", "2026-04-02")]
    {
        world.pass(days(passed));
        world.work().await;
        zhao.sign_in_again().await;
        let now = seen(&world, &zhao.token, ME, &view).await;
        assert_eq!((&now["who_acts"], &now["summary"]["due_on"]), (&json!(who), &json!(due)));
        assert_eq!(steps(&now).last(), Some(&"climbed"));
    }
    // No desk is above the county: the ticket stays there, overdue, and its clock does not fire again and again.
    world.pass(days(30));
    world.work().await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let late = world.get(&format!("{STAFF}?view=overdue")).token(&county).send().await.data(200);
    assert_eq!((late["items"].as_array().unwrap().len(), &late["items"][0]["overdue"]), (1, &json!(true)));
    let now = seen(&world, &county, STAFF, &view).await;
    let there = act(&world, &county, &now, "hand-on", json!({ "desk": "county", "text": "已经在这里。" })).await;
    there.refused(422, 10002);
    let down = act(&world, &county, &now, "hand-on", json!({ "desk": "village", "text": "请村里今天就去。" })).await.data(200);
    assert_eq!(down["who_acts"], "宋疃村 村（社区）");
    act(&world, &county, &down, "claim", json!({})).await.refused(409, 23001);
    act(&world, &county, &down, "note", json!({ "text": "看一看。" })).await.refused(409, 23001);
    let commissioner = world.worker_who_is(&[Role::Commissioner], VILLAGE, None).await;
    let answered = act(&world, &commissioner, &down, "answer", json!({ "text": "已约好明天上午去。" })).await.data(200);
    assert_eq!(answered["summary"]["due_on"], Value::Null);
    world.pass(days(30));
    world.work().await;
    zhao.sign_in_again().await;
    let closed = seen(&world, &zhao.token, ME, &view).await;
    assert_eq!((&closed["outcome"]["value"], &closed["summary"]["state"]["value"]), (&json!("no_reply"), &json!("closed")));
}

/// A completed case of Zhao's, decided by this county officer, and rated by him.
pub async fn rated(world: &World, zhao: &Applicant, county: &str, grade: &str) {
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let case = world.decided(&town, &case, "accept").await;
    let case = world.decided(&town, &case, "forward").await;
    let case = world.decided(county, &case, "approve").await;
    for (verb, more) in [("make-card", json!({})), ("hand-out", json!({ "receiver": "赵铁柱" }))] {
        let mut body = more;
        body["version"] = json!(Case::of(&zhao.view(&case).await).version);
        let path = format!("/api/v1/staff/certificate/cases/{}/actions/{verb}", case.id);
        world.post(&path).token(county).json(&body).send().await.data(200);
    }
    let done = Case::of(&zhao.view(&case).await);
    let body = json!({ "version": done.version, "grade": grade, "comment": "窗口的人很不耐烦。" });
    zhao.post(&done.path("/actions/rate"), &body).send().await.data(200);
}

async fn a_bad_rating_is_mended_by_somebody_else_who_alone_knows_the_rater(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let rated_one = world.worker(&[Role::CountyOfficer]).await;
    let other = world.worker(&[Role::CountyOfficer]).await;
    rated(&world, &zhao, &rated_one, "very_poor").await;
    let order = zhao.get(ME).await["items"][0].clone();
    assert_eq!((&order["kind"]["value"], &order["due_on"]), (&json!("bad_rating"), &json!("2026-03-31")));
    let order = json!({ "summary": order });
    let listed =
        async |token: &str| world.get(STAFF).token(token).send().await.data(200)["items"][0]["person_name_masked"].clone();
    assert_eq!((listed(&rated_one).await, listed(&other).await), (Value::Null, json!("赵*柱")));
    let aside = seen(&world, &rated_one, STAFF, &order).await;
    for hidden in ["case", "text", "how_to_meet"] {
        assert_eq!(aside[hidden], Value::Null, "{hidden}");
    }
    assert_eq!((&aside["allowed_actions"], &aside["summary"]["person_name_masked"]), (&json!([]), &Value::Null));
    assert!(!aside.to_string().contains("不耐烦"));
    for (verb, body) in [
        ("claim", json!({})),
        ("answer", json!({ "text": "没有不耐烦。" })),
        ("note", json!({ "text": "谁写的？" })),
        ("hand-on", json!({ "desk": "town", "text": "转走。" })),
        ("close", json!({ "outcome": "explained", "text": null })),
        ("show-contact", json!({ "purpose": "想知道是谁" })),
    ] {
        act(&world, &rated_one, &order, verb, body).await.refused(403, 23004);
    }
    let known = seen(&world, &other, STAFF, &order).await;
    assert!(known["text"].as_str().unwrap().contains("不耐烦") && known["case"]["number"].is_string());
    let answered = act(&world, &other, &known, "answer", json!({ "text": "已批评教育，向您道歉。" })).await.data(200);
    let closed = act(&world, &other, &answered, "close", json!({ "outcome": "explained", "text": "已回访。" })).await.data(200);
    assert_eq!(closed["summary"]["state"]["value"], "closed");
}

async fn whoever_is_alone_at_the_desk_mends_without_learning_the_rater(world: World) {
    let away = async |standing: Standing| {
        let change = world.app.db.write(move |c| {
            let county = workers::table.filter(workers::username.eq("county"));
            Ok(diesel::update(county).set(workers::status.eq(standing)).execute(c)?)
        });
        change.await.unwrap()
    };
    assert_eq!(away(Standing::Banned).await, 1);
    let zhao = Applicant::zhao(&world).await;
    let alone = world.worker(&[Role::CountyOfficer]).await;
    rated(&world, &zhao, &alone, "poor").await;
    let order = json!({ "summary": zhao.get(ME).await["items"][0].clone() });
    let view = seen(&world, &alone, STAFF, &order).await;
    assert!(view["text"].as_str().unwrap().contains("不耐烦"));
    assert_eq!((&view["summary"]["person_name_masked"], &view["case"]), (&Value::Null, &Value::Null));
    act(&world, &alone, &view, "show-contact", json!({ "purpose": "打电话道歉" })).await.refused(403, 23004);
    let answered = act(&world, &alone, &view, "answer", json!({ "text": "以后一定改正。" })).await.data(200);
    assert_eq!(answered["case"], Value::Null);
    away(Standing::Active).await;
    assert_eq!(seen(&world, &alone, STAFF, &order).await["text"], Value::Null);
}

async fn the_list_of_a_desk_is_paged_and_counted_alike(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    for (who, kind) in [(&zhao, "problem"), (&zhao, "unresolved"), (&lin, "problem"), (&lin, "visit"), (&lin, "unresolved")] {
        asked(&world, &who.token, kind, "请帮助解决。", None).await.data(201);
    }
    let both = world.worker(&[Role::CountyOfficer, Role::Commissioner]).await;
    let all = async |filter: &str, limit: usize| {
        let mut all = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("{STAFF}?limit={limit}{filter}{cursor}");
            let page = world.get(&path).token(&both).send().await.data(200);
            all.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return all,
            }
        }
    };
    let first = json!({ "summary": all("", 100).await[0].clone() });
    act(&world, &both, &first, "claim", json!({})).await.data(200);
    for kind in ["", "&kind=problem", "&kind=unresolved", "&kind=visit", "&kind=bad_rating"] {
        let path = format!("{STAFF}/counts?{}", kind.trim_start_matches('&'));
        let counts = world.get(&path).token(&both).send().await.data(200);
        for view in ["all", "mine", "pool", "overdue"] {
            let one_by_one = all(&format!("{kind}&view={view}"), 1).await;
            assert_eq!(one_by_one, all(&format!("{kind}&view={view}"), 100).await);
            let counted = &counts[if view == "all" { "total" } else { view }];
            assert_eq!(counted.as_u64().unwrap() as usize, one_by_one.len(), "{kind} {view}");
        }
        let by_kind: u64 = counts["by_kind"].as_array().unwrap().iter().map(|k| k["count"].as_u64().unwrap()).sum();
        assert_eq!(counts["total"], json!(by_kind));
    }
    let due: Vec<String> = all("", 100).await.iter().map(|t| t["due_on"].as_str().unwrap().to_owned()).collect();
    assert!(due.len() == 5 && due.is_sorted(), "{due:?}");
    let figures = "/api/v1/staff/tickets/figures?county=990101000000";
    let counted = world.get(&format!("{figures}&from=2026-03-10&until=2026-03-10")).token(&both).send().await.data(200);
    assert_eq!((&counted["total"], counted["by_kind"].as_array().unwrap().len()), (&json!(5), 3));
    let before = world.get(&format!("{figures}&from=2026-01-01&until=2026-03-09")).token(&both).send().await.data(200);
    assert_eq!(before["total"], 0);
    let elsewhere = world.worker_who_is(&[Role::CountyOfficer, Role::Commissioner], "990102000000", None).await;
    world.get(&format!("{figures}&from=2026-03-10&until=2026-03-10")).token(&elsewhere).send().await.refused(404, 10006);
    let none = world.get(STAFF).token(&elsewhere).send().await.data(200);
    assert_eq!(none["items"], json!([]));
    let mine = zhao.get(&format!("{ME}?limit=1")).await;
    let rest = zhao.get(&format!("{ME}?limit=1&cursor={}", mine["next_cursor"].as_str().unwrap())).await;
    assert_eq!((&rest["next_cursor"], &rest["items"][0]["kind"]["value"]), (&Value::Null, &json!("problem")));
}

async fn one_of_two_workers_claims_a_ticket(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let view = asked(&world, &zhao.token, "problem", "窗口总是没有人。", None).await.data(201);
    let one = world.worker(&[Role::CountyOfficer]).await;
    let two = world.worker(&[Role::CountyOfficer]).await;
    let (a, b) = tokio::join!(act(&world, &one, &view, "claim", json!({})), act(&world, &two, &view, "claim", json!({})));
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    // Two wishes for a call at one moment are one ticket.
    let (a, b) = tokio::join!(
        asked(&world, &zhao.token, "phone_call", "请打电话。", None),
        asked(&world, &zhao.token, "phone_call", "请下午打。", None)
    );
    assert_eq!(id(&a.data(201)), id(&b.data(201)));
    // A claim lasts the county's hour.
    world.pass(std::time::Duration::from_secs(3601));
    let three = world.worker(&[Role::CountyOfficer]).await;
    let now = seen(&world, &three, STAFF, &view).await;
    assert_eq!(act(&world, &three, &now, "claim", json!({})).await.status, 200);
}

async fn the_ticket_of_somebody_else_is_not_there_on_any_path(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let view = asked(&world, &zhao.token, "problem", "窗口总是没有人。", None).await.data(201);
    let case = zhao.begun("renewal").await;
    let body = json!({ "kind": "problem", "text": "别人的办件。", "case_id": case.id, "person_id": null, "area": null });
    lin.post(ME, &body).send().await.refused(404, 10006);
    let body = json!({ "kind": "problem", "text": "别人的事。", "case_id": null, "person_id": zhao.person, "area": null });
    lin.post(ME, &body).send().await.refused(404, 10006);
    let elsewhere = world.worker_who_is(&[Role::CountyOfficer], "990102000000", None).await;
    let mut tried = 0;
    for operation in operations() {
        let token = match operation.template.as_str() {
            t if t.starts_with("/api/v1/me/tickets/{id}") => &lin.token,
            t if t.starts_with("/api/v1/staff/tickets/{id}") => &elsewhere,
            _ => continue,
        };
        let method = reqwest::Method::from_bytes(operation.method.as_bytes()).unwrap();
        let call = world.call(method, &operation.template.replace("{id}", &id(&view))).token(token);
        let call = match samples::body(operation) {
            Some(body) => call.json(&body),
            None => call,
        };
        call.send().await.refused(404, 10006);
        tried += 1;
    }
    assert_eq!(tried, 11);
}
