//! The trait that every service implements. Shared code calls it through the registry and never names a service.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::record::case::Case;
use crate::platform::code::Code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Result};
use crate::platform::http::{Labelled, Operations, Tag};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::desks::OwnDesk;
use crate::rules::lifecycle::{Action, Desk};

pub mod context; // keys, registry, the moment
pub mod figures; // tables of the yearly report, and what they are asked about

pub use context::{Office, Services};
use figures::{ReportTable, Scope};

/// One service: a slice with its own tables, rules and bodies.
pub trait Service: Send + Sync + 'static {
    /// Stable code, as in policies and paths (with underscores).
    fn code(&self) -> &'static str;
    /// Chinese name.
    fn label(&self) -> &'static str;
    /// Two letters before its case numbers.
    fn letters(&self) -> &'static str;
    /// Kinds of its cases with labels.
    fn kinds(&self) -> &'static [(&'static str, &'static str)];
    /// Sections of its form with labels, in order.
    fn sections(&self) -> &'static [(&'static str, &'static str)];
    /// Codes of the steps and reasons that it writes into a case's history, in the words of the timeline.
    fn steps(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    /// The faults that it may answer.
    fn codes(&self) -> &'static [&'static Code];
    /// What it may refuse at operations that all services share, by operation id.
    fn refusals(&self) -> &'static [(&'static str, &'static [&'static Code])] {
        &[]
    }
    /// Its own operations.
    fn mount(&self, to: &mut Operations);
    /// The tags of its own operations in the document, each with what it is about in Chinese, in reading order.
    fn tags(&self) -> &'static [Tag] {
        &[]
    }

    /// Its flow guides, shown beside the document: name in the address, and the text in Markdown.
    fn flow_guides(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// What is wrong with the service's own part of a policy, each field as a pointer from its root; empty when it holds.
    fn check_terms(&self, terms: &Value) -> Vec<Detail>;

    /// Codes of the conditions that [`Service::conditions`] may answer: a material may be asked for when one holds.
    fn condition_codes(&self) -> &'static [&'static str];

    /// Desks that only it has, each with its role. Whatever is asked about a desk is answered by its declaration.
    fn desks(&self) -> &'static [&'static OwnDesk] {
        &[]
    }

    /// Desks of the office that it hands cases to beyond the policy's chain.
    fn further_desks(&self) -> &'static [Desk] {
        &[]
    }

    /// The points of a county at which it serves people; its desks of `Reach::Point` stand there.
    fn points(&self, _c: &mut AnyConn, _county: &AreaCode) -> Result<Vec<ServicePoint>> {
        Ok(Vec::new())
    }

    /// What this person could have today, and why not.
    fn offers(&self, c: &mut AnyConn, office: &Office, person: Id) -> Result<Vec<Offer>>;

    /// What keeps the case from being submitted, in the order of the form; papers are checked by the office.
    fn check(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<Detail>>;

    /// Conditions of the policy's materials that hold for this case (`Required::When`).
    fn conditions(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<Vec<String>>;

    /// Follows an action in the same write, after the case moved; an error undoes all of it.
    fn follow(&self, c: &mut AnyConn, office: &Office, case: &Case, action: Action) -> Result<()>;

    /// What only the service knows that keeps an action from happening now, each with what is answered then.
    fn holds_back(&self, _c: &mut AnyConn, _case: &Case) -> Result<Vec<(Action, &'static Code)>> {
        Ok(Vec::new())
    }

    /// What the applicant should know beyond the state, derived from the service's own rows.
    fn flags(&self, c: &mut AnyConn, case: &Case) -> Result<Vec<Labelled>>;
    /// All that [`Service::flags`] may answer, for the contract.
    fn known_flags(&self) -> Vec<Labelled> {
        Vec::new()
    }

    /// What the applicant may still change although the case is approved (evidence that follows, an account that the
    /// bank refused): `material:CODE` or `section:CODE`, from the service's own rows.
    fn open_after_approval(&self, _: &mut AnyConn, _: &Case) -> Result<Vec<&'static str>> {
        Ok(Vec::new())
    }

    /// This case is put on public notice when its policy has days for one.
    fn wants_notice(&self, _c: &mut AnyConn, _case: &Case) -> Result<bool> {
        Ok(true)
    }

    /// The case in review waits for somebody outside the office (a hospital): its clock stands.
    fn waits_outside(&self, _c: &mut AnyConn, _case: &Case) -> Result<bool> {
        Ok(false)
    }

    /// The masked line of the public notice; none names a minor.
    fn public_line(&self, c: &mut AnyConn, office: &Office, case: &Case) -> Result<String>;

    /// Its own lines on a paper, in plain words and in order.
    fn printed(&self, c: &mut AnyConn, office: &Office, case: &Case, what: OnPaper) -> Result<Vec<PrintedSection>>;

    /// Reasons for which a worker should visit people of a village for this service, the most urgent first, at most `most`.
    fn errands(&self, _c: &mut AnyConn, _office: &Office, _village: &AreaCode, _most: i64) -> Result<Vec<Errand>> {
        Ok(Vec::new())
    }

    /// Its tables of the yearly report: those of the scope's areas in its year, each counted in one grouped query.
    fn report_tables(&self, c: &mut AnyConn, scope: &Scope) -> Result<Vec<ReportTable>>;

    /// Work that a clock starts (offers that expire); answers how many rows it changed.
    fn tick(&self, c: &mut AnyConn, office: &Office) -> Result<usize>;
}

/// A reason to see somebody at home.
#[derive(Clone, Debug)]
pub struct Errand {
    pub person: Id,
    /// Stable code with its label.
    pub what: (&'static str, &'static str),
    pub case: Option<Id>,
    pub ticket: Option<Id>,
    /// The day by which it matters, `YYYY-MM-DD`.
    pub due_on: Option<String>,
}

/// What a service says on a paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnPaper {
    /// The sections of the form, for the file. Names and numbers are masked unless `open`; whoever asks for them open has
    /// written down who wants them and what for.
    Form { open: bool },
    /// What was approved, and what happens next, for the applicant. From facts that the approval settled, so that the same
    /// words stand there when it is printed again.
    Approval,
}

/// A section of a paper.
pub struct PrintedSection {
    pub label: &'static str,
    /// Labels and values; empty when a section of the form was never saved.
    pub rows: Vec<(&'static str, String)>,
}

/// Something that can be applied for, or the reasons why it cannot.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    pub service: Labelled,
    pub kind: Labelled,
    /// Season or year to send when a draft is begun; empty when there is none.
    pub period: String,
    pub possible: bool,
    /// Why not, or what to know, in plain sentences.
    pub reasons: Vec<String>,
    /// First and last day of application, where there are such.
    #[schema(example = "2026-09-01", format = Date)]
    pub opens_on: Option<String>,
    #[schema(example = "2026-12-31", format = Date)]
    pub closes_on: Option<String>,
}

/// A place with a desk of its own.
#[derive(Clone, Debug)]
pub struct ServicePoint {
    pub id: Id,
    pub area: AreaCode,
    pub name: String,
}
