//! The turn of a year: limits that cross it while next year's calendar is missing, and midnight in Beijing to the millisecond.

use chrono::DateTime;
use serde_json::{Value, json};
use std::time::Duration;
use zhucan::rules::lifecycle::Role;

use crate::education_aid::{Case, Office, season};
use crate::prints::{holds, print, words};
use crate::tickets;
use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, MINUTES_11, actions, days};

stories![
    a_calendar_that_comes_late_counts_every_running_limit_anew_and_nothing_else,
    what_ended_before_the_calendar_came_stays_ended,
    a_decision_that_is_taken_back_has_the_days_of_the_new_calendar,
    the_days_of_open_tickets_are_counted_anew_too,
    an_application_belongs_to_the_day_on_which_it_is_midnight_in_beijing,
    the_ten_minutes_are_the_same_for_both_sides_to_the_millisecond,
    a_limit_lasts_to_its_last_millisecond_and_not_one_longer,
];

/// From the story's first morning to nine o'clock on Monday, 28 December 2026, when the calendar of 2027 is not loaded yet.
const TO_28_DECEMBER: u64 = 293;

/// No work from 31 December to 4 January, but on Saturday, 9 January.
const NOTICE: &str = "# 2027年放假安排（测试用）\ndate,working,name\n2026-12-31,false,元旦\n2027-01-01,false,元旦\n\
    2027-01-04,false,元旦\n2027-01-09,true,元旦调休上班\n";

/// The same, corrected: work on 4 January and already on Saturday, 2 January.
const CORRECTED: &str =
    "# 2027年放假安排（测试用，更正）\ndate,working,name\n2027-01-01,false,元旦\n2027-01-02,true,元旦调休上班\n";

const LIN: &str = "lin-xiaoyu";

async fn import(world: &World, notice: &str) {
    let admin = world.worker_who_is(&[Role::Administrator], "990000000000", None).await;
    let path = "/api/v1/staff/admin/calendars/import";
    world.post(path).token(&admin).raw("text/csv", notice.as_bytes().to_vec()).send().await.data(200);
    world.work().await;
}

/// What is still to be said about a missing notice.
async fn warning(world: &World) -> Value {
    let admin = world.worker(&[Role::Administrator]).await;
    world.get("/api/v1/staff/admin/calendars").token(&admin).send().await.data(200)["warning"].clone()
}

/// The case as its applicant sees it.
async fn seen(world: &World, case: &Case) -> Value {
    let token = world.resident(LIN).await;
    world.get(&format!("/api/v1/cases/{}", case.id)).token(&token).send().await.data(200)
}

async fn dues(world: &World, cases: &[&Case]) -> Vec<Value> {
    let mut all = Vec::new();
    for case in cases {
        all.push(seen(world, case).await["summary"]["due_on"].clone());
    }
    all
}

/// The clock at a moment of Beijing time.
fn at(world: &World, moment: &str) {
    let wanted = DateTime::parse_from_rfc3339(&format!("{moment}+08:00")).unwrap().timestamp_millis();
    world.app.clock.advance_ms(wanted - world.app.clock.now_ms());
}

const MILLISECOND: Duration = Duration::from_millis(1);

async fn asked(office: &Office, worker: &str, case: &Case) -> Case {
    let items = json!([{ "target": "section:account", "reason": "mismatch", "note": null }]);
    office.act(worker, case, "request-correction", json!({ "items": items })).await
}

/// In December, one after another: submitted, in review, to be mended, on public notice, put off, withdrawn.
async fn six(world: &World) -> (Vec<Office>, Vec<Case>) {
    world.pass(days(TO_28_DECEMBER));
    let mut offices = Vec::new();
    let mut cases = Vec::new();
    for _ in 0..6 {
        let office = Office::open(world.clone()).await;
        cases.push(office.applied(2025).await);
        offices.push(office);
    }
    cases[5] = offices[5].act(&offices[5].student, &cases[5], "withdraw", json!({})).await;
    // This passes the ten minutes of all.
    let noticed = cases.remove(3);
    let noticed = offices[3].approved(noticed).await;
    cases.insert(3, noticed);
    for at in [1, 2, 4] {
        cases[at] = offices[at].act(&offices[at].village, &cases[at], "accept", json!({})).await;
    }
    cases[2] = asked(&offices[2], &offices[2].village, &cases[2]).await;
    cases[4] = offices[4].act(&offices[4].village, &cases[4], "hold", json!({ "reason": "home_visit" })).await;
    (offices, cases)
}

