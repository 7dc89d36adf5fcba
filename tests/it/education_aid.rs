//! Education aid over HTTP: a student from the first question to the paid and rated case, with corrections, a payment
//! that the bank refuses, and a proof that follows after approval.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::people::COUNTY;
use crate::world::renewal::{self, Applicant};

stories![
    a_student_is_aided_and_paid_although_the_bank_refuses_the_first_account,
    a_new_student_brings_the_proof_of_enrolment_after_approval,
    a_season_of_another_county_is_not_there_and_a_wrong_one_is_explained,
    a_masked_number_is_never_saved,
    a_mother_applies_for_her_child_and_is_told_what_her_family_must_show,
];

const CARD: &str = "6217000010001234567";
const MINUTES_11: Duration = Duration::from_secs(11 * 60);
const DAYS_10: Duration = Duration::from_secs(10 * 24 * 3600);

/// The people and the season of one story.
pub struct Office {
    pub world: World,
    pub student: String,
    pub person: String,
    pub village: String,
    pub town: String,
    pub county: String,
    pub finance: String,
    pub season: String,
}

/// A case as its last answer told it.
pub struct Case {
    pub id: String,
    pub version: i64,
}

impl Case {
    pub fn of(view: &Value) -> Case {
        let summary = &view["summary"];
        Case { id: summary["id"].as_str().unwrap().into(), version: summary["version"].as_i64().unwrap() }
    }

    pub fn aid(&self, rest: &str) -> String {
        format!("/api/v1/education-aid/cases/{}{rest}", self.id)
    }
}

