//! The register for workers: what is counted is what is listed, facts are opened with a purpose only, and another
//! county sees nothing.

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::accounts::guards::Post;
use zhucan::office::administration::staffing;
use zhucan::office::people::reveals::reveals;
use zhucan::platform::id::Id;
use zhucan::rules::identity::invent;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::people::COUNTY;

stories![
    the_summary_counts_what_the_pages_of_the_list_show,
    facts_are_opened_for_a_purpose_only_and_each_opening_is_written_down,
    another_countys_worker_finds_nobody,
];

async fn get(w: &World, token: &str, path: &str) -> Value {
    w.get(&format!("/api/v1/staff{path}")).token(token).send().await.data(200)
}

/// All lines of the register, one a page.
async fn listed(w: &World, token: &str, filter: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = get(w, token, &format!("/register?limit=1{filter}{cursor}")).await;
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn the_summary_counts_what_the_pages_of_the_list_show(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::Commissioner]).await;
    for county in ["", COUNTY, "990101100000", "990101100200", "990101001000"] {
        let place = if county.is_empty() { String::new() } else { format!("county={county}") };
        let summary = get(w, &worker, &format!("/register/summary?{place}")).await;
        let lines = listed(w, &worker, format!("&{place}").replace("&&", "&").trim_end_matches('&')).await;
        let severe = lines.iter().filter(|l| l["card"]["severe"] == true).count();
        assert_eq!((&summary["holders"], &summary["severe"]), (&json!(lines.len()), &json!(severe)), "{county}");
        assert_eq!(summary["other"], json!(lines.len() - severe));
        for cut in summary["by_category"].as_array().unwrap() {
            let category = cut["category"]["value"].as_str().unwrap();
            let here = lines.iter().filter(|l| l["card"]["category"]["value"] == category).count();
            assert_eq!(cut["count"], json!(here), "{category}");
        }
        let days: Vec<&str> = lines.iter().map(|l| l["card"]["expires_on"].as_str().unwrap()).collect();
        assert!(days.is_sorted(), "those that expire first come first: {days:?}");
    }
    assert_eq!(listed(w, &worker, "").await.len(), 3, "the cast holds three cards");
    let physical = listed(w, &worker, "&category=physical&severe=false").await;
    assert_eq!((physical.len(), &physical[0]["name_masked"]), (1, &json!("赵*柱")));
    assert_eq!(listed(w, &worker, "&level=level_2").await.len(), 1);
    assert_eq!(listed(w, &worker, "&expires_until=2026-12-31").await.len(), 1);
    assert_eq!(listed(w, &worker, "&status=frozen").await.len(), 0);
}

