//! Text and faults at the edge: what is checked is what is kept, every fault comes at once and names its field, its reason and a way out.

use reqwest::Method;
use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;

use crate::education_aid::Office;
use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, picture};

stories![
    what_shows_nothing_is_not_saved_and_makes_nothing_ready,
    all_faults_of_a_form_come_together_in_its_order,
    nul_and_half_an_emoji_are_refused_with_their_field,
    one_name_is_one_person_however_the_keyboard_wrote_it,
    a_phone_number_is_read_with_its_country_code_brackets_and_dashes,
    an_old_phone_uploads_with_a_file_name_in_gbk,
    an_upload_is_refused_with_the_part_that_is_wrong,
    a_date_has_a_year_near_the_present,
    a_whole_number_may_be_written_with_a_point,
    an_optional_field_that_is_blank_is_left_out,
    a_key_that_is_no_uuid_is_not_told_as_missing,
    the_same_fields_in_another_order_are_the_same_body,
    a_worker_at_the_window_is_not_sent_to_the_window,
];

/// What was refused: field and code, in the answer's order.
pub fn refused(reply: &Reply) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let details = reply.json["details"].as_array().cloned().unwrap_or_default();
    details.iter().map(|d| (text(&d["field"]), text(&d["code"]))).collect()
}

#[track_caller]
fn says(reply: Reply, wanted: &[(&str, &str)]) -> Reply {
    let reply = reply.refused(422, 10002);
    let told = refused(&reply);
    let told: Vec<(&str, &str)> = told.iter().map(|(f, c)| (f.as_str(), c.as_str())).collect();
    assert_eq!(told, wanted, "{}", reply.json);
    reply
}

/// A draft of education aid, and how its sections are saved.
struct Draft {
    office: Office,
    id: String,
}

impl Draft {
    async fn begun(world: World) -> Draft {
        let office = Office::open(world).await;
        let begin = json!({ "person_id": office.person, "kind": "student", "season_id": office.season });
        let case = office.post(&office.student, "/api/v1/education-aid/drafts", begin).await.data(201);
        Draft { id: case["summary"]["id"].as_str().unwrap().into(), office }
    }

    fn path(&self, section: &str) -> String {
        format!("/api/v1/education-aid/cases/{}/sections/{section}", self.id)
    }

    async fn save(&self, section: &str, body: &Value) -> Reply {
        self.office.world.put(&self.path(section)).token(&self.office.student).json(body).send().await
    }

    async fn save_raw(&self, section: &str, body: &str) -> Reply {
        let call = self.office.world.put(&self.path(section)).token(&self.office.student);
        call.raw("application/json", body.into()).send().await
    }
}

fn student(school: &str, year: i64) -> Value {
    json!({ "version": 0, "school": school, "stage": "undergraduate", "enrolled_year": year })
}

async fn what_shows_nothing_is_not_saved_and_makes_nothing_ready(world: World) {
    let draft = Draft::begun(world).await;
    for blank in ["　　　", "\u{200B}\u{200B}\u{200B}", "\u{FEFF} \u{202E}\u{2800}"] {
        says(draft.save("student", &student(blank, 2026)).await, &[("/school", "required")]);
        let account = json!({ "version": 0, "holder": "self", "bank": blank, "card_number": "6217000010001234567" });
        says(draft.save("account", &account).await, &[("/bank", "required")]);
    }
    let check = draft.office.get(&draft.office.student, &format!("/api/v1/cases/{}/check", draft.id)).await;
    assert_eq!(check["ready"], false);
    let kept = draft.save("student", &student("　示例\u{202E}大学\u{200B}（Ａ校区）　", 2026)).await.data(200);
    assert_eq!(kept["school"], "示例大学（A校区）");
}

async fn all_faults_of_a_form_come_together_in_its_order(world: World) {
    let draft = Draft::begun(world).await;
    let long =
        json!({ "version": 0, "enrolled_year": 1066, "student_no": "1".repeat(31), "stage": "undergraduate", "school": "" });
    let wanted = [("/school", "required"), ("/enrolled_year", "out_of_range"), ("/student_no", "too_long")];
    says(draft.save("student", &long).await, &wanted);
    let account = json!({ "version": 0, "bank": "x", "card_number": "12", "holder_name": "王4", "holder": "kin" });
    let wanted = [("/holder_name", "name_digit"), ("/card_number", "bank_card_length"), ("/bank", "too_short")];
    says(draft.save("account", &account).await, &wanted);
    let family = json!({ "version": 0, "parent_name": "王", "parent_certificate": "12", "other_government_aid": false, "commitment": true });
    let wanted = [("/parent_name", "name_too_short"), ("/parent_certificate", "certificate_length"), ("/relation", "required")];
    says(draft.save("family", &family).await, &wanted);
}

