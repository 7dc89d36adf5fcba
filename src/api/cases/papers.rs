//! Uploading papers, looking at them, using them again.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::Filer;
use crate::office::cases::access::{loading, mandates};
use crate::office::cases::filing::paper_files::{BAD_FILE, BAD_LINK, FILES_BUSY, discard, store, unstored};
use crate::office::cases::filing::papers::{self, Paper, PaperState, PaperView, Viewer};
use crate::office::cases::filing::viewings;
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes as case_codes;
use crate::office::frame::{Call, Write};
use crate::platform::app::App;
use crate::platform::code;
use crate::platform::crypto::Link;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::files::{FileFault, Kind, Variant};
use crate::platform::http::faults::Labels;
use crate::platform::http::once::Done;
use crate::platform::http::paging::{self, After, Cursor};
use crate::platform::http::{Answer, Created, Once, Operations, Page, Parts, PathId, Query};
use crate::platform::id::Id;
use crate::rules::text::{Code, PlainText};
use crate::rules::typed::blank_is_none;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        upload: [code::INVALID, case_codes::NOT_EDITABLE, BAD_FILE, code::BAD_UPLOAD, FILES_BUSY],
        withdraw: [case_codes::NOT_EDITABLE],
        reusable: [code::NOT_FOUND],
        reuse: [case_codes::NOT_EDITABLE],
        download: [BAD_LINK],
    );
}

/// The parts of an upload, as `wx.uploadFile` sends them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the multipart body in the contract")]
struct Upload {
    /// The file: JPEG, PNG, WebP or PDF by its content, at most 10 MiB.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// Code of the material.
    #[schema(value_type = String, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "household_register")]
    material: Code<1, 60>,
    /// What is to be seen, in words.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "户口簿首页")]
    alt_text: Option<PlainText<1, 500>>,
}

#[utoipa::path(post, path = "/cases/{id}/papers", tag = "papers", operation_id = "uploadPaper", summary = "上传材料",
    description = "上传一页材料（照片或 PDF）。照片中的位置信息会被删除；成功即已保存，状态为“已收到”。",
    params(("id" = Id, Path, description = "办件编号")),
    request_body(content = inline(Upload), content_type = "multipart/form-data"),
    responses((status = 201, description = "已收到")))]
