//! Uploading papers, looking at them, using them again.

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, post, web};
use futures_util::StreamExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::Filer;
use crate::office::cases::paper_files::{BAD_FILE, BAD_LINK, BAD_UPLOAD, FILES_BUSY, discard, store, unstored};
use crate::office::cases::papers::{self, Paper, PaperView, Viewer};
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::viewings;
use crate::office::cases::{case, mandates};
use crate::platform::app::App;
use crate::platform::code;
use crate::platform::crypto::{Link, Place};
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::files::{FileFault, Kind, MAX_FILE_BYTES, Variant};
use crate::platform::http::paging::{self, After};
use crate::platform::http::{Answer, Body, Envelope, Once, Page, Parts, PathId, Query};
use crate::platform::id::Id;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(upload).service(withdraw).service(reusable).service(reuse).service(download);
}

/// The parts of an upload, as `wx.uploadFile` sends them.
#[derive(ToSchema)]
#[allow(dead_code, reason = "describes the multipart body in the contract")]
struct Upload {
    /// The file: JPEG, PNG, WebP or PDF by its content, at most 10 MiB.
    #[schema(value_type = String, format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<u8>,
    /// Code of the material.
    #[schema(example = "household_register")]
    material: String,
    /// What is to be seen, in words.
    #[schema(example = "户口簿首页")]
    alt_text: Option<String>,
}

#[utoipa::path(tag = "papers", operation_id = "uploadPaper", summary = "上传材料",
    description = "上传一页材料（照片或 PDF）。照片中的位置信息会被删除；成功即已保存，状态为“已收到”。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body(content = inline(Upload), content_type = "multipart/form-data"),
    responses((status = 201, description = "已收到", body = Envelope<PaperView>),
        (status = 409, description = "20007 现在不能修改这份材料", body = crate::platform::http::Failure)),
    security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/papers")]
async fn upload(
    who: Filer,
    once: Once,
    id: PathId,
    parts: Parts,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<PaperView>> {
    let (id, caller, spine) = (id.0, who.id(), Spine::of(&app, &services));
    let (asking, now) = (who.clone(), spine.now);
    let case = app.db.read(move |c| case::owned(c, &asking, id, now)).await?;
    let sent = take(parts).await?;
    let fingerprint = sent.fingerprint();
    // The first answer was lost: by now there may be no room for another page, or the case was submitted.
    if let Some(paper) = once.replay(&app, caller, fingerprint).await? {
        return Ok(Answer::created(paper).replayed(true));
    }
    let (material, asked) = (sent.material.clone(), spine.clone());
    app.db.read(move |c| papers::room_for(c, &asked, &case, &material)).await?;
    let clean = app.papers.process(sent.file.into()).await.map_err(refused)?;
    let paper = store(&app, &spine, id, &sent.material, &sent.alt_text, clean).await?;
    let file = paper.file_id;
    let done = once
        .write(&app, caller, fingerprint, move |c| {
            let case = case::owned(c, &who, id, spine.now)?;
            let paper = Paper { person_id: case.person_id, owner_account: case.applicant_id, ..paper.clone() };
            papers::add(c, &spine, &case, &paper)?;
            paper.view(&spine, Viewer::from(&who))
        })
        .await;
    match &done {
        Ok(d) if !d.replayed => {}
        // An error at COMMIT may have committed: the hourly sweep asks the database before it deletes.
        Err(e) if e.code().status >= 500 => {}
        _ => discard(&app, file).await,
    }
    let done = done?;
    Ok(Answer::created(done.value).replayed(done.replayed))
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

/// Reads the parts, never more than the limits.
async fn take(Parts(mut parts): Parts) -> Result<Sent> {
    let (mut file, mut material, mut alt_text) = (None, None, None);
    let bad = |why: &str| Error::new(&BAD_UPLOAD).because(why);
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|e| Error::new(&BAD_UPLOAD).because(e))?;
        let (most, slot) = match part.name() {
            Some("file") => (MAX_FILE_BYTES, &mut file),
            Some("material") => (100, &mut material),
            Some("alt_text") => (600, &mut alt_text),
            _ => return Err(bad("unknown part")),
        };
        let mut bytes = Vec::new();
        while let Some(chunk) = part.next().await {
            let chunk = chunk.map_err(|e| Error::new(&BAD_UPLOAD).because(e))?;
            if bytes.len().saturating_add(chunk.len()) > most {
                return Err(Error::new(&code::TOO_LARGE));
            }
            bytes.extend_from_slice(&chunk);
        }
        if slot.replace(bytes).is_some() {
            return Err(bad("a part came twice"));
        }
    }
    let text = |b: Option<Vec<u8>>| String::from_utf8(b.unwrap_or_default()).map_err(|_| bad("a text part is not UTF-8"));
    let mut faults = Faults::new();
    let material = text(material)?;
    if material.is_empty() {
        faults.push("/material", "材料", "required", "没有说明是哪一份材料。", "请从材料清单中选择。");
    }
    faults.settle()?;
    Ok(Sent { file: file.ok_or_else(|| bad("no part named file"))?, material, alt_text: text(alt_text)? })
}

