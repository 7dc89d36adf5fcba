//! Office guides: what a county's policy says, in plain words, with law that is law and nothing else called so.

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::policy::county::{self, NewPolicy, policies};
use zhucan::rules::areas::AreaCode;

use crate::world::World;
use crate::world::people::COUNTY;

stories![
    a_guide_tells_who_what_where_how_long_and_why,
    a_service_that_a_county_does_not_offer_has_no_guide,
    a_policy_of_before_guides_had_facts_can_still_be_read,
];

const GUIDES: &str = "/api/v1/public/guides";

async fn guide(world: &World, service: &str) -> Value {
    world.get(&format!("{GUIDES}/{service}?county={COUNTY}")).send().await.data(200)
}

async fn a_guide_tells_who_what_where_how_long_and_why(world: World) {
    let list = world.get(&format!("{GUIDES}?county={COUNTY}")).send().await;
    assert!(list.header("cache-control").unwrap().starts_with("public"));
    for item in list.data(200)["items"].as_array().unwrap() {
        let guide = guide(&world, item["service"]["value"].as_str().unwrap()).await;
        for told in ["who", "materials", "steps", "limits", "places", "basis", "complaints"] {
            assert!(!guide[told].as_array().unwrap().is_empty(), "{told} of {item}");
        }
        assert!(guide["places"].as_array().unwrap().iter().all(|p| !p["phone"].as_str().unwrap().is_empty()));
        for basis in guide["basis"].as_array().unwrap() {
            let nature = basis["nature"]["value"].as_str().unwrap();
            let title = basis["title"].as_str().unwrap();
            assert_eq!(nature == "law", title.ends_with('法'), "{title}");
            assert_eq!(nature == "local", title.contains("示例"), "{title}");
            let cited = basis["article"].as_str().unwrap().starts_with('第') && !basis["text"].as_str().unwrap().is_empty();
            assert_eq!(cited, nature != "local", "{title}");
        }
        // A paper that only some need says who, in words.
        for paper in guide["materials"].as_array().unwrap() {
            let when = paper["when"].as_str().unwrap();
            assert!(!when.contains('_') && (paper["always"] == true) == when.starts_with("每个人"), "{paper}");
            assert!(!when.starts_with("部分情况"), "{paper}");
        }
    }
    let aid = guide(&world, "education_aid").await;
    let who: Vec<&str> = aid["steps"].as_array().unwrap().iter().map(|s| s["who"].as_str().unwrap()).collect();
    let chain =
        ["您（申请人）", "村（社区）", "村（社区）", "镇（街道）残联", "县（区）残联", "县（区）残联", "县（区）残联财务"];
    assert_eq!(who, chain);
    assert_eq!(aid["basis"][0]["article"], "第二十一条");
    let in_a_village = world.get(&format!("{GUIDES}/education_aid?county=990101100200")).send().await.data(200);
    assert_eq!(in_a_village, aid);
    let policy = world.get(&format!("/api/v1/public/policies?county={COUNTY}&service=education_aid")).send().await.data(200);
    assert_eq!((&policy["guide"], &policy["version"]), (&aid["about"], &aid["version"]));
}

async fn a_service_that_a_county_does_not_offer_has_no_guide(world: World) {
    world.get(&format!("{GUIDES}/education_aid?county=990199000000")).send().await.refused(404, 10006);
    world.get(&format!("{GUIDES}/fishing?county={COUNTY}")).send().await.refused(404, 10006);
    world.get(&format!("{GUIDES}/education_aid")).send().await.refused(422, 10002);
    world.get(&format!("{GUIDES}?county=99")).send().await.refused(422, 10002);
}

async fn a_policy_of_before_guides_had_facts_can_still_be_read(world: World) {
    let id = world.app.clock.id();
    let now = world.app.clock.now();
    let store = world.app.db.write(move |c| {
        let (county, today) = (AreaCode::parse(COUNTY).unwrap(), "2026-03-10".parse().unwrap());
        let known = county::current(c, &county, "certificate", today)?.unwrap();
        let (common, terms) = ((*known.common).clone(), known.service()?);
        let (service, owner, source) = ("certificate".to_owned(), "甲区残联".to_owned(), "旧办法".to_owned());
        county::publish(
            c,
            &NewPolicy { id, county, service, effective_from: today, owner, source, by: None, common, terms, at: now },
        )?;
        let row = policies::table.find(id);
        let mut body: Value = serde_json::from_str(&row.select(policies::body).get_result::<String>(c)?).unwrap();
        assert!(body["common"].as_object_mut().unwrap().remove("facts").is_some());
        Ok(diesel::update(row).set(policies::body.eq(body.to_string())).execute(c)?)
    });
    assert_eq!(store.await.unwrap(), 1);
    let guide = guide(&world, "certificate").await;
    assert_eq!((&guide["source"], &guide["who"], &guide["basis"]), (&json!("旧办法"), &json!([]), &json!([])));
    // A condition that nobody put into words yet is not left out.
    let some: Vec<&str> = guide["materials"].as_array().unwrap().iter().filter_map(|m| m["when"].as_str()).collect();
    assert!(some.iter().any(|when| when.starts_with("部分情况")), "{some:?}");
}
