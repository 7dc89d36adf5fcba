//! `/healthz` and `/readyz`, for whatever watches the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpResponse, web};

use crate::platform::app::App;
use crate::platform::db::migrate;

/// Whether this process still wants requests.
#[derive(Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// From now on `/readyz` answers that the server is not ready.
    pub fn drain(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn draining(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/healthz", web::get().to(healthz)).route("/readyz", web::get().to(readyz));
}

/// The process lives; it says nothing about the database, so that nobody restarts the process for it.
async fn healthz() -> HttpResponse {
    told(HttpResponse::Ok(), "ok")
}

/// Requests would be answered: not draining, the database answers, its schema is the one of this program.
async fn readyz(app: web::Data<App>, readiness: web::Data<Readiness>) -> HttpResponse {
    if readiness.draining() {
        return told(HttpResponse::ServiceUnavailable(), "draining");
    }
    match migrate::state(&app.db).await {
        Ok((missing, _)) if missing.is_empty() => told(HttpResponse::Ok(), "ready"),
        Ok(_) => told(HttpResponse::ServiceUnavailable(), "migrations missing: run zhucan migrate"),
        Err(e) => {
            tracing::warn!(cause = e.cause(), "not ready");
            told(HttpResponse::ServiceUnavailable(), "database does not answer")
        }
    }
}

fn told(mut answer: actix_web::HttpResponseBuilder, status: &str) -> HttpResponse {
    answer
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(serde_json::json!({ "status": status }).to_string())
}
