//! Why cases came back or were refused, and how many came back at least once.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rows::{report_corrections, report_lines};
use super::scope::{percent, service};
use crate::labelled;
use crate::office::cases::record::history::case_events;
use crate::office::cases::service::Office;
use crate::office::cases::service::figures::{Period, Scope};
use crate::office::cases::showing::views;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::platform::sheets::{Cell, Table};
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Action;

coded_enum! {
    /// How a case came back.
    pub enum ReturnKind {
        Correction = "correction", "要求补正";
        Refusal = "refusal", "不予受理或批准";
        SendBack = "send_back", "退回下级";
    }
}

/// Reasons and shares of a period.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Returns {
    pub period: Period,
    /// By service, kind and reason, the most frequent first.
    pub reasons: Vec<ReasonRow>,
    pub shares: Vec<ReturnShare>,
}

/// How often a reason was given; a correction notice gives one for each item, also when it was taken back later.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReasonRow {
    pub service: Labelled,
    pub kind: Labelled<ReturnKind>,
    /// In the words of the policy; where counties say it in different words, each stands for itself.
    pub reason: Labelled,
    pub count: i64,
}

/// Of the cases that were submitted in the period, those that until now came back at least once, for a correction or to
/// the desk before.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReturnShare {
    pub service: Labelled,
    pub submitted: i64,
    pub returned: i64,
    /// One decimal.
    #[schema(example = 12.5)]
    pub percent: Option<f64>,
}

/// What brings a case back.
const RETURNING: &[Action] = &[Action::RequestCorrection, Action::SendBack];

/// Counts them: four grouped queries.
pub fn count(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Returns> {
    // By service, kind, code and words.
    let mut found: BTreeMap<(String, ReturnKind, String, String), i64> = BTreeMap::new();
    for (code, policy, kind, reason, count) in corrections(c, scope)?.into_iter().chain(decisions(c, scope)?) {
        // Policies are few and kept in memory once they were read.
        let words = views::words(&reason, &county::pinned(c, policy)?.common, office.services.get(&code)?);
        let row = found.entry((code, kind, reason, words)).or_default();
        *row = row.saturating_add(count);
    }
    let mut reasons = Vec::with_capacity(found.len());
    for ((code, kind, reason, words), count) in found {
        let reason = Labelled::new(&reason, &words);
        reasons.push(ReasonRow { service: service(office, &code)?, kind: labelled!(kind), reason, count });
    }
    // Stable: what is as frequent stays in the order of its codes.
    reasons.sort_by_key(|r| std::cmp::Reverse(r.count));
    Ok(Returns { period: scope.period, reasons, shares: shares(c, office, scope)? })
}

type Counted = (String, Id, ReturnKind, String, i64);

fn corrections(c: &mut AnyConn, scope: &Scope) -> Result<Vec<Counted>> {
    use report_corrections as i;
    let (from, to) = scope.moments();
    let by = (i::service, i::policy_id, i::reason);
    let items = i::table.group_by(by).select((i::service, i::policy_id, i::reason, diesel::dsl::count_star()));
    let items = within!(items, i, scope).filter(i::asked_at.between(from, to)).order(by);
    let items: Vec<(String, Id, String, i64)> = items.load(c)?;
    Ok(items.into_iter().map(|(code, policy, reason, n)| (code, policy, ReturnKind::Correction, reason, n)).collect())
}

fn decisions(c: &mut AnyConn, scope: &Scope) -> Result<Vec<Counted>> {
    use report_lines as l;
    let (from, to) = scope.moments();
    let by = (l::service, l::policy_id, l::action, l::reason);
    let lines = l::table.group_by(by).select((l::service, l::policy_id, l::action, l::reason, diesel::dsl::count_star()));
    let lines = within!(lines, l, scope).filter(l::action.eq_any(&[Action::Decline, Action::Reject, Action::SendBack]));
    let lines: Vec<(String, Id, Action, Option<String>, i64)> = lines.filter(l::at.between(from, to)).order(by).load(c)?;
    let counted = |(code, policy, action, reason, n): (String, Id, Action, Option<String>, i64)| {
        let kind = if action == Action::SendBack { ReturnKind::SendBack } else { ReturnKind::Refusal };
        (code, policy, kind, reason.unwrap_or_default(), n)
    };
    Ok(lines.into_iter().map(counted).collect())
}

fn shares(c: &mut AnyConn, office: &Office, scope: &Scope) -> Result<Vec<ReturnShare>> {
    use report_lines as l;
    let (from, to) = scope.moments();
    let cases = || l::table.group_by(l::service).select((l::service, diesel::dsl::count(l::case_id).aggregate_distinct()));
    let submitted = within!(cases(), l, scope).filter(l::action.eq(Action::Submit)).filter(l::at.between(from, to));
    let submitted: Vec<(String, i64)> = submitted.order(l::service).load(c)?;
    // A case comes back only after its submission, so that lines from the first day of the period on are enough.
    let back = case_events::table.filter(case_events::action.eq_any(RETURNING)).filter(case_events::at.ge(from));
    let returned = within!(cases(), l, scope).filter(l::action.eq(Action::Submit)).filter(l::at.between(from, to));
    let returned = returned.filter(l::case_id.eq_any(back.select(case_events::case_id)));
    let returned: Vec<(String, i64)> = returned.order(l::service).load(c)?;
    let share = |(code, submitted): (String, i64)| {
        let returned = returned.iter().find(|(other, _)| *other == code).map_or(0, |(_, n)| *n);
        Ok(ReturnShare { service: service(office, &code)?, submitted, returned, percent: percent(returned, submitted) })
    };
    submitted.into_iter().map(share).collect()
}

impl Returns {
    pub fn tables(&self) -> Vec<Table> {
        let reason = |r: &ReasonRow| {
            vec![Cell::text(&r.service.label), Cell::text(&r.kind.label), Cell::text(&r.reason.label), Cell::Number(r.count)]
        };
        let share = |s: &ReturnShare| {
            vec![Cell::text(&s.service.label), Cell::Number(s.submitted), Cell::Number(s.returned), Cell::Share(s.percent)]
        };
        let reasons = self.reasons.iter().map(reason).collect();
        let shares = self.shares.iter().map(share).collect();
        vec![
            Table { name: "退回原因", head: vec!["事项", "类别", "原因", "次数"], rows: reasons },
            Table {
                name: "退回比例", head: vec!["事项", "提交的件数", "退回过的件数", "比例（%）"], rows: shares
            },
        ]
    }
}
