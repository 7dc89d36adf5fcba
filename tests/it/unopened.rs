//! A county without a published policy for a service: drafts and rental points are refused with the reason.

use serde_json::json;
use zhucan::rules::lifecycle::Role;

use crate::accounts_desk::{added, id_number, person};
use crate::counter_codes::{code_for, login};
use crate::world::World;
use crate::world::renewal::Applicant;

stories![in_a_county_without_policies_nothing_is_begun];

const COUNTY: &str = "990104000000";
const VILLAGE: &str = "990104100200";
const AREAS: &str = "code,level,parent,name,valid_from,valid_to\n\
    990104000000,county,990100000000,丁县,2020-01-01,\n\
    990104100000,town,990104000000,新河镇,2020-01-01,\n\
    990104100200,village,990104100000,新河村,2020-01-01,\n";

async fn in_a_county_without_policies_nothing_is_begun(world: World) {
    let w = &world;
    let admin = w.worker_who_is(&[Role::Administrator], "990000000000", None).await;
    let import = w.post("/api/v1/staff/admin/areas/import").token(&admin);
    import.raw("text/csv", AREAS.as_bytes().to_vec()).send().await.data(200);
    let town = w.worker_who_is(&[Role::TownOfficer], COUNTY, None).await;
    let county = w.worker_who_is(&[Role::CountyOfficer], COUNTY, None).await;

    let mut newcomer = person("高新民", &id_number("1970-01-02", 81), None);
    newcomer["area"] = json!(VILLAGE);
    let id = added(w, &town, newcomer).await;
    let signed = login(w, &code_for(w, &town, &id).await).await.data(200);
    let gao = Applicant::signed_in(w, signed["access_token"].as_str().unwrap()).await;
    assert_eq!(gao.get(&format!("/api/v1/me/offers?person_id={id}")).await, json!([]));
    let card = json!({ "person_id": id, "kind": "new" });
    gao.post("/api/v1/certificate/drafts", &card).send().await.refused(409, 20009);
    let device = json!({ "person_id": id });
    gao.post("/api/v1/device-rental/drafts", &device).send().await.refused(409, 20009);
    assert_eq!(gao.get("/api/v1/cases").await["items"], json!([]));

    // A rental point takes its days from the county's policy.
    let point = json!({ "area": VILLAGE, "name": "新河网点", "address": "人民路1号", "phone": "0561-0000000" });
    w.post("/api/v1/staff/device-rental/points").token(&county).json(&point).send().await.refused(409, 20009);
}
