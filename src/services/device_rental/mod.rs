//! Device rental (辅具租赁): reserve on the phone, fetch by code, return anywhere, clean before the next.

pub mod desk; // the desk of a point, and who serves it
pub mod codes; // what can be refused, and the steps of the history
pub mod states; // states of units, loans and waits
pub mod terms; // what a county decides
pub mod rules; // days of pickup and return, deposits
pub mod store; // tables, points, models
pub mod loans; // one loan, from reservation to its end
pub mod sections; // what the applicant fills in
pub mod reservations; // which unit is promised to whom
pub mod waitlist; // who waits for a model at a point
pub mod placing; // gives free units to those who wait
pub mod reserving; // a reservation from submission to hand-out or expiry
pub mod units; // steps and log of each item
pub mod availability; // how many units are free at each point
pub mod begin; // drafts, and accepted offers
pub mod handover; // hand-out, extension, damage report, return, loss
mod keeper_lists; // the loans of a point
mod views; // what people see
mod counts; // what the yearly report counts
mod errands; // whose device is due in a village
mod on_paper; // the form and the approval for print
mod api; // what an applicant may call
mod waitlist_api; // what somebody who waits may call
mod staff_api; // what a point keeper may call
mod stock_api; // what a county officer may call
#[cfg(test)]
mod tests;

use self::loans::Loan;
use self::states::{EndWhy, LoanState, Reminded};
use serde_json::Value;

use crate::labelled;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::figures::{ReportTable, Scope};
use crate::office::cases::service::{Errand, Offer, Office, OnPaper, PrintedSection, Service, ServicePoint};
use crate::office::people::persons;
use crate::office::policy::county;
use crate::office::policy::terms::parse_terms;
use crate::platform::code::Code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::http::{Labelled, Operations, Tag, tag};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::desks::OwnDesk;
use crate::rules::lifecycle::Action;

/// Code of the service, as in policies.
pub const CODE: &str = "device_rental";
/// Its one kind of case.
pub const KIND: &str = "loan";
/// Most rows that one tick processes, so that its write stays short.
const AT_ONCE: i64 = 50;

/// The service.
pub struct DeviceRental;

/// Refusals of this service at operations that all services share.
static REFUSALS: &[(&str, &[&Code])] = &[("submitCase", &[&codes::NONE_FREE]), ("withdrawCase", &[&codes::DEVICE_OUT])];

