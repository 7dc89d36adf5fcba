//! What people see of certificates: the card, its days, the assessment, and how far a new card is.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::following;
use super::holding::Holding;
use super::rules::{self, Assessment, CardStep};
use super::sections::{self, CertificateSection, Delivery, Holder};
use super::store::{self, Entered};
use super::terms::{self, DeliveryWay, Kind, PickupPlace};
use crate::labelled;
use crate::office::accounts::links::Relation;
use crate::office::cases::filing::drafts;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::office::people::register::{self, Certificate, CertificateStatus};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::platform::reader;
use crate::rules::calendar::{beijing_date, rfc3339};
use crate::rules::certificate::{Category, Level, WindowPhase};
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;

/// A card of the register.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateCard {
    pub id: Id,
    /// Masked: first and last character of the citizen ID; category and level stand beside it.
    #[schema(example = "9****************1**")]
    pub number_masked: String,
    pub category: Labelled<Category>,
    /// Of a multiple disability its categories.
    pub components: Vec<Labelled<Category>>,
    pub level: Labelled<Level>,
    #[schema(example = "2016-12-01", format = Date)]
    pub issued_on: String,
    /// The last valid day.
    #[schema(example = "2026-12-01", format = Date)]
    pub expires_on: String,
    pub status: Labelled<CertificateStatus>,
    /// The card that took its place.
    pub superseded_by: Option<Id>,
}

/// The days that matter to a card, by the county's terms.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RenewalWindowView {
    /// First day on which a renewal can be filed.
    #[schema(example = "2026-06-01", format = Date)]
    pub opens_on: String,
    #[schema(example = "2026-12-01", format = Date)]
    pub expires_on: String,
    /// First day on which a card that was not renewed is frozen.
    #[schema(example = "2026-12-02", format = Date)]
    pub freezes_on: String,
    /// First day on which it is cancelled.
    #[schema(example = "2027-06-02", format = Date)]
    pub cancels_on: String,
    pub phase: Labelled<WindowPhase>,
    /// The same in one plain sentence.
    #[schema(example = "您的证2026年12月1日到期，现在可以申请换证。")]
    pub sentence: String,
}

/// Whether a renewal needs an assessment.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AssessmentNeedView {
    pub needed: bool,
    /// Stable code of the reason.
    #[schema(example = "hospital_unchanged")]
    pub reason_code: String,
    #[schema(example = "原证经医院评定且情况没有变化，不用重新评定。")]
    pub sentence: String,
}

/// What one person holds, for somebody who may act for them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateHolder {
    pub person_id: Id,
    #[schema(example = "王*四")]
    pub person_name_masked: String,
    /// What the person is to the caller.
    pub relation: Labelled<Relation>,
    /// All cards, the newest first.
    pub cards: Vec<CertificateCard>,
    /// Of the card in force; empty without one.
    pub renewal: Option<RenewalWindowView>,
    /// For a renewal with unchanged condition; empty without a card.
    pub assessment: Option<AssessmentNeedView>,
    /// A guardian must apply.
    pub guardian_required: bool,
    /// The caller may apply for a renewal now.
    pub may_renew: bool,
    /// Why not, and what to do, in plain sentences.
    #[serde(serialize_with = "reader::sentences")]
    pub advice: Vec<String>,
    /// The certificate case that is being handled or written.
    pub live_case: Option<Id>,
}

/// A card as people see it.
pub fn card(k: &Certificate) -> CertificateCard {
    CertificateCard {
        id: k.card.id,
        number_masked: k.number.masked(),
        category: labelled!(k.card.category),
        components: k.card.components.iter().map(|p| labelled!(*p)).collect(),
        level: labelled!(k.card.level),
        issued_on: k.card.issued_on.to_string(),
        expires_on: k.card.expires_on.to_string(),
        status: labelled!(k.card.status),
        superseded_by: k.card.superseded_by,
    }
}

