//! A worker looks at a person: masked; or open, fact by fact, with a purpose that is written down.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::{DeskOfficer, Worker};
use crate::office::cases::access::reveal;
use crate::office::frame::{Call, Save};
use crate::office::people::reveals::{Reveal, RevealField};
use crate::office::people::views::{AreaNames, AreaView, CardView};
use crate::office::people::{persons, register};
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Labelled, Operations, PathId};
use crate::platform::id::Id;
use crate::rules::calendar::beijing_date;
use crate::rules::identity::Sex;
use crate::rules::text::PlainText;
use crate::{form, labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; see_person, reveal_person);
}

/// A person as a worker sees them without a reason to see more.
#[derive(Serialize, Deserialize, ToSchema)]
struct StaffPerson {
    id: Id,
    #[schema(example = "王*四")]
    name_masked: String,
    #[schema(example = "9****************X")]
    id_number_masked: String,
    sex: Labelled<Sex>,
    #[schema(example = 1980)]
    birth_year: i32,
    /// Under 18 today: a guardian must act.
    minor: bool,
    #[schema(example = "138****1234")]
    phone_masked: Option<String>,
    area: AreaView,
    /// All cards, the oldest first.
    certificates: Vec<CardView>,
}

#[utoipa::path(get, path = "/staff/persons/{id}", tag = "people", operation_id = "getPerson", summary = "查看人员（脱敏）",
    description = "您负责区域内一个人的基本情况，姓名、证件和电话都已遮盖。不在您负责区域内的人查不到。",
    params(("id" = Id, Path, description = "人员编号")),
    responses((status = 200, description = "脱敏后的情况")))]
async fn see_person(who: DeskOfficer, id: PathId, call: Call) -> Result<Answer<StaffPerson>> {
    let worker = who.0;
    let today = beijing_date(call.office.now);
    call.read(move |c, office| staff_person(c, &office.keys, &worker, id.0, today)).await
}

fn staff_person(c: &mut AnyConn, keys: &Keyring, worker: &Worker, id: Id, today: NaiveDate) -> Result<StaffPerson> {
    reveal::in_scope(c, worker, id)?;
    let person = persons::open(c, keys, id)?;
    let cards = register::cards_of(c, id)?;
    Ok(StaffPerson {
        id,
        name_masked: person.name.masked(),
        id_number_masked: person.id_number.masked(),
        sex: labelled!(person.sex),
        birth_year: person.birth_date.year(),
        minor: person.id_number.is_minor_on(today),
        phone_masked: person.phone.map(|p| p.masked()),
        area: AreaNames::default().view(c, &person.area)?,
        certificates: cards.iter().map(|card| CardView::of(card, today)).collect(),
    })
}

/// Which facts to open, and what for.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RevealPerson {
    #[schema(inline, example = json!(["name", "phone"]))]
    #[validate(length(min = 1, max = 6, message = "请选择要查看的内容。"))]
    fields: Vec<RevealField>,
    /// Why they are needed; it is written down with your name.
    #[schema(value_type = String, min_length = 4, max_length = 100, example = "电话通知补正材料")]
    purpose: PlainText<4, 100>,
    /// The case that needs it, when there is one.
    case_id: Option<Id>,
}

form!(RevealPerson { fields: "要查看的内容", purpose: "查看原因", case_id: "办件" });

/// The facts that were asked for; the others are null. Not to be kept.
#[derive(Serialize, Deserialize, ToSchema)]
struct RevealedPerson {
    #[schema(example = "王小四")]
    name: Option<String>,
    #[schema(example = "990101198005060115")]
    id_number: Option<String>,
    #[schema(example = "1980-05-06", format = Date)]
    birth_date: Option<String>,
    #[schema(example = "19100000001")]
    phone: Option<String>,
    #[schema(example = "甲区宋疃镇宋疃村1组1号")]
    address: Option<String>,
    /// Of the newest card.
    #[schema(example = "99010119800506011542")]
    certificate_number: Option<String>,
}

#[utoipa::path(post, path = "/staff/persons/{id}/actions/reveal", tag = "people", operation_id = "revealPerson", summary = "查看人员的完整信息",
    description = "按需查看姓名、证件号、电话等完整信息，必须写明原因。每次查看都会连同您的姓名、时间和原因一起记录，供审计。重复调用会再记录一次。",
    params(("id" = Id, Path, description = "人员编号")),
    responses((status = 200, description = "所要的信息")))]
async fn reveal_person(who: DeskOfficer, id: PathId, call: Save<RevealPerson>) -> Result<Answer<RevealedPerson>> {
    let worker = who.0;
    let opening = Reveal {
        id: call.app.clock.id(),
        at: call.office.now,
        worker: worker.id,
        person: id.0,
        case: call.sent.case_id,
        fields: call.sent.fields.clone(),
        purpose: call.sent.purpose.to_string(),
    };
    call.save(move |c, office, _| {
        reveal::allow(c, &worker, &opening)?;
        opened(c, &office.keys, &opening)
    })
    .await
}

fn opened(c: &mut AnyConn, keys: &Keyring, reveal: &Reveal) -> Result<RevealedPerson> {
    let person = persons::open(c, keys, reveal.person)?;
    let asked = |field: RevealField| reveal.fields.contains(&field);
    let certificate = match asked(RevealField::CertificateNumber) {
        true => register::certificates_of(c, keys, reveal.person)?.pop(),
        false => None,
    };
    Ok(RevealedPerson {
        name: asked(RevealField::Name).then(|| person.name.reveal().to_owned()),
        id_number: asked(RevealField::IdNumber).then(|| person.id_number.reveal().to_owned()),
        birth_date: asked(RevealField::BirthDate).then(|| person.birth_date.to_string()),
        phone: person.phone.filter(|_| asked(RevealField::Phone)).map(|p| p.reveal().to_owned()),
        address: person.address.filter(|_| asked(RevealField::Address)),
        certificate_number: certificate.map(|k| k.number.reveal()),
    })
}
