//! A policy is checked whole, the service's own part included, and then published for ever: over the API and the command line.

use serde_json::Value;

use super::drafting::{self, Draft, DraftState};
use super::events::{Change, Event};
use crate::office::accounts::guards::Worker;
use crate::office::cases::service::Services;
use crate::office::policy::county::{self, NewPolicy, Pinned};
use crate::office::policy::terms::{CommonPolicy, Required};
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// Everything that keeps a policy of this service from being published: `/common/…` and `/terms/…`.
pub fn faults(services: &Services, service: &str, common: &CommonPolicy, terms: &Value) -> Vec<Detail> {
    let Ok(service) = services.get(service) else {
        return vec![Detail::new("/service", "服务", "unknown_service", "没有这项服务。", "请核对服务的代码。")];
    };
    let under = |root: &str, mut detail: Detail| {
        detail.field = format!("/{root}{}", detail.field.trim_end_matches('/'));
        detail
    };
    let mut found: Vec<Detail> = common.faults().into_details().into_iter().map(|d| under("common", d)).collect();
    for (at, material) in common.materials.iter().enumerate() {
        // A condition that the service never answers would silently never ask for the paper.
        if let Required::When(code) = &material.required
            && !code.is_empty()
            && !service.condition_codes().contains(&code.as_str())
        {
            let known = format!("可用的条件：{}。", service.condition_codes().join("、"));
            let field = format!("/common/materials/{at}/required");
            found.push(Detail::new(&field, &material.label, "unknown_condition", "没有这种必交条件。", &known));
        }
    }
    found.extend(service.check_terms(terms).into_iter().map(|d| under("terms", d)));
    found
}

/// Publishes a policy that holds, with its line.
///
/// # Errors
/// 10002 with all faults.
pub fn publish(c: &mut AnyConn, services: &Services, new: &NewPolicy) -> Result<Pinned> {
    let found = faults(services, &new.service, &new.common, &new.terms);
    if !found.is_empty() {
        return Err(Error::invalid(found));
    }
    let published = county::publish(c, new)?;
    let said = format!("{}，第 {} 版，{} 起，{}", new.service, published.version, new.effective_from, new.source);
    Event::new(new.at, new.by, Change::PolicyPublished, new.id, Some(new.county)).words(None, said).record(c)?;
    Ok(published)
}

/// Publishes a draft as a new version of this id and closes it, in the caller's write.
///
/// # Errors
/// 10002 with all faults, 10006, 10030, 27003.
pub fn publish_draft(
    c: &mut AnyConn,
    services: &Services,
    admin: &Worker,
    draft: Id,
    seen: i64,
    policy: Id,
    now: Moment,
) -> Result<Draft> {
    let mut draft = drafting::take(c, admin, draft, seen)?;
    publish(c, services, &draft.policy(policy, Some(admin.id), now)?)?;
    draft.state = DraftState::Published;
    draft.policy_id = Some(policy);
    draft.save(c, admin.id, now)?;
    Ok(draft)
}
