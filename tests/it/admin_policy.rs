//! Policies over the API: cloned, edited, checked, tried on past cases, published, and never changed afterwards.

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::client::Call;
use crate::world::people::COUNTY;
use crate::world::renewal::Applicant;

stories![
    two_administrators_edit_one_draft_and_the_second_is_told,
    a_policy_published_while_a_case_runs_leaves_the_case_its_own,
    a_faulty_draft_tells_everything_at_once_and_is_not_published,
    a_draft_begins_at_one_place_and_in_the_own_county,
    two_drafts_published_at_once_become_two_versions,
    drafts_and_versions_are_paged,
];

const DRAFTS: &str = "/api/v1/staff/admin/policy-drafts";

async fn administrator(w: &World) -> String {
    w.worker(&[Role::Administrator]).await
}

/// The version of a service that is in force today.
async fn in_force(w: &World, service: &str) -> Value {
    w.get(&format!("/api/v1/public/policies?county={COUNTY}&service={service}")).send().await.data(200)
}

/// A draft that was cloned from it.
async fn cloned(w: &World, admin: &str, service: &str) -> Value {
    let body = json!({ "county": COUNTY, "service": service, "based_on": in_force(w, service).await["id"], "content": null });
    w.post(DRAFTS).token(admin).json(&body).send().await.data(201)
}

fn path(draft: &Value, rest: &str) -> String {
    format!("{DRAFTS}/{}{rest}", draft["draft"]["id"].as_str().unwrap())
}

fn save(w: &World, admin: &str, draft: &Value, content: &Value) -> Call {
    w.put(&path(draft, "")).token(admin).json(&json!({ "version": draft["draft"]["version"], "content": content }))
}

fn act(w: &World, admin: &str, draft: &Value, verb: &str) -> Call {
    let body = json!({ "version": draft["draft"]["version"] });
    w.post(&path(draft, &format!("/actions/{verb}"))).token(admin).json(&body)
}

async fn two_administrators_edit_one_draft_and_the_second_is_told(world: World) {
    let w = &world;
    let first = administrator(w).await;
    let second = administrator(w).await;
    let draft = cloned(w, &first, "device_rental").await;
    assert_eq!((&draft["draft"]["version"], &draft["draft"]["state"]["value"]), (&json!(1), &json!("open")));
    let mut content = draft["content"].clone();
    content["common"]["review_days"] = json!(7);
    let saved = save(w, &first, &draft, &content).send().await.data(200);
    assert_eq!((&saved["draft"]["version"], &saved["content"]), (&json!(2), &content));

    let mut other = draft["content"].clone();
    other["common"]["review_days"] = json!(3);
    let refused = save(w, &second, &draft, &other).send().await.refused(409, 10030);
    assert_eq!(refused.json["current"]["version"], 2);
    act(w, &second, &draft, "publish").send().await.refused(409, 10030);
    act(w, &second, &draft, "discard").send().await.refused(409, 10030);
    // Having seen the first one's change, the second saves.
    let seen = w.get(&path(&draft, "")).token(&second).send().await.data(200);
    assert_eq!(seen["content"]["common"]["review_days"], 7);
    let saved = save(w, &second, &seen, &other).send().await.data(200);
    let gone = act(w, &second, &saved, "discard").send().await.data(200);
    assert_eq!(gone["draft"]["state"]["value"], "discarded");
    save(w, &first, &gone, &content).send().await.refused(409, 27003);
    act(w, &first, &gone, "publish").send().await.refused(409, 27003);
    act(w, &first, &gone, "discard").send().await.refused(409, 27003);
    assert_eq!(in_force(w, "device_rental").await["version"], 1);
}

