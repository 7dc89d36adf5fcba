//! What keeps a case from being submitted: the service's own rules, and papers that are missing.

use super::papers;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Result};

/// Everything to mend, in the order of the form; empty when the case can be submitted.
pub fn check(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<Detail>> {
    let service = office.services.get(&case.service)?;
    let mut found = service.check(c, office, case)?;
    let policy = county::pinned(c, case.policy_id)?.common.clone();
    let conditions = service.conditions(c, office, case)?;
    let there = papers::materials_of(c, case.id)?;
    for material in policy.materials.iter().filter(|m| m.required.holds(&conditions)) {
        if !there.contains(&material.code) {
            let field = format!("/materials/{}", material.code);
            let suggestion = format!("请上传{}。不方便拍照的，可以到窗口办理或者请工作人员上门。", material.label);
            found.push(Detail::new(&field, &material.label, "missing", "还没有上传这份材料。", &suggestion));
        }
    }
    Ok(found)
}