async fn upload(who: Filer, once: Once, id: PathId, parts: Parts, call: Call) -> Result<Created<PaperView>> {
    let id = id.0;
    let caller = who.id();
    let asking = who.clone();
    let case = call.found(move |c, office| loading::owned(c, &asking, id, office.now)).await?;
    let sent = read_parts(parts).await?;
    let fingerprint = sent.fingerprint();
    // The first answer was lost: by now there may be no room for another page, or the case was submitted.
    if let Some(paper) = once.replay(&call.app, caller, fingerprint).await? {
        return Ok(Answer::created(paper).replayed(true));
    }
    let paper = received(&call, case, sent).await?;
    let file = paper.file_id;
    let Call { app, office } = call;
    let done = once.write(&app, caller, fingerprint, move |c| {
        let case = loading::owned(c, &who, id, office.now)?;
        let paper = Paper { person_id: case.person_id, owner_account: case.filing.applicant_id, ..paper.clone() };
        papers::add(c, &office, &case, &paper)?;
        paper.view(&office, Viewer::from(&who))
    });
    let done = done.await;
    swept(&app, file, &done).await;
    let done = done?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

/// Judges and cleans a page for which there is room, and puts it into the vault.
async fn received(call: &Call, case: Case, sent: Sent) -> Result<Paper> {
    let id = case.id;
    let material = sent.material.clone();
    let label = call.found(move |c, office| papers::room_for(c, office, &case, &material)).await?;
    let clean = call.app.papers.process(sent.file.into()).await.map_err(refused)?;
    // A picture that nobody described has a name all the same, for those who cannot see it.
    let alt = if sent.alt_text.is_empty() { &label } else { &sent.alt_text };
    store(&call.app, &call.office, id, &sent.material, alt, clean).await
}

/// Removes the file again when its row could not be stored.
async fn swept<T>(app: &App, file: Id, done: &Result<Done<T>>) {
    match done {
        Ok(d) if !d.replayed => {}
        // An error at COMMIT may have committed: the hourly sweep asks the database before it deletes.
        Err(e) if e.code().status >= 500 => {}
        _ => discard(app, file).await,
    }
}

struct Sent {
    file: Vec<u8>,
    material: String,
    alt_text: String,
}

impl Sent {
    fn fingerprint(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [&self.file, self.material.as_bytes(), self.alt_text.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

/// The parts of the form, in its order.
const LABELS: Labels = &[("file", "文件"), ("material", "材料"), ("alt_text", "图片说明")];

/// Reads the parts, and tells at once what is wrong with them.
async fn read_parts(parts: Parts) -> Result<Sent> {
    let mut received = parts.received(LABELS).await?;
    let mut faults = Faults::new();
    let material: Option<Code<1, 60>> = received.text("material");
    if material.is_none() {
        faults.push("/material", "材料", "required", "没有说明是哪一份材料。", "请从材料清单中选择。");
    }
    let alt_text: Option<PlainText<1, 500>> = received.text("alt_text");
    let file = received.file(faults)?;
    let material = material.map(Code::into_string).unwrap_or_default();
    Ok(Sent { file, material, alt_text: alt_text.map(PlainText::into_string).unwrap_or_default() })
}

fn refused(fault: FileFault) -> Error {
    let detail = Detail::new("/file", "文件", fault.code(), &fault.reason(), fault.suggestion());
    let code = match fault {
        FileFault::TooLarge => &code::TOO_LARGE,
        _ if fault.is_temporary() => return Error::new(&FILES_BUSY).because(fault).retry_after(3).with_details(vec![detail]),
        _ => &BAD_FILE,
    };
    Error::new(code).with_details(vec![detail])
}

#[utoipa::path(delete, path = "/papers/{id}", tag = "papers", operation_id = "withdrawPaper", summary = "删除材料",
    description = "删除一页还没有提交的材料，或者补正时要替换的材料。",
    params(("id" = Id, Path, description = "材料编号")),
    responses((status = 200, description = "已删除")))]
async fn withdraw(who: Filer, id: PathId, call: Call) -> Result<Answer<PaperView>> {
    call.write(move |c, office| {
        let paper = papers::find(c, id.0)?.ok_or_else(Error::not_found)?;
        let case = loading::owned(c, &who, paper.case_id, office.now)?;
        papers::withdraw(c, office, &case, &paper)?;
        Paper { state: PaperState::Withdrawn, ..paper }.view(office, Viewer::from(&who))
    })
    .await
}

/// Whose papers.
#[derive(Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfPerson {
    /// The person, one of `GET /me/persons`.
    person_id: Id,
    /// 1 to 100, usually 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

#[utoipa::path(get, path = "/me/papers", tag = "papers", operation_id = "listReusablePapers", summary = "可以再次使用的材料",
    description = "您以前为这个人上传过的材料，可以直接用在新的申请里，不用重新拍照。最新的在前。",
    responses((status = 200, description = "一页材料")))]
async fn reusable(who: Filer, q: Query<OfPerson>, call: Call) -> Result<Answer<Page<PaperView>>> {
    let person = q.0.person_id;
    let name = format!("papers:{}:{person}", who.id());
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, office, after, limit| {
        mandates::relation(c, &who, person, office.now)?;
        let owner = papers::owner_for(c, &who, person, office.now)?;
        let rows = papers::of_person(c, owner, person, after, limit)?;
        let views = rows.iter().map(|p| p.view(office, Viewer::from(&who))).collect::<Result<_>>()?;
        Ok(paging::placed(&rows, views, |p| After { at: p.uploaded_at.ms(), id: p.id }))
    })
    .await
}

