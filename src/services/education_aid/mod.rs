//! Education aid (教育救助): a season with its money, an application, an award, and its payment.

pub mod codes; // what can be refused, and the steps of the history
pub mod terms; // what a county decides
pub mod targets; // how many a season is to reach
pub mod rules; // who is aided, with how much, on which papers
pub mod sections; // what the applicant fills in
pub mod seasons; // the table of seasons
pub mod store; // the table of awards
mod dossier; // an application beside what the register says
pub mod mending; // correcting the account after the bank refused a payment
mod bank_file; // the CSV file for the bank
pub mod payments; // payment batches and their lines
pub mod booking; // the bank's answers
mod proofs; // proofs of enrolment that are due after approval
mod views; // what people see
mod counts; // what the yearly report counts
mod on_paper; // the form and the approval for print
mod api; // what an applicant may call: seasons, drafts, the state of the aid
mod sections_api; // what an applicant may call: the sections
mod staff_api; // what officers may call
mod payments_api; // what finance may call
#[cfg(test)]
mod tests;

use rules::{Ineligible, Season};
use serde_json::Value;
use store::AwardState;
use terms::{Beneficiary, Terms};

use crate::labelled;
use crate::office::cases::moving::act::{Step, step};
use crate::office::cases::record::actor::{Actor, Due};
use crate::office::cases::record::case::Case;
use crate::office::cases::service::figures::{ReportTable, Scope};
use crate::office::cases::service::{Offer, Office, OnPaper, PrintedSection, Service};
use crate::office::people::{persons, register};
use crate::office::policy::county;
use crate::office::policy::terms::parse_terms;
use crate::platform::code::Code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::http::{Labelled, Operations, Tag, tag};
use crate::platform::id::Id;
use crate::rules::calendar::end_of_day;
use crate::rules::lifecycle::{Action, Desk, State};
use crate::rules::versions::Version;

/// The service's stable code.
pub const CODE: &str = "education_aid";

/// The service.
pub struct EducationAid;

/// Refusals of this service at operations that all services share.
static REFUSALS: &[(&str, &[&Code])] = &[
    ("appealCase", &[&codes::APPLIED]),
    ("decideCase", &[&codes::EXHAUSTED, &codes::NO_AMOUNT, &codes::APPLIED]),
    ("withdrawCase", &[&codes::IN_PAYMENT]),
];