impl Service for DeviceRental {
    fn code(&self) -> &'static str {
        CODE
    }

    fn label(&self) -> &'static str {
        "辅具租赁"
    }

    fn letters(&self) -> &'static str {
        "FJ"
    }

    fn kinds(&self) -> &'static [(&'static str, &'static str)] {
        &[(KIND, "借用")]
    }

    fn sections(&self) -> &'static [(&'static str, &'static str)] {
        sections::SECTIONS
    }

    fn steps(&self) -> &'static [(&'static str, &'static str)] {
        codes::STEPS
    }

    fn codes(&self) -> &'static [&'static Code] {
        codes::RENTAL
    }

    fn refusals(&self) -> &'static [(&'static str, &'static [&'static Code])] {
        REFUSALS
    }

    fn mount(&self, to: &mut Operations) {
        api::routes(to);
        waitlist_api::routes(to);
        staff_api::routes(to);
        stock_api::routes(to);
    }

    fn tags(&self) -> &'static [Tag] {
        const {
            &[
                tag("device-rental", "辅具租借", "辅助器具租借"),
                tag("device-rental-staff", "辅具租借（工作人员）", "辅助器具租借：网点、器具、借出和归还，由工作人员办理"),
            ]
        }
    }

    fn flow_guides(&self) -> &'static [(&'static str, &'static str)] {
        &[("device-rental", include_str!("../../../docs/guides/device-rental.md"))]
    }

    fn check_terms(&self, terms: &Value) -> Vec<Detail> {
        parse_terms::<terms::Terms>(terms).map_or_else(|faults| faults, |terms| terms.faults())
    }

    fn condition_codes(&self) -> &'static [&'static str] {
        &["fit_assessment_first"]
    }

    fn desks(&self) -> &'static [&'static OwnDesk] {
        desk::ALL
    }

    fn points(&self, c: &mut AnyConn, county: &AreaCode) -> Result<Vec<ServicePoint>> {
        let point = |p: store::Point| ServicePoint { id: p.id, area: p.area, name: p.name };
        Ok(store::points(c, county)?.into_iter().map(point).collect())
    }

    fn offers(&self, c: &mut AnyConn, office: &Office, person: Id) -> Result<Vec<Offer>> {
        let at = persons::find(c, person)?.ok_or_else(Error::not_found)?;
        let Some(policy) = county::current(c, &at.county, CODE, office.today())? else { return Ok(Vec::new()) };
        let most = usize::try_from(policy.service::<terms::Terms>()?.units_per_person).unwrap_or(usize::MAX);
        let stock = availability::of_county(c, &at.county, None)?;
        let free: i64 = stock.iter().map(|s| s.free).sum();
        let mut possible = true;
        let mut reasons = Vec::new();
        if begin::taken_places(c, person)?.len() >= most {
            possible = false;
            reasons.push(format!("同时最多借{most}件，请先办完或归还手上的。"));
        } else if stock.is_empty() {
            possible = false;
            reasons.push("本地网点现在没有可借的辅具，请向当地残联咨询。".to_owned());
        } else if free == 0 {
            reasons.push("现在没有空闲的辅具，可以排队等候。".to_owned());
        } else {
            reasons.push(format!("现在各网点共有{free}件辅具可借。"));
        }
        let service = Labelled::new(CODE, self.label());
        let kind = Labelled::new(KIND, "借用");
        Ok(vec![Offer { service, kind, period: String::new(), possible, reasons, opens_on: None, closes_on: None }])
    }

    fn check(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<Detail>> {
        let terms = terms::of(c, case)?;
        sections::faults(c, office, case, &terms)
    }

    fn conditions(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<String>> {
        let Some(choice) = sections::choice(c, office, case)? else { return Ok(Vec::new()) };
        let first = terms::of(c, case)?.fit_assessment_first;
        let assessed = store::kind_of(c, choice.body.model_id)?.is_some_and(|kind| first.contains(&kind));
        Ok(if assessed { vec!["fit_assessment_first".to_owned()] } else { Vec::new() })
    }

    fn follow(&self, c: &mut AnyConn, office: &Office, case: &Case, action: Action) -> Result<()> {
        match action {
            Action::Submit => reserving::reserve(c, office, case),
            Action::Withdraw => reserving::withdraw(c, office, case),
            _ => Ok(()),
        }
    }

    fn holds_back(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<(Action, &'static Code)>> {
        let Some(loan) = Loan::of_case(c, case.id)? else { return Ok(Vec::new()) };
        // A case is completed only after its loan has ended.
        Ok(match loan.state {
            LoanState::Out => vec![(Action::Withdraw, &codes::DEVICE_OUT), (Action::Complete, &codes::DEVICE_OUT)],
            LoanState::Ended => Vec::new(),
            _ => vec![(Action::Complete, &codes::DEVICE_OUT)],
        })
    }

    fn flags(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<Labelled>> {
        let Some(loan) = Loan::of_case(c, case.id)? else { return Ok(Vec::new()) };
        let mut flags = Vec::new();
        match (loan.state, loan.ended_why) {
            (LoanState::Reserved, _) => flags.push(to_be_picked_up()),
            (LoanState::Displaced, _) => flags.push(labelled!(loan.state).untyped()),
            (LoanState::Out, _) => {
                flags.push(lent());
                if loan.reminded != Reminded::Nothing {
                    flags.push(labelled!(loan.reminded).untyped());
                }
                if placing::somebody_waits(c, loan.point_id, loan.model_id)? {
                    flags.push(extension_refused());
                }
            }
            (LoanState::Ended, Some(why)) => flags.push(labelled!(why).untyped()),
            (LoanState::Ended, None) => {}
        }
        Ok(flags)
    }

    fn known_flags(&self) -> Vec<Labelled> {
        let mut flags = vec![to_be_picked_up(), labelled!(LoanState::Displaced).untyped(), lent(), extension_refused()];
        flags.extend(Reminded::ALL.iter().filter(|told| **told != Reminded::Nothing).map(|told| labelled!(*told).untyped()));
        flags.extend(EndWhy::ALL.iter().map(|why| labelled!(*why).untyped()));
        flags
    }

    fn public_line(&self, _: &mut AnyConn, _: &Office, case: &Case) -> Result<String> {
        Ok(format!("辅具租赁 {}", case.number))
    }

    fn printed(&self, c: &mut AnyConn, office: &Office, case: &Case, what: OnPaper) -> Result<Vec<PrintedSection>> {
        on_paper::printed(c, office, case, what)
    }

    fn errands(&self, c: &mut AnyConn, office: &Office, village: &AreaCode, most: i64) -> Result<Vec<Errand>> {
        errands::of_village(c, office, village, most)
    }

    fn report_tables(&self, c: &mut AnyConn, scope: &Scope) -> Result<Vec<ReportTable>> {
        Ok(vec![counts::stock(c, scope)?, counts::helped(c, scope)?])
    }

    fn tick(&self, c: &mut AnyConn, office: &Office) -> Result<usize> {
        let offers = placing::end_expired_offers(c, office)?;
        let no_shows = reserving::end_no_shows(c, office)?;
        Ok(offers.saturating_add(no_shows).saturating_add(reserving::remind(c, office)?))
    }
}

fn to_be_picked_up() -> Labelled {
    Labelled::new("to_be_picked_up", LoanState::Reserved.label())
}

fn lent() -> Labelled {
    Labelled::new("lent", LoanState::Out.label())
}

fn extension_refused() -> Labelled {
    Labelled::new("extension_refused", "有人排队，不能延期")
}