async fn facts_are_opened_for_a_purpose_only_and_each_opening_is_written_down(world: World) {
    let w = &world;
    let worker = w.worker(&[Role::TownOfficer]).await;
    let person = listed(w, &worker, "&category=hearing").await[0]["person_id"].as_str().unwrap().to_owned();
    let seen = get(w, &worker, &format!("/persons/{person}")).await;
    assert_eq!((&seen["name_masked"], &seen["phone_masked"]), (&json!("林*雨"), &json!("138****0001")));
    let id: Id = person.parse().unwrap();
    let rows = async || -> Vec<(String, String)> {
        let rows = w.app.db.read(move |c| {
            let rows = reveals::table.filter(reveals::person_id.eq(id)).order((reveals::at, reveals::id));
            Ok(rows.select((reveals::fields, reveals::purpose)).load(c)?)
        });
        rows.await.unwrap()
    };
    let reveal = async |body: Value| {
        w.post(&format!("/api/v1/staff/persons/{person}/actions/reveal")).token(&worker).json(&body).send().await
    };
    let nothing = json!({ "fields": ["name"] });
    reveal(nothing).await.refused(422, 10002);
    for purpose in ["", "通知", "    \u{3000}  "] {
        reveal(json!({ "fields": ["name"], "purpose": purpose })).await.refused(422, 10002);
    }
    reveal(json!({ "fields": [], "purpose": "电话通知补正材料" })).await.refused(422, 10002);
    let stray = json!({ "fields": ["name"], "purpose": "电话通知补正材料", "case_id": uuid::Uuid::new_v4() });
    reveal(stray).await.refused(422, 10002);
    assert_eq!(rows().await, []);

    let shown = reveal(json!({ "fields": ["name", "phone"], "purpose": "电话通知补正材料" })).await.data(200);
    assert_eq!((&shown["name"], &shown["phone"], &shown["id_number"]), (&json!("林小雨"), &json!("13800000001"), &Value::Null));
    let all = json!(["name", "id_number", "birth_date", "phone", "address", "certificate_number"]);
    let shown = reveal(json!({ "fields": all, "purpose": "核对残疾人证原件" })).await.data(200);
    let number = shown["id_number"].as_str().unwrap();
    assert_eq!(shown["certificate_number"], format!("{number}22"));
    let find = json!({ "id_number": number });
    w.post("/api/v1/staff/persons/actions/find").token(&worker).json(&find).send().await.data(200);
    let rows = rows().await;
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows.contains(&("name,phone".to_owned(), "电话通知补正材料".to_owned())), "{rows:?}");
}

async fn another_countys_worker_finds_nobody(world: World) {
    let w = &world;
    let here = w.worker(&[Role::CountyOfficer]).await;
    let line = listed(w, &here, "&category=hearing").await.remove(0);
    let person = line["person_id"].as_str().unwrap();
    let other = w.worker(&[Role::CountyOfficer]).await;
    let username = get(w, &other, "/me").await["id"].as_str().unwrap().to_owned();
    let post = Post { role: Role::CountyOfficer, area: "990102000000".parse().unwrap(), point: None, lead: false };
    staffing::assign(&w.app, &zhucan::services::all(), &username, vec![post]).await.unwrap();
    assert_eq!(get(w, &other, "/me").await["posts"][0]["area"], "990102000000");

    assert_eq!(listed(w, &other, "").await.len(), 0);
    assert_eq!(get(w, &other, "/register/summary").await["holders"], 0);
    for path in ["/register", "/register/summary"] {
        let path = format!("/api/v1/staff{path}?county={COUNTY}");
        w.get(&path).token(&other).send().await.refused(404, 10006);
    }
    w.get(&format!("/api/v1/staff/persons/{person}")).token(&other).send().await.refused(404, 10006);
    let asked = json!({ "fields": ["name"], "purpose": "想看看是谁" });
    w.post(&format!("/api/v1/staff/persons/{person}/actions/reveal")).token(&other).json(&asked).send().await.refused(404, 10006);
    let number = {
        let asked = json!({ "fields": ["id_number"], "purpose": "核对身份证原件" });
        let path = format!("/api/v1/staff/persons/{person}/actions/reveal");
        w.post(&path).token(&here).json(&asked).send().await.data(200)["id_number"].clone()
    };
    let find = json!({ "id_number": number });
    w.post("/api/v1/staff/persons/actions/find").token(&other).json(&find).send().await.refused(404, 10006);
    let resident = w.resident("lin-xiaoyu").await;
    let account = w.get("/api/v1/me").token(&resident).send().await.data(200)["account"].clone();
    let path = format!("/api/v1/staff/residents/{}", account.as_str().unwrap());
    w.get(&path).token(&other).send().await.refused(404, 10006);
    assert_eq!(w.get(&path).token(&here).send().await.data(200)["identity"]["value"], "confirmed");
    let stranger = invent("990101", "1991-01-01".parse().unwrap(), 61).unwrap();
    let add = json!({ "name": "外乡人", "id_number": stranger.reveal(), "area": "990101100200" });
    w.post("/api/v1/staff/persons").token(&other).json(&add).send().await.refused(422, 10002);
}
