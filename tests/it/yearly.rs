//! The yearly report: what was done through the services stands in its tables, year by year, for those who answer for the area.

use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;
use zhucan::services::certificate::desk::ASSESSOR;

use crate::device_rental::Stock;
use crate::education_aid::Office;
use crate::reports::sheets;
use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{Applicant, Case, MINUTES_11, picture};
use crate::{device_rental, tickets};

stories![
    what_was_done_stands_in_the_tables_of_its_year_and_of_no_other,
    a_yearly_report_is_for_those_who_answer_for_the_area_and_of_a_year_that_began,
];

const YEARLY: &str = "/api/v1/staff/reports/yearly";

async fn yearly(world: &World, token: &str, query: &str) -> Value {
    world.get(&format!("{YEARLY}?{query}")).token(token).send().await.data(200)
}

fn table<'a>(report: &'a Value, code: &str) -> &'a Value {
    report["tables"].as_array().unwrap().iter().find(|t| t["code"] == code).unwrap_or_else(|| panic!("no {code} in {report}"))
}

/// One figure: of the row whose last name has this code, of the sum, or of the only row.
fn figure(report: &Value, code: &str, row: &str, column: &str) -> i64 {
    let table = table(report, code);
    let at = table["columns"].as_array().unwrap().iter().position(|c| c["value"] == column).unwrap();
    let rows = table["rows"].as_array().unwrap();
    let named = |r: &&Value| r["names"].as_array().unwrap().last().is_some_and(|n| n["value"] == row);
    let figures = match row {
        "" if table["total"].is_null() => &rows[0]["figures"],
        "" => &table["total"],
        _ => rows.iter().find(named).map(|r| &r["figures"]).unwrap_or_else(|| panic!("no row {row} in {table}")),
    };
    figures[at].as_i64().unwrap()
}

/// The tables that count the cases of a year, not the present stock.
fn nothing_was_done(report: &Value) {
    assert_eq!(table(report, "aid_by_stage")["total"], json!([0, 0, 0]));
    assert_eq!(
        table(report, "aid_plan")["rows"],
        json!([{ "names": [{ "value": "all", "label": "全部名额" }], "figures": [0, 0] }])
    );
    assert_eq!(table(report, "rental_people")["rows"][0]["figures"], json!([0, 0]));
    assert_eq!(table(report, "certificates_by_kind")["total"], json!([0, 0, 0]));
    assert_eq!(table(report, "certificate_rounds")["rows"][0]["figures"], json!([0]));
}

/// A renewal of somebody who lives in another province and is assessed at home, to the card in hand.
async fn renewed_from_afar(world: &World, applicant: &Applicant, county: &str) {
    let case = applicant.drafted("renewal").await;
    let away = json!({ "version": 1, "changed_condition": false, "cross_province": true });
    applicant.put(&case.certificate("/sections/holder"), &away).send().await.data(200);
    applicant.upload(&case, "residence_permit", picture()).send().await.data(201);
    applicant.submit(&case).send().await.data(200);
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    world.decided(&town, &Case::of(&applicant.view(&case).await), "accept").await;
    let card = async |token: &str, path: &str, mut body: Value, status: u16| {
        body["version"] = json!(Case::of(&applicant.view(&case).await).version);
        let path = format!("/api/v1/staff/certificate/cases/{}/{path}", case.id);
        world.post(&path).token(token).json(&body).send().await.data(status)
    };
    card(&town, "actions/order-assessment", json!({ "reason": "上门核实时发现肢体功能有明显变化" }), 200).await;
    let found = json!({ "category": "physical", "components": [], "level": "level_2", "assessed_on": "2026-03-10",
        "hospital": "甲区人民医院", "at_home": true });
    card(&world.worker(&[ASSESSOR]).await, "assessments", found, 201).await;
    let seen = world.decided(&town, &Case::of(&applicant.view(&case).await), "forward").await;
    world.decided(county, &seen, "approve").await;
    card(county, "actions/make-card", json!({}), 200).await;
    card(county, "actions/hand-out", json!({ "receiver": "赵铁柱" }), 200).await;
}

