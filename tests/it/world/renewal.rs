//! A certificate case for stories that need any case: an applicant who files it over HTTP as a phone does, and officers who decide it.

use std::io::Cursor;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::office::cases::record::anchors;

use super::World;
use super::client::{Call, Reply};

/// A little longer than a submission can be taken back.
pub const MINUTES_11: Duration = Duration::from_secs(11 * 60);

pub const fn days(n: u64) -> Duration {
    Duration::from_secs(n * 24 * 3600)
}

/// A case with the version of the last answer about it.
#[derive(Clone, Debug)]
pub struct Case {
    pub id: String,
    pub version: i64,
}

impl Case {
    pub fn of(view: &Value) -> Case {
        let summary = &view["summary"];
        Case { id: summary["id"].as_str().unwrap().into(), version: summary["version"].as_i64().unwrap() }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/cases/{}{rest}", self.id)
    }

    pub fn staff(&self, rest: &str) -> String {
        format!("/api/v1/staff/cases/{}{rest}", self.id)
    }

    pub fn certificate(&self, rest: &str) -> String {
        format!("/api/v1/certificate/cases/{}{rest}", self.id)
    }
}

/// Somebody who applies for a person.
pub struct Applicant {
    pub world: World,
    pub token: String,
    pub person: String,
    handle: &'static str,
}

impl Applicant {
    /// Somebody of the cast, who applies for the last person of their list: themselves, or their child.
    pub async fn of(world: &World, handle: &'static str) -> Applicant {
        let token = world.resident(handle).await;
        Applicant { handle, ..Applicant::signed_in(world, &token).await }
    }

    /// The same for somebody who signed in another way than with WeChat.
    pub async fn signed_in(world: &World, token: &str) -> Applicant {
        let token = token.to_owned();
        let persons = world.get("/api/v1/me/persons").token(&token).send().await.data(200);
        let all = persons.as_array().unwrap();
        let child = all.iter().find(|p| p["relation"]["value"] == "child");
        let person = child.unwrap_or(&all[0])["id"].as_str().unwrap().to_owned();
        Applicant { world: world.clone(), token, person, handle: "" }
    }

    /// Whoever holds this token, for a person: the person, or an officer with a mandate.
    pub fn holding(world: &World, token: &str, person: &str) -> Applicant {
        Applicant { world: world.clone(), token: token.to_owned(), person: person.to_owned(), handle: "" }
    }

    /// The resident whose card expires in ninety days, so that it can be renewed.
    pub async fn zhao(world: &World) -> Applicant {
        Applicant::of(world, "zhao-tiezhu").await
    }

    /// Takes a new access token: one lives twenty minutes.
    pub async fn sign_in_again(&mut self) {
        self.token = self.world.resident(self.handle).await;
    }

    pub async fn get(&self, path: &str) -> Value {
        self.world.get(path).token(&self.token).send().await.data(200)
    }

    pub async fn view(&self, case: &Case) -> Value {
        self.get(&case.path("")).await
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.world.post(path).token(&self.token).json(body)
    }

    pub fn put(&self, path: &str, body: &Value) -> Call {
        self.world.put(path).token(&self.token).json(body)
    }

    /// A fresh draft; `kind` is `renewal`, `change` or `new`.
    pub async fn begun(&self, kind: &str) -> Case {
        let body = json!({ "person_id": self.person, "kind": kind });
        let draft = self.post("/api/v1/certificate/drafts", &body).send().await.data(201);
        Case::of(&draft)
    }

    /// A draft with all sections and papers that the service asks for.
    pub async fn drafted(&self, kind: &str) -> Case {
        let case = self.begun(kind).await;
        let mut holder = json!({ "version": 0, "changed_condition": kind == "change" });
        if kind == "new" {
            holder["declared_category"] = json!("physical");
        }
        self.put(&case.certificate("/sections/holder"), &holder).send().await.data(200);
        let delivery = json!({ "version": 0, "way": "pickup", "place": "county" });
        self.put(&case.certificate("/sections/delivery"), &delivery).send().await.data(200);
        let view = self.view(&case).await;
        for material in view["materials"].as_array().unwrap().iter().filter(|m| m["required"] == true) {
            self.upload(&case, material["code"].as_str().unwrap(), picture()).send().await.data(201);
        }
        Case::of(&view)
    }

    pub async fn submitted(&self, kind: &str) -> Case {
        let case = self.drafted(kind).await;
        self.submit(&case).send().await.data(200);
        Case::of(&self.view(&case).await)
    }

    pub fn submit(&self, case: &Case) -> Call {
        let body = json!({ "version": case.version, "consent": "2026-11" });
        self.post(&case.path("/actions/submit"), &body)
    }

    /// Any other action, with the version that was seen last.
    pub async fn act(&self, case: &Case, verb: &str) -> Reply {
        let body = json!({ "version": case.version });
        self.post(&case.path(&format!("/actions/{verb}")), &body).send().await
    }

    /// One page, as `wx.uploadFile` sends it.
    pub fn upload(&self, case: &Case, material: &str, file: Vec<u8>) -> Call {
        self.upload_parts(case, &[("file", file), ("material", material.into()), ("alt_text", "户口簿首页".into())])
    }

    /// Any parts in this order; the one named file says that it is a photo.
    pub fn upload_parts(&self, case: &Case, parts: &[(&str, Vec<u8>)]) -> Call {
        let boundary = Uuid::new_v4().simple().to_string();
        let mut body = Vec::new();
        for (name, bytes) in parts {
            let more = if *name == "file" { "; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg" } else { "" };
            let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        self.world.post(&case.path("/papers")).token(&self.token).raw(&kind, body)
    }
}

impl World {
    /// An officer's decision on what was seen.
    pub async fn decide(&self, officer: &str, case: &Case, verb: &str) -> Reply {
        let path = case.staff(&format!("/actions/{verb}"));
        self.post(&path).token(officer).json(&json!({ "version": case.version })).send().await
    }

    /// The same, which must succeed. Returns the case with its new version.
    pub async fn decided(&self, officer: &str, case: &Case, verb: &str) -> Case {
        Case::of(&self.decide(officer, case, verb).await.data(200))
    }

    /// Checks that the hash chain of every case's history is unbroken.
    pub async fn history_is_whole(&self) {
        let found = anchors::verify(&self.app.db, self.app.keys.clone()).await.unwrap();
        assert!(found.faults.is_empty() && found.cases > 0, "{found:?}");
    }
}

/// A photo of a page.
pub fn picture() -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(640, 480, image::Rgb([250, 240, 230])).write_to(&mut out, image::ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

/// The actions of the timeline, in order.
pub fn actions(view: &Value) -> Vec<String> {
    view["timeline"].as_array().unwrap().iter().map(|l| l["action"]["value"].as_str().unwrap().to_owned()).collect()
}
