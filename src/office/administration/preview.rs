//! A draft tried on past cases: what would have been asked or refused otherwise. Reads only.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::drafting::Draft;
use super::publishing;
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::service::{Office, Service};
use crate::office::policy::calendar;
use crate::office::policy::county::{self, NewPolicy, Pinned};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::calendar::{WorkCalendar, beijing_date};

/// What a draft would have changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftPreview {
    /// The latest submitted cases of the county and service.
    #[schema(example = 20)]
    looked_at: usize,
    /// Cases whose content cannot be read any more.
    unreadable: usize,
    /// Only the cases that would differ, the latest first.
    differing: Vec<CaseDifference>,
}

/// One past case under its own policy and under the draft.
#[derive(Debug, Serialize, ToSchema)]
struct CaseDifference {
    case_id: Id,
    #[schema(example = "JY20261121483920")]
    number: String,
    kind: Labelled,
    /// Version that the case began with.
    #[schema(example = 1)]
    policy_version: i64,
    /// Papers that the draft asks for and the case's policy did not.
    papers_added: Vec<Labelled>,
    papers_dropped: Vec<Labelled>,
    /// What would have kept it from being submitted.
    obstacles_added: Vec<Detail>,
    obstacles_dropped: Vec<Detail>,
    /// Day by which the office had to accept it, counted from its submission.
    #[schema(example = "2026-03-17", format = Date)]
    accept_by: String,
    #[schema(example = "2026-03-12", format = Date)]
    accept_by_under_draft: String,
    /// Working days of each desk, of a correction and of a public notice, where they differ.
    limits: Vec<LimitDifference>,
}

/// A limit in working days that the draft changes.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
struct LimitDifference {
    limit: Labelled,
    #[schema(example = 5)]
    days: u32,
    #[schema(example = 3)]
    days_under_draft: u32,
}

/// What one policy makes of a case.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    papers: Vec<Labelled>,
    obstacles: Vec<Detail>,
    accept_by: String,
}

/// On how many past cases a draft is tried: 20, or as many as were asked for.
///
/// # Errors
/// 10002 for less than 1 or more than 50.
pub fn count(asked: Option<i64>) -> Result<i64> {
    let count = asked.unwrap_or(20);
    let mut faults = Faults::new();
    if !(1..=50).contains(&count) {
        faults.push("/cases", "办件数", "out_of_range", "办件数超出范围。", "请填写 1 到 50 之间的数。");
    }
    faults.settle().map(|()| count)
}

/// Tries a draft that could be published on the latest `count` submitted cases.
///
/// # Errors
/// 10002 with everything that keeps it from being published.
pub fn of_draft(c: &mut AnyConn, office: &Office, draft: &Draft, count: i64) -> Result<DraftPreview> {
    let policy = draft.policy(draft.id, None, office.now)?;
    let faults = publishing::faults(&office.services, &policy.service, &policy.common, &policy.terms);
    if faults.is_empty() { run(c, office, policy, count) } else { Err(Error::invalid(faults)) }
}

/// Tries the draft on the latest `count` submitted cases.
fn run(c: &mut AnyConn, office: &Office, draft: NewPolicy, count: i64) -> Result<DraftPreview> {
    let latest = cases::table
        .filter(cases::county.eq(draft.county).and(cases::service.eq(draft.service.clone())))
        .filter(cases::submitted_at.is_not_null())
        .order((cases::submitted_at.desc(), cases::id.desc()))
        .limit(count);
    let rows: Vec<Case> = latest.select(<Case as Selectable<MultiBackend>>::construct_selection()).load(c)?;
    let service = office.services.get(&draft.service)?;
    let days = calendar::load(c)?;
    let looked_at = rows.len();
    let mut unreadable = 0_usize;
    let mut differing = Vec::new();
    let draft = Pinned::supposed(draft);
    for case in rows {
        let own = county::pinned(c, case.policy_id)?;
        let before = seen(c, office, service, &case, &own, &days);
        let as_draft = Case { policy_id: draft.id, ..case.clone() };
        let after = county::supposing(draft.clone(), || seen(c, office, service, &as_draft, &draft, &days));
        match (before, after) {
            (Ok(before), Ok(after)) => differing.extend(difference(
                service,
                &case,
                Under { policy: &own, seen: before },
                Under { policy: &draft, seen: after },
            )),
            (Err(e), _) | (_, Err(e)) if e.wants_another_run() => return Err(e),
            _ => unreadable = unreadable.saturating_add(1),
        }
    }
    Ok(DraftPreview { looked_at, unreadable, differing })
}

/// A policy's view of a case at the moment of its submission; what the register says is of today, on both sides alike.
fn seen(
    c: &mut AnyConn,
    office: &Office,
    service: &dyn Service,
    case: &Case,
    policy: &Pinned,
    days: &WorkCalendar,
) -> Result<Seen> {
    let at = case.course.submitted_at.unwrap_or(office.now);
    let then = Office { now: at, ..office.clone() };
    let conditions = service.conditions(c, &then, case)?;
    let asked = policy.common.materials.iter().filter(|m| m.required.holds(&conditions));
    Ok(Seen {
        papers: asked.map(|m| Labelled::new(&m.code, &m.label)).collect(),
        obstacles: service.check(c, &then, case)?,
        accept_by: beijing_date(days.due_at(at, policy.common.accept_days)).to_string(),
    })
}

/// A case as one policy sees it.
struct Under<'a> {
    policy: &'a Pinned,
    seen: Seen,
}

fn difference(service: &dyn Service, case: &Case, old: Under<'_>, new: Under<'_>) -> Option<CaseDifference> {
    let limits = limits(old.policy, new.policy);
    if old.seen == new.seen && limits.is_empty() {
        return None;
    }
    let kind = service.kinds().iter().find(|(code, _)| *code == case.kind).map_or("", |(_, label)| label);
    Some(CaseDifference {
        case_id: case.id,
        number: case.number.clone(),
        kind: Labelled::new(&case.kind, kind),
        policy_version: old.policy.version,
        papers_added: without(&new.seen.papers, &old.seen.papers),
        papers_dropped: without(&old.seen.papers, &new.seen.papers),
        obstacles_added: without(&new.seen.obstacles, &old.seen.obstacles),
        obstacles_dropped: without(&old.seen.obstacles, &new.seen.obstacles),
        accept_by: old.seen.accept_by,
        accept_by_under_draft: new.seen.accept_by,
        limits,
    })
}

fn without<T: Clone + PartialEq>(all: &[T], known: &[T]) -> Vec<T> {
    all.iter().filter(|one| !known.contains(one)).cloned().collect()
}

fn limits(old: &Pinned, new: &Pinned) -> Vec<LimitDifference> {
    let old = &old.common;
    let new = &new.common;
    let all = [
        ("accept_days", "受理", old.accept_days, new.accept_days),
        ("review_days", "每个环节审核", old.review_days, new.review_days),
        ("correction_days", "补正", old.correction_days, new.correction_days),
        ("notice_days", "公示", old.notice_days, new.notice_days),
    ];
    let changed = all.into_iter().filter(|(_, _, days, under)| days != under);
    changed
        .map(|(code, label, days, days_under_draft)| LimitDifference {
            limit: Labelled::new(code, label),
            days,
            days_under_draft,
        })
        .collect()
}