/// Of three wheelchairs at a new point a guardian borrows one for a child, and one is retired; the id of the point.
async fn one_of_three_is_lent_and_one_retired(world: &World) -> String {
    let stock = Stock::of(world, 3).await;
    let (token, child) = device_rental::guardian(world).await;
    let (id, version) = stock.draft(world, &token, &child).await;
    device_rental::submit(world, &token, &id, version).await.data(200);
    let code = device_rental::text(&device_rental::rental(world, &token, &id).await["loan"]["pickup_code"]);
    stock.hand_out(world, &code, "TS-0").await.data(200);
    stock.step(world, 0, "TS-1", "retire").await.data(200);
    stock.points[0].clone()
}

async fn what_was_done_stands_in_the_tables_of_its_year_and_of_no_other(world: World) {
    let county = world.worker(&[Role::CountyOfficer]).await;
    let before = yearly(&world, &county, "year=2026").await;
    nothing_was_done(&before);
    let cards = figure(&before, "holders", "", "holders");

    // A card from another province with an assessment at home; a lent wheelchair and a retired one; a student who is paid.
    let zhao = Applicant::zhao(&world).await;
    renewed_from_afar(&world, &zhao, &county).await;
    let point = one_of_three_is_lent_and_one_retired(&world).await;
    let office = Office::open(world.clone()).await;
    let case = office.applied(2024).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let approved = office.approved(case).await;
    assert_eq!(figure(&yearly(&world, &county, "year=2026").await, "aid_plan", "高等教育", "done"), 0, "approved is not paid");
    office.noticed(approved).await;
    let exported = office.with_batch(&office.batch().await, "export", None).await.data(200);
    let paid = json!([{ "line_no": 1, "result": "paid", "reason": null }]);
    office.with_batch(&exported, "book", Some(paid)).await.data(200);

    let county = world.worker(&[Role::CountyOfficer]).await;
    let now = yearly(&world, &county, "").await;
    assert_eq!(now["year"], 2026);
    let of = |code: &str, row: &str, column: &str| figure(&now, code, row, column);
    assert_eq!((of("aid_by_stage", "undergraduate", "student"), of("aid_by_stage", "", "all")), (1, 1));
    assert_eq!((of("aid_plan", "all", "planned"), of("aid_plan", "all", "done")), (340, 1));
    assert_eq!((of("aid_plan", "高等教育", "planned"), of("aid_plan", "高等教育", "done")), (18, 1));
    assert_eq!((of("aid_plan", "中等职业教育", "planned"), of("aid_plan", "中等职业教育", "done")), (15, 0));
    let stock = table(&now, "rental_stock")["rows"].as_array().unwrap();
    let here: Vec<&Value> = stock.iter().filter(|r| r["names"][0]["value"] == point).collect();
    assert_eq!((here.len(), &here[0]["names"][1]["label"], &here[0]["figures"]), (1, &json!("普通轮椅"), &json!([2])));
    assert_eq!((of("rental_people", "", "loans"), of("rental_people", "", "people")), (1, 1));
    let renewals = ["completed", "cross_province", "at_home"].map(|column| of("certificates_by_kind", "renewal", column));
    assert_eq!((renewals, of("certificates_by_kind", "", "completed"), of("certificate_rounds", "", "rounds")), ([1; 3], 1, 1));
    // The holders are those of the register's own count, and their new level is the doctor's.
    let register = world.get(&format!("/api/v1/staff/register/summary?county={COUNTY}")).token(&county).send().await.data(200);
    for column in ["holders", "severe", "other"] {
        assert_eq!(json!(of("holders", "", column)), register[column], "{column}");
    }
    let moved = |column: &str| of("holders", "physical", column) - figure(&before, "holders", "physical", column);
    assert_eq!((of("holders", "", "holders"), moved("level_2"), moved("severe"), moved("holders")), (cards, 1, 1, 0));

    let earlier = yearly(&world, &county, "year=2025").await;
    nothing_was_done(&earlier);
    assert_eq!(table(&earlier, "holders"), table(&now, "holders"));
    let one = yearly(&world, &county, "year=2026&service=certificate").await;
    let codes: Vec<&Value> = one["tables"].as_array().unwrap().iter().map(|t| &t["code"]).collect();
    assert_eq!(codes, ["certificates_by_kind", "certificate_rounds"]);

    let reply = world.get(&format!("{YEARLY}/xlsx?year=2026&county={COUNTY}")).token(&county).send().await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, Some("private, no-store")));
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment; filename=\"report-yearly-2026.xlsx\""));
    let pages = sheets(reply.bytes);
    let tables = now["tables"].as_array().unwrap();
    assert_eq!(pages.len(), tables.len());
    for table in tables {
        let words = |page: &&String| page.contains(table["counted"].as_str().unwrap());
        let page = pages.iter().find(words).unwrap_or_else(|| panic!("no page of {}", table["code"]));
        for column in table["columns"].as_array().unwrap() {
            assert!(page.contains(column["label"].as_str().unwrap()), "{column}");
        }
        assert!(["甲区", "2026年", "年报", "测试员"].iter().all(|words| page.contains(words)));
        let figures = table["rows"].as_array().unwrap().iter().flat_map(|r| r["figures"].as_array().unwrap());
        assert!(figures.clone().all(|n| page.contains(&format!("<v>{n}</v>"))), "{}: {page}", table["code"]);
    }
}