fn refused(fault: FileFault) -> Error {
    if fault == FileFault::TooLarge {
        return Error::new(&code::TOO_LARGE);
    }
    if fault.is_temporary() {
        return Error::new(&FILES_BUSY).because(fault).retry_after(3);
    }
    let detail = Detail::new("/file", "文件", fault.code(), &fault.reason(), fault.suggestion());
    Error::new(&BAD_FILE).with_details(vec![detail])
}

#[utoipa::path(tag = "papers", operation_id = "withdrawPaper", summary = "删除材料",
    description = "删除一页还没有提交的材料，或者补正时要替换的材料。",
    params(("id" = Id, Path, description = "材料编号")),
    responses((status = 200, description = "已删除", body = Envelope<PaperView>),
        (status = 409, description = "20007 现在不能修改这份材料", body = crate::platform::http::Failure)),
    security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[delete("/papers/{id}")]
async fn withdraw(who: Filer, id: PathId, app: web::Data<App>, services: web::Data<Services>) -> Result<Answer<PaperView>> {
    let spine = Spine::of(&app, &services);
    let view = app.db.write(move |c| {
        let paper = papers::find(c, id.0)?.ok_or_else(Error::not_found)?;
        let case = case::owned(c, &who, paper.case_id, spine.now)?;
        papers::withdraw(c, &spine, &case, &paper)?;
        Paper { state: "withdrawn".to_owned(), ..paper }.view(&spine, Viewer::from(&who))
    });
    Ok(Answer::ok(view.await?))
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
    #[param(min_length = 1)]
    cursor: Option<String>,
}

#[utoipa::path(tag = "papers", operation_id = "listReusablePapers", summary = "可以再次使用的材料",
    description = "您以前为这个人上传过的材料，可以直接用在新的申请里，不用重新拍照。最新的在前。",
    params(OfPerson),
    responses((status = 200, description = "一页材料", body = Envelope<Page<PaperView>>),
        (status = 400, description = "10007 游标失效", body = crate::platform::http::Failure),
        (status = 404, description = "10006 没有这个人，或者您不能为这个人办理", body = crate::platform::http::Failure)),
    security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/me/papers")]
async fn reusable(
    who: Filer,
    q: Query<OfPerson>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<Page<PaperView>>> {
    let (spine, limit, person) = (Spine::of(&app, &services), paging::limit(q.0.limit)?, q.0.person_id);
    let name = format!("papers:{}:{person}", who.id());
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let rows = app.db.read({
        let (who, now) = (who.clone(), spine.now);
        move |c| {
            mandates::relation(c, &who, person, now)?;
            let owner = papers::owner_for(c, &who, person, now)?;
            papers::of_person(c, owner, person, after, limit)
        }
    });
    let key = |p: &Paper| After { at: p.uploaded_at, id: p.id };
    let (rows, next_cursor) = paging::cut(&app, &name, rows.await?, limit, key)?;
    let items = rows.iter().map(|p| p.view(&spine, Viewer::from(&who))).collect::<Result<_>>()?;
    Ok(Answer::ok(Page { items, next_cursor }))
}

/// Which paper is used again, and for what.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reuse {
    paper_id: Id,
    #[validate(length(min = 1, max = 60, message = "材料名称太长。"))]
    #[schema(example = "household_register")]
    material: String,
}
form!(Reuse { paper_id: "材料编号", material: "材料" });

