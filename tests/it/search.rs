//! Finding a case at the counter: by number, ID number, phone or name, in scope only, each search written down.

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::desks::search::case_searches;
use zhucan::office::people::name_keys::person_name_keys;
use zhucan::platform::facts;
use zhucan::rules::lifecycle::Role;
use zhucan::services::certificate::desk::ASSESSOR;
use zhucan::services::device_rental::desk::POINT_KEEPER;

use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, days};

stories![
    a_case_is_found_by_number_id_number_phone_and_name,
    a_search_ends_at_the_workers_scope,
    what_cannot_be_searched_is_refused_with_its_way_out,
    a_search_is_paged_newest_first_and_its_cursor_belongs_to_it,
    each_search_leaves_a_row_without_its_term_and_too_many_are_refused,
    names_recorded_by_an_older_version_are_found_after_the_worker_ran,
];

const PATH: &str = "/api/v1/staff/cases/actions/search";

async fn search(world: &World, officer: &str, by: &str, term: &str) -> Reply {
    world.post(PATH).token(officer).json(&json!({ "by": by, "term": term, "limit": null, "cursor": null })).send().await
}

async fn numbers(world: &World, officer: &str, by: &str, term: &str) -> Vec<Value> {
    let page = search(world, officer, by, term).await.data(200);
    page["items"].as_array().unwrap().iter().map(|item| item["number"].clone()).collect()
}

/// The ID number of the resident of the cast whose card runs out, as a worker reads it.
async fn id_number(world: &World, person: &str) -> String {
    let clerk = world.worker(&[Role::TownOfficer]).await;
    let body = json!({ "fields": ["id_number"], "purpose": "核对窗口来人身份", "case_id": null });
    let path = format!("/api/v1/staff/persons/{person}/actions/reveal");
    world.post(&path).token(&clerk).json(&body).send().await.data(200)["id_number"].as_str().unwrap().to_owned()
}

async fn a_case_is_found_by_number_id_number_phone_and_name(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    lin.submitted("change").await;
    let number = zhao.view(&case).await["summary"]["number"].as_str().unwrap().to_owned();
    let town = world.worker(&[Role::TownOfficer]).await;
    let id = id_number(&world, &zhao.person).await;
    let spaced = format!(" {} ", number.to_lowercase());
    let terms = [
        ("number", number.as_str()),
        ("number", &spaced),
        ("id_number", &id),
        ("phone", "138 0000 0003"),
        ("name", "赵铁柱"),
        ("name", "赵 铁"),
        ("name", "铁柱"),
    ];
    for (by, term) in terms {
        assert_eq!(numbers(&world, &town, by, term).await, [json!(number)], "{by} {term}");
    }
    for (by, term) in [("number", "JZ20260310000000"), ("phone", "13800000009"), ("name", "赵铁牛"), ("name", "柱铁")] {
        assert_eq!(numbers(&world, &town, by, term).await, [] as [Value; 0], "{by} {term}");
    }
    let shown = search(&world, &town, "name", "赵铁柱").await.data(200);
    assert_eq!(shown["next_cursor"], Value::Null);
    assert!(!shown.to_string().contains("赵铁柱"), "a list shows masks only");
}

async fn a_search_ends_at_the_workers_scope(world: World) {
    let chen = Applicant::of(&world, "chen-xiuying").await;
    let draft = chen.drafted("change").await;
    let everywhere = world.worker(&[Role::CountyOfficer]).await;
    assert_eq!(numbers(&world, &everywhere, "phone", "13800000002").await.len(), 0, "a draft is the applicant's own");
    chen.submit(&draft).send().await.data(200);
    // The mother applies: her phone finds the daughter's case, at the town's desk.
    let here = [("990101100000", Role::TownOfficer), ("990101100200", Role::Commissioner), ("990101000000", Role::CountyOfficer)];
    for (area, role) in here {
        let officer = world.worker_who_is(&[role], area, None).await;
        for (by, term) in [("phone", "13800000002"), ("name", "朵朵")] {
            assert_eq!(numbers(&world, &officer, by, term).await.len(), 1, "{area} {by}");
        }
    }
    let elsewhere = [
        ("990101200000", Role::TownOfficer),
        ("990102000000", Role::CountyOfficer),
        ("990101000000", ASSESSOR),
        ("990101000000", POINT_KEEPER),
    ];
    for (area, role) in elsewhere {
        let officer = world.worker_who_is(&[role], area, None).await;
        for (by, term) in [("phone", "13800000002"), ("name", "朵朵")] {
            assert_eq!(numbers(&world, &officer, by, term).await.len(), 0, "{area} {role:?} {by}");
        }
    }
}

