//! What an officer decides about a case: what must be said with it, and the one notice of everything that is to be mended.

use crate::office::accounts::guards::Worker;
use crate::office::cases::access::loading;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Ask, Deed};
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes;
use crate::office::cases::service::Office;
use crate::office::cases::showing::views;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::id::Id;
use crate::rules::versions::Version;

/// A decision; one case and many are decided alike.
pub struct Ruling {
    pub deed: Deed,
    /// The reason that came with it, also where the deed takes none: then it is refused.
    pub reason: Option<String>,
    pub note: Option<String>,
}

impl Ruling {
    /// Decides a case in the worker's scope, on the version that was seen.
    ///
    /// # Errors
    /// 10002, 10006, 10030, 200xx.
    pub fn on(&self, c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, version: Version) -> Result<Case> {
        let case = loading::in_scope(c, worker, id)?;
        reasoned(c, &case, self)?;
        let decided = Act::new(Actor::Worker(worker.clone()), self.deed.clone()).seeing(version);
        act(c, office, case.id, decided.saying(self.note.clone()))
    }
}

/// What an officer must say: saying no, sending back, escalating and putting off need a reason of the policy's list, a
/// remark its words. Any other reason is refused.
fn reasoned(c: &mut AnyConn, case: &Case, ruling: &Ruling) -> Result<()> {
    let policy = county::pinned(c, case.policy_id)?.common;
    let handling = &policy.handling;
    let list = match ruling.deed {
        Deed::Decline { .. } | Deed::Reject { .. } => &policy.reject_reasons,
        Deed::SendBack { .. } => &handling.send_back_reasons,
        Deed::Escalate { .. } => &handling.escalate_reasons,
        Deed::Hold { .. } => &handling.hold_reasons,
        _ => &Vec::new(),
    };
    let mut faults = Faults::new();
    match ruling.reason.as_deref() {
        None if !list.is_empty() => {
            faults.push("/reason", "原因", "required", "没有选择原因。", "请从原因列表中选择，申请人会看到。");
        }
        Some(code) if !list.iter().any(|r| r.code == code) => {
            faults.push("/reason", "原因", "unknown_reason", "没有这种原因。", "请从原因列表中选择。");
        }
        _ => {}
    }
    if matches!(ruling.deed, Deed::Remark { .. } | Deed::StopNotice { .. }) && ruling.note.is_none() {
        faults.push("/note", "说明", "required", "没有写内容。", "请写明情况。");
    }
    faults.settle()
}

/// Asks the applicant to mend everything at once, on the version that was seen.
///
/// # Errors
/// 10006, 10030, 200xx; 20012 for what the case has not, or a reason that the policy does not list.
pub fn ask_to_mend(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, version: Version, asks: &[Ask]) -> Result<Case> {
    let case = loading::in_scope(c, worker, id)?;
    mendable(c, office, &case, asks)?;
    let asking = Act::new(Actor::Worker(worker.clone()), Deed::RequestCorrection(asks.to_vec()));
    act(c, office, case.id, asking.seeing(version))
}

/// Every item is one of the case's papers and sections, with a reason of the policy's list.
fn mendable(c: &mut AnyConn, office: &Office, case: &Case, asks: &[Ask]) -> Result<()> {
    let policy = county::pinned(c, case.policy_id)?.common;
    let service = office.services.get(&case.service)?;
    let mut wrong = Vec::new();
    for (at, ask) in asks.iter().enumerate() {
        if views::target_label(&ask.target, &policy, service).is_none() {
            let field = format!("/items/{at}/target");
            wrong.push(Detail::new(&field, "补正内容", "unknown_item", "清单里没有这一项。", "请从材料和表单内容中选择。"));
        }
        if !policy.correction_reasons.iter().any(|r| r.code == ask.reason) {
            let field = format!("/items/{at}/reason");
            wrong.push(Detail::new(&field, "原因", "unknown_reason", "没有这种原因。", "请从补正原因列表中选择。"));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(Error::new(&codes::UNKNOWN_ITEM).with_details(wrong)) }
}
