//! What people see of a rental: the borrower with the pickup code, the keeper without it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::loans::Loan;
use super::states::{Condition, Delivery, EndWhy, Trouble, UnitState, WaitState};
use super::states::{LoanState, Reminded};
use super::units::{self, Unit};
use super::waitlist::{self, Wait};
use super::{handover, sections, store};
use crate::labelled;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::service::Office;
use crate::office::cases::showing::views::{self, CaseView};
use crate::office::people::persons;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;

/// A point where devices are lent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PointView {
    pub id: Id,
    #[schema(example = "宋疃镇卫生院")]
    pub name: String,
    #[schema(example = "宋疃镇人民路1号")]
    pub address: String,
    #[schema(example = "0561-0000000")]
    pub phone: String,
    /// Weekdays, Monday is 1.
    #[schema(example = "1,2,3,4,5")]
    pub opening_days: String,
    #[schema(example = "周一、周二、周三、周四、周五")]
    pub opening_words: String,
    /// How many people can fetch a device on one day.
    #[schema(example = 10)]
    pub pickups_per_day: i64,
}

impl PointView {
    pub fn of(point: &store::Point) -> Result<PointView> {
        Ok(PointView {
            id: point.id,
            name: point.name.clone(),
            address: point.address.clone(),
            phone: point.phone.clone(),
            opening_days: point.opening_days.clone(),
            opening_words: point.open_days()?.words(),
            pickups_per_day: point.pickups_per_day,
        })
    }
}

/// The saved choice.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ChoiceView {
    /// Send it with the next save.
    pub version: i64,
    pub point_id: Id,
    pub model_id: Id,
    #[schema(example = "2026-11-23", format = Date)]
    pub pickup_on: String,
}

/// The saved contact.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ContactView {
    /// Send it with the next save.
    pub version: i64,
    #[schema(example = "王小明")]
    pub name: String,
    #[schema(example = "13800000000")]
    pub phone: String,
    pub delivery: Labelled<Delivery>,
    #[schema(example = "家住三楼，没有电梯。")]
    pub note: Option<String>,
}

/// The loan as its borrower sees it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LoanView {
    pub id: Id,
    pub state: Labelled<LoanState>,
    pub point: PointView,
    #[schema(example = "普通轮椅")]
    pub model_name: String,
    /// Six digits to show to the keeper; while something waits to be fetched.
    #[schema(example = "482913")]
    pub pickup_code: Option<String>,
    #[schema(example = "2026-11-23", format = Date)]
    pub pickup_on: String,
    /// The last day on which it is kept.
    #[schema(example = "2026-11-25", format = Date)]
    pub pickup_until: String,
    /// To be left as security; 0 for none.
    #[schema(example = 0)]
    pub deposit_fen: i64,
    /// Label of the item, from hand-out on.
    #[schema(example = "LY-0003")]
    pub asset_tag: Option<String>,
    #[schema(example = "2026-11-23", format = Date)]
    pub handed_out_on: Option<String>,
    #[schema(example = "2027-01-22", format = Date)]
    pub due_on: Option<String>,
    pub extensions: i64,
    #[schema(example = "2027-01-20T10:00:00+08:00", format = DateTime)]
    pub returned_at: Option<String>,
    /// Why it is over.
    pub ended_why: Option<Labelled<EndWhy>>,
}

/// A rental case with all that its applicant needs.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RentalView {
    pub case: CaseView,
    pub choice: Option<ChoiceView>,
    pub contact: Option<ContactView>,
    /// From reservation on.
    pub loan: Option<LoanView>,
}

/// A rental for its applicant, or for whoever helps.
pub fn rental(c: &mut AnyConn, office: &Office, case: &Case, reader: &Actor) -> Result<RentalView> {
    let choice = choice(c, office, case)?;
    let contact = contact(c, office, case)?;
    let loan = Loan::of_case(c, case.id)?.map(|l| loan(c, office, &l)).transpose()?;
    Ok(RentalView { case: views::full(c, office, case, Some(reader))?, choice, contact, loan })
}