impl Office {
    pub async fn open(world: World) -> Office {
        let student = world.resident("lin-xiaoyu").await;
        let persons = world.get("/api/v1/me/persons").token(&student).send().await.data(200);
        let county = world.worker(&[Role::CountyOfficer]).await;
        let season = world.post("/api/v1/staff/education-aid/seasons").token(&county).json(&season(COUNTY)).send().await;
        Office {
            person: find(&persons, "person_id").or_else(|| find(&persons, "id")).unwrap(),
            student,
            village: world.worker(&[Role::Commissioner]).await,
            town: world.worker(&[Role::TownOfficer]).await,
            county,
            finance: world.worker(&[Role::FinanceOfficer]).await,
            season: season.data(201)["season"]["id"].as_str().unwrap().into(),
            world,
        }
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> crate::world::client::Reply {
        self.world.post(path).token(token).json(&body).send().await
    }

    pub async fn get(&self, token: &str, path: &str) -> Value {
        self.world.get(path).token(token).send().await.data(200)
    }

    pub async fn save(&self, case: &Case, section: &str, body: Value) -> Value {
        let path = case.aid(&format!("/sections/{section}"));
        self.world.put(&path).token(&self.student).json(&body).send().await.data(200)
    }

    /// An action of the applicant or an officer on what was seen last.
    pub async fn act(&self, token: &str, case: &Case, verb: &str, more: Value) -> Case {
        let root = if token == self.student { "/api/v1/cases" } else { "/api/v1/staff/cases" };
        let mut body = json!({ "version": case.version });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reply = self.post(token, &format!("{root}/{}/actions/{verb}", case.id), body).await;
        Case::of(&reply.data(200))
    }

    pub async fn upload(&self, case: &Case, material: &str) -> Value {
        let student = Applicant::holding(&self.world, &self.student, &self.person);
        let case = renewal::Case { id: case.id.clone(), version: case.version };
        student.upload(&case, material, renewal::picture()).send().await.data(201)
    }

    /// A draft with all that is asked for, checked and submitted.
    pub async fn applied(&self, enrolled_year: i32) -> Case {
        let begin = json!({ "person_id": self.person, "kind": "student", "season_id": self.season });
        let case = Case::of(&self.post(&self.student, "/api/v1/education-aid/drafts", begin).await.data(201));
        let path = format!("/api/v1/cases/{}/check", case.id);
        assert_eq!(self.get(&self.student, &path).await["ready"], false);
        let school = json!({ "version": 0, "school": "省理工大学", "stage": "undergraduate", "enrolled_year": enrolled_year, "student_no": null });
        self.save(&case, "student", school).await;
        let family = json!({ "version": 0, "parent_id": null, "parent_name": null, "parent_certificate": null, "relation": null,
            "other_government_aid": false, "commitment": true });
        self.save(&case, "family", family).await;
        self.save(&case, "account", account(0, json!(CARD))).await;
        let proof = if enrolled_year == 2026 { "admission_letter" } else { "enrolment_proof" };
        for material in ["student_id_card", "household_register", "disability_certificate", "bank_card", proof] {
            self.upload(&case, material).await;
        }
        let ready = self.get(&self.student, &path).await;
        assert_eq!(ready["ready"], true, "{ready}");
        self.act(&self.student, &case, "submit", json!({ "consent": "2026-11" })).await
    }

    /// Through village and town to the county, which approves.
    pub async fn approved(&self, case: Case) -> Case {
        self.world.pass(MINUTES_11);
        let case = self.act(&self.village, &case, "accept", json!({})).await;
        let case = self.act(&self.village, &case, "forward", json!({})).await;
        let case = self.act(&self.town, &case, "forward", json!({})).await;
        self.act(&self.county, &case, "approve", json!({})).await
    }

    /// The notice ends.
    pub async fn noticed(&self, case: Case) -> Value {
        self.world.pass(DAYS_10);
        self.world.work().await;
        let token = self.world.resident("lin-xiaoyu").await;
        self.get(&token, &format!("/api/v1/cases/{}", case.id)).await
    }

    pub async fn batch(&self) -> Value {
        let finance = self.fresh_finance().await;
        let of = json!({ "season_id": self.season });
        self.post(&finance, "/api/v1/staff/education-aid/batches", of).await.data(201)
    }

    /// A worker with a new session, since a session ends within ten days.
    async fn fresh_finance(&self) -> String {
        self.world.worker(&[Role::FinanceOfficer]).await
    }

    pub async fn with_batch(&self, batch: &Value, verb: &str, lines: Option<Value>) -> crate::world::client::Reply {
        let id = batch["batch"]["id"].as_str().unwrap();
        let version = &batch["batch"]["version"];
        let mut body = json!({ "version": version });
        if let Some(lines) = lines {
            body["lines"] = lines;
        }
        let path = format!("/api/v1/staff/education-aid/batches/{id}/actions/{verb}");
        self.post(&self.fresh_finance().await, &path, body).await
    }
}

pub fn season(county: &str) -> Value {
    json!({ "county": county, "year": 2026, "name": "2026年教育救助", "notice_no": "甲残联〔2026〕12号",
        "opens_on": "2026-03-01", "closes_on": "2026-12-31", "review_on": "2026-12-31", "exam_on": "2026-03-01",
        "budget_fen": 27_000_000, "quota": 340, "second_evidence_due": null, "standards": [],
        "targets": [{ "name": "高等教育", "stages": ["junior_college", "undergraduate", "postgraduate"], "planned": 18 },
            { "name": "中等职业教育", "stages": ["vocational"], "planned": 15 }] })
}

fn account(version: i64, card: Value) -> Value {
    json!({ "version": version, "holder": "self", "holder_name": null, "card_number": card, "bank": "县农村商业银行" })
}

fn find(value: &Value, key: &str) -> Option<String> {
    match value {
        Value::Object(fields) => match fields.get(key) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => fields.values().find_map(|v| find(v, key)),
        },
        Value::Array(items) => items.iter().find_map(|v| find(v, key)),
        _ => None,
    }
}

