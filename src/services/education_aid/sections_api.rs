//! The three sections of the form: read with numbers masked, saved over the version that was seen.

use serde::de::DeserializeOwned;

use super::sections::{self, Account, AidSection, SaveAccount, SaveFamily, SaveStudent, Student};
use super::views::{self, AccountView, FamilyView, StudentView};
use super::{CODE, dossier, mending, seasons};
use crate::office::accounts::guards::Filer;
use crate::office::cases::filing::drafts::{self, Section};
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes as case_codes;
use crate::office::cases::service::Office;
use crate::office::frame::{Call, Own, Save};
use crate::office::people::persons;
use crate::operations;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Nullable, Operations, PathId, Sent};
use crate::platform::id::Id;

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        show_student,
        save_student: [case_codes::NOT_EDITABLE],
        show_family,
        save_family: [case_codes::NOT_EDITABLE],
        show_account,
        save_account: [case_codes::NOT_EDITABLE],
    );
}

/// Reads a section; none when it was never saved.
fn read<T: DeserializeOwned>(c: &mut AnyConn, office: &Office, case: &Case, section: &str) -> Result<Option<Section<T>>> {
    drafts::read(c, &case.key(&office.keys)?, case.id, section)
}

fn own(who: Filer, id: PathId) -> Own {
    Own { who, case: id.0, service: CODE }
}

#[utoipa::path(get, path = "/education-aid/cases/{id}/sections/student", tag = "education-aid", operation_id = "getAidStudent", summary = "学生信息",
    description = "已经保存的学校和学段；没有保存过时为空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "学生信息")))]
async fn show_student(who: Filer, id: PathId, call: Call) -> Result<Answer<Nullable<StudentView>>> {
    call.read_own(own(who, id), |c, office, case| {
        Ok(Nullable(read::<Student>(c, office, case, AidSection::Student.code())?.map(|s| s.body.view(s.version))))
    })
    .await
}

#[utoipa::path(put, path = "/education-aid/cases/{id}/sections/student", tag = "education-aid", operation_id = "saveAidStudent", summary = "保存学生信息",
    description = "保存学校、学段和入学年份。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_student(who: Filer, id: PathId, call: Save<Sent<SaveStudent>>) -> Result<Answer<StudentView>> {
    call.save_own(own(who, id), |c, office, case, sent| {
        let (seen, student) = sections::student(sent, &seasons::of_period(c, &case.period)?)?;
        Ok(student.view(drafts::save(c, office, case, AidSection::Student.code(), seen, &student)?))
    })
    .await
}

#[utoipa::path(get, path = "/education-aid/cases/{id}/sections/family", tag = "education-aid", operation_id = "getAidFamily", summary = "家庭与承诺",
    description = "已经保存的残疾家长（已遮盖）和承诺；没有保存过时为空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "家庭与承诺")))]
async fn show_family(who: Filer, id: PathId, call: Call) -> Result<Answer<Nullable<FamilyView>>> {
    call.read_own(own(who, id), |c, office, case| views::family(c, office, case).map(Nullable)).await
}

#[utoipa::path(put, path = "/education-aid/cases/{id}/sections/family", tag = "education-aid", operation_id = "saveAidFamily", summary = "保存家庭与承诺",
    description = "残疾人家庭子女要选择残疾家长，或填写家长的姓名和残疾人证号；所有人都要说明有没有其他政府助学救助，并承诺内容真实。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_family(who: Filer, id: PathId, call: Save<Sent<SaveFamily>>) -> Result<Answer<FamilyView>> {
    call.save_own(own(who, id), |c, office, case, sent| {
        let dossier = dossier::load(c, office, case)?;
        let kin = dossier::counted_kin(c, &dossier.terms, case.person_id, dossier.register_day())?;
        let kin: Vec<_> = kin.into_iter().map(|(p, kind)| (p.id, kind)).collect();
        let (seen, family) = sections::family(sent, &kin)?;
        drafts::save(c, office, case, AidSection::Family.code(), seen, &family)?;
        views::family(c, office, case)?.ok_or_else(|| Error::internal("a saved section is gone"))
    })
    .await
}

#[utoipa::path(get, path = "/education-aid/cases/{id}/sections/account", tag = "education-aid", operation_id = "getAidAccount", summary = "收款账户",
    description = "已经保存的收款账户，账号只显示最后四位；没有保存过时为空。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "收款账户")))]
async fn show_account(who: Filer, id: PathId, call: Call) -> Result<Answer<Nullable<AccountView>>> {
    call.read_own(own(who, id), |c, office, case| {
        Ok(Nullable(read::<Account>(c, office, case, AidSection::Account.code())?.map(|s| s.body.view(s.version))))
    })
    .await
}

#[utoipa::path(put, path = "/education-aid/cases/{id}/sections/account", tag = "education-aid", operation_id = "saveAidAccount", summary = "保存收款账户",
    description = "保存收款账户。遮盖过的账号不能保存；不填账号表示不改。银行退回后在这里更正，更正后不用重新审批，下一批再发。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "已保存")))]
async fn save_account(who: Filer, id: PathId, call: Save<Sent<SaveAccount>>) -> Result<Answer<AccountView>> {
    call.save_own(own(who, id), |c, office, case, sent| {
        let before = read::<Account>(c, office, case, AidSection::Account.code())?.map(|s| s.body);
        let student = persons::open(c, &office.keys, case.person_id)?.name;
        let (seen, account) = sections::account(sent, &student, before.as_ref())?;
        Ok(account.view(mending::save(c, office, case, seen, &account)?))
    })
    .await
}
