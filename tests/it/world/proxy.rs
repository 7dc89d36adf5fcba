//! An HTTP proxy between a program and a server that checks every answer against the OpenAPI document.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use reqwest::Method;
use uuid::Uuid;

use super::client::{Body, Heard, misfit};

/// As large as an upload may be.
const MOST_BYTES: usize = 12 * 1024 * 1024;
/// Headers that belong to one connection, or that the HTTP library sets itself: they are not forwarded.
const OWN: [&str; 5] = ["host", "connection", "content-length", "transfer-encoding", "keep-alive"];

#[derive(Clone)]
pub struct Proxy {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    faults: Arc<Mutex<Vec<String>>>,
    calls: Arc<Mutex<Vec<String>>>,
    handle: ServerHandle,
}

#[derive(Clone)]
struct Passing {
    base: String,
    http: reqwest::Client,
    faults: Arc<Mutex<Vec<String>>>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Passes on to `base`. Must be called inside an actix system.
    pub fn before(base: &str) -> Proxy {
        let faults = Arc::new(Mutex::new(Vec::new()));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let passing = Passing { base: base.to_owned(), http, faults: faults.clone(), calls: calls.clone() };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::PayloadConfig::new(MOST_BYTES))
                .app_data(web::Data::new(passing.clone()))
                .default_service(web::to(pass))
        });
        let server = server.workers(1).disable_signals().shutdown_timeout(1).listen(listener).unwrap().run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Proxy { address, faults, calls, handle }
    }

    /// The calls that passed, each as a guide writes it; a call that is repeated directly counts once.
    pub fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    /// Stops the proxy. Returns what did not fit the document.
    pub async fn end(self) -> Vec<String> {
        self.handle.stop(false).await;
        self.faults.lock().unwrap().clone()
    }
}

impl Passing {
    /// Notes a call; uploads of several pages, and repeated reads while a clock acts, count once.
    fn note(&self, heard: &Heard) {
        let path = heard.path.split('?').next().unwrap_or_default();
        let named = |word: &str| if Uuid::parse_str(word).is_ok() { "{id}".to_owned() } else { word.to_owned() };
        let words: Vec<String> = path.split('/').map(named).collect();
        let call = format!("- `{} {}` → {}", heard.method, words.join("/"), heard.status);
        let mut calls = self.calls.lock().unwrap();
        if path.starts_with("/api/") && calls.last() != Some(&call) {
            calls.push(call);
        }
    }
}

async fn pass(req: HttpRequest, body: web::Bytes, passing: web::Data<Passing>) -> HttpResponse {
    let method = Method::from_bytes(req.method().as_str().as_bytes()).unwrap();
    let path = req.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut call = passing.http.request(method.clone(), format!("{}{path}", passing.base)).body(body.to_vec());
    for (name, value) in req.headers().iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        call = call.header(name.as_str(), value.as_bytes());
    }
    let answer = match call.send().await {
        Ok(answer) => answer,
        Err(e) => return HttpResponse::BadGateway().body(e.to_string()),
    };
    let status = answer.status().as_u16();
    let headers = answer.headers().clone();
    let bytes = answer.bytes().await.unwrap();
    let mut passed = HttpResponse::build(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers.iter().filter(|(name, _)| !OWN.contains(&name.as_str())) {
        passed.append_header((name.as_str(), value.as_bytes()));
    }
    let heard = Heard { method, path, status, headers, bytes: bytes.to_vec() };
    passing.note(&heard);
    let kind = req.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    passing.faults.lock().unwrap().extend(misfit(heard, &Body { kind: kind.to_owned(), bytes: body.to_vec() }));
    passed.body(bytes)
}