async fn a_student_is_aided_and_paid_although_the_bank_refuses_the_first_account(world: World) {
    let office = Office::open(world).await;
    let offers = office.get(&office.student, &format!("/api/v1/me/offers?person_id={}", office.person)).await;
    let aid = offers.as_array().unwrap().iter().find(|o| o["period"] == office.season.as_str()).unwrap();
    assert_eq!((&aid["possible"], &aid["kind"]["value"]), (&json!(true), &json!("student")));

    let case = office.applied(2024).await;
    let again = json!({ "person_id": office.person, "kind": "child", "season_id": office.season });
    office.post(&office.student, "/api/v1/education-aid/drafts", again).await.refused(409, 31002);
    let case = office.act(&office.student, &case, "undo", json!({})).await;
    let case = office.act(&office.student, &case, "submit", json!({ "consent": "2026-11" })).await;

    let school =
        json!({ "version": 1, "school": "省理工大学", "stage": "undergraduate", "enrolled_year": 2025, "student_no": null });
    let family = json!({ "version": 1, "other_government_aid": false, "commitment": true });
    for (section, body) in [("student", school), ("family", family)] {
        let path = case.aid(&format!("/sections/{section}"));
        office.world.put(&path).token(&office.student).json(&body).send().await.refused(409, 20007);
    }
    office.world.pass(MINUTES_11);
    let case = office.act(&office.village, &case, "accept", json!({})).await;
    let case = office.act(&office.village, &case, "forward", json!({})).await;
    let asked = json!({ "items": [
        { "target": "material:household_register", "reason": "unclear", "note": null },
        { "target": "section:account", "reason": "mismatch", "note": "请核对开户银行。" } ] });
    let case = office.act(&office.town, &case, "request-correction", asked).await;
    office.save(&case, "account", account(1, Value::Null)).await;
    office.upload(&case, "household_register").await;
    let case = office.act(&office.student, &case, "resubmit", json!({})).await;
    let application = office.get(&office.town, &format!("/api/v1/staff/education-aid/cases/{}", case.id)).await;
    assert_eq!((&application["standard_fen"], &application["details"]), (&json!(300_000), &json!([])));
    assert_eq!(application["account"]["card_number_masked"], "****4567");
    let case = office.act(&office.town, &case, "forward", json!({})).await;
    let case = office.act(&office.county, &case, "approve", json!({})).await;
    let board = office.world.get(&format!("/api/v1/public/notice-board?county={COUNTY}")).send().await.data(200);
    assert_eq!(board["items"][0]["line"], "林*雨，残疾学生，本科");

    let view = office.noticed(case).await;
    assert_eq!(view["flags"][0]["value"], "payable");
    let batch = office.batch().await;
    let id = batch["batch"]["id"].as_str().unwrap().to_owned();
    let file = format!("/api/v1/staff/education-aid/batches/{id}/file");
    let finance = office.fresh_finance().await;
    office.world.get(&file).token(&finance).send().await.refused(409, 31004);
    office
        .with_batch(&batch, "book", Some(json!([{ "line_no": 1, "result": "paid", "reason": null }])))
        .await
        .refused(409, 31004);
    let exported = office.with_batch(&batch, "export", None).await.data(200);
    office.with_batch(&exported, "export", None).await.refused(409, 31004);
    let seen = office.get(&finance, &format!("/api/v1/staff/education-aid/batches/{id}")).await;
    assert_eq!((&seen["batch"], seen["lines"].as_array().unwrap().len()), (&exported["batch"], 1));
    let bytes = office.world.get(&file).token(&finance).send().await.bytes;
    let (text, _, lost) = encoding_rs::GBK.decode(&bytes);
    assert!(!lost && text.contains(CARD) && text.contains("林小雨") && text.contains("3000.00"));
    let refused = json!([{ "line_no": 1, "result": "failed", "reason": "no_account" }]);
    let booked = office.with_batch(&exported, "book", Some(refused)).await.data(200);
    assert_eq!((&booked["failed"], &booked["batch"]["status"]["value"]), (&json!(1), &json!("booked")));
    let otherwise = json!([{ "line_no": 1, "result": "paid", "reason": null }]);
    office.with_batch(&booked, "book", Some(otherwise.clone())).await.refused(409, 31005);

    mend_and_finish(&office, Case::of(&view), otherwise).await;
}

/// The student mends the account, is paid by the next batch, and rates.
async fn mend_and_finish(office: &Office, case: Case, paid: Value) {
    let student = office.world.resident("lin-xiaoyu").await;
    let aid = office.get(&student, &case.aid("")).await;
    assert_eq!((&aid["award"]["state"]["value"], &aid["award"]["fault"]["value"]), (&json!("failed"), &json!("no_account")));
    let mended = account(aid["account"]["version"].as_i64().unwrap(), json!("6217000010007654321"));
    let path = case.aid("/sections/account");
    office.world.put(&path).token(&student).json(&mended).send().await.data(200);
    office.world.put(&path).token(&student).json(&account(3, Value::Null)).send().await.refused(409, 20007);
    let later = office.batch().await;
    let exported = office.with_batch(&later, "export", None).await.data(200);
    office.with_batch(&exported, "book", Some(paid)).await.data(200);
    let nothing = json!({ "season_id": office.season });
    let finance = office.fresh_finance().await;
    office.post(&finance, "/api/v1/staff/education-aid/batches", nothing).await.refused(409, 31007);
    let list = office.get(&finance, &format!("/api/v1/staff/education-aid/batches?county={COUNTY}")).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2);

    let done = office.get(&student, &format!("/api/v1/cases/{}", case.id)).await;
    assert_eq!((&done["summary"]["state"]["value"], &done["flags"][0]["value"]), (&json!("completed"), &json!("paid")));
    let rating = json!({ "version": done["summary"]["version"], "grade": "very_good", "comment": null });
    office.post(&student, &format!("/api/v1/cases/{}/actions/rate", case.id), rating).await.data(200);
}

