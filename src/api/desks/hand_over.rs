//! Whoever leads a desk passes what one worker holds there to another, or back to the pool.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::{DeskLead, Worker};
use crate::office::accounts::staff;
use crate::office::desks::claims::HandOver;
use crate::office::frame::Write;
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::{Answer, Operations};
use crate::platform::id::Id;
use crate::rules::moments::Moment;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        hand_over: [code::NOT_FOUND],
    );
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

#[utoipa::path(post, path = "/staff/desks/actions/hand-over", tag = "desks", operation_id = "handOverDesk", summary = "移交窗口工作",
    description = "窗口负责人或者系统管理员把一位同事正在办理的事项全部移交给另一位，或者放回待办。接手人需要回避或者不在这个窗口的，放回待办。每件都有办理记录。",
    responses((status = 200, description = "已移交")))]
async fn hand_over(who: DeskLead, call: Write<HandDesk>) -> Result<Answer<DeskHanded>> {
    let by = who.0;
    let id = call.app.clock.id();
    call.once(by.id, move |c, office, asked| {
        // A name is asked for, not a post: who was banned or moved may still hold cases.
        staff::names(c, vec![asked.from_worker])?.pop().ok_or_else(Error::not_found)?;
        let to = asked.to_worker.map(|to| taker(c, asked, to, office.now)).transpose()?;
        let moved = HandOver { id, by: by.clone(), from: asked.from_worker, to }.run(c, office)?;
        Ok(DeskHanded { handed: moved.handed, returned: moved.returned })
    })
    .await
}

fn taker(c: &mut AnyConn, asked: &HandDesk, to: Id, now: Moment) -> Result<Worker> {
    let mut faults = Faults::new();
    let found = staff::find(c, to, now)?.filter(|_| to != asked.from_worker);
    if found.is_none() {
        let way = "请选择另一位在岗的同事，或者不选，放回待办。";
        faults.push("/to_worker", "接手人", "nobody", "这个人不能接手。", way);
    }
    faults.settle()?;
    found.ok_or_else(Error::not_found)
}
