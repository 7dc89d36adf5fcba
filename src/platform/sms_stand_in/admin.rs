//! `/__fake/`: routes by which tests and developers read the messages and order faults.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::{FaultMode, Shared};

/// Mounts the admin routes.
pub(super) fn mount(routes: &mut web::ServiceConfig) {
    routes.route("/last", web::get().to(last)).route("/sent", web::get().to(sent)).route("/fault", web::post().to(fault));
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Of {
    /// Eleven digits; without it the last message of all.
    phone: Option<String>,
}

#[derive(Deserialize)]
struct FaultBody {
    next: u32,
    #[serde(flatten)]
    mode: FaultMode,
}

async fn last(shared: web::Data<Shared>, query: web::Query<Of>) -> HttpResponse {
    let found = match &query.phone {
        Some(phone) => shared.last_to(phone),
        None => shared.delivered().pop(),
    };
    match found {
        Some(message) => HttpResponse::Ok().json(message),
        None => HttpResponse::NotFound().json(json!({ "error": "no message yet" })),
    }
}

async fn sent(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "sent": shared.delivered() }))
}

async fn fault(shared: web::Data<Shared>, body: web::Json<FaultBody>) -> HttpResponse {
    let FaultBody { next, mode } = body.into_inner();
    shared.set_fault(next, mode);
    HttpResponse::Ok().json(json!({ "done": true }))
}