async fn a_calendar_that_comes_late_counts_every_running_limit_anew_and_nothing_else(world: World) {
    let (offices, cases) = six(&world).await;
    let all: Vec<&Case> = cases.iter().collect();
    assert!(warning(&world).await.as_str().unwrap().starts_with("2027 年的放假安排还没有录入"));
    let none = Value::Null;
    let by_weekdays = ["2027-01-04", "2027-01-04", "2027-01-11", "2027-01-04"].map(Value::from);
    assert_eq!(dues(&world, &all).await, [&by_weekdays[..], &[none.clone(), none.clone()]].concat());
    assert_eq!(seen(&world, all[0]).await["decide_by"], "2027-01-25");

    world.pass(days(2));
    let still = [seen(&world, all[4]).await, seen(&world, all[5]).await];
    import(&world, NOTICE).await;
    assert_eq!(warning(&world).await, Value::Null);
    let counted = ["2027-01-07", "2027-01-07", "2027-01-13", "2027-01-07"].map(Value::from);
    assert_eq!(dues(&world, &all).await, [&counted[..], &[none.clone(), none.clone()]].concat());
    for case in &all[..4] {
        let view = seen(&world, case).await;
        assert_eq!(actions(&view).iter().filter(|a| *a == "recount").count(), 1);
        assert_eq!(view["timeline"].as_array().unwrap().last().unwrap()["reason"], "放假安排有变化，期限已经重新计算");
    }
    assert_eq!(seen(&world, all[0]).await["decide_by"], "2027-01-27");
    // What stands still, and what has ended, is as it was.
    assert_eq!([seen(&world, all[4]).await, seen(&world, all[5]).await], still);

    // Lists, notices, the board and the paper say the same day.
    let token = world.resident(LIN).await;
    let listed = world.get("/api/v1/cases?limit=100").token(&token).send().await.data(200);
    let village = world.worker(&[Role::Commissioner]).await;
    let queue = world.get("/api/v1/staff/queue?limit=100&view=all").token(&village).send().await.data(200);
    let due_in = |list: &Value, case: &Case| {
        let line = list["items"].as_array().unwrap().iter().find(|i| i["id"] == case.id.as_str());
        line.unwrap()["due_on"].clone()
    };
    for (case, due) in all.iter().zip(&counted) {
        assert_eq!(&due_in(&listed, case), due);
    }
    assert_eq!([due_in(&queue, all[0]), due_in(&queue, all[1])], counted[..2]);
    let told = world.get("/api/v1/me/notices?limit=100").token(&token).send().await.data(200);
    let says = |day: &str| {
        let named = |n: &&Value| n["title"] == "教育救助：期限有变化" && n["body"].as_str().unwrap().contains(day);
        told["items"].as_array().unwrap().iter().filter(named).count()
    };
    assert_eq!([says("新的期限是1月7日"), says("新的期限是1月13日")], [3, 1]);
    let board = async || {
        let path = format!("/api/v1/public/notice-board?county={COUNTY}");
        world.get(&path).send().await.data(200)["items"][0]["until"].clone()
    };
    assert_eq!(board().await, "2027-01-07");

    let paper = async || {
        let token = world.resident(LIN).await;
        words(&print(&world, &token, &format!("/api/v1/cases/{}/corrections/1/notice", all[2].id)).await)
    };
    holds(&paper().await, &["请在2027年1月13日（星期三）当天或之前"]);

    // A corrected notice makes days sooner: for the office, but never a day that somebody outside was told.
    import(&world, CORRECTED).await;
    let sooner = ["2027-01-05", "2027-01-05", "2027-01-13", "2027-01-07"].map(Value::from);
    assert_eq!(dues(&world, &all[..4]).await, sooner);
    assert_eq!(board().await, "2027-01-07");
    holds(&paper().await, &["请在2027年1月13日（星期三）当天或之前"]);
    let recounts = |view: &Value| actions(view).iter().filter(|a| *a == "recount").count();
    assert_eq!([recounts(&seen(&world, all[1]).await), recounts(&seen(&world, all[2]).await)], [2, 1]);

    // A week later one is late, in the detail, in the counts of the queue and in the report alike.
    world.pass(days(7));
    world.work().await;
    let village = world.worker(&[Role::Commissioner]).await;
    let counts = world.get("/api/v1/staff/queue/counts").token(&village).send().await.data(200);
    let county = world.worker(&[Role::CountyOfficer]).await;
    let ages = world.get("/api/v1/staff/reports/ages").token(&county).send().await.data(200)["rows"].clone();
    let sum = |field: &str| ages.as_array().unwrap().iter().map(|row| row[field].as_i64().unwrap()).sum::<i64>();
    assert_eq!([sum("overdue"), sum("on_time"), sum("standing"), sum("waiting"), sum("total")], [1, 1, 2, 1, 5]);
    assert_eq!((&counts["overdue"], &counts["held"], &counts["waiting"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!(seen(&world, all[1]).await["summary"]["pace"]["value"], "overdue");
    let accepted = seen(&world, all[0]).await;
    assert_eq!(
        (actions(&accepted).last().unwrap().as_str(), accepted["summary"]["pace"]["value"].as_str()),
        ("deem_accepted", Some("on_time"))
    );
    // What was put off has what was left of it from now on: five working days of the new calendar.
    let office = &offices[4];
    let resumed = office.act(&village, &cases[4], "resume", json!({})).await;
    assert_eq!(dues(&world, &[&resumed]).await, ["2027-01-13"]);
    world.history_is_whole().await;
}

async fn what_ended_before_the_calendar_came_stays_ended(world: World) {
    let (_, cases) = six(&world).await;
    world.pass(days(8));
    world.work().await;
    // Tuesday, 5 January: by weekdays one counts as accepted, one is late, and the notice of one has ended.
    let late = seen(&world, &cases[1]).await;
    assert_eq!(late["summary"]["pace"]["value"], "overdue");
    let before = [seen(&world, &cases[0]).await, seen(&world, &cases[3]).await];
    assert_eq!(actions(&before[0]).last().unwrap(), "deem_accepted");
    assert_eq!(before[1]["summary"]["state"]["value"], "approved");
    import(&world, NOTICE).await;
    let after = [seen(&world, &cases[0]).await, seen(&world, &cases[3]).await];
    // It is accepted all the same; the five days of the review, from today, now hold a Saturday.
    let due = |view: &Value| view["summary"]["due_on"].clone();
    assert_eq!((due(&before[0]), due(&after[0])), (json!("2027-01-12"), json!("2027-01-11")));
    assert_eq!(actions(&after[0])[..actions(&before[0]).len()], actions(&before[0]));
    assert_eq!(
        (&after[1]["summary"]["state"], actions(&after[1]).contains(&"end_notice".to_owned())),
        (&before[1]["summary"]["state"], true)
    );
    assert_eq!(world.get(&format!("/api/v1/public/notice-board?county={COUNTY}")).send().await.data(200)["items"], json!([]));
    // Four days of holiday were no delay.
    let late = seen(&world, &cases[1]).await;
    assert_eq!((&late["summary"]["due_on"], &late["summary"]["overdue"]), (&json!("2027-01-07"), &json!(false)));
    world.history_is_whole().await;
}

async fn a_decision_that_is_taken_back_has_the_days_of_the_new_calendar(world: World) {
    world.pass(days(TO_28_DECEMBER));
    let office = Office::open(world.clone()).await;
    let case = office.applied(2025).await;
    world.pass(MINUTES_11);
    let case = office.act(&office.village, &case, "accept", json!({})).await;
    let up = office.act(&office.village, &case, "forward", json!({})).await;
    import(&world, NOTICE).await;
    let up = Case::of(&seen(&world, &up).await);
    let back = office.act(&office.village, &up, "take-back", json!({})).await;
    let view = seen(&world, &back).await;
    assert_eq!((&view["summary"]["due_on"], &view["decide_by"]), (&json!("2027-01-07"), &json!("2027-01-27")));
    world.history_is_whole().await;
}

async fn the_days_of_open_tickets_are_counted_anew_too(world: World) {
    world.pass(days(TO_28_DECEMBER));
    let zhao = Applicant::zhao(&world).await;
    let mut all = Vec::new();
    for kind in ["visit", "unresolved", "problem"] {
        all.push(tickets::asked(&world, &zhao.token, kind, "请看看这件事。", Some(tickets::VILLAGE)).await.data(201));
    }
    let county = world.worker(&[Role::CountyOfficer]).await;
    let answered = tickets::act(&world, &county, &all[1], "answer", json!({ "text": "已经办好。" })).await.data(200);
    all[1] = answered;
    let ended = tickets::asked(&world, &zhao.token, "unresolved", "再看看。", None).await.data(201);
    let ended = tickets::act(&world, &county, &ended, "answer", json!({ "text": "办好了。" })).await.data(200);
    let ended = tickets::mine(&world, &zhao.token, &ended, "confirm", json!({})).await.data(200);
    let mine = async |ticket: &Value| {
        let token = world.resident("zhao-tiezhu").await;
        tickets::seen(&world, &token, tickets::ME, ticket).await
    };
    let told = async || {
        let days = [mine(&all[0]).await, mine(&all[1]).await, mine(&all[2]).await];
        [&days[0]["summary"]["due_on"], &days[1]["answer_counts_on"], &days[2]["summary"]["due_on"]].map(Value::clone)
    };
    assert_eq!(told().await, ["2027-01-04", "2027-01-11", "2027-01-18"].map(Value::from));
    import(&world, NOTICE).await;
    assert_eq!(told().await, ["2027-01-07", "2027-01-13", "2027-01-20"].map(Value::from));
    for ticket in &all {
        let view = mine(ticket).await;
        assert_eq!(view["entries"].as_array().unwrap().last().unwrap()["step"]["value"], "recounted");
    }
    assert_eq!(mine(&ended).await["entries"], ended["entries"]);
    let token = world.resident("zhao-tiezhu").await;
    let notices = world.get("/api/v1/me/notices?limit=100").token(&token).send().await.data(200);
    let named = notices["items"].as_array().unwrap().iter().filter(|n| n["title"] == "反映的期限有变化").count();
    assert_eq!(named, 3);

    // Sooner for the office; until when one may object stays as it was told. The same notice again changes nothing.
    import(&world, CORRECTED).await;
    let corrected = ["2027-01-05", "2027-01-13", "2027-01-19"].map(Value::from);
    assert_eq!(told().await, corrected);
    let before = mine(&all[0]).await;
    import(&world, CORRECTED).await;
    assert_eq!((told().await, mine(&all[0]).await), (corrected, before));

    let who = async || mine(&all[0]).await["who_acts"].clone();
    at(&world, "2027-01-05T23:59:59.999");
    world.work().await;
    assert_eq!((who().await, &mine(&all[0]).await["summary"]["overdue"]), (json!("宋疃村 村（社区）"), &json!(false)));
    world.pass(MILLISECOND);
    world.work().await;
    assert_eq!(who().await, "宋疃镇 镇（街道）残联");
}

async fn an_application_belongs_to_the_day_on_which_it_is_midnight_in_beijing(world: World) {
    at(&world, "2026-12-31T23:59:59");
    let old = Office::open(world.clone()).await;
    let mut new = Office::open(world.clone()).await;
    let longer = {
        let mut longer = season(COUNTY);
        longer["closes_on"] = json!("2027-01-31");
        longer
    };
    let made = new.post(&new.county, "/api/v1/staff/education-aid/seasons", longer).await.data(201);
    new.season = made["season"]["id"].as_str().unwrap().to_owned();
    // The season that ends with the year takes applications in its last second, and none a second later.
    let first = old.applied(2025).await;
    world.pass(Duration::from_secs(1));
    let begin = json!({ "person_id": old.person, "kind": "child", "season_id": Office::open(world.clone()).await.season });
    old.post(&old.student, "/api/v1/education-aid/drafts", begin).await.refused(409, 31001);
    let second = new.applied(2025).await;

    let first = seen(&world, &first).await;
    let second = seen(&world, &second).await;
    for (view, day, submitted, undo, due, decide) in [
        (&first, "JY20261231", "2026-12-31T23:59:59+08:00", "2027-01-01T00:09:59+08:00", "2027-01-07", "2027-01-28"),
        (&second, "JY20270101", "2027-01-01T00:00:00+08:00", "2027-01-01T00:10:00+08:00", "2027-01-08", "2027-01-29"),
    ] {
        let summary = &view["summary"];
        assert!(summary["number"].as_str().unwrap().starts_with(day), "{summary}");
        assert_eq!((&summary["submitted_at"], &view["undo_until"]), (&json!(submitted), &json!(undo)));
        assert_eq!((&summary["due_on"], &view["decide_by"]), (&json!(due), &json!(decide)));
    }
    // Each is counted in its own month and year.
    let county = world.worker(&[Role::CountyOfficer]).await;
    let submitted = async |from: &str, to: &str| {
        let path = format!("/api/v1/staff/reports/volumes?from={from}&to={to}");
        world.get(&path).token(&county).send().await.data(200)["total"]["submitted"].clone()
    };
    assert_eq!(submitted("2026-12-31", "2026-12-31").await, 1);
    assert_eq!(submitted("2027-01-01", "2027-01-01").await, 1);
    assert_eq!(submitted("2026-12-01", "2027-01-31").await, 2);
    // Working days since then, in the report of what lies on desks: Monday is the second for the one, the first for the other.
    at(&world, "2027-01-04T09:00:00");
    let county = world.worker(&[Role::CountyOfficer]).await;
    let ages = world.get("/api/v1/staff/reports/ages").token(&county).send().await.data(200)["rows"][0].clone();
    assert_eq!(
        (&ages["oldest_submitted_on"], &ages["oldest_days"], &ages["total"]),
        (&json!("2026-12-31"), &json!(2), &json!(2))
    );
}

async fn the_ten_minutes_are_the_same_for_both_sides_to_the_millisecond(world: World) {
    at(&world, "2026-12-31T23:59:59");
    let one = Office::open(world.clone()).await;
    let two = Office::open(world.clone()).await;
    let first = one.applied(2025).await;
    let second = two.applied(2025).await;
    // Across midnight; the last millisecond is the applicant's.
    at(&world, "2027-01-01T00:09:59");
    let path = |case: &Case, verb: &str| format!("/api/v1/staff/cases/{}/actions/{verb}", case.id);
    let early = one.post(&one.village, &path(&first, "accept"), json!({ "version": first.version })).await;
    early.refused(409, 20003);
    one.act(&one.student, &first, "undo", json!({})).await;
    world.pass(MILLISECOND);
    let undo = format!("/api/v1/cases/{}/actions/undo", second.id);
    two.post(&two.student, &undo, json!({ "version": second.version })).await.refused(409, 20002);
    two.act(&two.village, &second, "accept", json!({})).await;
    world.history_is_whole().await;
}

async fn a_limit_lasts_to_its_last_millisecond_and_not_one_longer(world: World) {
    world.pass(days(TO_28_DECEMBER));
    let mut all = Vec::new();
    for _ in 0..4 {
        let office = Office::open(world.clone()).await;
        all.push((office.applied(2025).await, office));
    }
    world.pass(MINUTES_11);
    // Two to be mended until 11 January, one refused that may be appealed until then, one nobody answers until the 4th.
    let mut mend = Vec::new();
    for (case, office) in all.drain(..2) {
        mend.push(asked(&office, &office.village, &case).await);
    }
    let (refused, office) = all.remove(0);
    let refused = office.act(&office.village, &refused, "decline", json!({ "reason": "not_in_scope" })).await;
    let (unanswered, _) = all.remove(0);
    let state = async |case: &Case| {
        let view = seen(&world, case).await;
        (view["summary"]["state"]["value"].as_str().unwrap().to_owned(), view["summary"]["overdue"].as_bool().unwrap())
    };
    at(&world, "2027-01-04T23:59:59.999");
    world.work().await;
    assert_eq!(state(&unanswered).await, ("submitted".to_owned(), false));
    world.pass(MILLISECOND);
    world.work().await;
    assert_eq!(state(&unanswered).await, ("in_review".to_owned(), false));

    at(&world, "2027-01-11T23:59:59.999");
    world.work().await;
    let token = world.resident(LIN).await;
    let post = async |case: &Case, verb: &str| {
        let version = seen(&world, case).await["summary"]["version"].clone();
        let path = format!("/api/v1/cases/{}/actions/{verb}", case.id);
        world.post(&path).token(&token).json(&json!({ "version": version })).send().await
    };
    for case in &mend {
        assert_eq!(state(case).await, ("correction_requested".to_owned(), false));
    }
    let account = json!({ "version": 1, "holder": "self", "holder_name": null, "card_number": null, "bank": "县农村信用社" });
    let path = format!("/api/v1/education-aid/cases/{}/sections/account", mend[0].id);
    world.put(&path).token(&token).json(&account).send().await.data(200);
    post(&mend[0], "resubmit").await.data(200);
    let offers_appeal = async || seen(&world, &refused).await["allowed_actions"].to_string().contains("appeal");
    assert!(offers_appeal().await);
    world.pass(MILLISECOND);
    world.work().await;
    assert_eq!(state(&mend[0]).await.0, "submitted");
    assert_eq!(state(&mend[1]).await.0, "lapsed");
    post(&mend[1], "resubmit").await.refused(409, 20001);
    assert!(!offers_appeal().await);
    post(&refused, "appeal").await.refused(409, 20014);
    world.history_is_whole().await;
}