async fn a_new_student_brings_the_proof_of_enrolment_after_approval(world: World) {
    let office = Office::open(world).await;
    let case = office.applied(2026).await;
    let case = office.approved(case).await;
    let view = office.noticed(case).await;
    assert_eq!(view["flags"][0]["value"], "evidence_due");
    let case = Case::of(&view);
    let county = office.world.worker(&[Role::CountyOfficer]).await;
    let confirm = |version: i64| json!({ "version": version });
    let path = |verb: &str| format!("/api/v1/staff/education-aid/cases/{}/actions/{verb}-enrolment", case.id);
    office.post(&county, &path("confirm"), confirm(case.version)).await.refused(409, 31009);
    office.post(&county, &path("refuse"), confirm(case.version)).await.refused(409, 31009);
    let office = Office { student: office.world.resident("lin-xiaoyu").await, ..office };
    let paper = office.upload(&case, "enrolment_proof").await;
    let refused = Case::of(&office.post(&county, &path("refuse"), confirm(case.version)).await.data(200));
    let paper = format!("/api/v1/papers/{}", paper["id"].as_str().unwrap());
    office.world.delete(&paper).token(&office.student).send().await.data(200);
    office.upload(&case, "enrolment_proof").await;
    let confirmed = office.post(&county, &path("confirm"), confirm(refused.version)).await.data(200);
    assert_eq!(confirmed["flags"][0]["value"], "payable");
    let batch = office.batch().await;
    assert_eq!((&batch["batch"]["line_count"], &batch["batch"]["total_fen"]), (&json!(1), &json!(300_000)));
}

