//! Figures: their sums are what the lists show, months begin at midnight in Beijing, and only those who answer for an area
//! see them, as JSON and as a workbook.

use std::io::Read;

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::accounts::staff::workers;
use zhucan::office::cases::case::cases;
use zhucan::office::cases::corrections::correction_items;
use zhucan::office::cases::history::case_events;
use zhucan::office::cases::prior::DECISIONS;
use zhucan::platform::id::Id;
use zhucan::rules::calendar::beijing_date;
use zhucan::rules::lifecycle::{Action, Desk, Role, State};

use crate::tickets::rated;
use crate::wandering::Walk;
use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, days};

/// Case, action, actor, desk and state of a line of history.
type Row = (Id, Action, Option<Id>, Option<Desk>, State);

stories![
    whatever_happened_the_sums_of_the_reports_are_what_lists_and_histories_show,
    a_month_begins_at_midnight_in_beijing,
    a_desk_is_measured_in_its_own_working_days,
    grades_and_the_work_orders_of_bad_ones_are_counted,
    whoever_does_not_answer_for_an_area_gets_none_of_its_figures,
    a_workbook_says_what_was_asked_and_keeps_text_as_text,
];

const REPORTS: [&str; 6] = ["volumes", "ages", "returns", "desks", "workload", "satisfaction"];

async fn report(world: &World, token: &str, name: &str, query: &str) -> Value {
    world.get(&format!("/api/v1/staff/reports/{name}?{query}")).token(token).send().await.data(200)
}

/// The sum of a field over rows.
fn sum(rows: &Value, field: &str) -> i64 {
    let number = |row: &Value| row.pointer(&format!("/{field}")).and_then(Value::as_i64).unwrap();
    rows.as_array().unwrap().iter().map(number).sum()
}

fn count<T>(all: &[T], fits: impl Fn(&T) -> bool) -> i64 {
    all.iter().filter(|one| fits(one)).count() as i64
}

struct Line {
    case: Id,
    action: Action,
    actor: Option<Id>,
    desk: Option<Desk>,
    state: State,
}

async fn lines(world: &World) -> Vec<Line> {
    let all = world.app.db.read(|c| {
        use case_events::dsl as e;
        let all = e::case_events.order((e::case_id, e::seq)).select((e::case_id, e::action, e::actor, e::desk, e::to_state));
        let all: Vec<Row> = all.load(c)?;
        Ok(all.into_iter().map(|(case, action, actor, desk, state)| Line { case, action, actor, desk, state }).collect())
    });
    all.await.unwrap()
}