/// What a person holds and may do about it.
pub fn holder(c: &mut AnyConn, office: &Office, person: Id, relation: Relation) -> Result<CertificateHolder> {
    let holding = Holding::of(c, office, person)?;
    let today = office.today();
    let mut cards: Vec<CertificateCard> = register::certificates_of(c, &office.keys, person)?.iter().map(card).collect();
    cards.reverse();
    let mut view = CertificateHolder {
        person_id: person,
        person_name_masked: holding.person.name.masked(),
        relation: labelled!(relation),
        cards,
        renewal: None,
        assessment: None,
        guardian_required: false,
        may_renew: false,
        advice: Vec::new(),
        live_case: holding.live_case,
    };
    let Some(terms) = &holding.terms else {
        view.advice.push("本地还没有开通网上办证，请到县（区）残联窗口办理。".to_owned());
        return Ok(view);
    };
    if let Some(held) = holding.held() {
        let window = held.window(terms);
        view.renewal = Some(RenewalWindowView {
            opens_on: window.opens.to_string(),
            expires_on: window.expires.to_string(),
            freezes_on: window.freezes.to_string(),
            cancels_on: window.cancels.to_string(),
            phase: labelled!(window.phase(today)),
            sentence: rules::window_sentence(&window, today),
        });
        let need = rules::need(Kind::Renewal, Some(&held), false, None, terms);
        view.assessment =
            Some(AssessmentNeedView { needed: need.needed, reason_code: need.code.to_owned(), sentence: need.sentence });
    }
    let obstacles = holding.obstacles(Kind::Renewal, terms, today);
    view.advice.extend(obstacles.iter().map(|o| format!("{}{}", o.reason, o.way_out)));
    view.guardian_required = holding.needs_guardian(None, terms, today);
    let right = !view.guardian_required || relation.is_guardians();
    if !right {
        view.advice.push("要由监护人申请，请监护人登录后办理，或到窗口办理。".to_owned());
    }
    view.may_renew = right && obstacles.is_empty();
    Ok(view)
}

/// The result of a hospital.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AssessmentResult {
    pub category: Labelled<Category>,
    pub components: Vec<Labelled<Category>>,
    /// Empty when the standard of disability is not met.
    pub level: Option<Labelled<Level>>,
    #[schema(example = "2026-11-20", format = Date)]
    pub assessed_on: String,
    #[schema(example = "区人民医院")]
    pub hospital: String,
    pub at_home: bool,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    pub entered_at: String,
}

fn result(r: &Entered) -> AssessmentResult {
    AssessmentResult {
        category: labelled!(r.finding.category),
        components: r.finding.components.iter().map(|p| labelled!(*p)).collect(),
        level: r.finding.level.map(|l| labelled!(l)),
        assessed_on: r.finding.assessed_on.to_string(),
        hospital: r.hospital.clone(),
        at_home: r.at_home,
        entered_at: rfc3339(r.entered_at),
    }
}

/// How the card comes home.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateDelivery {
    /// Version to save over; 0 when it was never saved.
    pub version: i64,
    pub way: Option<Labelled<DeliveryWay>>,
    pub place: Option<Labelled<PickupPlace>>,
    #[schema(example = "宋疃镇东村12号")]
    pub address: Option<String>,
    #[schema(example = "王小四")]
    pub recipient: Option<String>,
    #[schema(example = "13800001234")]
    pub phone: Option<String>,
    /// Ways that the county offers.
    pub ways: Vec<Labelled<DeliveryWay>>,
}

/// What the form says of the holder, beside what is on record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateHolderSection {
    /// Version to save over; 0 when it was never saved.
    pub version: i64,
    /// On record, masked.
    #[schema(example = "138****1234")]
    pub phone_on_record_masked: Option<String>,
    /// On record, only its beginning.
    #[schema(example = "宋疃镇东村1****")]
    pub address_on_record_masked: Option<String>,
    /// As the applicant gave it; empty to keep the one on record.
    pub phone: Option<String>,
    pub address: Option<String>,
    pub changed_condition: bool,
    pub declared_category: Option<Labelled<Category>>,
    /// The holder lives in another province and applies from there.
    pub cross_province: bool,
}

