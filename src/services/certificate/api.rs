//! What an applicant may call: my certificates, drafts, their sections, and the receipt of a posted card.

use actix_web::{get, post, put, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::forms::{self, DELIVERY, HOLDER, SaveCertificateDelivery, SaveCertificateHolder};
use super::holding::{self, Holding};
use super::rules::Kind;
use super::store::{self, CardCase};
use super::views::{self, CertificateCase, CertificateDelivery, CertificateHolder, CertificateHolderSection};
use super::{Certificate, codes, following, making};
use crate::form;
use crate::office::accounts::guards::{Filer, Resident};
use crate::office::accounts::links;
use crate::office::cases::act::Actor;
use crate::office::cases::case::{self, Case};
use crate::office::cases::drafts::{self, NewDraft};
use crate::office::cases::mandates;
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::views::{CaseView, full};
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, PathId, Query, Sent};
use crate::platform::id::Id;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(mine).service(begin).service(one).service(receipt);
    cfg.service(read_holder).service(save_holder).service(read_delivery).service(save_delivery);
}

/// Whose certificates.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// One of `GET /me/persons`; everybody whom the caller may act for when it is left out.
    person_id: Option<Id>,
}

#[utoipa::path(tag = "certificate", operation_id = "listMyCertificates", summary = "我的残疾人证",
    description = "您和您可以代办的人的残疾人证：什么时候可以换证，要不要重新评定，为什么。人数有限，一次全部列出。", params(Whose),
    responses((status = 200, description = "每个人的证件", body = Envelope<Vec<CertificateHolder>>),
        (status = 404, description = "10006 没有这个人，或与您无关", body = Failure)), security(("resident" = [])))]
#[get("/me/certificates")]
async fn mine(
    who: Resident,
    q: Query<Whose>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Vec<CertificateHolder>>> {
    let spine = Spine::of(&app, &services);
    let found = app.db.read(move |c| {
        let mut persons: Vec<(Id, links::Relation)> = Vec::new();
        for (person, relation) in links::persons_of(c, who.account, spine.today())? {
            if q.0.person_id.is_none_or(|wanted| wanted == person) && persons.iter().all(|(p, _)| *p != person) {
                let nearest = links::may_act(c, who.account, person, spine.today())?.unwrap_or(relation);
                persons.push((person, nearest));
            }
        }
        if q.0.person_id.is_some() && persons.is_empty() {
            return Err(Error::not_found());
        }
        persons.into_iter().map(|(person, relation)| views::holder(c, &spine, person, relation)).collect()
    });
    Ok(Answer::ok(found.await?))
}

/// What to begin.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginCertificate {
    person_id: Id,
    #[schema(inline, example = "renewal")]
    kind: Kind,
}
form!(BeginCertificate { person_id: "办理对象", kind: "办理事项" });

#[utoipa::path(tag = "certificate", operation_id = "beginCertificateDraft", summary = "开始办证",
    description = "开始填写换证、新办或变更的申请。未成年人、智力和精神残疾人由监护人申请。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = BeginCertificate,
    responses((status = 201, description = "草稿", body = Envelope<CaseView>),
        (status = 403, description = "32002 要由监护人申请", body = Failure),
        (status = 404, description = "10006 没有这个人，或与您无关", body = Failure),
        (status = 409, description = "32001 现在不能办理；20006 已有一件在办理；20009 本地没有开通", body = Failure)),
    security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/certificate/drafts")]
async fn begin(
    who: Filer,
    once: Once,
    body: Body<BeginCertificate>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CaseView>> {
    let (spine, id, sent) = (Spine::of(&app, &services), app.clock.id(), body.value);
    let done = once.write(&app, who.id(), body.fingerprint, move |c| {
        let case = begun(c, &spine, id, &who, (sent.person_id, sent.kind))?;
        full(c, &spine, &case, Some(&Actor::from(&who)))
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

/// Begins a draft: the caller may act, a guardian acts where one must, and nothing stands in the way today.
pub fn begun(c: &mut AnyConn, spine: &Spine, id: Id, who: &Filer, (person, kind): (Id, Kind)) -> Result<Case> {
    let relation = mandates::relation(c, who, person, spine.now)?;
    let holding = Holding::of(c, spine, person)?;
    if let Some(terms) = &holding.terms {
        if holding.live_case.is_some() {
            return Err(Error::new(&crate::office::cases::codes::ALREADY_LIVE));
        }
        holding::settle(holding.obstacles(kind, terms, spine.today()))?;
        if holding.needs_guardian(None, terms, spine.today()) && !relation.is_guardians() {
            return Err(Error::new(&codes::GUARDIAN));
        }
    }
    // Without terms the county has no policy, which `begin` answers itself.
    let new = NewDraft { filer: who.clone(), person, kind: kind.code().to_owned(), period: String::new() };
    let case = drafts::begin(c, spine, &Certificate, id, &new)?;
    let old = holding.card.filter(|_| kind != Kind::New).map(|k| k.id);
    store::insert(c, &CardCase::begin(&case, old))?;
    Ok(case)
}

/// The caller's own certificate case.
fn own(c: &mut AnyConn, spine: &Spine, who: &Filer, id: Id) -> Result<Case> {
    let case = case::owned(c, who, id, spine.now)?;
    store::find(c, case.id)?;
    Ok(case)
}

#[utoipa::path(tag = "certificate", operation_id = "getCertificateCase", summary = "办证详情",
    description = "原证、是否评定及原因、评定结果、新证到了哪一步。", params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办证详情", body = Envelope<CertificateCase>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/certificate/cases/{id}")]
async fn one(who: Filer, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<CertificateCase>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let case = own(c, &spine, &who, id.0)?;
        views::case(c, &spine, &case)
    });
    Ok(Answer::ok(view.await?))
}

