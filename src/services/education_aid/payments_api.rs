//! What finance may call: batches built, exported for the bank, and booked by the bank's answer.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::booking::{self, BankAnswer};
use super::payments::{self, Batch, BatchStatus, LineOfCase, LineState};
use super::staff_api::SeenAid;
use super::store::PaymentFault;
use super::{codes, seasons};
use crate::office::accounts::guards::{FinanceOfficer, Worker};
use crate::office::frame::{Call, Write};
use crate::office::people::persons;
use crate::platform::code;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::paging::{self, After, Cursor};
use crate::platform::http::{Answer, Created, Labelled, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Role;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        build: [code::NOT_FOUND, codes::NOTHING_PAYABLE],
        list_batches: [code::NOT_FOUND],
        show_batch,
        download_file: [codes::NOT_EXPORTED],
        export: [codes::NOT_EXPORTED],
        book: [codes::NOT_EXPORTED, codes::BOOKED_OTHERWISE],
    );
}

/// A batch in a list.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct BatchSummary {
    id: Id,
    #[schema(example = "JY9901012026112101")]
    number: String,
    season_id: Id,
    status: Labelled<BatchStatus>,
    /// The version to send with the next action.
    version: i64,
    #[schema(example = 396)]
    line_count: i64,
    #[schema(example = 27000000)]
    total_fen: i64,
    #[schema(example = "2026-11-21T09:30:00+08:00", format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    exported_at: Option<String>,
    #[schema(format = DateTime)]
    booked_at: Option<String>,
    /// SHA-256 of the exported file, hexadecimal.
    file_sha256: Option<String>,
}

impl BatchSummary {
    fn of(b: &Batch) -> BatchSummary {
        BatchSummary {
            id: b.id,
            number: b.number.clone(),
            season_id: b.season_id,
            status: labelled!(b.status),
            version: b.version,
            line_count: b.line_count,
            total_fen: b.total_fen.0,
            created_at: rfc3339(b.created_at),
            exported_at: b.exported_at.map(rfc3339),
            booked_at: b.booked_at.map(rfc3339),
            file_sha256: b.file_sha256.as_ref().map(hex::encode),
        }
    }
}

/// One payment of a batch.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct PaymentView {
    /// As in the bank's file.
    line_no: i64,
    case_id: Id,
    #[schema(example = "JY20261121483920")]
    case_number: String,
    /// The student, masked.
    #[schema(example = "王*四")]
    person_name_masked: String,
    amount_fen: i64,
    state: Labelled<LineState>,
    fault: Option<Labelled<PaymentFault>>,
}

/// A batch with its payments.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct BatchView {
    batch: BatchSummary,
    /// Payments that wait for the bank's answer.
    open: i64,
    paid: i64,
    failed: i64,
    /// Payable cases that were left for another officer: of the caller's own family, or held by a colleague.
    left_out: i64,
    lines: Vec<PaymentView>,
}

fn batch_view(c: &mut AnyConn, worker: &Worker, id: Id, left_out: i64) -> Result<BatchView> {
    let batch = payments::in_scope(c, worker, id)?;
    let all = payments::lines_of_cases(c, id)?;
    let names = persons::masked_names(c, all.iter().map(|l| l.person).collect())?;
    let names: HashMap<Id, String> = names.into_iter().collect();
    let count = |state: LineState| i64::try_from(all.iter().filter(|l| l.line.state == state).count()).unwrap_or(0);
    let open = count(LineState::Open);
    let paid = count(LineState::Paid);
    let failed = count(LineState::Failed);
    let line = |l: LineOfCase| PaymentView {
        line_no: l.line.line_no,
        case_id: l.line.case_id,
        case_number: l.case_number,
        person_name_masked: names.get(&l.person).cloned().unwrap_or_default(),
        amount_fen: l.line.amount_fen.0,
        state: labelled!(l.line.state),
        fault: l.line.fault.map(|f| labelled!(f)),
    };
    let lines = all.into_iter().map(line).collect();
    Ok(BatchView { batch: BatchSummary::of(&batch), open, paid, failed, left_out, lines })
}

/// Of which season.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Build {
    season_id: Id,
}
form!(Build { season_id: "申请季" });

#[utoipa::path(post, path = "/staff/education-aid/batches", tag = "education-aid", operation_id = "buildAidBatch", summary = "建立发放批次",
    description = "把一季中所有待发放的救助列入一个批次，最多500笔。与您有关的、同事正在办的留给别人，并告知笔数。",
    responses((status = 201, description = "批次")))]
async fn build(who: FinanceOfficer, call: Write<Build>) -> Result<Created<BatchView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let season = seasons::find(c, sent.season_id)?;
        if !worker.covers(Role::FinanceOfficer, &season.county) {
            return Err(Error::not_found());
        }
        let built = payments::build(c, office, &worker, &season)?;
        batch_view(c, &worker, built.batch, built.left_out)
    })
    .await
}

/// Which batches.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct BatchFilter {
    /// Twelve-digit code of the county.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101000000")]
    county: AreaCode,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/staff/education-aid/batches", tag = "education-aid", operation_id = "listAidBatches", summary = "发放批次",
    description = "本县（区）的发放批次，最新的在前。",
    responses((status = 200, description = "一页批次")))]
