//! Figures: months begin at midnight in Beijing, and only those who answer for an area
//! see them, as JSON and as a workbook.

use std::io::Read;

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::accounts::staff::workers;
use zhucan::platform::id::Id;
use zhucan::rules::lifecycle::Role;

use crate::tickets::rated;
use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, days};

stories![
    a_month_begins_at_midnight_in_beijing,
    a_desk_is_measured_in_its_own_working_days,
    grades_and_the_work_orders_of_bad_ones_are_counted,
    whoever_does_not_answer_for_an_area_gets_none_of_its_figures,
    a_workbook_says_what_was_asked_and_keeps_text_as_text,
];

const REPORTS: [&str; 6] = ["volumes", "ages", "returns", "desks", "workload", "satisfaction"];

pub async fn report(world: &World, token: &str, name: &str, query: &str) -> Value {
    world.get(&format!("/api/v1/staff/reports/{name}?{query}")).token(token).send().await.data(200)
}

/// The sum of a field over rows.
pub fn sum(rows: &Value, field: &str) -> i64 {
    let number = |row: &Value| row.pointer(&format!("/{field}")).and_then(Value::as_i64).unwrap();
    rows.as_array().unwrap().iter().map(number).sum()
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
    // Only leaders see the names of workers.
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
pub fn sheets(bytes: Vec<u8>) -> Vec<String> {
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