async fn nul_and_half_an_emoji_are_refused_with_their_field(world: World) {
    let login = r#"{"username":"a\u0000b","password":"x","totp":"123456"}"#;
    let reply = world.post("/api/v1/auth/staff/login").raw("application/json", login.into()).send().await;
    says(reply, &[("/username", "bad_character")]);
    let reply = world.get("/api/v1/public/policies?county=990101000000&service=a%00").send().await;
    assert_eq!(refused(&reply.refused(422, 10002))[0].0, "/service");
    let draft = Draft::begun(world).await;
    let half = r#"{"school":"示例大学\ud83d","stage":"undergraduate","enrolled_year":2024,"version":0}"#;
    says(draft.save_raw("student", half).await, &[("/school", "bad_character")]);
    let nul = r#"{"school":"示例\u0000大学","stage":"undergraduate","enrolled_year":2026,"version":0}"#;
    says(draft.save_raw("student", nul).await, &[("/school", "bad_character")]);
}

fn person(name: &str, id_number: &str, phone: &str) -> Value {
    json!({ "name": name, "id_number": id_number, "area": "990101100200", "phone": phone, "address": "", "household": " " })
}

/// A number that nobody of the cast has.
fn number(serial: u16) -> String {
    let birth = chrono::NaiveDate::from_ymd_opt(1990, 2, 3).unwrap();
    zhucan::rules::identity::invent("990101", birth, serial).unwrap().reveal().to_owned()
}

async fn one_name_is_one_person_however_the_keyboard_wrote_it(world: World) {
    let town = world.worker(&[Role::TownOfficer, Role::Commissioner]).await;
    for (serial, typed, masked) in
        [(1, "王\u{2F2D}", "王*"), (2, "阿里.木沙", "阿里·**"), (3, "阿里。木沙", "阿里·**"), (4, "欧阳\u{200B}小锋 ", "欧**锋")]
    {
        let wide: String = number(serial).chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        let added = world.post("/api/v1/staff/persons").token(&town).json(&person(typed, &wide, "19100000001")).send().await;
        assert_eq!(added.data(201)["name_masked"], masked);
    }
    let known = json!({ "id_number": number(1).chars().map(|c| format!("{c}–")).collect::<String>() });
    let found = world.post("/api/v1/staff/persons/actions/find").token(&town).json(&known).send().await.data(200);
    assert_eq!(found["name_masked"], "王*");
}

async fn a_phone_number_is_read_with_its_country_code_brackets_and_dashes(world: World) {
    let town = world.worker(&[Role::TownOfficer, Role::Commissioner]).await;
    let typed =
        ["8619100000001", "(+86)19100000001", "191‑0000‑0001", "（＋８６）１９１００００－０００１", "0086 191 0000 0001"];
    for (serial, phone) in (20..).zip(typed) {
        let body = person("王小四", &number(serial), phone);
        world.post("/api/v1/staff/persons").token(&town).json(&body).send().await.data(201);
    }
}