async fn what_cannot_be_searched_is_refused_with_its_way_out(world: World) {
    let town = world.worker(&[Role::TownOfficer]).await;
    let wrong = [
        ("name", "赵", "name_too_short"),
        ("name", "赵*柱", "name_mask"),
        ("phone", "110", "phone_format"),
        ("id_number", "990101198005060119", "citizen_id_check_digit"),
        ("number", "", "required"),
    ];
    for (by, term, code) in wrong {
        let refused = search(&world, &town, by, term).await.refused(422, 10002);
        let detail = &refused.json["details"][0];
        assert_eq!((&detail["field"], &detail["code"]), (&json!("/term"), &json!(code)), "{by}");
    }
    search(&world, &town, "diagnosis", "赵铁柱").await.refused(422, 10002);
    let auditor = world.worker(&[Role::Auditor]).await;
    search(&world, &auditor, "name", "赵铁柱").await.refused(403, 12001);
}

async fn a_search_is_paged_newest_first_and_its_cursor_belongs_to_it(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let first = zhao.submitted("renewal").await;
    zhao.act(&first, "withdraw").await.data(200);
    world.pass(days(1));
    zhao.sign_in_again().await;
    let second = zhao.submitted("renewal").await;
    let town = world.worker(&[Role::TownOfficer]).await;
    let page = |cursor: Value, term: &'static str| {
        world.post(PATH).token(&town).json(&json!({ "by": "name", "term": term, "limit": 1, "cursor": cursor })).send()
    };
    let one = page(Value::Null, "赵铁柱").await.data(200);
    let two = page(one["next_cursor"].clone(), "赵铁柱").await.data(200);
    assert_eq!((&one["items"][0]["id"], &two["items"][0]["id"]), (&json!(second.id), &json!(first.id)));
    assert_eq!(two["next_cursor"], Value::Null);
    page(one["next_cursor"].clone(), "铁柱").await.refused(400, 10007);
}

type Logged = (String, Vec<u8>, i64);

async fn each_search_leaves_a_row_without_its_term_and_too_many_are_refused(world: World) {
    let zhao = Applicant::zhao(&world).await;
    zhao.submitted("renewal").await;
    let town = world.officer(&[Role::TownOfficer], crate::world::people::COUNTY, None, false).await;
    for term in ["赵铁柱", "赵铁牛"] {
        search(&world, &town.token, "name", term).await.data(200);
    }
    let worker = town.id;
    let rows = world.app.db.read(move |c| {
        use case_searches::dsl as s;
        let own = s::case_searches.filter(s::worker_id.eq(worker)).order((s::at, s::id));
        Ok(own.select((s::kind, s::term_hash, s::hits)).load::<Logged>(c)?)
    });
    let rows = rows.await.unwrap();
    let told: Vec<(&str, i64)> = rows.iter().map(|(kind, _, hits)| (kind.as_str(), *hits)).collect();
    assert_eq!(told, [("name", 1), ("name", 0)]);
    assert!(rows[0].1 != rows[1].1 && rows.iter().all(|(_, hash, _)| hash.len() == 32));
    // The limit is counted on the machine's stopwatch, which lets another one through every two seconds.
    let mut allowed = 2;
    loop {
        let reply = search(&world, &town.token, "name", "赵铁柱").await;
        if reply.status == 429 {
            reply.refused(429, 10020);
            break;
        }
        allowed += 1;
        assert!(allowed < 60, "there is no limit");
    }
    assert!(allowed >= 30, "{allowed}");
    let colleague = world.worker(&[Role::TownOfficer]).await;
    search(&world, &colleague, "name", "赵铁柱").await.data(200);
}

async fn names_recorded_by_an_older_version_are_found_after_the_worker_ran(world: World) {
    let zhao = Applicant::zhao(&world).await;
    zhao.submitted("renewal").await;
    let forget = world.app.db.write(|c| {
        diesel::delete(person_name_keys::table).execute(c)?;
        facts::get(c, "person_names_keyed")
    });
    assert_eq!(forget.await.unwrap(), None);
    let town = world.worker(&[Role::TownOfficer]).await;
    assert_eq!(numbers(&world, &town, "name", "赵铁柱").await.len(), 0);
    world.work().await;
    assert_eq!(numbers(&world, &town, "name", "赵铁柱").await.len(), 1);
    let done = world.app.db.read(|c| facts::get(c, "person_names_keyed"));
    assert!(done.await.unwrap().is_some(), "the register is not read again for nothing");
}
