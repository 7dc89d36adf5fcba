//! What an applicant may print: the correction notices and the decisions on their own case.

use actix_web::web;

use crate::office::accounts::guards::{Filer, Resident};
use crate::office::cases::access::loading;
use crate::office::cases::record::case::Case;
use crate::office::cases::showing::prints::decision::{self, Document, DocumentView};
use crate::office::cases::showing::prints::{correction, facts};
use crate::office::frame::Call;
use crate::operations;
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, List, Operations, PathId, Printed};
use crate::platform::id::Id;
use crate::platform::print::Paper;

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; list, notice, document);
}

/// `{id}` and one more word of a path; what is no id is not there.
pub(crate) fn ids<T: std::str::FromStr>(path: web::Path<(String, String)>) -> Result<(Id, T)> {
    let (id, word) = path.into_inner();
    Ok((id.parse().map_err(|_| Error::not_found())?, word.parse().map_err(|_| Error::not_found())?))
}

/// Sets the paper and names the file after the case.
pub(crate) async fn print(app: &App, case: &Case, slug: &str, paper: Paper) -> Result<Printed> {
    let plain_name = format!("{}-{slug}", case.number);
    let name = format!("{}-{}", paper.title, case.number);
    Ok(Printed { pdf: app.press.print(paper).await?, plain_name, name })
}

#[utoipa::path(get, path = "/cases/{id}/documents", tag = "cases", operation_id = "listCaseDocuments", summary = "办件的文书",
    description = "这件事已经有哪些文书可以下载：一次性告知书、受理通知书、不予受理通知书、批准决定书、不予批准决定书。一次全部列出。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 200, description = "文书，最早的在前")))]
async fn list(who: Resident, id: PathId, call: Call) -> Result<Answer<List<DocumentView>>> {
    call.read(move |c, office| {
        let case = loading::owned(c, &Filer::Resident(who.account), id.0, office.now)?;
        let facts = facts::load(c, office, case)?;
        decision::list(c, &facts).map(List)
    })
    .await
}

#[utoipa::path(get, path = "/cases/{id}/corrections/{round}/notice", tag = "cases", operation_id = "downloadCorrectionNotice", summary = "下载一次性告知书",
    description = "把一次补正要求印成 PDF，读屏软件可以按标题、表格朗读。再次下载，内容和日期不变。",
    params(("id" = Id, Path, description = "办件编号"), ("round" = i64, Path, description = "第几次补正，从 1 开始", example = 1)),
    responses((status = 200, description = "PDF 文件")))]
async fn notice(who: Resident, path: web::Path<(String, String)>, call: Call) -> Result<Printed> {
    let (id, round) = ids::<i64>(path)?;
    let made = call.found(move |c, office| {
        let case = loading::owned(c, &Filer::Resident(who.account), id, office.now)?;
        let facts = facts::load(c, office, case)?;
        let paper = correction::notice(c, office, &facts, round)?;
        Ok((facts.case, paper))
    });
    let (case, paper) = made.await?;
    print(&call.app, &case, &format!("correction-{round}"), paper).await
}

#[utoipa::path(get, path = "/cases/{id}/documents/{document}", tag = "cases", operation_id = "downloadCaseDocument", summary = "下载文书",
    description = "受理通知书、不予受理通知书、批准决定书或不予批准决定书的 PDF，写明决定了什么、日期和不同意时怎么办。再次下载，内容和日期不变。",
    params(("id" = Id, Path, description = "办件编号"), ("document" = inline(Document), Path, description = "哪一种文书", example = "acceptance")),
    responses((status = 200, description = "PDF 文件")))]
async fn document(who: Resident, path: web::Path<(String, String)>, call: Call) -> Result<Printed> {
    let (id, word) = ids::<String>(path)?;
    let document = Document::from_code(&word).ok_or_else(Error::not_found)?;
    let made = call.found(move |c, office| {
        let case = loading::owned(c, &Filer::Resident(who.account), id, office.now)?;
        let facts = facts::load(c, office, case)?;
        let paper = decision::paper(c, office, &facts, document)?;
        Ok((facts.case, paper))
    });
    let (case, paper) = made.await?;
    print(&call.app, &case, document.code(), paper).await
}