fn form_of(parts: &[(&[u8], &[u8])]) -> (&'static str, Vec<u8>) {
    let mut body = Vec::new();
    for (head, bytes) in parts {
        body.extend_from_slice(b"--edge\r\nContent-Disposition: form-data; ");
        body.extend_from_slice(head);
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    ("multipart/form-data; boundary=edge", body)
}

async fn an_old_phone_uploads_with_a_file_name_in_gbk(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let name = [&b"name=\"file\"; filename=\""[..], &[0xBB, 0xA7, 0xBF, 0xDA, 0xB2, 0xBE, 0x8D, 0x5C], &b".jpg\""[..]].concat();
    let (kind, body) = form_of(&[(&name, &picture()), (b"name=\"material\"", b"photo")]);
    let page = world.post(&case.path("/papers")).token(&zhao.token).raw(kind, body).send().await.data(201);
    // Nobody said what it shows: it is called as the material is.
    assert!(crate::contract::is_chinese(&page["alt_text"]), "{page}");
}

async fn an_upload_is_refused_with_the_part_that_is_wrong(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.begun("renewal").await;
    let photo = picture();
    let send = |parts: Vec<(&'static str, Vec<u8>)>| zhao.upload_parts(&case, &parts).send();
    let known = || vec![("file", photo.clone()), ("material", b"photo".to_vec())];
    let with = |more: (&'static str, Vec<u8>)| [known(), vec![more]].concat();
    says(send(with(("user", b"1".to_vec()))).await, &[("/user", "unknown_field")]);
    says(send(with(("file", photo.clone()))).await, &[("/file", "duplicate_field")]);
    says(send(with(("alt_text", vec![0xFF, 0xFE]))).await, &[("/alt_text", "not_utf8")]);
    says(send(with(("alt_text", "图".repeat(501).into_bytes()))).await, &[("/alt_text", "too_long")]);
    let both = vec![("alt_text", "户\0".into()), ("material", b" ".to_vec()), ("file", photo.clone())];
    says(send(both).await, &[("/material", "required"), ("/alt_text", "bad_character")]);
    let none = send(vec![("material", b"photo".to_vec())]).await.refused(422, 21005);
    assert_eq!(refused(&none), [("/file".to_owned(), "required".to_owned())]);
    let mut large = photo.clone();
    large.resize(11 * 1024 * 1024, 0);
    let large = send(vec![("file", large), ("material", b"photo".to_vec())]).await.refused(413, 10004);
    let detail = &large.json["details"][0];
    assert_eq!((&detail["field"], &detail["code"]), (&json!("/file"), &json!("file_too_large")));
    assert!(detail["reason"].as_str().unwrap().contains("10 MB") && detail["suggestion"].as_str().unwrap().contains("压缩"));
    let told = send(with(("alt_text", "图".repeat(500).into_bytes()))).await.data(201);
    assert_eq!(told["alt_text"], "图".repeat(500));
}

async fn a_date_has_a_year_near_the_present(world: World) {
    let county = world.worker(&[Role::CountyOfficer]).await;
    let mut season = crate::education_aid::season(crate::world::people::COUNTY);
    season["opens_on"] = json!("+10000-01-01");
    season["closes_on"] = json!("26-12-10");
    let reply = world.post("/api/v1/staff/education-aid/seasons").token(&county).json(&season).send().await;
    says(reply, &[("/opens_on", "bad_date"), ("/closes_on", "bad_date")]);
    for day in ["+10000-01-01", "26-12-10"] {
        let path = format!("/api/v1/staff/reports/volumes?from={}&to=2026-12-31", day.replace('+', "%2B"));
        let reply = world.get(&path).token(&county).send().await;
        assert_eq!(refused(&reply.refused(422, 10002))[0], ("/from".to_owned(), "bad_date".to_owned()));
    }
}

async fn a_whole_number_may_be_written_with_a_point(world: World) {
    let draft = Draft::begun(world).await;
    let body = r#"{"school":"示例大学","stage":"undergraduate","enrolled_year":2.026e3,"version":0.0}"#;
    assert_eq!(draft.save_raw("student", body).await.data(200)["enrolled_year"], 2026);
    let half = r#"{"school":"示例大学","stage":"undergraduate","enrolled_year":2026,"version":1.5}"#;
    says(draft.save_raw("student", half).await, &[("/version", "wrong_type")]);
}

async fn an_optional_field_that_is_blank_is_left_out(world: World) {
    let draft = Draft::begun(world).await;
    let mut family = json!({ "version": 0, "parent_id": null, "parent_name": "", "parent_certificate": "　", "relation": null,
        "other_government_aid": false, "commitment": true });
    let saved = draft.save("family", &family).await.data(200);
    assert_eq!(saved["parent"], Value::Null);
    family["version"] = saved["version"].clone();
    family["parent_name"] = json!("\u{200B}");
    draft.save("family", &family).await.data(200);
    let mut student = student("示例大学", 2026);
    student["student_no"] = json!("　");
    assert_eq!(draft.save("student", &student).await.data(200)["student_no"], Value::Null);
}

async fn a_key_that_is_no_uuid_is_not_told_as_missing(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let body = json!({ "person_id": zhao.person, "kind": "renewal" });
    let call = || zhao.post("/api/v1/certificate/drafts", &body).without_key();
    let told = |reply: Reply| refused(&reply.refused(400, 10010))[0].clone();
    assert_eq!(told(call().send().await), ("Idempotency-Key".to_owned(), "missing".to_owned()));
    assert_eq!(told(call().header("idempotency-key", "x").send().await), ("Idempotency-Key".to_owned(), "malformed".to_owned()));
}

async fn the_same_fields_in_another_order_are_the_same_body(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let key = uuid::Uuid::new_v4();
    let send = |body: String| {
        let call = world.call(Method::POST, "/api/v1/certificate/drafts").token(&zhao.token).key(key);
        call.raw("application/json", body.into_bytes()).send()
    };
    let first = send(format!(r#"{{"person_id":"{}","kind":"renewal"}}"#, zhao.person)).await.data(201);
    let again = send(format!(r#"{{ "kind": "renewal", "person_id": "{}" }}"#, zhao.person)).await.data(201);
    assert_eq!(first, again);
}

async fn a_worker_at_the_window_is_not_sent_to_the_window(world: World) {
    let town = world.worker(&[Role::TownOfficer, Role::Commissioner]).await;
    let body = person("王😀四", "990101198005060119", "19100000001");
    let told = world.post("/api/v1/staff/persons").token(&town).json(&body).send().await;
    let told = says(told, &[("/name", "name_character"), ("/id_number", "citizen_id_check_digit")]);
    assert!(!told.json.to_string().contains("请到窗口"), "{}", told.json);
    let resident = world.stranger().await;
    let mine = json!({ "name": "王😀四", "id_number": "990101198005060119", "version": 1 });
    let told = world.put("/api/v1/me/identity").token(&resident).json(&mine).send().await;
    let told = says(told, &[("/name", "name_character"), ("/id_number", "citizen_id_check_digit")]);
    assert!(told.json.to_string().contains("请到窗口"), "{}", told.json);
}