async fn a_yearly_report_is_for_those_who_answer_for_the_area_and_of_a_year_that_began(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    tickets::rated(&world, &zhao, &county, "good").await;
    let town = world.worker(&[Role::TownOfficer]).await;
    let elsewhere = world.worker_who_is(&[Role::CountyOfficer, Role::Administrator], "990102000000", None).await;
    let city = world.worker_who_is(&[Role::CityOfficer], "990100000000", None).await;
    for path in [YEARLY.to_owned(), format!("{YEARLY}/xlsx")] {
        let ask = |token: &str, query: &str| world.get(&format!("{path}?{query}")).token(token).send();
        ask(&town, "year=2026").await.refused(403, 12001);
        ask(&zhao.token, "year=2026").await.refused(403, 12001);
        for (token, foreign) in
            [(&elsewhere, COUNTY), (&county, "990102000000"), (&county, "990100000000"), (&county, "990101100000")]
        {
            ask(token, &format!("year=2026&county={foreign}")).await.refused(404, 10006);
        }
        for year in ["1999", "2027", "26", "twelve", "20260101000000"] {
            let told = ask(&county, &format!("year={year}")).await.refused(422, 10002);
            assert_eq!(told.json["details"][0]["field"], "/year", "{year}");
        }
        let told = ask(&county, "year=1999&service=pensions").await.refused(422, 10002);
        let fields: Vec<&Value> = told.json["details"].as_array().unwrap().iter().map(|d| &d["field"]).collect();
        assert_eq!(fields, ["/service", "/year"]);
        ask(&county, "from=2026-01-01").await.refused(422, 10002);
        assert_eq!(ask(&city, &format!("county={COUNTY}")).await.status, 200);
    }
    for (token, renewals) in [(&county, 1), (&city, 1), (&elsewhere, 0)] {
        let report = yearly(&world, token, "").await;
        assert_eq!(figure(&report, "certificates_by_kind", "renewal", "completed"), renewals);
    }
    let holders = async |token: &str| figure(&yearly(&world, token, "").await, "holders", "", "holders");
    assert!(holders(&county).await > 0 && holders(&city).await >= holders(&county).await && holders(&elsewhere).await == 0);
}
