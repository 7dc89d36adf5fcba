//! What a worker may print: the papers for the applicant, and the file of the case. Each print leaves a row.

use actix_web::web;
use serde::Deserialize;
use utoipa::IntoParams;

use super::prints::{ids, print};
use crate::office::accounts::guards::DeskOfficer;
use crate::office::cases::access::loading;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::cases::showing::prints::decision::{self, Document, DocumentView};
use crate::office::cases::showing::prints::facts::{self, Facts};
use crate::office::cases::showing::prints::record::{self, Opened, Print};
use crate::office::cases::showing::prints::{case_file, correction};
use crate::office::frame::Call;
use crate::office::people::reveals::RevealField;
use crate::operations;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, List, Operations, PathId, Printed, Query};
use crate::platform::id::Id;
use crate::platform::print::Paper;
use crate::rules::moments::Moment;
use crate::rules::text::Note;
use crate::rules::typed::blank_is_none;

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; list, notice, document, file);
}

/// A print that is being made: ids and time are taken before the write.
struct Printing {
    who: DeskOfficer,
    print: Id,
    reveal: Id,
    /// When.
    at: Moment,
}

impl Printing {
    fn begin(call: &Call, who: DeskOfficer) -> Printing {
        Printing { who, print: call.app.clock.id(), reveal: call.app.clock.id(), at: call.office.now }
    }

    /// A case in the worker's scope, with what its papers say.
    fn facts(&self, c: &mut AnyConn, office: &Office, id: Id) -> Result<Facts> {
        let case = loading::in_scope(c, &self.who, id)?;
        facts::load(c, office, case)
    }

    /// Leaves the row of this print; a paper for the applicant names them in full.
    fn note(&self, c: &mut AnyConn, case: &Case, title: &str, fields: &'static [RevealField], purpose: &str) -> Result<()> {
        let open = !fields.is_empty();
        let row =
            Print { id: self.print, case_id: case.id, at: self.at, worker_id: self.who.id, document: title.to_owned(), open };
        let opened = open.then(|| Opened { id: self.reveal, person: case.person_id, fields, purpose: purpose.to_owned() });
        record::write(c, &row, opened.as_ref())
    }

    fn for_applicant(&self, c: &mut AnyConn, case: Case, paper: Paper) -> Result<(Case, Paper)> {
        self.note(c, &case, &paper.title, &[RevealField::Name], &format!("打印{}", paper.title))?;
        Ok((case, paper))
    }
}

#[utoipa::path(get, path = "/staff/cases/{id}/documents", tag = "desks", operation_id = "listStaffCaseDocuments", summary = "办件的文书（工作人员）",
    description = "这件事已经有哪些文书可以打印交给申请人，一次全部列出。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "文书，最早的在前")))]
async fn list(who: DeskOfficer, id: PathId, call: Call) -> Result<Answer<List<DocumentView>>> {
    call.read(move |c, office| {
        let case = loading::in_scope(c, &who, id.0)?;
        let facts = facts::load(c, office, case)?;
        decision::list(c, &facts).map(List)
    })
    .await
}

#[utoipa::path(get, path = "/staff/cases/{id}/corrections/{round}/notice", tag = "desks", operation_id = "printCorrectionNotice", summary = "打印一次性告知书",
    description = "打印给申请人的一次性告知书，上面有申请人的全名。每次打印都记录是谁、什么时候打印的。",
    params(("id" = Id, Path, description = "办件编号"), ("round" = i64, Path, description = "第几次补正，从 1 开始", example = 1)),
    responses((status = 200, description = "PDF 文件")))]
async fn notice(who: DeskOfficer, path: web::Path<(String, String)>, call: Call) -> Result<Printed> {
    let (id, round) = ids::<i64>(path)?;
    let job = Printing::begin(&call, who);
    let made = call.written(move |c, office| {
        let facts = job.facts(c, office, id)?;
        let paper = correction::notice(c, office, &facts, round)?;
        job.for_applicant(c, facts.case, paper)
    });
    let (case, paper) = made.await?;
    print(&call.app, &case, &format!("correction-{round}"), paper).await
}

#[utoipa::path(get, path = "/staff/cases/{id}/documents/{document}", tag = "desks", operation_id = "printCaseDocument", summary = "打印文书",
    description = "打印给申请人的受理通知书、不予受理通知书、批准决定书或不予批准决定书，上面有申请人的全名。每次打印都记录是谁、什么时候打印的。",
    params(("id" = Id, Path, description = "办件编号"), ("document" = inline(Document), Path, description = "哪一种文书", example = "acceptance")),
    responses((status = 200, description = "PDF 文件")))]
async fn document(who: DeskOfficer, path: web::Path<(String, String)>, call: Call) -> Result<Printed> {
    let (id, word) = ids::<String>(path)?;
    let job = Printing::begin(&call, who);
    let document = Document::from_code(&word).ok_or_else(Error::not_found)?;
    let made = call.written(move |c, office| {
        let facts = job.facts(c, office, id)?;
        let paper = decision::paper(c, office, &facts, document)?;
        job.for_applicant(c, facts.case, paper)
    });
    let (case, paper) = made.await?;
    print(&call.app, &case, document.code(), paper).await
}

/// Whether names and numbers stand in full.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Open {
    /// Why names and numbers are needed in full, 4 to 100 characters; left out, they are masked.
    #[param(value_type = Option<String>, min_length = 4, max_length = 100)]
    #[serde(default, deserialize_with = "blank_is_none")]
    purpose: Option<Note<4, 100>>,
}

#[utoipa::path(get, path = "/staff/cases/{id}/file", tag = "desks", operation_id = "printCaseFile", summary = "打印案卷",
    description = "一件事的全部内容印成一份 PDF：填写内容、材料清单、补正、全部办理记录和校验码。姓名和号码默认遮盖；写明原因（purpose）才印完整的，并记入查看记录。每次打印都记录是谁、什么时候打印的。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "PDF 文件")))]
async fn file(who: DeskOfficer, id: PathId, q: Query<Open>, call: Call) -> Result<Printed> {
    let job = Printing::begin(&call, who);
    let purpose = q.0.purpose.map(Note::into_string);
    let made = call.written(move |c, office| {
        let facts = job.facts(c, office, id.0)?;
        let fields = if purpose.is_some() { case_file::OPENS } else { &[] };
        job.note(c, &facts.case, case_file::TITLE, fields, purpose.as_deref().unwrap_or_default())?;
        let paper = case_file::paper(c, office, &facts, purpose.is_some())?;
        Ok((facts.case, paper))
    });
    let (case, paper) = made.await?;
    print(&call.app, &case, "file", paper).await
}