async fn whatever_happened_the_sums_of_the_reports_are_what_lists_and_histories_show(world: World) {
    let seed = std::env::var("ZHUCAN_WALK_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(26_031_026);
    let mut walk = Walk::begin(world, seed).await;
    for step in 1..=180 {
        walk.step().await;
        if step % 60 == 0 {
            let token = walk.world.worker(&[Role::CountyOfficer, Role::Administrator]).await;
            the_present_is_that_of_the_queues(&walk, &token).await;
            the_past_is_that_of_the_lines(&walk.world, &token).await;
        }
    }
}

async fn the_present_is_that_of_the_queues(walk: &Walk, token: &str) {
    let world = &walk.world;
    let ages = report(world, token, "ages", "").await["rows"].clone();
    let (mut listed, mut waiting, mut counted, mut mine) = (Vec::new(), 0, [0; 3], 0);
    // One officer of each level sees a whole level.
    for at in [0, 3, 5] {
        let token = &walk.tokens[at];
        let counts = world.get("/api/v1/staff/queue/counts").token(token).send().await.data(200);
        for (at, view) in ["total", "at_risk", "overdue"].into_iter().enumerate() {
            counted[at] += counts[view].as_i64().unwrap();
        }
        waiting += counts["waiting"].as_i64().unwrap();
        let page = world.get("/api/v1/staff/queue?limit=100&view=all").token(token).send().await.data(200);
        listed.extend(page["items"].as_array().unwrap().clone());
    }
    for token in &walk.tokens {
        let counts = world.get("/api/v1/staff/queue/counts").token(token).send().await.data(200);
        mine += counts["mine"].as_i64().unwrap();
    }
    let on_notice = world.app.db.read(|c| Ok(cases::table.filter(cases::state.eq(State::PublicNotice)).count().get_result(c)?));
    let on_notice: i64 = on_notice.await.unwrap();
    let paced = |pace: &str| count(&listed, |i| i["pace"]["value"] == pace);
    for pace in ["on_time", "at_risk", "overdue", "open"] {
        assert_eq!(sum(&ages, pace), paced(pace), "{pace}");
    }
    assert_eq!(sum(&ages, "standing"), paced("standing") + on_notice);
    assert_eq!([sum(&ages, "at_risk"), sum(&ages, "overdue"), sum(&ages, "waiting")], [counted[1], counted[2], waiting]);
    assert_eq!(sum(&ages, "total"), counted[0] + waiting + on_notice);
    let by_age: i64 = ["up_to_5", "from_6_to_10", "from_11_to_20", "over_20"].iter().map(|age| sum(&ages, age)).sum();
    assert_eq!(by_age, sum(&ages, "total"));
    let oldest = world.app.db.read(|c| {
        let lying = cases::table.filter(cases::desk.is_not_null()).filter(cases::ended_at.is_null());
        Ok(lying.select(diesel::dsl::min(cases::submitted_at)).get_result::<Option<i64>>(c)?)
    });
    let oldest = oldest.await.unwrap().map(|at| beijing_date(at).to_string());
    let told = ages.as_array().unwrap().iter().map(|row| row["oldest_submitted_on"].as_str().unwrap()).min();
    assert_eq!(told, oldest.as_deref());
    assert_eq!(sum(&report(world, token, "workload", "").await["rows"], "open_claims"), mine);
}

async fn the_past_is_that_of_the_lines(world: &World, token: &str) {
    let lines = lines(world).await;
    let done = |actions: &[Action]| count(&lines, |l| actions.contains(&l.action));
    let stored = world.app.db.read(|c| {
        let all = cases::table.order(cases::id).select((cases::state, cases::submitted_at));
        Ok(all.load::<(State, Option<i64>)>(c)?)
    });
    let stored = stored.await.unwrap();
    let standing = |states: &[State]| count(&stored, |(state, _)| states.contains(state));

    let volumes = report(world, token, "volumes", "").await;
    let total = |field: &str| volumes["total"][field].as_i64().unwrap();
    for field in volumes["total"].as_object().unwrap().keys() {
        assert_eq!(sum(&volumes["rows"], &format!("counts/{field}")), total(field), "{field}");
    }
    assert_eq!((total("begun"), total("submitted")), (stored.len() as i64, done(&[Action::Submit])));
    assert_eq!(total("submitted") - total("undone"), count(&stored, |(_, at)| at.is_some()));
    assert_eq!(total("accepted"), done(&[Action::Accept, Action::DeemAccepted]));
    assert_eq!(total("withdrawn") + total("expired"), standing(&[State::Withdrawn]));
    assert_eq!((total("completed"), total("lapsed")), (standing(&[State::Completed]), standing(&[State::Lapsed])));
    let refused = total("refused") - total("refusals_taken_back") - total("appealed");
    assert_eq!(refused, standing(&[State::NotAccepted, State::Rejected]));

    let returns = report(world, token, "returns", "").await;
    let of = |kind: &str| -> i64 {
        let rows = returns["reasons"].as_array().unwrap().iter().filter(|r| r["kind"]["value"] == kind);
        rows.map(|r| r["count"].as_i64().unwrap()).sum()
    };
    let asked: i64 = world.app.db.read(|c| Ok(correction_items::table.count().get_result(c)?)).await.unwrap();
    assert_eq!((of("correction"), of("send_back")), (asked, done(&[Action::SendBack])));
    assert_eq!(of("refusal"), done(&[Action::Decline, Action::Reject]));
    let by_case: Vec<&[Line]> = lines.chunk_by(|a, b| a.case == b.case).collect();
    let has = |lines: &[Line], actions: &[Action]| lines.iter().any(|l| actions.contains(&l.action));
    let submitted = |lines: &&[Line]| has(lines, &[Action::Submit]);
    let came_back = |lines: &&[Line]| submitted(lines) && has(lines, &[Action::SendBack, Action::RequestCorrection]);
    assert_eq!(sum(&returns["shares"], "submitted"), count(&by_case, submitted));
    assert_eq!(sum(&returns["shares"], "returned"), count(&by_case, came_back));

    // A stay ends where the next line lies elsewhere, or on the same desk after the approval.
    let lies = |l: &Line| l.desk.map(|desk| (desk, l.state == State::Approved));
    let left = |pair: &[Line]| pair[0].case == pair[1].case && lies(&pair[0]).is_some() && lies(&pair[0]) != lies(&pair[1]);
    let desks = report(world, token, "desks", "").await["rows"].clone();
    assert_eq!(sum(&desks, "stays"), lines.windows(2).filter(|pair| left(pair)).count() as i64);

    let workload = report(world, token, "workload", "").await["rows"].clone();
    assert_eq!(sum(&workload, "decided"), count(&lines, |l| DECISIONS.contains(&l.action) && l.actor.is_some()));
    assert!(sum(&workload, "returned") <= done(&[Action::SendBack]));
    // Another service, another time: nothing of it.
    for query in ["service=device_rental", "from=2025-01-01&to=2025-12-31"] {
        assert_eq!(report(world, token, "volumes", query).await["rows"], json!([]), "{query}");
        assert_eq!(report(world, token, "desks", query).await["rows"], json!([]), "{query}");
    }
}

async fn a_month_begins_at_midnight_in_beijing(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    // From Tuesday, 10 March, nine o'clock, to half a minute before April.
    world.pass(days(21) + std::time::Duration::from_secs(15 * 3600 - 30));
    zhao.sign_in_again().await;
    let case = zhao.begun("renewal").await;
    world.pass(std::time::Duration::from_secs(30));
    zhao.act(&case, "withdraw").await.data(200);
    let token = world.worker(&[Role::Auditor]).await;
    let row = |month: &str, begun: i64, withdrawn: i64, rows: &Value| {
        let row = rows.as_array().unwrap().iter().find(|r| r["month"] == month).unwrap();
        assert_eq!((&row["counts"]["begun"], &row["counts"]["withdrawn"]), (&json!(begun), &json!(withdrawn)), "{month}");
    };
    let rows = report(&world, &token, "volumes", "").await["rows"].clone();
    row("2026-03", 1, 0, &rows);
    row("2026-04", 0, 1, &rows);
    let march = report(&world, &token, "volumes", "from=2026-03-01&to=2026-03-31").await;
    assert_eq!((march["rows"].as_array().unwrap().len(), &march["total"]["withdrawn"]), (1, &json!(0)));
    let april = report(&world, &token, "volumes", "from=2026-04-01").await;
    assert_eq!((&april["total"]["begun"], &april["total"]["withdrawn"]), (&json!(0), &json!(1)));
}

async fn a_desk_is_measured_in_its_own_working_days(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    // Tuesday to Thursday, then a correction until Monday, passed on at once; sent back on Thursday.
    world.pass(days(2));
    let town = world.officer(&[Role::TownOfficer], COUNTY, None, false).await;
    let item = json!({ "target": "section:delivery", "reason": "mismatch", "note": null });
    let asked = json!({ "version": case.version, "items": [item] });
    world.post(&case.staff("/actions/request-correction")).token(&town.token).json(&asked).send().await.data(200);
    world.pass(days(4));
    zhao.sign_in_again().await;
    let saved = zhao.get(&case.certificate("/sections/delivery")).await;
    let body = json!({ "version": saved["version"], "way": "pickup", "place": "town" });
    zhao.put(&case.certificate("/sections/delivery"), &body).send().await.data(200);
    let case = Case::of(&zhao.view(&case).await);
    let case = Case::of(&zhao.act(&case, "resubmit").await.data(200));
    let token = world.on_duty(&town).await;
    let case = world.decided(&token, &case, "accept").await;
    let case = world.decided(&token, &case, "forward").await;
    world.pass(days(3));
    let county = world.officer(&[Role::CountyOfficer], COUNTY, None, true).await;
    let body = json!({ "version": case.version, "reason": "check_again" });
    world.post(&case.staff("/actions/send-back")).token(&county.token).json(&body).send().await.data(200);

    let desks = report(&world, &county.token, "desks", "").await["rows"].clone();
    let told = |row: &Value| [&row["desk"]["value"], &row["median_days"], &row["cases"]].map(Value::clone);
    assert_eq!(told(&desks[0]), [json!("town"), json!(2), json!(1)]);
    assert_eq!(told(&desks[1]), [json!("county"), json!(3), json!(1)]);
    let rows = report(&world, &county.token, "workload", "").await["rows"].clone();
    let row = |id: Id| rows.as_array().unwrap().iter().find(|r| r["worker"]["id"] == id.to_string()).unwrap().clone();
    assert_eq!((&row(town.id)["decided"], &row(town.id)["returned"]), (&json!(2), &json!(1)));
    assert_eq!((&row(county.id)["decided"], &row(county.id)["returned"]), (&json!(1), &json!(0)));
    // Who leads nothing does not learn who it was.
    let colleague = world.worker(&[Role::CountyOfficer]).await;
    let unnamed = report(&world, &colleague, "workload", "").await["rows"].clone();
    assert_eq!(unnamed.as_array().unwrap().len(), 2);
    assert!(unnamed.as_array().unwrap().iter().all(|r| r["worker"].is_null()), "{unnamed}");
    let share = report(&world, &colleague, "returns", "").await["shares"].clone();
    assert_eq!(
        share,
        json!([{ "service": { "value": "certificate", "label": share[0]["service"]["label"] },
        "submitted": 1, "returned": 1, "percent": 100.0 }])
    );
}

async fn grades_and_the_work_orders_of_bad_ones_are_counted(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    rated(&world, &zhao, &county, "very_poor").await;
    let report = report(&world, &county, "satisfaction", "service=certificate").await;
    let row = &report["rows"][0];
    assert_eq!((&row["month"], &row["total"], &row["very_poor"]), (&json!("2026-03"), &json!(1), &json!(1)));
    assert_eq!((&row["good"], &row["poor_percent"]), (&json!(0), &json!(100.0)));
    assert_eq!((&report["work_orders"][0]["opened"], &report["work_orders"][0]["open"]), (&json!(1), &json!(1)));
}

async fn whoever_does_not_answer_for_an_area_gets_none_of_its_figures(world: World) {
    Applicant::zhao(&world).await.submitted("renewal").await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let elsewhere = world.worker_who_is(&[Role::CountyOfficer, Role::Administrator], "990102000000", None).await;
    let city = world.worker_who_is(&[Role::CityOfficer], "990100000000", None).await;
    for name in REPORTS.iter().map(|name| (*name).to_owned()).chain(REPORTS.iter().map(|name| format!("{name}/xlsx"))) {
        let ask = |token: &str, query: &str| world.get(&format!("/api/v1/staff/reports/{name}?{query}")).token(token).send();
        for foreign in ["county=990102000000", "county=990100000000", "county=990101100000"] {
            ask(&county, foreign).await.refused(404, 10006);
        }
        ask(&county, "service=pensions").await.refused(422, 10002);
        assert_eq!(ask(&city, &format!("county={COUNTY}")).await.status, 200);
        if !name.starts_with("ages") {
            for period in ["from=2026-03-11&to=2026-03-10", "from=2025-01-01&to=2026-01-02"] {
                ask(&county, period).await.refused(422, 10002);
            }
            assert_eq!(ask(&county, "from=2024-01-01&to=2024-12-31").await.status, 200);
        }
    }
    for (token, cases) in [(&county, 1), (&city, 1), (&elsewhere, 0)] {
        assert_eq!(sum(&report(&world, token, "ages", "").await["rows"], "total"), cases);
        assert_eq!(report(&world, token, "volumes", "").await["total"]["submitted"], json!(cases));
    }
}

/// The sheets of a workbook, each as its XML.
fn sheets(bytes: Vec<u8>) -> Vec<String> {
    let mut book = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> =
        book.file_names().map(|n| n.unwrap().into_owned()).filter(|n| n.starts_with("xl/worksheets/sheet")).collect();
    let mut open = |name: &String| {
        let mut text = String::new();
        book.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    names.iter().map(&mut open).collect()
}

async fn a_workbook_says_what_was_asked_and_keeps_text_as_text(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.officer(&[Role::TownOfficer], COUNTY, None, false).await;
    world.decided(&town.token, &case, "claim").await;
    let rename = world.app.db.write(move |c| {
        let row = workers::table.filter(workers::id.eq(town.id));
        Ok(diesel::update(row).set(workers::name.eq("=HYPERLINK(\"http://x\")")).execute(c)?)
    });
    rename.await.unwrap();
    let leader = world.officer(&[Role::CountyOfficer], COUNTY, None, true).await.token;
    for name in REPORTS {
        let path = format!("/api/v1/staff/reports/{name}/xlsx?county={COUNTY}&service=certificate&from=2026-03-01");
        let reply = world.get(&path).token(&leader).send().await;
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("private, no-store")));
        assert!(reply.header("content-type").unwrap().ends_with("spreadsheetml.sheet"));
        let sheets = sheets(reply.bytes);
        assert!(!sheets.is_empty());
        for sheet in sheets {
            let days = if name == "ages" { "生成时的情况" } else { "2026-03-01 至 2026-03-10" };
            for words in ["甲区", "残疾人证", days, "2026-03-10T09:11:00+08:00", "测试员"] {
                assert!(sheet.contains(words), "{name}: no {words} in {sheet}");
            }
            assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "{name}: a formula in {sheet}");
            assert_eq!(sheet.contains("=HYPERLINK("), name == "workload", "{name}");
        }
    }
}