async fn a_season_of_another_county_is_not_there_and_a_wrong_one_is_explained(world: World) {
    let office = Office::open(world).await;
    let path = "/api/v1/staff/education-aid/seasons";
    office.post(&office.county, path, season("990102000000")).await.refused(404, 10006);
    // A town has no policy of its own.
    office.post(&office.county, path, season("990101100000")).await.refused(409, 20009);
    let guide = "/api/v1/public/policies?county=990101100000&service=education_aid";
    office.world.get(guide).send().await.refused(404, 10006);
    for foreign in ["seasons", "batches"] {
        let path = format!("/api/v1/staff/education-aid/{foreign}?county=990102000000");
        office.world.get(&path).token(&office.finance).send().await.refused(404, 10006);
    }
    let unknown = json!({ "season_id": Uuid::new_v4() });
    office.post(&office.finance, "/api/v1/staff/education-aid/batches", unknown).await.refused(404, 10006);
    let begin = json!({ "person_id": office.person, "kind": "student", "season_id": Uuid::new_v4() });
    office.post(&office.student, "/api/v1/education-aid/drafts", begin).await.refused(404, 10006);
    let mut wrong = season(COUNTY);
    (wrong["closes_on"], wrong["exam_on"], wrong["quota"]) = (json!("2026-02-01"), Value::Null, json!(0));
    let refused = office.post(&office.county, path, wrong).await.refused(422, 10002);
    let fields: Vec<&str> = refused.json["details"].as_array().unwrap().iter().map(|d| d["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["/closes_on", "/exam_on", "/quota"]);
    let books = office.get(&office.finance, &format!("{path}?county={COUNTY}")).await;
    let own = books["items"].as_array().unwrap().iter().find(|b| b["season"]["id"] == office.season.as_str()).unwrap();
    assert_eq!(own["season"]["standards"].as_array().unwrap().len(), 12);
    let close = format!("{path}/{}/actions/close", office.season);
    office.post(&office.county, &close, json!({ "version": 9 })).await.refused(409, 10030);
    office.post(&office.county, &close, json!({ "version": 1 })).await.data(200);
    office.post(&office.county, &close, json!({ "version": 2 })).await.refused(409, 31010);
    let list = office.world.get(&format!("/api/v1/education-aid/seasons?county={COUNTY}")).send().await.data(200);
    let closed = list["items"].as_array().unwrap().iter().find(|s| s["id"] == office.season.as_str()).unwrap();
    assert_eq!((&closed["open"], &closed["status"]["value"]), (&json!(false), &json!("closed")));
    let begin = json!({ "person_id": office.person, "kind": "student", "season_id": office.season });
    office.post(&office.student, "/api/v1/education-aid/drafts", begin).await.refused(409, 31001);
}

async fn a_masked_number_is_never_saved(world: World) {
    let office = Office::open(world).await;
    let begin = json!({ "person_id": office.person, "kind": "student", "season_id": office.season });
    let case = Case::of(&office.post(&office.student, "/api/v1/education-aid/drafts", begin).await.data(201));
    let known = office.get(&office.student, &case.aid("/prefill")).await;
    assert_eq!((&known["student_name_masked"], &known["certificate_category"]["value"]), (&json!("林*雨"), &json!("hearing")));
    let path = case.aid("/sections/account");
    assert_eq!(office.get(&office.student, &path).await, Value::Null);
    let put = |body: Value| office.world.put(&path).token(&office.student).json(&body).send();
    put(account(0, json!("****4567"))).await.refused(422, 10002);
    put(account(0, Value::Null)).await.refused(422, 10002);
    let saved = put(account(0, json!("6217 0000 1000 1234 567"))).await.data(200);
    assert_eq!((&saved["card_number_masked"], &saved["version"]), (&json!("****4567"), &json!(1)));
    put(account(0, json!(CARD))).await.refused(409, 10030);
    assert_eq!(office.get(&office.student, &path).await["card_number_masked"], "****4567");
    assert_eq!(office.get(&office.student, &case.aid("/sections/student")).await, Value::Null);
    assert_eq!(office.get(&office.student, &case.aid("/sections/family")).await, Value::Null);
    let stranger = office.world.stranger().await;
    office.world.get(&path).token(&stranger).send().await.refused(404, 10006);
}

async fn a_mother_applies_for_her_child_and_is_told_what_her_family_must_show(world: World) {
    let office = Office::open(world).await;
    let mother = office.world.resident("chen-xiuying").await;
    let persons = office.get(&mother, "/api/v1/me/persons").await;
    let child = persons.as_array().unwrap().iter().find(|p| p["relation"]["value"] == "child").unwrap();
    let begin = json!({ "person_id": child["id"], "kind": "child", "season_id": office.season });
    office.post(&office.student, "/api/v1/education-aid/drafts", begin.clone()).await.refused(404, 10006);
    let case = Case::of(&office.post(&mother, "/api/v1/education-aid/drafts", begin).await.data(201));
    let kin = office.get(&mother, &case.aid("/prefill")).await["kin"].clone();
    assert_eq!(
        (kin.as_array().unwrap().len(), &kin[0]["name_masked"], &kin[0]["relation"]["value"]),
        (1, &json!("陈*英"), &json!("parent"))
    );

    let path = case.aid("/sections/family");
    let family = |version: i64, parent: Value| {
        let mut body = json!({ "version": version, "other_government_aid": true, "commitment": true });
        body.as_object_mut().unwrap().extend(parent.as_object().unwrap().clone());
        office.world.put(&path).token(&mother).json(&body).send()
    };
    let reasons = async || -> Vec<String> {
        let check = office.get(&mother, &format!("/api/v1/cases/{}/check", case.id)).await;
        check["details"].as_array().unwrap().iter().map(|d| d["code"].as_str().unwrap().to_owned()).collect()
    };
    family(0, json!({ "parent_id": child["id"] })).await.refused(422, 10002);
    let claimed = json!({ "parent_name": "陈*英", "parent_certificate": "123", "relation": null });
    let refused = family(0, claimed).await.refused(422, 10002);
    assert_eq!(refused.json["details"].as_array().unwrap().len(), 3);
    family(0, json!({ "parent_id": kin[0]["person_id"] })).await.data(200);
    let told = reasons().await;
    assert!(told.contains(&"parent_certificate_invalid".into()) && told.contains(&"other_aid".into()), "{told:?}");

    let papers = |view: &Value| -> Vec<String> {
        let asked = view["materials"].as_array().unwrap().iter().filter(|m| m["required"] == true);
        asked.map(|m| m["code"].as_str().unwrap().to_owned()).collect()
    };
    let view = format!("/api/v1/cases/{}", case.id);
    assert!(!papers(&office.get(&mother, &view).await).contains(&"kinship_proof".into()));
    let kin_card =
        json!({ "version": 0, "holder": "kin", "holder_name": "陈秀英", "card_number": CARD, "bank": "县农村商业银行" });
    office.world.put(&case.aid("/sections/account")).token(&mother).json(&kin_card).send().await.data(200);
    assert!(papers(&office.get(&mother, &view).await).contains(&"kinship_proof".into()));
}
