//! What an applicant may call: my certificates, drafts, their sections, and the receipt of a posted card.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::sections::{self, CertificateSection, SaveCertificateDelivery, SaveCertificateHolder};
use super::terms::{self, Kind};
use super::views::{self, CertificateCase, CertificateDelivery, CertificateHolder, CertificateHolderSection};
use super::{CODE, begin, codes, following, making};
use crate::office::accounts::guards::{Filer, Resident};
use crate::office::accounts::links;
use crate::office::cases::access::loading;
use crate::office::cases::filing::drafts;
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case;
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::showing::views::{CaseView, full};
use crate::office::frame::{Call, Own, Save, Write};
use crate::platform::code;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Created, List, Operations, PathId, Query, Sent};
use crate::platform::id::Id;
use crate::rules::versions::Version;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list_mine: [code::NOT_FOUND],
        begin_draft: [code::NOT_FOUND, case_codes::ALREADY_LIVE, case_codes::NO_POLICY, codes::NOT_POSSIBLE, codes::GUARDIAN],
        show_case,
        confirm_receipt: [codes::NO_CARD_DUE],
        read_holder,
        save_holder: [case_codes::NOT_EDITABLE],
        read_delivery,
        save_delivery: [case_codes::NOT_EDITABLE],
    );
}

/// Whose certificates.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// One of `GET /me/persons`; everybody whom the caller may act for when it is left out.
    person_id: Option<Id>,
}

#[utoipa::path(get, path = "/me/certificates", tag = "certificate", operation_id = "listMyCertificates", summary = "我的残疾人证",
    description = "您和您可以代办的人的残疾人证：什么时候可以换证，要不要重新评定，为什么。人数有限，一次全部列出。",
    responses((status = 200, description = "每个人的证件")))]
async fn list_mine(who: Resident, q: Query<Whose>, call: Call) -> Result<Answer<List<CertificateHolder>>> {
    call.read(move |c, office| {
        let mut persons: Vec<(Id, links::Relation)> = Vec::new();
        for (person, relation) in links::persons_of(c, who.account, office.today())? {
            if q.0.person_id.is_none_or(|wanted| wanted == person) && persons.iter().all(|(p, _)| *p != person) {
                let nearest = links::may_act(c, who.account, person, office.today())?.unwrap_or(relation);
                persons.push((person, nearest));
            }
        }
        if q.0.person_id.is_some() && persons.is_empty() {
            return Err(Error::not_found());
        }
        persons.into_iter().map(|(person, relation)| views::holder(c, office, person, relation)).collect::<Result<_>>().map(List)
    })
    .await
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

#[utoipa::path(post, path = "/certificate/drafts", tag = "certificate", operation_id = "beginCertificateDraft", summary = "开始办证",
    description = "开始填写换证、新办或变更的申请。未成年人、智力和精神残疾人由监护人申请。",
    responses((status = 201, description = "草稿")))]
async fn begin_draft(who: Filer, call: Write<BeginCertificate>) -> Result<Created<CaseView>> {
    let id = call.app.clock.id();
    call.once(who.id(), move |c, office, sent| {
        let case = begin::draft(c, office, id, &who, sent.person_id, sent.kind)?;
        full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
}

fn own(who: Filer, id: PathId) -> Own {
    Own { who, case: id.0, service: CODE }
}

#[utoipa::path(get, path = "/certificate/cases/{id}", tag = "certificate", operation_id = "getCertificateCase", summary = "办证详情",
    description = "原证、是否评定及原因、评定结果、新证到了哪一步。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "办证详情")))]
async fn show_case(who: Filer, id: PathId, call: Call) -> Result<Answer<CertificateCase>> {
    call.read_own(own(who, id), views::case).await
}

#[utoipa::path(get, path = "/certificate/cases/{id}/sections/holder", tag = "certificate", operation_id = "getCertificateHolder", summary = "查看持证人信息",
    description = "登记的电话和地址已经遮盖；没有变化的不用再填。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "持证人信息")))]
async fn read_holder(who: Filer, id: PathId, call: Call) -> Result<Answer<CertificateHolderSection>> {
    call.read_own(own(who, id), views::holder_section).await
}

#[utoipa::path(put, path = "/certificate/cases/{id}/sections/holder", tag = "certificate", operation_id = "saveCertificateHolder", summary = "保存持证人信息",
    description = "确认电话和地址，说明残疾状况有没有变化。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_holder(
    who: Filer,
    id: PathId,
    call: Save<Sent<SaveCertificateHolder>>,
) -> Result<Answer<CertificateHolderSection>> {
    call.save_own(own(who, id), |c, office, case, sent| {
        let (seen, holder) = sections::holder(sent, following::kind_of(case)?)?;
        drafts::save(c, office, case, CertificateSection::Holder.code(), seen, &holder)?;
        views::holder_section(c, office, case)
    })
    .await
}

#[utoipa::path(get, path = "/certificate/cases/{id}/sections/delivery", tag = "certificate", operation_id = "getCertificateDelivery", summary = "查看领证方式",
    description = "您选择的领证方式，以及本地可以选择的方式。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "领证方式")))]
async fn read_delivery(who: Filer, id: PathId, call: Call) -> Result<Answer<CertificateDelivery>> {
    call.read_own(own(who, id), views::delivery_section).await
}

#[utoipa::path(put, path = "/certificate/cases/{id}/sections/delivery", tag = "certificate", operation_id = "saveCertificateDelivery", summary = "保存领证方式",
    description = "选择窗口领取、邮寄或者送证上门。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_delivery(who: Filer, id: PathId, call: Save<Sent<SaveCertificateDelivery>>) -> Result<Answer<CertificateDelivery>> {
    call.save_own(own(who, id), |c, office, case, sent| {
        let (seen, delivery) = sections::delivery(sent, &terms::of(c, case)?)?;
        drafts::save(c, office, case, CertificateSection::Delivery.code(), seen, &delivery)?;
        views::delivery_section(c, office, case)
    })
    .await
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

#[utoipa::path(post, path = "/certificate/cases/{id}/actions/confirm-receipt", tag = "certificate", operation_id = "confirmCertificateReceipt", summary = "确认收到新证",
    description = "收到邮寄的新证后确认，事项随即办结。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已办结")))]
async fn confirm_receipt(who: Resident, id: PathId, call: Write<ConfirmReceipt>) -> Result<Answer<CertificateCase>> {
    call.once(who.account, move |c, office, sent| {
        let case = loading::owned_of(c, &Filer::Resident(who.account), id.0, CODE, office.now)?;
        case.seen(Version(sent.version))?;
        making::complete_received(c, office, &case, "receipt_confirmed")?;
        let case = case::find(c, case.id)?;
        views::case(c, office, &case)
    })
    .await
}
