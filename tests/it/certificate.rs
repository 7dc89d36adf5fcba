//! Renewal of a certificate over HTTP: by post with a receipt, and with an assessment that changes the level; the
//! register holds one card afterwards.

use std::io::Cursor;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::accounts::guards::Post;
use zhucan::office::administration::staffing;
use zhucan::rules::lifecycle::Role;
use zhucan::services::certificate::desk::ASSESSOR;

use crate::world::World;
use crate::world::client::Reply;

stories![
    a_renewed_card_comes_by_post_and_the_holder_says_that_it_arrived,
    an_officer_orders_an_assessment_and_its_result_is_on_the_new_card,
    another_countys_worker_sees_nothing_of_a_renewal,
    who_cannot_renew_yet_is_told_from_which_day,
    who_lives_in_another_province_is_asked_for_a_residence_permit,
];

const MINUTES_11: Duration = Duration::from_secs(11 * 60);

/// A renewal with its holder and officers.
struct Renewal {
    world: World,
    holder: String,
    person: String,
    case: String,
    town: String,
    county: String,
    assessor: String,
}

impl Renewal {
    /// 赵铁柱 begins one.
    async fn begun(world: World) -> Renewal {
        let holder = world.resident("zhao-tiezhu").await;
        let persons = world.get("/api/v1/me/persons").token(&holder).send().await.data(200);
        let person = persons[0]["id"].as_str().unwrap().to_owned();
        let begin = json!({ "person_id": person, "kind": "renewal" });
        let draft = world.post("/api/v1/certificate/drafts").token(&holder).json(&begin).send().await.data(201);
        world.post("/api/v1/certificate/drafts").token(&holder).json(&begin).send().await.refused(409, 20006);
        Renewal {
            case: draft["summary"]["id"].as_str().unwrap().to_owned(),
            town: world.worker(&[Role::TownOfficer]).await,
            county: world.worker(&[Role::CountyOfficer]).await,
            assessor: world.worker(&[ASSESSOR]).await,
            holder,
            person,
            world,
        }
    }

    async fn get(&self, token: &str, path: &str) -> Value {
        self.world.get(&format!("/api/v1{path}")).token(token).send().await.data(200)
    }

    async fn post(&self, token: &str, path: &str, body: Value) -> Reply {
        self.world.post(&format!("/api/v1{path}")).token(token).json(&body).send().await
    }

    async fn save(&self, section: &str, body: &Value) -> Reply {
        let path = format!("/api/v1/certificate/cases/{}/sections/{section}", self.case);
        self.world.put(&path).token(&self.holder).json(body).send().await
    }

    /// What its holder sees.
    async fn mine(&self) -> Value {
        self.get(&self.holder, &format!("/certificate/cases/{}", self.case)).await
    }

