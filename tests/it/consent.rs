//! Nothing is submitted and no case taken on without a consent to the privacy text in force.

use serde_json::json;

use crate::stranded::{Child, linked};
use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, Case, actions};

stories![an_application_leaves_with_a_consent_to_the_text_in_force, whoever_takes_a_case_on_consents_for_themselves,];

const IN_FORCE: &str = "2026-11";
const EARLIER: &str = "2025-01";

async fn agreed(who: &Applicant, case: &Case, verb: &str, consent: Option<&str>) -> Reply {
    let body = json!({ "version": case.version, "consent": consent });
    who.post(&case.path(&format!("/actions/{verb}")), &body).send().await
}

async fn an_application_leaves_with_a_consent_to_the_text_in_force(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    agreed(&zhao, &case, "submit", None).await.refused(403, 13001);
    agreed(&zhao, &case, "submit", Some("")).await.refused(403, 13001);
    agreed(&zhao, &case, "submit", Some(EARLIER)).await.refused(403, 13002);
    assert_eq!(actions(&zhao.view(&case).await), ["begin"]);
    agreed(&zhao, &case, "submit", Some(IN_FORCE)).await.data(200);
}

async fn whoever_takes_a_case_on_consents_for_themselves(world: World) {
    let child = Child::of(world.clone()).await;
    child.end_link().await;
    let uncle = Applicant::zhao(&world).await;
    linked(&world, &uncle.token).await;
    agreed(&uncle, &child.case, "take-on", None).await.refused(403, 13001);
    agreed(&uncle, &child.case, "take-on", Some(EARLIER)).await.refused(403, 13002);
    assert_eq!(uncle.get("/api/v1/cases").await["items"], json!([]));
    agreed(&uncle, &child.case, "take-on", Some(IN_FORCE)).await.data(200);
}