impl Service for EducationAid {
    fn code(&self) -> &'static str {
        CODE
    }

    fn label(&self) -> &'static str {
        "教育救助"
    }

    fn letters(&self) -> &'static str {
        "JY"
    }

    fn kinds(&self) -> &'static [(&'static str, &'static str)] {
        &[("student", "残疾学生"), ("child", "残疾人家庭子女")]
    }

    fn sections(&self) -> &'static [(&'static str, &'static str)] {
        sections::SECTIONS
    }

    fn steps(&self) -> &'static [(&'static str, &'static str)] {
        codes::STEPS
    }

    fn codes(&self) -> &'static [&'static Code] {
        codes::AID
    }

    fn refusals(&self) -> &'static [(&'static str, &'static [&'static Code])] {
        REFUSALS
    }

    fn mount(&self, to: &mut Operations) {
        api::routes(to);
        sections_api::routes(to);
        staff_api::routes(to);
        payments_api::routes(to);
    }

    fn tags(&self) -> &'static [Tag] {
        const { &[tag("education-aid", "教育补助", "残疾学生和残疾人家庭子女教育补助")] }
    }

    fn flow_guides(&self) -> &'static [(&'static str, &'static str)] {
        &[("education-aid", include_str!("../../../docs/guides/education-aid.md"))]
    }

    fn check_terms(&self, terms: &Value) -> Vec<Detail> {
        parse_terms::<Terms>(terms).map_or_else(|faults| faults, |terms| terms.faults())
    }

    fn condition_codes(&self) -> &'static [&'static str] {
        rules::CONDITIONS
    }

    fn further_desks(&self) -> &'static [Desk] {
        &[Desk::Finance]
    }

    fn offers(&self, c: &mut AnyConn, office: &Office, person: Id) -> Result<Vec<Offer>> {
        let today = office.today();
        let whom = persons::find(c, person)?.ok_or_else(Error::not_found)?;
        let Some(policy) = county::current(c, &whom.county, CODE, today)? else { return Ok(Vec::new()) };
        let terms: Terms = policy.service()?;
        let mut offers = Vec::new();
        for season in seasons::to_come(c, &whom.county, today)? {
            for &kind in Beneficiary::ALL {
                let reasons = reasons(c, office, &season, &terms, kind, person)?;
                offers.push(offer(self, &season, kind, reasons));
            }
        }
        Ok(offers)
    }

    fn check(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<Detail>> {
        let dossier = dossier::load(c, office, case)?;
        dossier.faults(c, case, dossier.applied_on)
    }

    fn conditions(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<String>> {
        Ok(dossier::load(c, office, case)?.conditions())
    }

    fn follow(&self, c: &mut AnyConn, office: &Office, case: &Case, action: Action) -> Result<()> {
        // The money is committed when the officer approves, not when the notice ends: when there is none, the officer is
        // told and decides nothing.
        if action == Action::Approve {
            let dossier = dossier::load(c, office, case)?;
            let student = dossier.student.as_ref().ok_or_else(|| Error::internal("approved without a student"))?;
            store::grant(c, case, &dossier.season, student.stage, dossier.beneficiary, office.now)?;
        }
        match case.state {
            State::Approved if matches!(action, Action::Approve | Action::EndNotice) => after_approval(c, office, case),
            State::Completed => Ok(()),
            // The case was refused, withdrawn or lapsed, or its approval was taken back.
            state if state.ended() || matches!(action, Action::TakeBack | Action::StopNotice) => {
                match store::of_case(c, case.id)? {
                    Some(award) => {
                        proofs::stop_waiting(c, award.id)?;
                        store::revoke(c, &award, office.now)
                    }
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    fn holds_back(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<(Action, &'static Code)>> {
        let mut refused: Vec<(Action, &'static Code)> = Vec::new();
        // A payment that was sent to the bank is not taken back.
        if store::of_case(c, case.id)?.is_some_and(|a| matches!(a.state, AwardState::InBatch | AwardState::Paid)) {
            refused.push((Action::Withdraw, &codes::IN_PAYMENT));
        }
        // A refused application is not reopened while the person has another one of the season, of whatever kind.
        if case.state.ended() && store::applied_twice(c, case.person_id, &case.period, Some(case.id))? {
            refused.push((Action::Appeal, &codes::APPLIED));
            refused.push((Action::TakeBack, &codes::APPLIED));
        }
        Ok(refused)
    }

    fn flags(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<Labelled>> {
        let award = store::of_case(c, case.id)?;
        let shown = award.filter(|a| !matches!(a.state, AwardState::OnNotice | AwardState::Revoked));
        Ok(shown.map(|a| labelled!(a.state).untyped()).into_iter().collect())
    }

    fn known_flags(&self) -> Vec<Labelled> {
        let shown = AwardState::ALL.iter().filter(|state| !matches!(state, AwardState::OnNotice | AwardState::Revoked));
        shown.map(|state| labelled!(*state).untyped()).collect()
    }

    fn public_line(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<String> {
        let dossier = dossier::load(c, office, case)?;
        let stage = dossier.student.as_ref().ok_or_else(|| Error::internal("a notice without a student"))?.stage;
        let adult = dossier.adult(c, office, case.person_id)?;
        Ok(rules::public_line(adult.as_ref(), dossier.beneficiary, stage))
    }

    fn open_after_approval(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<&'static str>> {
        Ok(match store::of_case(c, case.id)?.map(|a| a.state) {
            Some(AwardState::EvidenceDue) => vec!["material:enrolment_proof"],
            Some(AwardState::Failed) => vec!["section:account", "material:bank_card", "material:kinship_proof"],
            _ => Vec::new(),
        })
    }

    fn printed(&self, c: &mut AnyConn, office: &Office, case: &Case, what: OnPaper) -> Result<Vec<PrintedSection>> {
        on_paper::printed(c, office, case, what)
    }

    fn report_tables(&self, c: &mut AnyConn, scope: &Scope) -> Result<Vec<ReportTable>> {
        counts::tables(c, scope)
    }

    fn tick(&self, c: &mut AnyConn, office: &Office) -> Result<usize> {
        proofs::tick(c, office)
    }
}

/// Why this person cannot apply as this beneficiary today, as far as it can be told without a form.
fn reasons(
    c: &mut AnyConn,
    office: &Office,
    season: &Season,
    terms: &Terms,
    kind: Beneficiary,
    person: Id,
) -> Result<Vec<Ineligible>> {
    let today = office.today();
    let mut found = Vec::new();
    if !season.open_on(today) {
        found.push(Ineligible::SeasonClosed);
    }
    if store::applied_twice(c, person, &season.code, None)? {
        found.push(Ineligible::AlreadyApplied);
    }
    let day = season.day(terms.certificate_valid_on, today);
    if kind == Beneficiary::Student && register::valid_certificate(c, person, day)?.is_none() {
        found.push(Ineligible::StudentNotCertified);
    }
    Ok(found)
}

fn offer(service: &EducationAid, season: &Season, kind: Beneficiary, reasons: Vec<Ineligible>) -> Offer {
    let mut words: Vec<String> = reasons.iter().map(|r| format!("{}{}", r.reason(), r.suggestion())).collect();
    if season.committed_count >= season.quota {
        words.push("本季名额暂时已满，申请后可能需要等候。".to_owned());
    }
    Offer {
        service: Labelled::new(service.code(), service.label()),
        kind: labelled!(kind).untyped(),
        period: season.id.to_string(),
        possible: reasons.is_empty(),
        reasons: words,
        opens_on: Some(season.opens_on.to_string()),
        closes_on: Some(season.closes_on.to_string()),
    }
}

/// The approval is final (the public notice is over, or there was none): the award waits for evidence or for payment.
fn after_approval(c: &mut AnyConn, office: &Office, case: &Case) -> Result<()> {
    let award = store::of_case(c, case.id)?.ok_or_else(|| Error::internal("approved without an award"))?;
    let dossier = dossier::load(c, office, case)?;
    if dossier.evidence_follows() {
        store::move_to(c, award.id, AwardState::OnNotice, AwardState::EvidenceDue, office.now)?;
        proofs::begin_waiting(c, award.id, case.id, office.now)?;
        let due_at = dossier.season.second_evidence_due.map(end_of_day);
        let wait =
            Step { actor: Actor::System, version: None, step: "evidence_due", desk: None, point: None, due: due_at.into() };
        return step(c, office, case.id, wait).map(|_| ());
    }
    store::move_to(c, award.id, AwardState::OnNotice, AwardState::Payable, office.now)?;
    to_finance(c, office, case, Actor::System, None, AwardState::Payable.code())
}

/// Moves an approved case to the finance desk, with the policy's days of review.
fn to_finance(c: &mut AnyConn, office: &Office, case: &Case, actor: Actor, version: Option<Version>, code: &str) -> Result<()> {
    let due = Due::Within(county::pinned(c, case.policy_id)?.common.review_days);
    step(c, office, case.id, Step { actor, version, step: code, desk: Some(Desk::Finance), point: None, due })?;
    Ok(())
}
