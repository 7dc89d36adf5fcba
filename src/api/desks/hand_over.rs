//! Whoever leads a desk passes what one worker holds there to another, or back to the pool.

use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::{DeskLead, Worker};
use crate::office::accounts::staff;
use crate::office::cases::service::{Services, Spine};
use crate::office::desks::held::HandOver;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once};
use crate::platform::id::Id;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(hand_over);
}

/// From whom to whom.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandDesk {
    /// Who holds the cases.
    from_worker: Id,
    /// Who takes them; back to the pool when it is left out.
    to_worker: Option<Id>,
}
form!(HandDesk { from_worker: "原办理人", to_worker: "接手人" });

/// What became of the cases.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct DeskHanded {
    /// Cases that the other holds now.
    #[schema(example = 3)]
    handed: i64,
    /// Cases that went back to the pool: nobody was named, or the other may not work on them.
    #[schema(example = 1)]
    returned: i64,
}

#[utoipa::path(tag = "desks", operation_id = "handOverDesk", summary = "移交窗口工作",
    description = "窗口负责人或者系统管理员把一位同事正在办理的事项全部移交给另一位，或者放回待办。接手人需要回避或者不在这个窗口的，放回待办。每件都有办理记录。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = HandDesk,
    responses((status = 200, description = "已移交", body = Envelope<DeskHanded>),
        (status = 404, description = "10006 没有这位工作人员", body = Failure)), security(("staff" = [])))]
#[post("/staff/desks/actions/hand-over")]
async fn hand_over(
    who: DeskLead,
    once: Once,
    body: Body<HandDesk>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<DeskHanded>> {
    let (spine, by, id, asked) = (Spine::of(&app, &services), who.0, app.clock.id(), body.value);
    let done = once.write(&app, by.id, body.fingerprint, move |c| {
        // A name is asked for, not a post: who was banned or moved may still hold cases.
        staff::names(c, vec![asked.from_worker])?.pop().ok_or_else(Error::not_found)?;
        let to = asked.to_worker.map(|to| taker(c, &asked, to, spine.now)).transpose()?;
        let moved = HandOver { id, by: by.clone(), from: asked.from_worker, to }.run(c, &spine)?;
        Ok(DeskHanded { handed: moved.handed, returned: moved.returned })
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

fn taker(c: &mut AnyConn, asked: &HandDesk, to: Id, now: i64) -> Result<Worker> {
    let mut faults = Faults::new();
    let found = staff::find(c, to, now)?.filter(|_| to != asked.from_worker);
    if found.is_none() {
        let way = "请选择另一位在岗的同事，或者不选，放回待办。";
        faults.push("/to_worker", "接手人", "nobody", "这个人不能接手。", way);
    }
    faults.settle()?;
    found.ok_or_else(Error::not_found)
}