async fn a_policy_published_while_a_case_runs_leaves_the_case_its_own(world: World) {
    let w = &world;
    let zhao = Applicant::zhao(w).await;
    let case = zhao.submitted("renewal").await;
    let before = zhao.view(&case).await;
    let admin = administrator(w).await;
    let draft = cloned(w, &admin, "certificate").await;
    let mut content = draft["content"].clone();
    let paper = json!({ "code": "medical_form", "label": "体检表", "required": "always", "max_pages": 2, "hint": "到医院领取。", "alternatives": [] });
    content["common"]["materials"].as_array_mut().unwrap().push(paper);
    content["common"]["accept_days"] = json!(3);
    (content["effective_from"], content["source"]) = (json!("2026-03-10"), json!("甲残联〔2026〕8号"));
    let draft = save(w, &admin, &draft, &content).send().await.data(200);
    let check = w.get(&path(&draft, "/check")).token(&admin).send().await.data(200);
    assert_eq!(check, json!({ "publishable": true, "faults": [] }));

    let preview = w.get(&path(&draft, "/preview")).token(&admin).send().await.data(200);
    let differing = &preview["differing"];
    assert_eq!((&preview["looked_at"], &preview["unreadable"], differing.as_array().unwrap().len()), (&json!(1), &json!(0), 1));
    assert_eq!((&differing[0]["case_id"], &differing[0]["policy_version"]), (&json!(case.id), &json!(1)));
    assert_eq!(differing[0]["papers_added"], json!([{ "value": "medical_form", "label": "体检表" }]));
    assert_eq!(
        (&differing[0]["accept_by"], &differing[0]["accept_by_under_draft"]),
        (&json!("2026-03-17"), &json!("2026-03-13"))
    );
    assert_eq!(differing[0]["limits"][0]["limit"]["value"], "accept_days");
    // Trying the draft on past cases changed nothing.
    assert_eq!(zhao.view(&case).await, before);
    assert_eq!(in_force(w, "certificate").await["version"], 1);

    let key = Uuid::new_v4();
    let published = act(w, &admin, &draft, "publish").key(key).send().await.data(200);
    assert_eq!(published["draft"]["state"]["value"], "published");
    let again = act(w, &admin, &draft, "publish").key(key).send().await.data(200);
    assert_eq!(again, published, "the same call publishes once");
    act(w, &admin, &published, "publish").send().await.refused(409, 27003);
    save(w, &admin, &published, &content).send().await.refused(409, 27003);

    let current = in_force(w, "certificate").await;
    assert_eq!((&current["version"], &current["id"]), (&json!(2), &published["draft"]["policy_id"]));
    assert_eq!(zhao.view(&case).await, before, "a running case keeps its version");
    let gone = zhao.act(&case, "withdraw").await.data(200);
    assert_eq!(gone["summary"]["state"]["value"], "withdrawn");
    let fresh = zhao.view(&zhao.begun("renewal").await).await;
    let asked = |view: &Value| view["materials"].as_array().unwrap().iter().any(|m| m["code"] == "medical_form");
    assert!(asked(&fresh) && !asked(&before));

    let versions = format!("/api/v1/staff/admin/policies?county={COUNTY}&service=certificate");
    let versions = w.get(&versions).token(&admin).send().await.data(200);
    let told: Vec<(&Value, &Value)> =
        versions["items"].as_array().unwrap().iter().map(|v| (&v["version"], &v["published_by"])).collect();
    assert_eq!(told, [(&json!(2), &json!("测试员")), (&json!(1), &json!(null))]);
    let one = format!("/api/v1/staff/admin/policies/{}", current["id"].as_str().unwrap());
    assert_eq!(w.get(&one).token(&admin).send().await.data(200)["content"], content);
    let auditor = w.worker(&[Role::Auditor]).await;
    let events = w.get("/api/v1/staff/audit/admin-events?action=policy_published").token(&auditor).send().await.data(200);
    assert_eq!(events["items"][0]["target"], current["id"]);
    w.history_is_whole().await;
}

