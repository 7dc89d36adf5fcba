//! The client of the walks: calls the API as a front end would, and prints each call with its answer.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::{Method, multipart};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::demo::cast::PASSWORD;

/// Why a walk stopped, in a sentence.
#[derive(Debug)]
pub struct Stop(pub String);

impl From<reqwest::Error> for Stop {
    fn from(e: reqwest::Error) -> Stop {
        Stop(format!("演示没有回答，请先启动 zhucan demo。（{}）", e.without_url()))
    }
}

/// A walker between the running demo and its stand-in for WeChat.
pub struct Walker {
    http: reqwest::Client,
    /// `http://127.0.0.1:8080`.
    base: String,
    wechat: String,
    /// Whether calls and answers are printed.
    aloud: bool,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Hand {
    pub name: String,
    token: String,
}

impl Walker {
    pub fn new(base: &str, wechat: &str, aloud: bool) -> Walker {
        Walker { http: reqwest::Client::new(), base: base.to_owned(), wechat: wechat.to_owned(), aloud }
    }

    /// The same without printing, for calls that only fetch a version.
    fn quiet(&self) -> Walker {
        Walker { http: self.http.clone(), base: self.base.clone(), wechat: self.wechat.clone(), aloud: false }
    }

    /// A headline.
    pub fn say(&self, text: &str) {
        if self.aloud {
            println!("\n━━ {text}");
        }
    }

    /// Moves the demo's clock forward.
    pub async fn later(&self, forward_ms: i64, why: &str) -> Result<(), Stop> {
        self.say(why);
        self.call(None, Method::POST, "/demo/clock", Some(json!({ "forward_ms": forward_ms }))).await.map(drop)
    }

    /// Signs a resident in with a fresh code of the stand-in.
    pub async fn resident(&self, handle: &str) -> Result<Hand, Stop> {
        let url = format!("{}/__fake/login-code?user={handle}", self.wechat);
        let code: Value = self.http.get(url).send().await?.json().await?;
        let body = json!({ "code": code.get("code") });
        let session = self.call(None, Method::POST, "/api/v1/auth/wechat/login", Some(body)).await?;
        Ok(Hand { name: handle.to_owned(), token: text(&session, "/access_token")? })
    }

    /// Signs a worker in. The clock goes on by half a minute first, since a one-time code serves once.
    pub async fn worker(&self, username: &str) -> Result<Hand, Stop> {
        self.call(None, Method::POST, "/demo/clock", Some(json!({ "forward_ms": 31_000 }))).await?;
        let code = self.call(None, Method::GET, &format!("/demo/totp/{username}"), None).await?;
        let body = json!({ "username": username, "password": PASSWORD, "totp": code.get("code") });
        let session = self.call(None, Method::POST, "/api/v1/auth/staff/login", Some(body)).await?;
        Ok(Hand { name: username.to_owned(), token: text(&session, "/access_token")? })
    }

    pub async fn get(&self, who: &Hand, path: &str) -> Result<Value, Stop> {
        self.call(Some(who), Method::GET, &format!("/api/v1{path}"), None).await
    }

    pub async fn post(&self, who: &Hand, path: &str, body: Value) -> Result<Value, Stop> {
        self.call(Some(who), Method::POST, &format!("/api/v1{path}"), Some(body)).await
    }

    pub async fn put(&self, who: &Hand, path: &str, body: Value) -> Result<Value, Stop> {
        self.call(Some(who), Method::PUT, &format!("/api/v1{path}"), Some(body)).await
    }

    /// The version of a case that its applicant sees now.
    pub async fn version(&self, who: &Hand, case: &str) -> Result<i64, Stop> {
        let quiet = self.quiet();
        let view = quiet.get(who, &format!("/cases/{case}")).await?;
        view.pointer("/summary/version").and_then(Value::as_i64).ok_or_else(|| Stop("办件没有版本号".into()))
    }

    /// The same, as a worker sees it.
    pub async fn staff_version(&self, who: &Hand, case: &str) -> Result<i64, Stop> {
        let quiet = self.quiet();
        let view = quiet.get(who, &format!("/staff/cases/{case}")).await?;
        view.pointer("/summary/version").and_then(Value::as_i64).ok_or_else(|| Stop("办件没有版本号".into()))
    }