/// Which paper is used again, and for what.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reuse {
    paper_id: Id,
    #[schema(value_type = String, min_length = 1, max_length = 60, pattern = "^[!-~]+$", example = "household_register")]
    material: Code<1, 60>,
}
form!(Reuse { paper_id: "材料编号", material: "材料" });

#[utoipa::path(post, path = "/cases/{id}/papers/actions/reuse", tag = "papers", operation_id = "reusePaper", summary = "再次使用材料",
    description = "把以前上传过的一份材料用在这件申请里。",
    params(("id" = Id, Path, description = "办件编号")),
    responses((status = 201, description = "已收到")))]
async fn reuse(who: Filer, id: PathId, call: Write<Reuse>) -> Result<Created<PaperView>> {
    let new = call.app.clock.id();
    call.once(who.id(), move |c, office, ask| {
        let case = loading::owned(c, &who, id.0, office.now)?;
        let old = papers::reusable(c, &who, &case, ask.paper_id, office.now)?;
        let paper = old.again(office, new, &case, &ask.material)?;
        papers::add(c, office, &case, &paper)?;
        paper.view(office, Viewer::from(&who))
    })
    .await
}

/// The signature of a five-minute link.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Signed {
    /// full or thumb.
    #[param(value_type = String, min_length = 1, max_length = 20, pattern = "^[!-~]+$")]
    variant: Code<1, 20>,
    /// The worker who got the link; none when an applicant did.
    #[param(value_type = Option<String>, min_length = 1, max_length = 64, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    holder: Option<Code<1, 64>>,
    /// End of the link's life, epoch milliseconds.
    expires: i64,
    /// Signature.
    #[param(value_type = String, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    signature: Code<1, 200>,
}

#[utoipa::path(get, path = "/files/{id}", tag = "papers", operation_id = "downloadPaper", summary = "查看材料",
    description = "用办件中给出的五分钟链接查看一份材料。链接只对这一份材料有效。工作人员每次查看都会记录，申请人可以看到。",
    params(("id" = Id, Path, description = "材料编号")),
    responses((status = 200, description = "文件内容", content_type = "application/octet-stream", body = inline(String))))]
async fn download(id: PathId, q: Query<Signed>, call: Call) -> Result<HttpResponse> {
    let signed = q.0;
    let bad = || Error::new(&BAD_LINK);
    let file = id.0.to_string();
    let holder = signed.holder.map(Code::into_string).unwrap_or_default();
    let link = Link { file: &file, variant: &signed.variant, holder: &holder, expires_ms: signed.expires };
    call.app.keys.verify_link(&link, &signed.signature, call.office.now.ms()).map_err(|_| bad())?;
    let variant = Variant::from_code(&signed.variant).ok_or_else(bad)?;
    let paper = call.found(move |c, _| papers::find(c, id.0)).await?.filter(papers::Paper::stands).ok_or_else(bad)?;
    if !holder.is_empty() {
        let row = call.app.clock.id();
        let worker = holder.parse().map_err(|_| bad())?;
        let seen = paper.clone();
        call.written(move |c, office| viewings::record(c, row, office.now, worker, &seen, variant)).await?;
    }
    let bytes = call.app.vault.get(paper.file_id.uuid(), variant, &paper.key(&call.office)?).await.map_err(unstored)?;
    Ok(shown(&paper, variant, bytes))
}

/// A stored page as an answer: to be saved, kept by no cache, and run as nothing.
fn shown(paper: &Paper, variant: Variant, bytes: Vec<u8>) -> HttpResponse {
    let kind = if variant == Variant::Thumbnail { "image/jpeg" } else { paper.kind.as_str() };
    let extension = Kind::from_media_type(kind).map_or("bin", Kind::extension);
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.{extension}\"", paper.id)))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .body(bytes)
}