/// The saved choice, if there is one.
pub fn choice(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<ChoiceView>> {
    Ok(sections::choice(c, office, case)?.map(|s| ChoiceView {
        version: s.version,
        point_id: s.body.point_id,
        model_id: s.body.model_id,
        pickup_on: s.body.pickup_on.to_string(),
    }))
}

/// The saved contact, if there is one.
pub fn contact(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Option<ContactView>> {
    Ok(sections::contact(c, office, case)?.map(|s| ContactView {
        version: s.version,
        name: s.body.name,
        phone: s.body.phone,
        delivery: labelled!(s.body.delivery),
        note: s.body.note,
    }))
}

fn loan(c: &mut AnyConn, office: &Office, l: &Loan) -> Result<LoanView> {
    let waiting = l.state == LoanState::Reserved;
    let code = waiting.then(|| l.code(&office.keys)).transpose()?;
    Ok(LoanView {
        id: l.id,
        state: labelled!(l.state),
        point: PointView::of(&store::point(c, l.point_id)?)?,
        model_name: store::model(c, l.model_id)?.name,
        pickup_code: code,
        pickup_on: l.pickup_on.to_string(),
        pickup_until: l.pickup_until.to_string(),
        deposit_fen: l.deposit_fen.0,
        asset_tag: tag(c, l)?,
        handed_out_on: l.out_on.map(|day| day.to_string()),
        due_on: l.due_on.map(|day| day.to_string()),
        extensions: l.extensions,
        returned_at: l.returned_at.map(rfc3339),
        ended_why: l.ended_why.map(|w| labelled!(w)),
    })
}

fn tag(c: &mut AnyConn, l: &Loan) -> Result<Option<String>> {
    Ok(l.unit_id.map(|id| units::find(c, id)).transpose()?.map(|u| u.asset_tag))
}

/// What a borrower said about a device.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ReportView {
    #[schema(example = "2026-12-01T09:30:00+08:00", format = DateTime)]
    pub at: String,
    pub kind: Labelled<Trouble>,
    #[schema(example = "左边的刹车松了。")]
    pub words: String,
}

/// A loan as a keeper sees it: without the code, the person masked.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct KeeperLoanView {
    pub id: Id,
    pub case_id: Id,
    #[schema(example = "FJ20261121483920")]
    pub case_number: String,
    /// The version to send with the next action.
    pub version: i64,
    #[schema(example = "王*")]
    pub person_name_masked: String,
    pub point_id: Id,
    pub model_id: Id,
    #[schema(example = "普通轮椅")]
    pub model_name: String,
    pub state: Labelled<LoanState>,
    #[schema(example = "2026-11-23", format = Date)]
    pub pickup_on: String,
    #[schema(example = "2026-11-25", format = Date)]
    pub pickup_until: String,
    #[schema(example = 0)]
    pub deposit_fen: i64,
    #[schema(example = "LY-0003")]
    pub asset_tag: Option<String>,
    #[schema(example = "2027-01-22", format = Date)]
    pub due_on: Option<String>,
    pub overdue: bool,
    /// How it came back.
    pub condition: Option<Labelled<Condition>>,
    pub ended_why: Option<Labelled<EndWhy>>,
    pub reports: Vec<ReportView>,
}

/// A loan for a keeper.
pub fn for_keeper(c: &mut AnyConn, office: &Office, l: &Loan) -> Result<KeeperLoanView> {
    let case = case::find(c, l.case_id)?;
    let mut reports = Vec::new();
    for report in handover::reports(c, office, &case, l.id)? {
        reports.push(ReportView { at: rfc3339(report.at), kind: labelled!(report.kind), words: report.words });
    }
    Ok(KeeperLoanView {
        id: l.id,
        case_id: l.case_id,
        case_number: case.number,
        version: case.version.0,
        person_name_masked: persons::find(c, l.person_id)?.map(|p| p.name_masked).unwrap_or_default(),
        point_id: l.point_id,
        model_id: l.model_id,
        model_name: store::model(c, l.model_id)?.name,
        state: labelled!(l.state),
        pickup_on: l.pickup_on.to_string(),
        pickup_until: l.pickup_until.to_string(),
        deposit_fen: l.deposit_fen.0,
        asset_tag: tag(c, l)?,
        due_on: l.due_on.map(|day| day.to_string()),
        overdue: l.state == LoanState::Out && l.reminded == Reminded::Overdue,
        condition: l.condition.map(|k| labelled!(k)),
        ended_why: l.ended_why.map(|w| labelled!(w)),
        reports,
    })
}

/// One item.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UnitView {
    pub id: Id,
    #[schema(example = "LY-0003")]
    pub asset_tag: String,
    #[schema(example = "SN20240003")]
    pub serial: String,
    pub point_id: Id,
    pub model_id: Id,
    pub state: Labelled<UnitState>,
    /// When the inspection was signed, since it last came in.
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    pub inspected_at: Option<String>,
    /// When the disinfection was signed, since it last came in.
    #[schema(example = "2026-11-21T10:30:00+08:00", format = DateTime)]
    pub disinfected_at: Option<String>,
    /// The version to send with the next action.
    pub version: i64,
}

impl UnitView {
    pub fn of(u: &Unit) -> UnitView {
        UnitView {
            id: u.id,
            asset_tag: u.asset_tag.clone(),
            serial: u.serial.clone(),
            point_id: u.point_id,
            model_id: u.model_id,
            state: labelled!(u.state),
            inspected_at: u.inspected_at.map(rfc3339),
            disinfected_at: u.disinfected_at.map(rfc3339),
            version: u.version,
        }
    }
}

/// A place in the line.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct WaitView {
    pub id: Id,
    pub person_id: Id,
    pub point_id: Id,
    #[schema(example = "宋疃镇卫生院")]
    pub point_name: String,
    pub model_id: Id,
    #[schema(example = "普通轮椅")]
    pub model_name: String,
    pub state: Labelled<WaitState>,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    pub since: String,
    /// How many people are before this one.
    #[schema(example = 2)]
    pub before: i64,
    /// Until when the offer is kept.
    #[schema(example = "2026-11-22T09:30:00+08:00", format = DateTime)]
    pub offer_until: Option<String>,
    /// The version to send with the next action.
    pub version: i64,
}

/// A place in the line, with how many are before it.
pub fn wait(c: &mut AnyConn, w: &Wait) -> Result<WaitView> {
    Ok(WaitView {
        id: w.id,
        person_id: w.person_id,
        point_id: w.point_id,
        point_name: store::point(c, w.point_id)?.name,
        model_id: w.model_id,
        model_name: store::model(c, w.model_id)?.name,
        state: labelled!(w.state),
        since: rfc3339(w.since),
        before: waitlist::before(c, w)?,
        offer_until: w.offer_until.map(rfc3339),
        version: w.version,
    })
}