    /// Waits until the worker of the demo has moved a case into a state; ten seconds at most.
    pub async fn settled(&self, who: &Hand, case: &str, state: &str) -> Result<(), Stop> {
        let quiet = self.quiet();
        for _ in 0..100 {
            let view = quiet.get(who, &format!("/cases/{case}")).await?;
            if view.pointer("/summary/state/value").and_then(Value::as_str) == Some(state) {
                return Ok(());
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        Err(Stop(format!("等了十秒，办件还没有变成 {state}。")))
    }

    /// An officer's decision on what is true now.
    pub async fn decide(&self, who: &Hand, case: &str, verb: &str) -> Result<Value, Stop> {
        let version = self.staff_version(who, case).await?;
        self.post(who, &format!("/staff/cases/{case}/actions/{verb}"), json!({ "version": version })).await
    }

    /// Uploads an invented paper: a white page, as a JPEG.
    pub async fn upload(&self, who: &Hand, case: &str, material: &str, alt_text: &str) -> Result<Value, Stop> {
        let path = format!("/api/v1/cases/{case}/papers");
        if self.aloud {
            println!(
                "\n$ curl -X POST {}{path} -H 'authorization: Bearer …{}' -H 'idempotency-key: …' -F file=@{material}.jpg -F material={material} -F alt_text={alt_text}",
                self.base, who.name
            );
        }
        let part = multipart::Part::bytes(page()?).file_name("photo.jpg").mime_str("image/jpeg")?;
        let form = multipart::Form::new().part("file", part).text("material", material.to_owned());
        let form = form.text("alt_text", alt_text.to_owned());
        let call = self.http.post(format!("{}{path}", self.base)).bearer_auth(&who.token);
        let sent = call.header("Idempotency-Key", Uuid::now_v7().to_string()).multipart(form).send().await?;
        self.answer(sent).await
    }

    async fn call(&self, who: Option<&Hand>, method: Method, path: &str, body: Option<Value>) -> Result<Value, Stop> {
        let mut call = self.http.request(method.clone(), format!("{}{path}", self.base));
        let mut line = format!("$ curl -X {method} '{}{path}'", self.base);
        if let Some(who) = who {
            call = call.bearer_auth(&who.token);
            line.push_str(&format!(" -H 'authorization: Bearer …{}'", who.name));
        }
        if method == Method::POST && who.is_some() {
            let key = Uuid::now_v7().to_string();
            line.push_str(&format!(" -H 'idempotency-key: {key}'"));
            call = call.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            line.push_str(&format!(" -H 'content-type: application/json' -d '{body}'"));
            call = call.json(&body);
        }
        if self.aloud {
            println!("\n{line}");
        }
        let sent = call.send().await?;
        self.answer(sent).await
    }

    async fn answer(&self, sent: reqwest::Response) -> Result<Value, Stop> {
        let bytes = sent.bytes().await?;
        let answer: Value = serde_json::from_slice(&bytes).map_err(|e| Stop(format!("回答不是 JSON：{e}")))?;
        if self.aloud {
            println!("{}", short(&answer));
        }
        match answer.get("errcode").and_then(Value::as_u64) {
            Some(0) => Ok(answer.get("data").cloned().unwrap_or_default()),
            _ => Err(Stop(format!("在这里停下了：{answer}"))),
        }
    }
}

/// A text in an answer.
pub fn text(value: &Value, pointer: &str) -> Result<String, Stop> {
    let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Stop(format!("回答里没有 {pointer}：{}", short(value))))
}

/// An answer on a few lines, without the values of tokens.
fn short(answer: &Value) -> String {
    let mut shown = answer.clone();
    for token in ["/data/access_token", "/data/refresh_token"] {
        if let Some(secret) = shown.pointer_mut(token) {
            *secret = json!("…");
        }
    }
    let pretty = serde_json::to_string_pretty(&shown).unwrap_or_default();
    let lines: Vec<&str> = pretty.lines().collect();
    let first: Vec<&str> = lines.iter().take(40).copied().collect();
    let more = lines.len().saturating_sub(first.len());
    let tail = if more > 0 { format!("\n  …（还有 {more} 行）") } else { String::new() };
    format!("{}{tail}", first.join("\n"))
}

fn page() -> Result<Vec<u8>, Stop> {
    let page = DynamicImage::ImageRgb8(RgbImage::from_pixel(413, 579, Rgb([250, 250, 250])));
    let mut jpeg = Cursor::new(Vec::new());
    page.write_to(&mut jpeg, ImageFormat::Jpeg).map_err(|e| Stop(format!("画不出示例图片：{e}")))?;
    Ok(jpeg.into_inner())
}
