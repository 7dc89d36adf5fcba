//! The disability certificate: renewal, first issue, change of category or level; from application to the card in hand.

pub mod desk; // the desk of the doctors, and its guard
pub mod codes; // what can be refused, and the steps of the history
pub mod terms; // what a county decides
pub mod rules; // who may apply for what, when an assessment is needed, what the new card says
pub mod store; // tables
pub mod sections; // what the applicant fills in
mod holding; // the card that a person holds, and what they may apply for
pub mod begin; // drafts
pub mod making; // the new card: made, posted, handed out
pub mod following; // what changes in the service's own row when a case moves
mod views; // what people see
mod counts; // what the yearly report counts
mod errands; // whose card expires in a village
mod expiry; // freezes and cancels expired cards every day
mod on_paper; // the form and the approval for print
mod api; // what an applicant may call
mod staff_api; // what officers and doctors may call
#[cfg(test)]
mod tests;

use self::holding::Holding;
use self::rules::{Assessment, CardStep};
use self::sections::CertificateSection;
use self::terms::Kind;
use serde_json::Value;

use crate::labelled;
use crate::office::accounts::links::Relation;
use crate::office::cases::access::mandates;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::figures::{ReportTable, Scope};
use crate::office::cases::service::{Errand, Offer, Office, OnPaper, PrintedSection, Service};
use crate::office::people::persons;
use crate::office::policy::terms::parse_terms;
use crate::platform::code::Code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Result};
use crate::platform::http::{Labelled, Operations, Tag, tag};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::desks::OwnDesk;
use crate::rules::lifecycle::{Action, State};

/// The service's stable code.
pub const CODE: &str = "certificate";

/// The service.
pub struct Certificate;

/// Refusals of this service at operations that all services share.
static REFUSALS: &[(&str, &[&Code])] =
    &[("decideCase", &[&codes::ASSESSMENT_OPEN, &codes::BELOW_STANDARD]), ("withdrawCase", &[&codes::CARD_MADE])];

