//! Who may look at papers, and who looked: each download by a worker is theirs by name, and the applicant knows of it.

use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::people::{COUNTY, Officer};
use crate::world::renewal::{Applicant, Case, MINUTES_11, days};

stories![
    papers_open_for_the_desk_and_the_county_and_for_nobody_else,
    each_download_by_a_worker_is_written_down_and_the_applicant_sees_the_office,
    a_link_of_a_worker_is_theirs_and_ends_with_their_post,
];

/// The first paper of the ID card, as this worker sees it.
async fn paper(world: &World, officer: &str, case: &Case) -> Value {
    id_card(&world.get(&case.staff("")).token(officer).send().await.data(200))
}

fn id_card(view: &Value) -> Value {
    let materials = view["materials"].as_array().unwrap();
    materials.iter().find(|m| m["code"] == "id_card").unwrap()["papers"][0].clone()
}

async fn papers_open_for_the_desk_and_the_county_and_for_nobody_else(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let officer = async |role: Role, area: &'static str| world.worker_who_is(&[role], area, None).await;
    let town = officer(Role::TownOfficer, "990101100000").await;
    let county = officer(Role::CountyOfficer, COUNTY).await;
    for token in [&town, &county] {
        let seen = paper(&world, token, &case).await;
        assert_eq!(world.get(seen["download_url"].as_str().unwrap()).send().await.status, 200);
    }
    // They know of the case, and that the paper is there.
    for role in [Role::Commissioner, Role::FinanceOfficer, Role::Auditor, Role::Administrator] {
        let seen = paper(&world, &officer(role, COUNTY).await, &case).await;
        let told = (&seen["state"]["value"], &seen["download_url"], &seen["thumbnail_url"]);
        assert_eq!(told, (&json!("received"), &Value::Null, &Value::Null), "{role:?}");
    }
    // Once it lies at the county, the town only knows that it is there.
    let accepted = world.decided(&town, &case, "accept").await;
    world.decided(&town, &accepted, "forward").await;
    assert_eq!(paper(&world, &town, &case).await["download_url"], Value::Null);
    assert!(paper(&world, &county, &case).await["download_url"].is_string());
}

async fn each_download_by_a_worker_is_written_down_and_the_applicant_sees_the_office(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    // Downloads by the applicant are not recorded.
    let mine = id_card(&zhao.view(&case).await)["download_url"].as_str().unwrap().to_owned();
    assert_eq!(world.get(&mine).send().await.status, 200);
    assert_eq!(zhao.get(&case.path("/views")).await["items"], json!([]));
    let clerk = world.officer(&[Role::TownOfficer], "990101100000", None, false).await;
    let seen = paper(&world, &clerk.token, &case).await;
    for link in ["thumbnail_url", "download_url"] {
        assert_eq!(world.get(seen[link].as_str().unwrap()).send().await.status, 200);
        world.pass(std::time::Duration::from_secs(1));
    }
    let lead = world.officer(&[Role::TownOfficer], COUNTY, None, true).await;
    let auditor = world.worker(&[Role::Auditor]).await;
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = world.get(&case.staff(&format!("/views?limit=1{cursor}"))).token(&lead.token).send().await.data(200);
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let told: Vec<&Value> = items.iter().map(|i| &i["look"]["variant"]["value"]).collect();
    assert_eq!(told, [&json!("full"), &json!("thumb")]);
    for item in &items {
        assert_eq!((&item["worker_id"], &item["worker_name"]), (&json!(clerk.id.to_string()), &json!("测试员")));
        assert_eq!((&item["look"]["material"]["value"], &item["look"]["paper_id"]), (&json!("id_card"), &seen["id"]));
    }
    let audited = world.get(&case.staff("/views")).token(&auditor).send().await.data(200);
    assert_eq!(audited["items"], json!(items));
    // The applicant: which office and post, no name.
    let known = zhao.get(&case.path("/views")).await;
    let known = known["items"].as_array().unwrap();
    assert_eq!(known.len(), 2);
    for look in known {
        assert_eq!(look["role"]["value"], "town_officer");
        assert!(look["organisation"].as_str().unwrap().contains("镇") && look.get("worker_id").is_none());
    }
    assert!(!json!(known).to_string().contains("测试员"));
    // Who leads nothing, or leads elsewhere, does not read it; nor does another applicant.
    world.get(&case.staff("/views")).token(&clerk.token).send().await.refused(403, 12001);
    let elsewhere = world.officer(&[Role::TownOfficer], "990102000000", None, true).await;
    world.get(&case.staff("/views")).token(&elsewhere.token).send().await.refused(404, 10006);
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    world.get(&case.path("/views")).token(&lin.token).send().await.refused(404, 10006);
    world.pass(days(1));
    zhao.sign_in_again().await;
    assert_eq!(zhao.get(&case.path("/views")).await["items"].as_array().unwrap().len(), 2);
}

async fn a_link_of_a_worker_is_theirs_and_ends_with_their_post(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let one: Officer = world.officer(&[Role::TownOfficer], COUNTY, None, false).await;
    let two: Officer = world.officer(&[Role::TownOfficer], COUNTY, None, false).await;
    let link = paper(&world, &one.token, &case).await["download_url"].as_str().unwrap().to_owned();
    let holder = format!("holder={}", one.id);
    assert!(link.contains(&holder));
    for tampered in [
        link.replace(&holder, &format!("holder={}", two.id)),
        link.replace(&format!("{holder}&"), ""),
        link.replace(&holder, "holder=somebody"),
    ] {
        assert_ne!(tampered, link);
        world.get(&tampered).send().await.refused(404, 21006);
    }
    assert_eq!(world.get(&link).send().await.status, 200);
    // The case goes on to another desk within the link's five minutes.
    let accepted = world.decided(&one.token, &case, "accept").await;
    world.decided(&one.token, &accepted, "forward").await;
    world.get(&link).send().await.refused(404, 21006);
    let seen = zhao.get(&case.path("/views")).await;
    assert_eq!(seen["items"].as_array().unwrap().len(), 1, "what was refused was not seen");
}