/// A certificate case beside what every case has.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateCase {
    pub case_id: Id,
    /// The version to send with the next action.
    pub version: i64,
    pub kind: Labelled<Kind>,
    pub state: Labelled<State>,
    /// The card that is to be renewed or changed; empty for a first card.
    pub old_card: Option<CertificateCard>,
    pub assessment: Labelled<Assessment>,
    /// Why it is needed or not, in one plain sentence.
    #[schema(example = "原证经医院评定且情况没有变化，不用重新评定。")]
    pub assessment_reason: String,
    pub result: Option<AssessmentResult>,
    pub card: Labelled<CardStep>,
    pub new_card: Option<CertificateCard>,
    #[schema(example = "2026-11-21", format = Date)]
    pub made_on: Option<String>,
    /// Of a posted card.
    #[schema(example = "EMS1234567890")]
    pub tracking_no: Option<String>,
    #[schema(example = "2026-11-24", format = Date)]
    pub handed_on: Option<String>,
    /// Day from which a posted card counts as received.
    #[schema(format = Date)]
    pub receipt_due_on: Option<String>,
}

/// A certificate case for its applicant or an officer.
pub fn case(c: &mut AnyConn, office: &Office, case: &Case) -> Result<CertificateCase> {
    let row = store::find(c, case.id)?;
    let key = case.key(&office.keys)?;
    let cards = register::certificates_of(c, &office.keys, case.person_id)?;
    let of = |id: Option<Id>| cards.iter().find(|k| Some(k.card.id) == id).map(card);
    let day = |at: Option<Moment>| at.map(|at| beijing_date(at).to_string());
    let need = following::need(c, office, case, &row)?;
    Ok(CertificateCase {
        case_id: case.id,
        version: case.version.0,
        kind: labelled!(following::kind_of(case)?),
        state: labelled!(case.state),
        old_card: of(row.old_certificate_id),
        assessment: labelled!(row.assessment),
        assessment_reason: need.sentence,
        result: store::result_of(c, case.id)?.as_ref().map(result),
        card: labelled!(row.card),
        new_card: of(row.new_certificate_id),
        made_on: day(row.made_at),
        tracking_no: row.open(&key, "tracking_no", row.tracking_no.as_deref())?,
        handed_on: day(row.handed_at),
        receipt_due_on: day(row.receipt_due_at),
    })
}

/// The holder's section with what is on record.
pub fn holder_section(c: &mut AnyConn, office: &Office, case: &Case) -> Result<CertificateHolderSection> {
    let person = persons::open(c, &office.keys, case.person_id)?;
    let saved = drafts::read::<Holder>(c, &case.key(&office.keys)?, case.id, CertificateSection::Holder.code())?;
    let body = saved.as_ref().map(|s| &s.body);
    Ok(CertificateHolderSection {
        version: saved.as_ref().map_or(0, |s| s.version),
        phone_on_record_masked: person.phone.as_ref().map(|p| p.masked()),
        address_on_record_masked: person.address.as_deref().map(sections::masked_address),
        phone: body.and_then(|b| b.phone.clone()),
        address: body.and_then(|b| b.address.clone()),
        changed_condition: body.is_some_and(|b| b.changed_condition),
        declared_category: body.and_then(|b| b.declared_category).map(|k| labelled!(k)),
        cross_province: body.is_some_and(|b| b.cross_province),
    })
}

/// The delivery section with the ways that the county offers.
pub fn delivery_section(c: &mut AnyConn, office: &Office, case: &Case) -> Result<CertificateDelivery> {
    let terms = terms::of(c, case)?;
    let saved = drafts::read::<Delivery>(c, &case.key(&office.keys)?, case.id, CertificateSection::Delivery.code())?;
    let body = saved.as_ref().map(|s| &s.body);
    Ok(CertificateDelivery {
        version: saved.as_ref().map_or(0, |s| s.version),
        way: body.map(|b| labelled!(b.way)),
        place: body.and_then(|b| b.place).map(|p| labelled!(p)),
        address: body.and_then(|b| b.address.clone()),
        recipient: body.and_then(|b| b.recipient.clone()),
        phone: body.and_then(|b| b.phone.clone()),
        ways: terms.delivery.iter().map(|w| labelled!(*w)).collect(),
    })
}
