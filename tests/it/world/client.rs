//! An HTTP client that checks every answer against the OpenAPI document, and notes which codes it saw.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::Value;
use uuid::Uuid;

use super::World;
use crate::document::{self, Operation};
use crate::examples;

/// A call that is being built. Operations that take an Idempotency-Key get a fresh one unless the story sets it.
pub struct Call {
    http: reqwest::Client,
    base: String,
    method: Method,
    path: String,
    token: Option<String>,
    key: Option<Option<Uuid>>,
    headers: Vec<(String, String)>,
    body: Option<Body>,
    /// The answer is one of the product's, which its document tells.
    told: bool,
}

/// The body of a request.
#[derive(Clone)]
pub struct Body {
    /// The content type.
    pub kind: String,
    pub bytes: Vec<u8>,
}

/// An answer that fits the document.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    /// Null when it is no JSON.
    pub json: Value,
}

impl World {
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call {
            http: self.http.clone(),
            base: self.base.clone(),
            method,
            path: path.to_owned(),
            token: None,
            key: None,
            headers: Vec::new(),
            body: None,
            told: self.offers_what_the_document_tells(),
        }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }
}

impl Call {
    pub fn token(mut self, token: &str) -> Call {
        self.token = Some(token.to_owned());
        self
    }

    /// This key, for repeated calls.
    pub fn key(mut self, key: Uuid) -> Call {
        self.key = Some(Some(key));
        self
    }

    pub fn without_key(mut self) -> Call {
        self.key = Some(None);
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Call {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn json(self, body: &Value) -> Call {
        self.raw("application/json", serde_json::to_vec(body).unwrap())
    }

    pub fn raw(mut self, kind: &str, bytes: Vec<u8>) -> Call {
        self.body = Some(Body { kind: kind.to_owned(), bytes });
        self
    }

    /// Without the last bytes of its body, as when a connection breaks behind a proxy that forwards what it has.
    pub fn cut_off(mut self, bytes: usize) -> Call {
        if let Some(body) = &mut self.body {
            body.bytes.truncate(body.bytes.len() - bytes);
        }
        self
    }

    /// Sends it and checks the answer against the document, unless the world offers what that does not know.
    pub async fn send(self) -> Reply {
        let operation = document::find(self.method.as_str(), &self.path);
        let mut request = self.http.request(self.method.clone(), format!("{}{}", self.base, self.path));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let usual = || operation.is_some_and(Operation::takes_key).then(Uuid::new_v4);
        if let Some(key) = self.key.unwrap_or_else(usual) {
            request = request.header("Idempotency-Key", key.to_string());
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let sent = self.body.clone();
        if let Some(Body { kind, bytes }) = self.body {
            request = request.header("content-type", kind).body(bytes);
        }
        let what = format!("{} {}", self.method, self.path);
        let answer = request.send().await.unwrap_or_else(|e| panic!("{what}: {e:?}"));
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        let bytes = answer.bytes().await.unwrap().to_vec();
        let reply = Reply { status, headers, json: serde_json::from_slice(&bytes).unwrap_or_default(), bytes };
        if self.told && self.path.starts_with("/api/") && self.method != Method::HEAD {
            reply.hold(&what, operation);
            if self.token.as_deref().is_some_and(of_a_worker) {
                reply.keeps_at_work(&what);
            }
            if let Some(operation) = operation {
                examples::note(operation, sent.as_ref(), &reply);
            }
        }
        reply
    }
}

/// A call and its answer that another client made.
pub struct Heard {
    pub method: Method,
    /// With its query.
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

/// How an answer that another client got differs from the document; none when it fits.
pub fn misfit(heard: Heard, sent: &Body) -> Option<String> {
    let path = heard.path.split('?').next().unwrap_or_default();
    if !path.starts_with("/api/") {
        return None;
    }
    let operation = document::find(heard.method.as_str(), path);
    let json = serde_json::from_slice(&heard.bytes).unwrap_or_default();
    let reply = Reply { status: heard.status, headers: heard.headers, json, bytes: heard.bytes };
    if let Some(operation) = operation {
        examples::note(operation, Some(sent), &reply);
    }
    reply.misfit(&format!("{} {path}", heard.method), operation)
}

/// Whether a token is a worker's, by its claims.
fn of_a_worker(token: &str) -> bool {
    use base64::Engine;
    let claims = token.split('.').nth(1).and_then(|part| base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).ok());
    claims.and_then(|c| serde_json::from_slice::<Value>(&c).ok()).is_some_and(|c| c["role"] == "staff")
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    /// The stable code; 0 for a success.
    pub fn errcode(&self) -> u64 {
        self.json["errcode"].as_u64().unwrap_or(u64::MAX)
    }

    /// The data of an answer of this status; anything else ends the story.
    #[track_caller]
    pub fn data(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json["data"].clone()
    }

    /// Ends the story unless it was refused like this.
    #[track_caller]
    pub fn refused(self, status: u16, errcode: u64) -> Reply {
        assert_eq!((self.status, self.errcode()), (status, errcode), "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// Answers to a worker must not say that somebody should go to the window: the worker sits there.
    fn keeps_at_work(&self, what: &str) {
        let details = self.json["details"].as_array().cloned().unwrap_or_default();
        let told: Vec<&Value> = details.iter().map(|d| &d["suggestion"]).chain([&self.json["errmsg"]]).collect();
        for sentence in told.iter().filter_map(|s| s.as_str()) {
            let sent_away = ["到窗口", "残联窗口", "联系残联", "残联电话"].iter().any(|place| sentence.contains(place));
            assert!(!sent_away, "{what} sends a worker to the window: {sentence}");
        }
    }

    fn hold(&self, what: &str, operation: Option<&'static Operation>) {
        if let Some(fault) = self.misfit(what, operation) {
            panic!("{fault}");
        }
    }

    fn misfit(&self, what: &str, operation: Option<&'static Operation>) -> Option<String> {
        if let Some(e) = document::misfit(operation, self) {
            return Some(format!("{what} answered {}: {e}\n{}", self.status, String::from_utf8_lossy(&self.bytes)));
        }
        let mut lines = self.json["data"]["timeline"].as_array().into_iter().flatten();
        let bare = lines.find(|line| line["reason"].as_str().is_some_and(str::is_ascii));
        bare.map(|line| format!("{what}: a timeline shows a bare code: {line}"))
    }
}
