//! `/__fake/`: routes by which tests and developers act as WeChat users and order faults.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::issued::FaultMode;
use super::{NewUser, NotKnown, Shared};

/// Mounts the admin routes.
pub(super) fn mount(routes: &mut web::ServiceConfig) {
    routes
        .route("/apps", web::post().to(add_app))
        .route("/users", web::post().to(add_user))
        .route("/login-codes", web::post().to(issue_login_code))
        .route("/login-code", web::get().to(login_code_for))
        .route("/phone-codes", web::post().to(issue_phone_code))
        .route("/subscribe", web::post().to(subscribe))
        .route("/clock/advance", web::post().to(advance))
        .route("/fault", web::post().to(fault))
        .route("/calls", web::get().to(calls))
        .route("/sent", web::get().to(sent));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppBody {
    appid: String,
    secret: String,
}

/// Without `appid` the first app is meant; most have only one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserAt {
    user: String,
    appid: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscribeBody {
    user: String,
    template_id: String,
    /// Messages to allow; 0 takes all away.
    messages: u32,
    appid: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceBody {
    ms: i64,
}

#[derive(Deserialize)]
struct FaultBody {
    endpoint: String,
    next: u32,
    #[serde(flatten)]
    mode: FaultMode,
}

async fn add_app(shared: web::Data<Shared>, body: web::Json<AppBody>) -> HttpResponse {
    shared.add_app(&body.appid, &body.secret);
    done()
}

async fn add_user(shared: web::Data<Shared>, body: web::Json<NewUser>) -> HttpResponse {
    shared.add_user(body.into_inner());
    done()
}

async fn issue_login_code(shared: web::Data<Shared>, body: web::Json<UserAt>) -> HttpResponse {
    code_answer(shared.issue_login_code(&app_of(&shared, body.appid.as_deref()), &body.user))
}

async fn login_code_for(shared: web::Data<Shared>, query: web::Query<UserAt>) -> HttpResponse {
    code_answer(shared.issue_login_code(&app_of(&shared, query.appid.as_deref()), &query.user))
}

async fn issue_phone_code(shared: web::Data<Shared>, body: web::Json<UserAt>) -> HttpResponse {
    code_answer(shared.issue_phone_code(&app_of(&shared, body.appid.as_deref()), &body.user))
}

async fn subscribe(shared: web::Data<Shared>, body: web::Json<SubscribeBody>) -> HttpResponse {
    let appid = app_of(&shared, body.appid.as_deref());
    shared.grant_credit(&appid, &body.user, &body.template_id, body.messages);
    done()
}

async fn advance(shared: web::Data<Shared>, body: web::Json<AdvanceBody>) -> HttpResponse {
    shared.advance_ms(body.ms);
    done()
}

async fn fault(shared: web::Data<Shared>, body: web::Json<FaultBody>) -> HttpResponse {
    shared.set_fault(&body.endpoint, body.next, body.mode);
    done()
}

async fn calls(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "calls": shared.calls() }))
}

async fn sent(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "sent": shared.sent() }))
}

fn app_of(shared: &Shared, appid: Option<&str>) -> String {
    appid.map(str::to_owned).or_else(|| shared.lock().apps.keys().next().cloned()).unwrap_or_default()
}

fn code_answer(code: Result<String, NotKnown>) -> HttpResponse {
    match code {
        Ok(code) => HttpResponse::Ok().json(json!({ "code": code })),
        Err(NotKnown) => HttpResponse::NotFound().json(json!({ "error": NotKnown.to_string() })),
    }
}

fn done() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "done": true }))
}