    /// The same action with the present version.
    async fn staff(&self, token: &str, path: &str, more: Value) -> Reply {
        let mut body = json!({ "version": self.mine().await["version"] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(token, &format!("/staff/{path}"), body).await
    }

    async fn decide(&self, token: &str, verb: &str) -> Reply {
        self.staff(token, &format!("cases/{}/actions/{verb}", self.case), json!({})).await
    }

    /// An action of the service.
    async fn card(&self, token: &str, verb: &str, more: Value) -> Reply {
        self.staff(token, &format!("certificate/cases/{}/actions/{verb}", self.case), more).await
    }

    async fn upload(&self, material: &str) {
        let boundary = Uuid::new_v4().simple().to_string();
        let mut body = Vec::new();
        let part = |head: &str| format!("--{boundary}\r\nContent-Disposition: form-data; name={head}\r\n\r\n");
        body.extend_from_slice(part("\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg").as_bytes());
        let mut picture = Cursor::new(Vec::new());
        let page = image::RgbImage::from_pixel(413, 579, image::Rgb([250, 250, 250]));
        page.write_to(&mut picture, image::ImageFormat::Jpeg).unwrap();
        body.extend_from_slice(picture.get_ref());
        body.extend_from_slice(format!("\r\n{}{material}\r\n--{boundary}--\r\n", part("\"material\"")).as_bytes());
        let call = self.world.post(&format!("/api/v1/cases/{}/papers", self.case)).token(&self.holder);
        call.raw(&format!("multipart/form-data; boundary={boundary}"), body).send().await.data(201);
    }

    /// Filled in, submitted, and past the ten minutes.
    async fn submitted(&self, delivery: &Value) {
        let holder = json!({ "version": 0, "changed_condition": false });
        self.save("holder", &holder).await.data(200);
        self.save("holder", &holder).await.refused(409, 10030);
        self.save("delivery", delivery).await.data(200);
        self.save("delivery", delivery).await.refused(409, 10030);
        for material in ["id_card", "household_register", "photo", "old_certificate"] {
            self.upload(material).await;
        }
        let submit = json!({ "version": self.mine().await["version"], "consent": "2026-11" });
        self.post(&self.holder, &format!("/cases/{}/actions/submit", self.case), submit).await.data(200);
        self.save("holder", &json!({ "version": 1, "changed_condition": true })).await.refused(409, 20007);
        let mut later = delivery.clone();
        later["version"] = json!(1);
        self.save("delivery", &later).await.refused(409, 20007);
        self.world.pass(MINUTES_11);
    }

    /// Checks that the new card is the only one in force and that it superseded the old one.
    async fn one_card(&self, level: &str) {
        let new = self.mine().await["new_card"].clone();
        let cards = self.get(&self.holder, &format!("/me/persons/{}/certificates", self.person)).await;
        let of = |status: &str| -> Vec<Value> {
            let all = cards.as_array().unwrap().iter().map(|k| k["card"].clone());
            all.filter(|k| k["status"]["value"] == status).collect()
        };
        let valid = of("valid");
        let old = of("superseded");
        assert_eq!((valid.len(), old.len(), cards.as_array().unwrap().len()), (1, 1, 2), "{cards}");
        assert_eq!((&valid[0]["id"], &valid[0]["level"]["value"]), (&new["id"], &json!(level)));
        assert_eq!((&valid[0]["issued_on"], &valid[0]["expires_on"]), (&json!("2026-03-10"), &json!("2036-03-10")));
        for (status, id) in [("valid", &valid[0]["id"]), ("superseded", &old[0]["id"])] {
            let roll = self.get(&self.county, &format!("/staff/register?status={status}")).await;
            let lines: Vec<&Value> = roll["items"].as_array().unwrap().iter().filter(|l| l["person_id"] == self.person).collect();
            assert_eq!((lines.len(), &lines[0]["card"]["id"]), (1, id), "{status}");
        }
        let seen = self.get(&self.county, &format!("/staff/persons/{}", self.person)).await;
        assert_eq!(seen["certificates"].as_array().unwrap().len(), 2);
    }

    /// The reasons that the holder reads in the timeline.
    async fn told(&self) -> Vec<String> {
        let view = self.get(&self.holder, &format!("/cases/{}", self.case)).await;
        view["timeline"].as_array().unwrap().iter().filter_map(|l| l["reason"].as_str().map(str::to_owned)).collect()
    }
}

fn by_post() -> Value {
    json!({ "version": 0, "way": "post", "address": "宋疃镇宋疃村1组1号", "recipient": "赵铁柱", "phone": "13800000003" })
}

fn at_the_window() -> Value {
    json!({ "version": 0, "way": "pickup", "place": "county" })
}

async fn a_renewed_card_comes_by_post_and_the_holder_says_that_it_arrived(world: World) {
    let r = Renewal::begun(world).await;
    r.submitted(&by_post()).await;
    let delivery = r.get(&r.holder, &format!("/certificate/cases/{}/sections/delivery", r.case)).await;
    assert_eq!((&delivery["way"]["value"], &delivery["version"]), (&json!("post"), &json!(1)));
    let parcel = || json!({ "tracking_no": "EMS1234567890" });
    let receipt = || async {
        let seen = json!({ "version": r.mine().await["version"] });
        r.post(&r.holder, &format!("/certificate/cases/{}/actions/confirm-receipt", r.case), seen).await
    };
    r.card(&r.county, "make-card", json!({})).await.refused(409, 20001);
    r.decide(&r.town, "accept").await.data(200);
    r.decide(&r.town, "forward").await.data(200);
    r.card(&r.county, "make-card", json!({})).await.refused(409, 20001);
    let approved = r.decide(&r.county, "approve").await.data(200);
    assert_eq!(approved["summary"]["state"]["value"], "approved", "a renewal is not published");

    r.card(&r.county, "post", parcel()).await.refused(409, 32006);
    r.card(&r.county, "hand-out", json!({ "receiver": "赵铁柱" })).await.refused(409, 32006);
    receipt().await.refused(409, 32006);
    let made = r.card(&r.county, "make-card", json!({})).await.data(200);
    assert_eq!((&made["case"]["card"]["value"], &made["delivery"]["address"]), (&json!("made"), &json!("宋疃镇宋疃村1组1号")));
    r.card(&r.county, "make-card", json!({})).await.refused(409, 32006);
    let withdraw = json!({ "version": r.mine().await["version"] });
    r.post(&r.holder, &format!("/cases/{}/actions/withdraw", r.case), withdraw).await.refused(409, 32007);
    r.card(&r.county, "post", json!({ "tracking_no": "EMS*12345" })).await.refused(422, 10002);
    let path = format!("/staff/certificate/cases/{}/actions/post", r.case);
    let stale = json!({ "version": 1, "tracking_no": "EMS1234567890" });
    r.post(&r.county, &path, stale).await.refused(409, 10030);
    let posted = r.card(&r.county, "post", parcel()).await.data(200);
    assert_eq!((&posted["case"]["card"]["value"], &posted["case"]["tracking_no"]), (&json!("posted"), &json!("EMS1234567890")));
    r.card(&r.county, "post", parcel()).await.refused(409, 32006);
    assert_eq!(r.mine().await["tracking_no"], "EMS1234567890");

    let done = receipt().await.data(200);
    assert_eq!((&done["card"]["value"], &done["state"]["value"]), (&json!("received"), &json!("completed")));
    receipt().await.refused(409, 32006);
    assert_eq!(r.told().await, ["新证已制好", "新证已寄出", "已确认收到新证"]);
    r.one_card("level_3").await;
}

async fn an_officer_orders_an_assessment_and_its_result_is_on_the_new_card(world: World) {
    let r = Renewal::begun(world).await;
    let counts = async || r.get(&r.county, "/staff/register/summary").await;
    let before = counts().await;
    r.submitted(&at_the_window()).await;
    let order = || json!({ "reason": "上门核实时发现肢体功能有明显变化" });
    r.card(&r.town, "order-assessment", order()).await.refused(409, 20001);
    r.decide(&r.town, "accept").await.data(200);
    let assessments = format!("certificate/cases/{}/assessments", r.case);
    let result = || {
        json!({ "category": "physical", "components": [], "level": "level_2", "assessed_on": "2026-03-10",
            "hospital": "甲区人民医院", "at_home": true })
    };
    r.staff(&r.assessor, &assessments, result()).await.refused(409, 32005);
    assert_eq!(r.get(&r.assessor, "/staff/certificate/assessments").await["items"], json!([]));
    let ordered = r.card(&r.town, "order-assessment", order()).await.data(200);
    assert_eq!(ordered["case"]["assessment"]["value"], "ordered");
    assert!(r.mine().await["assessment_reason"].as_str().unwrap().contains("肢体功能有明显变化"));
    r.card(&r.town, "order-assessment", order()).await.refused(409, 32010);

    let waiting = r.get(&r.assessor, "/staff/certificate/assessments").await;
    assert_eq!((&waiting["items"][0]["id"], waiting["items"].as_array().unwrap().len()), (&json!(r.case), 1));
    r.decide(&r.town, "forward").await.data(200);
    r.decide(&r.county, "approve").await.refused(409, 32004);
    let mut later = result();
    later["assessed_on"] = json!("2026-03-11");
    r.staff(&r.assessor, &assessments, later).await.refused(422, 10002);
    let mut stale = result();
    stale["version"] = json!(1);
    r.post(&r.assessor, &format!("/staff/{assessments}"), stale).await.refused(409, 10030);
    let entered = r.staff(&r.assessor, &assessments, result()).await.data(201);
    assert_eq!((&entered["case"]["result"]["level"]["value"], &entered["delivery"]), (&json!("level_2"), &Value::Null));
    assert_eq!(r.get(&r.assessor, "/staff/certificate/assessments").await["items"], json!([]));

    r.decide(&r.county, "approve").await.data(200);
    r.staff(&r.assessor, &assessments, result()).await.refused(409, 32005);
    let seen = r.get(&r.county, &format!("/staff/certificate/cases/{}", r.case)).await;
    assert_eq!((&seen["case"]["assessment"]["value"], &seen["delivery"]["place"]["value"]), (&json!("done"), &json!("county")));
    r.card(&r.county, "make-card", json!({})).await.data(200);
    r.card(&r.county, "post", json!({ "tracking_no": "EMS1234567890" })).await.refused(409, 32006);
    let done = r.card(&r.county, "hand-out", json!({ "receiver": "赵铁柱" })).await.data(200);
    assert_eq!((&done["case"]["card"]["value"], &done["case"]["state"]["value"]), (&json!("handed_out"), &json!("completed")));
    r.one_card("level_2").await;
    let after = counts().await;
    let moved = |cut: &str| after[cut].as_i64().unwrap() - before[cut].as_i64().unwrap();
    assert_eq!((moved("holders"), moved("severe"), moved("other")), (0, 1, -1));
}

async fn another_countys_worker_sees_nothing_of_a_renewal(world: World) {
    let r = Renewal::begun(world).await;
    r.submitted(&at_the_window()).await;
    let other = r.world.worker(&[]).await;
    let username = r.get(&other, "/staff/me").await["id"].as_str().unwrap().to_owned();
    let post = |role: Role| Post { role, area: "990102000000".parse().unwrap(), point: None, lead: false };
    let posts = [Role::TownOfficer, Role::CountyOfficer, ASSESSOR].map(post).to_vec();
    staffing::assign(&r.world.app, &zhucan::services::all(), &username, posts).await.unwrap();
    for path in [format!("cases/{}", r.case), format!("certificate/cases/{}", r.case)] {
        r.world.get(&format!("/api/v1/staff/{path}")).token(&other).send().await.refused(404, 10006);
    }
    r.decide(&other, "accept").await.refused(404, 10006);
    let why = json!({ "reason": "想看看是谁" });
    r.card(&other, "order-assessment", why.clone()).await.refused(404, 10006);
    r.card(&other, "make-card", json!({})).await.refused(404, 10006);
    r.card(&other, "hand-out", json!({ "receiver": "赵铁柱" })).await.refused(404, 10006);
    r.card(&other, "post", json!({ "tracking_no": "EMS1234567890" })).await.refused(404, 10006);
    r.decide(&r.town, "accept").await.data(200);
    r.card(&r.town, "order-assessment", why).await.data(200);
    assert_eq!(r.get(&other, "/staff/certificate/assessments").await["items"], json!([]));
    assert_eq!(r.get(&other, "/staff/queue?service=certificate").await["items"], json!([]));
    let stranger = r.world.resident("lin-xiaoyu").await;
    r.world.get(&format!("/api/v1/certificate/cases/{}", r.case)).token(&stranger).send().await.refused(404, 10006);
}

async fn who_cannot_renew_yet_is_told_from_which_day(world: World) {
    let token = world.resident("lin-xiaoyu").await;
    let persons = world.get("/api/v1/me/persons").token(&token).send().await.data(200);
    let begin = |kind: &str| json!({ "person_id": persons[0]["id"], "kind": kind });
    let refused = world.post("/api/v1/certificate/drafts").token(&token).json(&begin("renewal")).send().await.refused(409, 32001);
    let detail = &refused.json["details"][0];
    assert_eq!(
        (&detail["code"], detail["reason"].as_str().unwrap().contains("可以申请")),
        (&json!("not_open"), true),
        "{detail}"
    );
    let refused = world.post("/api/v1/certificate/drafts").token(&token).json(&begin("new")).send().await.refused(409, 32001);
    assert_eq!(refused.json["details"][0]["code"], "has_card");
}

async fn who_lives_in_another_province_is_asked_for_a_residence_permit(world: World) {
    let renewal = Renewal::begun(world).await;
    let asked = async || {
        let check = renewal.get(&renewal.holder, &format!("/cases/{}/check", renewal.case)).await;
        let details = check["details"].as_array().unwrap().clone();
        details.iter().any(|d| d["field"] == "/materials/residence_permit")
    };
    let saved = renewal.save("holder", &json!({ "version": 0, "changed_condition": false })).await.data(200);
    assert!(saved["cross_province"] == json!(false) && !asked().await);
    let away = json!({ "version": 1, "changed_condition": false, "cross_province": true });
    let saved = renewal.save("holder", &away).await.data(200);
    assert!(saved["cross_province"] == json!(true) && asked().await);
    renewal.upload("residence_permit").await;
    assert!(!asked().await);
}