async fn list_batches(who: FinanceOfficer, q: Query<BatchFilter>, call: Call) -> Result<Answer<Page<BatchSummary>>> {
    let county = q.0.county;
    if !who.covers(Role::FinanceOfficer, &county) {
        return Err(Error::not_found());
    }
    let name = format!("aid-batches:{county}");
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, _, after, limit| {
        let rows = payments::list(c, &county, after, limit)?;
        Ok(paging::placed(&rows, rows.iter().map(BatchSummary::of).collect(), |b| After { at: b.created_at.ms(), id: b.id }))
    })
    .await
}

#[utoipa::path(get, path = "/staff/education-aid/batches/{id}", tag = "education-aid", operation_id = "getAidBatch", summary = "查看批次",
    description = "一个批次和其中每一笔的结果。",
    params(("id" = Id, Path, description = "批次编号")),
    responses((status = 200, description = "批次")))]
async fn show_batch(who: FinanceOfficer, id: PathId, call: Call) -> Result<Answer<BatchView>> {
    call.read(move |c, _| batch_view(c, &who, id.0, 0)).await
}

#[utoipa::path(get, path = "/staff/education-aid/batches/{id}/file", tag = "education-aid", operation_id = "downloadAidBatchFile", summary = "下载银行文件",
    description = "导出时定下的文件（CSV，GB 18030 编码，兼容 GBK），每次下载完全相同。第一行是批次号、总笔数和总金额（元）；第二行是列名：序号、户名、账号、开户银行、金额（元）、用途；从第三行起每行一笔。含完整账号，请妥善保管。",
    params(("id" = Id, Path, description = "批次编号")),
    responses((status = 200, description = "文件内容", content_type = "text/csv", body = inline(String))))]
async fn download_file(who: FinanceOfficer, id: PathId, call: Call) -> Result<HttpResponse> {
    let by = who.id;
    let (batch, bytes) = call.found(move |c, office| payments::file(c, office, &who, id.0)).await?;
    tracing::info!(batch = %batch.id, worker = %by, "a bank file was opened");
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=gb18030"))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.csv\"", batch.number)))
        .body(bytes))
}

#[utoipa::path(post, path = "/staff/education-aid/batches/{id}/actions/export", tag = "education-aid", operation_id = "exportAidBatch", summary = "导出批次",
    description = "定下银行文件并记录校验值，只能导出一次；之后可以反复下载同一份文件。",
    params(("id" = Id, Path, description = "批次编号")),
    responses((status = 200, description = "已导出")))]
async fn export(who: FinanceOfficer, id: PathId, call: Write<SeenAid>) -> Result<Answer<BatchView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        payments::export(c, office, &worker, id.0, sent.version)?;
        batch_view(c, &worker, id.0, 0)
    })
    .await
}

coded_enum! {
    /// What the bank did with a payment.
    pub enum PaymentResult {
        Paid = "paid", "已发放";
        Failed = "failed", "没有发放成功";
    }
}

/// The bank's answer to one payment.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct BookLine {
    /// As in the file.
    #[schema(example = 1)]
    line_no: i64,
    #[schema(inline, example = "paid")]
    result: PaymentResult,
    /// Of a failed one.
    #[schema(inline, example = json!(null))]
    reason: Option<PaymentFault>,
}

/// The bank's answer.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Book {
    /// The version that was seen.
    #[schema(example = 2)]
    version: i64,
    #[validate(length(min = 1, max = 500, message = "请填写银行结果，一次最多500笔。"), nested)]
    lines: Vec<BookLine>,
}
form!(Book { version: "版本", lines: "银行结果", line_no: "序号", result: "结果", reason: "失败原因" });

impl Book {
    fn answers(&self) -> Result<Vec<BankAnswer>> {
        let mut faults = Faults::new();
        let mut answers = Vec::with_capacity(self.lines.len());
        for (at, line) in self.lines.iter().enumerate() {
            let fault = match (line.result, line.reason) {
                (PaymentResult::Paid, None) => None,
                (PaymentResult::Failed, Some(fault)) => Some(fault),
                _ => {
                    let way_out = "发放失败的请选择原因，已发放的不要填写原因。";
                    faults.push(&format!("/lines/{at}/reason"), "失败原因", "reason_mismatch", "结果与原因不一致。", way_out);
                    continue;
                }
            };
            answers.push(BankAnswer { line_no: line.line_no, fault });
        }
        faults.settle().map(|()| answers)
    }
}

#[utoipa::path(post, path = "/staff/education-aid/batches/{id}/actions/book", tag = "education-aid", operation_id = "bookAidBatch", summary = "登记银行结果",
    description = "按银行回单逐笔登记。同样的结果重复登记没有影响；失败的退回申请人更正账户，以后的批次再发。",
    params(("id" = Id, Path, description = "批次编号")),
    responses((status = 200, description = "已登记")))]
async fn book(who: FinanceOfficer, id: PathId, call: Write<Book>) -> Result<Answer<BatchView>> {
    let worker = who.0;
    let answers = call.sent.answers()?;
    call.once(worker.id, move |c, office, sent| {
        booking::book(c, office, &worker, id.0, sent.version, &answers)?;
        batch_view(c, &worker, id.0, 0)
    })
    .await
}
