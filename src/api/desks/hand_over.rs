//! Whoever leads a desk passes what one worker has claimed there to another, or back to the pool.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::DeskLead;
use crate::office::desks::claims::HandOver;
use crate::office::frame::Write;
use crate::platform::code;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Operations};
use crate::platform::id::Id;
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
    /// Who has claimed the cases.
    from_worker: Id,
    /// Who takes them; back to the pool when it is left out.
    to_worker: Option<Id>,
}
form!(HandDesk { from_worker: "原办理人", to_worker: "接手人" });

/// What became of the cases.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct DeskHanded {
    /// Cases that the other has claimed now.
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
        let order = HandOver::between(c, id, &by, asked.from_worker, asked.to_worker, office.now)?;
        let moved = order.run(c, office)?;
        Ok(DeskHanded { handed: moved.handed, returned: moved.returned })
    })
    .await
}