#[utoipa::path(tag = "certificate", operation_id = "getCertificateHolder", summary = "查看持证人信息",
    description = "登记的电话和地址已经遮盖；没有变化的不用再填。", params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "持证人信息", body = Envelope<CertificateHolderSection>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/certificate/cases/{id}/sections/holder")]
async fn read_holder(
    who: Filer,
    id: PathId,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CertificateHolderSection>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let case = own(c, &spine, &who, id.0)?;
        views::holder_section(c, &spine, &case)
    });
    Ok(Answer::ok(view.await?))
}

#[utoipa::path(tag = "certificate", operation_id = "saveCertificateHolder", summary = "保存持证人信息",
    description = "确认电话和地址，说明残疾状况有没有变化。", params(("id" = Id, Path, description = "办件编号")),
    request_body = SaveCertificateHolder,
    responses((status = 200, description = "已保存", body = Envelope<CertificateHolderSection>),
        (status = 409, description = "10030 版本过期；20007 现在不能修改", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[put("/certificate/cases/{id}/sections/holder")]
async fn save_holder(
    who: Filer,
    id: PathId,
    body: Body<Sent<SaveCertificateHolder>>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CertificateHolderSection>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let view = app.db.write(move |c| {
        let case = own(c, &spine, &who, id.0)?;
        let (seen, holder) = forms::holder(&sent, following::kind_of(&case)?)?;
        drafts::save(c, &spine, &case, HOLDER, seen, &holder)?;
        views::holder_section(c, &spine, &case)
    });
    Ok(Answer::ok(view.await?))
}

#[utoipa::path(tag = "certificate", operation_id = "getCertificateDelivery", summary = "查看领证方式",
    description = "您选择的领证方式，以及本地可以选择的方式。", params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "领证方式", body = Envelope<CertificateDelivery>)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/certificate/cases/{id}/sections/delivery")]
async fn read_delivery(
    who: Filer,
    id: PathId,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CertificateDelivery>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.read(move |c| {
        let case = own(c, &spine, &who, id.0)?;
        views::delivery_section(c, &spine, &case)
    });
    Ok(Answer::ok(view.await?))
}

#[utoipa::path(tag = "certificate", operation_id = "saveCertificateDelivery", summary = "保存领证方式",
    description = "选择窗口领取、邮寄或者送证上门。", params(("id" = Id, Path, description = "办件编号")),
    request_body = SaveCertificateDelivery,
    responses((status = 200, description = "已保存", body = Envelope<CertificateDelivery>),
        (status = 409, description = "10030 版本过期；20007 现在不能修改", body = Failure)), security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[put("/certificate/cases/{id}/sections/delivery")]
async fn save_delivery(
    who: Filer,
    id: PathId,
    body: Body<Sent<SaveCertificateDelivery>>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CertificateDelivery>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let view = app.db.write(move |c| {
        let case = own(c, &spine, &who, id.0)?;
        let (seen, delivery) = forms::delivery(&sent, &making::terms(c, &case)?)?;
        drafts::save(c, &spine, &case, DELIVERY, seen, &delivery)?;
        views::delivery_section(c, &spine, &case)
    });
    Ok(Answer::ok(view.await?))
}

/// An action on what was seen.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConfirmReceipt {
    /// The version that was seen.
    #[schema(example = 9)]
    version: i64,
}
form!(ConfirmReceipt { version: "版本" });

#[utoipa::path(tag = "certificate", operation_id = "confirmCertificateReceipt", summary = "确认收到新证",
    description = "收到邮寄的新证后确认，事项随即办结。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = ConfirmReceipt,
    responses((status = 200, description = "已办结", body = Envelope<CertificateCase>),
        (status = 409, description = "10030 版本过期；32006 新证还没有寄出", body = Failure)), security(("resident" = [])))]
#[post("/certificate/cases/{id}/actions/confirm-receipt")]
async fn receipt(
    who: Resident,
    once: Once,
    id: PathId,
    body: Body<ConfirmReceipt>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<CertificateCase>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value);
    let done = once.write(&app, who.account, body.fingerprint, move |c| {
        let case = own(c, &spine, &Filer::Resident(who.account), id.0)?;
        case.seen(sent.version)?;
        making::received(c, &spine, &case, "receipt_confirmed")?;
        let case = case::find(c, case.id)?;
        views::case(c, &spine, &case)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