impl Service for Certificate {
    fn code(&self) -> &'static str {
        CODE
    }

    fn label(&self) -> &'static str {
        "残疾人证"
    }

    fn letters(&self) -> &'static str {
        "ZS"
    }

    fn kinds(&self) -> &'static [(&'static str, &'static str)] {
        &[("renewal", "到期换证"), ("new", "新办"), ("change", "类别等级变更")]
    }

    fn sections(&self) -> &'static [(&'static str, &'static str)] {
        sections::SECTIONS
    }

    fn steps(&self) -> &'static [(&'static str, &'static str)] {
        codes::STEPS
    }

    fn codes(&self) -> &'static [&'static Code] {
        codes::CERTIFICATE
    }

    fn refusals(&self) -> &'static [(&'static str, &'static [&'static Code])] {
        REFUSALS
    }

    fn mount(&self, to: &mut Operations) {
        api::routes(to);
        staff_api::routes(to);
    }

    fn tags(&self) -> &'static [Tag] {
        const { &[tag("certificate", "残疾人证", "残疾人证换领")] }
    }

    fn flow_guides(&self) -> &'static [(&'static str, &'static str)] {
        &[("certificate-renewal", include_str!("../../../docs/guides/certificate-renewal.md"))]
    }

    fn check_terms(&self, terms: &Value) -> Vec<Detail> {
        parse_terms::<terms::Terms>(terms).map_or_else(|faults| faults, |terms| terms.faults())
    }

    fn condition_codes(&self) -> &'static [&'static str] {
        &["has_old_card", "guardian_required", "assessment_required", "cross_province"]
    }

    fn desks(&self) -> &'static [&'static OwnDesk] {
        desk::ALL
    }

    fn offers(&self, c: &mut AnyConn, office: &Office, person: Id) -> Result<Vec<Offer>> {
        let holding = Holding::of(c, office, person)?;
        let Some(terms) = &holding.terms else { return Ok(Vec::new()) };
        let today = office.today();
        let offered = Kind::ALL.iter().copied().filter(|k| terms.offers(*k));
        let window = holding.held().map(|k| k.window(terms));
        let offer = |kind: Kind| {
            let found = holding.obstacles(kind, terms, today);
            let mut reasons: Vec<String> = found.iter().map(|o| format!("{}{}", o.reason, o.way_out)).collect();
            if found.is_empty() && holding.needs_guardian(None, terms, today) {
                reasons.push("要由监护人申请，本人可以请监护人登录办理，或到窗口办理。".to_owned());
            }
            let days = window.filter(|_| kind == Kind::Renewal);
            Offer {
                service: Labelled::new(self.code(), self.label()),
                kind: labelled!(kind).untyped(),
                period: String::new(),
                possible: found.is_empty(),
                reasons,
                opens_on: days.map(|w| w.opens.to_string()),
                closes_on: days.and_then(|w| w.cancels.pred_opt()).map(|d| d.to_string()),
            }
        };
        Ok(offered.map(offer).collect())
    }

    fn check(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<Detail>> {
        let mut holding = Holding::of(c, office, case.person_id)?;
        holding.live_case = holding.live_case.filter(|live| *live != case.id);
        let terms = terms::of(c, case)?;
        let today = office.today();
        let obstacles = holding.obstacles(following::kind_of(case)?, &terms, today);
        let mut found: Vec<Detail> =
            obstacles.iter().map(|o| Detail::new("/kind", "办理事项", o.code, &o.reason, o.way_out)).collect();
        let holder = following::holder(c, office, case)?;
        let declared = holder.as_ref().and_then(|h| h.declared_category);
        if holding.needs_guardian(declared, &terms, today)
            && !mandates::relations_in(c, case, office.now)?.into_iter().any(Relation::is_guardians)
        {
            let way_out = "请监护人登录后申请，或到窗口办理。";
            found.push(Detail::new("/person_id", "申请人", "guardian_required", "这件事要由监护人申请。", way_out));
        }
        match &holder {
            None => found.push(sections::missing(CertificateSection::Holder)),
            Some(h) if h.cross_province && !terms.cross_province => found.push(sections::no_cross_province()),
            Some(_) => {}
        }
        if making::delivery(c, office, case)?.is_none() {
            found.push(sections::missing(CertificateSection::Delivery));
        }
        Ok(found)
    }

    fn conditions(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<String>> {
        let holding = Holding::of(c, office, case.person_id)?;
        let row = store::find(c, case.id)?;
        let holder = following::holder(c, office, case)?;
        let declared = holder.as_ref().and_then(|h| h.declared_category);
        let mut holds = Vec::new();
        if holder.is_some_and(|h| h.cross_province) {
            holds.push("cross_province".to_owned());
        }
        if row.old_certificate_id.is_some() {
            holds.push("has_old_card".to_owned());
        }
        if holding.needs_guardian(declared, &terms::of(c, case)?, office.today()) {
            holds.push("guardian_required".to_owned());
        }
        // Only after the submission: the hospital's form comes later and is not needed for applying.
        let with_office = !matches!(case.state, State::Draft | State::CorrectionRequested);
        if with_office && row.awaits_result() {
            holds.push("assessment_required".to_owned());
        }
        Ok(holds)
    }

    fn follow(&self, c: &mut AnyConn, office: &Office, case: &Case, action: Action) -> Result<()> {
        following::follow(c, office, case, action)
    }

    fn waits_outside(&self, c: &mut AnyConn, case: &Case) -> Result<bool> {
        Ok(store::find(c, case.id)?.awaits_result())
    }

    fn holds_back(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<(Action, &'static Code)>> {
        following::holds_back(c, case)
    }

    fn flags(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<Labelled>> {
        let row = store::find(c, case.id)?;
        let mut flags = Vec::new();
        if row.awaits_result() && !case.state.ended() && case.state != State::Draft {
            flags.push(assessment_awaited());
        }
        if row.assessment == Assessment::Done {
            flags.push(assessment_done());
        }
        if row.card != CardStep::None && case.state != State::Withdrawn {
            flags.push(card(row.card));
        }
        Ok(flags)
    }

    fn known_flags(&self) -> Vec<Labelled> {
        let cards = CardStep::ALL.iter().filter(|step| **step != CardStep::None).map(|step| card(*step));
        [assessment_awaited(), assessment_done()].into_iter().chain(cards).collect()
    }

    fn wants_notice(&self, c: &mut AnyConn, case: &Case) -> Result<bool> {
        Ok(terms::of(c, case)?.publishes(&case.kind))
    }

    fn public_line(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<String> {
        let person = persons::open(c, &office.keys, case.person_id)?;
        let minor = person.id_number.is_minor_on(office.today());
        let name = if minor { "未成年人（不公示姓名）".to_owned() } else { person.name.masked() };
        Ok(format!("{name}，残疾人证{}", following::kind_of(case)?.label()))
    }

    fn printed(&self, c: &mut AnyConn, office: &Office, case: &Case, what: OnPaper) -> Result<Vec<PrintedSection>> {
        on_paper::printed(c, office, case, what)
    }

    fn errands(&self, c: &mut AnyConn, office: &Office, village: &AreaCode, most: i64) -> Result<Vec<Errand>> {
        errands::of_village(c, office, village, most)
    }

    fn report_tables(&self, c: &mut AnyConn, scope: &Scope) -> Result<Vec<ReportTable>> {
        Ok(vec![counts::by_kind(c, scope)?, counts::rounds(c, scope)?])
    }

    fn tick(&self, c: &mut AnyConn, office: &Office) -> Result<usize> {
        expiry::tick(c, office)
    }
}

fn assessment_awaited() -> Labelled {
    Labelled::new("assessment_awaited", "等待评定结果")
}

fn assessment_done() -> Labelled {
    Labelled::new("assessment_done", "已评定")
}

/// How far the new card is, as a flag of the case.
fn card(step: CardStep) -> Labelled {
    Labelled::new(&format!("card_{}", step.code()), step.label())
}