async fn a_faulty_draft_tells_everything_at_once_and_is_not_published(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let draft = cloned(w, &admin, "device_rental").await;
    let mut content = draft["content"].clone();
    let mut terms: Value = serde_json::from_str(content["terms"].as_str().unwrap()).unwrap();
    (terms["loan_days"], terms["opening_weekdays"]) = (json!(0), json!([8]));
    content["terms"] = json!(terms.to_string());
    content["common"]["chain"] = json!([]);
    content["common"]["materials"][0]["required"] = json!({ "when": "moon_is_full" });
    let draft = save(w, &admin, &draft, &content).send().await.data(200);
    let check = w.get(&path(&draft, "/check")).token(&admin).send().await.data(200);
    let told: Vec<&str> = check["faults"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    let all = ["/common/chain", "/common/materials/0/required", "/terms/loan_days", "/terms/opening_weekdays"];
    assert_eq!((told.as_slice(), &check["publishable"]), (all.as_slice(), &json!(false)));
    w.get(&path(&draft, "/preview")).token(&admin).send().await.refused(422, 10002);
    w.get(&path(&draft, "/preview?cases=51")).token(&admin).send().await.refused(422, 10002);
    let refused = act(w, &admin, &draft, "publish").send().await.refused(422, 10002);
    assert_eq!(refused.json["details"].as_array().unwrap().len(), 4);

    // A field that the service does not know is named; what is no JSON is not even saved.
    let mut other = draft["content"].clone();
    other["terms"] = json!("{\"loan_weeks\":1}");
    let draft = save(w, &admin, &draft, &other).send().await.data(200);
    let check = w.get(&path(&draft, "/check")).token(&admin).send().await.data(200);
    assert!(
        check["faults"].as_array().unwrap().iter().any(|f| f["field"] == "/terms/loan_weeks" && f["code"] == "unknown_field"),
        "{check}"
    );
    other["terms"] = json!("{loan_days");
    save(w, &admin, &draft, &other).send().await.refused(422, 10002);

    // Nothing takes effect before the version that it follows.
    let early = cloned(w, &admin, "certificate").await;
    let mut content = early["content"].clone();
    content["effective_from"] = json!("2001-01-01");
    let early = save(w, &admin, &early, &content).send().await.data(200);
    let refused = act(w, &admin, &early, "publish").send().await.refused(422, 10002);
    assert_eq!(refused.json["details"][0]["code"], "too_early");
    assert_eq!(in_force(w, "certificate").await["version"], 1);
}

async fn a_draft_begins_at_one_place_and_in_the_own_county(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let other = w.worker_who_is(&[Role::Administrator], "990102000000", None).await;
    let draft = cloned(w, &admin, "education_aid").await;
    let begin = |token: &str, body: &Value| w.post(DRAFTS).token(token).json(body);
    let neither = json!({ "county": COUNTY, "service": "education_aid", "based_on": null, "content": null });
    begin(&admin, &neither).send().await.refused(422, 10002);
    let both = json!({ "county": COUNTY, "service": "education_aid", "based_on": draft["draft"]["based_on"], "content": draft["content"] });
    begin(&admin, &both).send().await.refused(422, 10002);
    let unknown = json!({ "county": COUNTY, "service": "moon_travel", "based_on": null, "content": draft["content"] });
    begin(&admin, &unknown).send().await.refused(422, 10002);
    let own = json!({ "county": COUNTY, "service": "education_aid", "based_on": null, "content": draft["content"] });
    assert_eq!(begin(&admin, &own).send().await.data(201)["content"], draft["content"]);
    let wrong_service =
        json!({ "county": COUNTY, "service": "certificate", "based_on": draft["draft"]["based_on"], "content": null });
    begin(&admin, &wrong_service).send().await.refused(404, 10006);

    // Another county's administrator sees nothing of it, and cannot clone it either.
    let foreign =
        json!({ "county": "990102000000", "service": "education_aid", "based_on": draft["draft"]["based_on"], "content": null });
    begin(&other, &foreign).send().await.refused(404, 10006);
    begin(&other, &own).send().await.refused(404, 10006);
    for rest in ["", "/check", "/preview"] {
        w.get(&path(&draft, rest)).token(&other).send().await.refused(404, 10006);
    }
    save(w, &other, &draft, &draft["content"]).send().await.refused(404, 10006);
    for verb in ["publish", "discard"] {
        act(w, &other, &draft, verb).send().await.refused(404, 10006);
    }
    w.get(&format!("{DRAFTS}?county={COUNTY}")).token(&other).send().await.refused(404, 10006);
    let versions = format!("/api/v1/staff/admin/policies?county={COUNTY}&service=education_aid");
    w.get(&versions).token(&other).send().await.refused(404, 10006);
    let version = format!("/api/v1/staff/admin/policies/{}", draft["draft"]["based_on"].as_str().unwrap());
    w.get(&version).token(&other).send().await.refused(404, 10006);
}

async fn two_drafts_published_at_once_become_two_versions(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    let drafts = [cloned(w, &admin, "device_rental").await, cloned(w, &admin, "device_rental").await];
    let publish = drafts.iter().map(|draft| act(w, &admin, draft, "publish").send());
    for reply in futures_util::future::join_all(publish).await {
        reply.data(200);
    }
    let versions = format!("/api/v1/staff/admin/policies?county={COUNTY}&service=device_rental");
    let versions = w.get(&versions).token(&admin).send().await.data(200);
    let told: Vec<&Value> = versions["items"].as_array().unwrap().iter().map(|v| &v["version"]).collect();
    assert_eq!(told, [&json!(3), &json!(2), &json!(1)]);
}

async fn drafts_and_versions_are_paged(world: World) {
    let w = &world;
    let admin = administrator(w).await;
    for _ in 0..3 {
        let draft = cloned(w, &admin, "device_rental").await;
        act(w, &admin, &draft, "publish").send().await.data(200);
    }
    let versions = format!("/api/v1/staff/admin/policies?county={COUNTY}&service=device_rental");
    for list in [format!("{DRAFTS}?county={COUNTY}&service=device_rental&state=published"), versions] {
        let whole = w.get(&list).token(&admin).send().await.data(200)["items"].clone();
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = w.get(&format!("{list}&limit=2{cursor}")).token(&admin).send().await.data(200);
            paged.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert!(paged.len() >= 3 && Value::from(paged) == whole, "{list}");
    }
}