#[utoipa::path(tag = "papers", operation_id = "reusePaper", summary = "再次使用材料",
    description = "把以前上传过的一份材料用在这件申请里。",
    params(("id" = Id, Path, description = "办件编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = Reuse,
    responses((status = 201, description = "已收到", body = Envelope<PaperView>),
        (status = 409, description = "20007 现在不能修改这份材料", body = crate::platform::http::Failure)),
    security(("resident" = []), ("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/cases/{id}/papers/actions/reuse")]
async fn reuse(
    who: Filer,
    once: Once,
    id: PathId,
    body: Body<Reuse>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<PaperView>> {
    let (spine, new, ask) = (Spine::of(&app, &services), app.clock.id(), body.value);
    let done = once.write(&app, who.id(), body.fingerprint, move |c| {
        let case = case::owned(c, &who, id.0, spine.now)?;
        let owner = papers::owner_for(c, &who, case.person_id, spine.now)?;
        let old = papers::find(c, ask.paper_id)?.filter(|p| p.owner_account == owner && p.person_id == case.person_id);
        let old = old.filter(papers::Paper::stands).ok_or_else(Error::not_found)?;
        let alt = spine.keys.open_text(&Place::new("papers", "alt_text", old.id.as_bytes()), &old.alt_text)?;
        let alt_text = spine.keys.seal_text(&Place::new("papers", "alt_text", new.as_bytes()), &alt)?;
        let owner_account = case.applicant_id;
        let paper = Paper {
            id: new,
            owner_account,
            case_id: case.id,
            material: ask.material.clone(),
            alt_text,
            uploaded_at: spine.now,
            ..old
        };
        papers::add(c, &spine, &case, &paper)?;
        paper.view(&spine, Viewer::from(&who))
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

/// The signature of a five-minute link.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Signed {
    /// full or thumb.
    variant: String,
    /// The worker who got the link; none when an applicant did.
    holder: Option<String>,
    /// End of the link's life, epoch milliseconds.
    expires: i64,
    /// Signature.
    signature: String,
}

#[utoipa::path(tag = "papers", operation_id = "downloadPaper", summary = "查看材料",
    description = "用办件中给出的五分钟链接查看一份材料。链接只对这一份材料有效。工作人员每次查看都会记录，申请人可以看到。",
    params(("id" = Id, Path, description = "材料编号"), Signed),
    responses((status = 200, description = "文件内容", content_type = "application/octet-stream", body = inline(String))))]
#[get("/files/{id}")]
async fn download(id: PathId, q: Query<Signed>, app: web::Data<App>, services: web::Data<Services>) -> Result<HttpResponse> {
    let (spine, signed) = (Spine::of(&app, &services), q.0);
    let bad = || Error::new(&BAD_LINK);
    let (file, holder) = (id.0.to_string(), signed.holder.unwrap_or_default());
    let link = Link { file: &file, variant: &signed.variant, holder: &holder, expires_ms: signed.expires };
    app.keys.verify_link(&link, &signed.signature, spine.now).map_err(|_| bad())?;
    let variant = Variant::from_name(&signed.variant).ok_or_else(bad)?;
    let paper = app.db.read(move |c| papers::find(c, id.0)).await?.filter(papers::Paper::stands).ok_or_else(bad)?;
    if !holder.is_empty() {
        let (row, worker, seen, now) = (app.clock.id(), holder.parse().map_err(|_| bad())?, paper.clone(), spine.now);
        app.db.write(move |c| viewings::record(c, row, now, worker, &seen, variant)).await?;
    }
    let bytes = app.vault.get(paper.file_id.uuid(), variant, &paper.key(&spine)?).await.map_err(unstored)?;
    let kind = if variant == Variant::Thumbnail { "image/jpeg" } else { paper.kind.as_str() };
    let extension = Kind::from_media_type(kind).map_or("bin", Kind::extension);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.{extension}\"", paper.id)))
        .insert_header(("Content-Security-Policy", "sandbox; default-src 'none'"))
        .body(bytes))
}
