//! What only a running demo answers, and only to its own machine: its clock, a worker's code, the reports' figures.

use actix_web::{HttpRequest, web};
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::province::figures_counted::{self, Figure};
use zhucan::entry::server::Extra;
use zhucan::form;
use zhucan::office::accounts::staff_login;
use zhucan::office::cases::service::Office;
use zhucan::platform::app::App;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::facts;
use zhucan::platform::http::{Answer, Body};
use zhucan::services;

/// The clock of a demo can be moved by ten years at most.
const MOST_MS: i64 = 10 * 366 * 86_400_000;

/// How far to move the clock.
#[derive(Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Forward, in milliseconds.
    #[validate(range(min = 1, max = 31_622_400_000_i64, message = "只能向前拨动，每次最多一年。"))]
    pub forward_ms: i64,
}

form!(Move { forward_ms: "拨快的时间" });

/// Where the clock stands now.
#[derive(Debug, Serialize, Deserialize)]
pub struct Clock {
    /// Epoch milliseconds.
    pub now_ms: i64,
    /// How far it is ahead of the machine's clock.
    pub offset_ms: i64,
}

/// A worker's one-time code of this moment.
#[derive(Debug, Serialize, Deserialize)]
pub struct Code {
    pub code: String,
}

/// What the server answers beside the product's own operations.
pub const EXTRA: Extra =
    Extra { paths: &[("/demo/clock", "POST"), ("/demo/totp/{name}", "GET"), ("/demo/figures", "GET")], routes };

fn routes(cfg: &mut web::ServiceConfig) {
    cfg.route("/demo/clock", web::post().to(move_clock));
    cfg.route("/demo/totp/{name}", web::get().to(totp));
    cfg.route("/demo/figures", web::get().to(figures));
}

async fn move_clock(req: HttpRequest, app: web::Data<App>, body: Body<Move>) -> Result<Answer<Clock>> {
    own_machine(&req)?;
    let forward = body.value.forward_ms;
    let offset_ms = app
        .db
        .write(move |c| {
            let before = facts::get(c, facts::DEMO_CLOCK_OFFSET)?.and_then(|text| text.parse().ok()).unwrap_or(0_i64);
            let after = before.saturating_add(forward).min(MOST_MS);
            facts::set(c, facts::DEMO_CLOCK_OFFSET, &after.to_string())?;
            Ok(after)
        })
        .await?;
    app.clock.set_offset_ms(offset_ms);
    Ok(Answer::ok(Clock { now_ms: app.clock.now_ms(), offset_ms }))
}

async fn totp(req: HttpRequest, name: web::Path<String>, app: web::Data<App>) -> Result<Answer<Code>> {
    own_machine(&req)?;
    Ok(Answer::ok(Code { code: staff_login::totp_code(&app, &name).await? }))
}

async fn figures(req: HttpRequest, app: web::Data<App>) -> Result<Answer<Vec<Figure>>> {
    own_machine(&req)?;
    let office = Office::of(&app, &services::all());
    Ok(Answer::ok(app.db.read(move |c| figures_counted::all(c, &office)).await?))
}

/// Callers from other machines get 404.
fn own_machine(req: &HttpRequest) -> Result<()> {
    if req.peer_addr().is_some_and(|peer| peer.ip().is_loopback()) { Ok(()) } else { Err(Error::not_found()) }
}
