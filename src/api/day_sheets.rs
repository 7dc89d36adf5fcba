//! The day sheet over HTTP: look at a village's day, take it along, hand in what happened.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use crate::form;
use crate::office::accounts::guards::{AreaOfficer, Worker};
use crate::office::accounts::links::Relation;
use crate::office::cases::mandates::ConsentForm;
use crate::office::cases::service::{Services, Spine};
use crate::office::day_sheets::handing_in::{self, Agreed, Entry, Outcome};
use crate::office::day_sheets::sheets::{self, Line, Sheet};
use crate::office::day_sheets::views::{self, SheetSummary, SheetView, TakenSheet, VillageDay};
use crate::platform::app::App;
use crate::platform::db::{AnyConn, apart};
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::http::body::moment;
use crate::platform::http::paging::{self, After, Paged};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(look).service(take).service(list).service(one).service(hand_in);
}

/// Which village.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfVillage {
    /// Twelve-digit code of a village in your area.
    #[param(value_type = String, example = "990101100200", pattern = "^[0-9]{12}$")]
    area: AreaCode,
}

/// The village, if it is one of the worker's; else 10006, and 10002 for a wider area.
fn village(worker: &Worker, area: AreaCode) -> Result<AreaCode> {
    if !worker.knows_residents_of(&area) {
        return Err(Error::not_found());
    }
    if area.level() == AreaLevel::Village {
        return Ok(area);
    }
    let (reason, way_out) = ("走访单一次只能是一个村（社区）。", "请选择要去的村（社区）。");
    Err(Error::invalid(vec![Detail::new("/area", "村（社区）", "not_a_village", reason, way_out)]))
}

#[utoipa::path(tag = "counter", operation_id = "lookAtVillageDay", summary = "今天要见谁",
    description = "一个村（社区）现在要见的人：等待补正的、要求上门或电话的、可以换证的、借用的辅具快到期的。姓名已遮盖，最急的在前；每一种最多一百件，一次全部列出。",
    params(OfVillage),
    responses((status = 200, description = "这个村今天的事", body = Envelope<VillageDay>),
        (status = 404, description = "10006 不是您负责的区域", body = Failure)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/staff/day-sheet")]
async fn look(
    who: AreaOfficer,
    q: Query<OfVillage>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<VillageDay>> {
    let (spine, area) = (Spine::of(&app, &services), village(&who, q.0.area)?);
    Ok(Answer::ok(app.db.read(move |c| views::village(c, &spine, &who, &area)).await?))
}

/// Where to.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeSheet {
    /// Twelve-digit code of a village in your area.
    #[schema(value_type = String, example = "990101100200", pattern = "^[0-9]{12}$")]
    area: AreaCode,
}
form!(TakeSheet { area: "村（社区）" });

#[utoipa::path(tag = "counter", operation_id = "takeDaySheet", summary = "带走走访单",
    description = "把一个村（社区）今天的走访单带走：有姓名、电话和地址，没有网络也能用。带走的每个人都会连同您的姓名和时间记录下来；走访结束后请交回经过，并从手机上删除。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = TakeSheet,
    responses((status = 201, description = "走访单", body = Envelope<TakenSheet>),
        (status = 404, description = "10006 不是您负责的区域", body = Failure)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/day-sheets")]
async fn take(
    who: AreaOfficer,
    once: Once,
    body: Body<TakeSheet>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<TakenSheet>> {
    let (spine, id, area) = (Spine::of(&app, &services), app.clock.id(), village(&who, body.value.area)?);
    let done = once.write(&app, who.id, body.fingerprint, move |c| {
        let (lines, people) = sheets::take(c, &spine, &who, id, &area)?;
        views::taken(c, (id, &area, spine.now), lines, &people)
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

#[utoipa::path(tag = "counter", operation_id = "listMyDaySheets", summary = "我的走访单",
    description = "您带走过的走访单，最新的在前。", params(Paged),
    responses((status = 200, description = "一页走访单", body = Envelope<Page<SheetSummary>>),
        (status = 400, description = "10007 游标失效", body = Failure)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/staff/day-sheets")]
async fn list(who: AreaOfficer, q: Query<Paged>, app: web::Data<App>) -> Result<Answer<Page<SheetSummary>>> {
    let (worker, limit) = (who.id, paging::limit(q.0.limit)?);
    let name = format!("day-sheets:{worker}");
    let after = paging::open(&app, &name, q.0.cursor.as_deref())?;
    let found = app.db.read(move |c| sheets::of_worker(c, worker, after, limit)).await?;
    let (found, next_cursor) = paging::cut(&app, &name, found, limit, |s| After { at: s.taken_at, id: s.id })?;
    Ok(Answer::ok(Page { items: app.db.read(move |c| views::summaries(c, found.clone())).await?, next_cursor }))
}

#[utoipa::path(tag = "counter", operation_id = "getDaySheet", summary = "走访单和走访经过",
    description = "您带走的一张走访单（姓名已遮盖）和交回的走访经过，按发生的先后。",
    params(("id" = Id, Path, description = "走访单编号")),
    responses((status = 200, description = "走访单", body = Envelope<SheetView>)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[get("/staff/day-sheets/{id}")]
async fn one(who: AreaOfficer, id: PathId, app: web::Data<App>) -> Result<Answer<SheetView>> {
    let keys = app.keys.clone();
    let view = app.db.read(move |c| {
        let sheet = sheets::find(c, &who, id.0)?;
        views::sheet(c, &keys, &sheet)
    });
    Ok(Answer::ok(view.await?))
}

/// Agreement that the worker applies for the person, as it was given on the way.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgreedOnTheWay {
    #[schema(inline, example = "self")]
    relation: Relation,
    /// Name of whoever agreed, when it is not the person.
    #[validate(length(min = 2, max = 50, message = "请填写同意人的姓名，最多50个字。"))]
    #[schema(example = json!(null))]
    giver_name: Option<String>,
    #[schema(inline, example = "signed")]
    form: ConsentForm,
    /// Version of the privacy text that was read out or shown.
    #[schema(example = "2026-11")]
    consent: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct VisitEntry {
    /// The phone's own UUID for this entry: it may be sent again and is kept once.
    id: Id,
    /// Line of the sheet; leave it out for somebody who was met on the way.
    #[schema(example = 1)]
    line: Option<i64>,
    /// For somebody who is not on the sheet.
    person_id: Option<Id>,
    #[schema(inline, example = "met")]
    outcome: Outcome,
    #[validate(length(max = 500, message = "最多写500个字。"))]
    #[schema(example = "户口簿已拍照，本人同意代办。")]
    note: Option<String>,
    /// When it happened, by the phone's clock.
    #[validate(length(max = 40, message = "时间的格式不正确。"))]
    #[schema(format = DateTime, example = "2026-11-21T10:05:00+08:00")]
    happened_at: String,
    /// When the person agreed that you apply for them.
    #[validate(nested)]
    agreed: Option<AgreedOnTheWay>,
}

/// What comes back with a sheet.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandIn {
    #[validate(length(min = 1, max = 50, message = "一次交一到五十条经过。"), nested)]
    entries: Vec<VisitEntry>,
}
form!(HandIn {
    entries: "走访经过",
    id: "编号",
    line: "走访单的行号",
    person_id: "人员",
    outcome: "结果",
    note: "说明",
    happened_at: "发生的时间",
    agreed: "同意代办",
    relation: "与同意人的关系",
    giver_name: "同意人姓名",
    form: "同意的形式",
    consent: "个人信息处理同意书",
});

/// What became of one entry.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct EntryResult {
    id: Id,
    /// The status that this entry alone would have had.
    #[schema(example = 201)]
    status: u16,
    /// 0 means that it is kept.
    #[schema(example = 0)]
    errcode: u32,
    #[schema(example = "ok")]
    errmsg: String,
    details: Vec<Detail>,
    /// It had been kept before.
    before: bool,
    /// What else followed, in plain words.
    #[schema(example = json!(["已记入办件备注"]))]
    effects: Vec<String>,
}

/// What became of all.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
struct HandedIn {
    #[schema(example = 5)]
    kept: usize,
    #[schema(example = 0)]
    refused: usize,
    /// In the order in which they were sent.
    results: Vec<EntryResult>,
}

#[utoipa::path(tag = "counter", operation_id = "handInDaySheet", summary = "交回走访经过",
    description = "走访之后（有网络时）交回经过，写明发生的时间。每条单独处理，一条不能收不影响其他条；同一条重复交只记一次。要求上门或电话的随即办结或改日再联系，补正等办件留下备注，同意代办的随即登记。",
    params(("id" = Id, Path, description = "走访单编号"), ("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")),
    request_body = HandIn,
    responses((status = 200, description = "每条的结果", body = Envelope<HandedIn>)), security(("staff" = ["commissioner", "town_officer", "county_officer"])))]
#[post("/staff/day-sheets/{id}/entries")]
async fn hand_in(
    who: AreaOfficer,
    once: Once,
    id: PathId,
    body: Body<HandIn>,
    app: web::Data<App>,
    services: web::Data<Services>,
) -> Result<Answer<HandedIn>> {
    let (spine, sent) = (Spine::of(&app, &services), body.value.entries);
    let entries: Vec<(Id, Result<Entry>)> = sent.iter().map(|e| (e.id, e.parse(app.clock.id()))).collect();
    let done = once.write(&app, who.id, body.fingerprint, move |c| {
        let sheet = sheets::find(c, &who, id.0)?;
        let lines = sheets::lines(c, sheet.id)?;
        let mut results = Vec::with_capacity(entries.len());
        for (id, entry) in &entries {
            results.push(kept(c, &spine, &who, (&sheet, &lines), *id, entry)?);
        }
        let kept = results.iter().filter(|r| r.errcode == 0).count();
        Ok(HandedIn { kept, refused: results.len().saturating_sub(kept), results })
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}

/// One entry, apart from the others.
fn kept(
    c: &mut AnyConn,
    spine: &Spine,
    worker: &Worker,
    sheet: (&Sheet, &[Line]),
    id: Id,
    entry: &Result<Entry>,
) -> Result<EntryResult> {
    let told = |status, errcode, errmsg: &str, details: &[Detail], before, effects: Vec<String>| EntryResult {
        id,
        status,
        errcode,
        errmsg: errmsg.to_owned(),
        details: details.to_vec(),
        before,
        effects,
    };
    let refused = |e: &Error| told(e.code().status, e.code().number, e.code().sentence, e.details(), false, Vec::new());
    let entry = match entry {
        Ok(entry) => entry,
        Err(e) => return Ok(refused(e)),
    };
    Ok(match apart(c, |c| handing_in::keep(c, spine, worker, sheet, entry))? {
        Ok(k) => told(201, 0, "ok", &[], k.before, k.effects.into_iter().map(str::to_owned).collect()),
        Err(e) => refused(&e),
    })
}

impl VisitEntry {
    /// The entry with its moment read; `mandate` is the id for an agreement.
    fn parse(&self, mandate: Id) -> Result<Entry> {
        let mut faults = Faults::new();
        let happened_at = moment(&self.happened_at, "/happened_at", "发生的时间", &mut faults).unwrap_or_default();
        faults.settle()?;
        let agreed = self.agreed.as_ref().map(|a| Agreed {
            mandate,
            relation: a.relation,
            giver: a.giver_name.clone(),
            form: a.form,
            consent: a.consent.clone(),
        });
        let bytes = serde_json::to_vec(self).map_err(Error::internal)?;
        Ok(Entry {
            id: self.id,
            line: self.line,
            person: self.person_id,
            outcome: self.outcome,
            note: self.note.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned),
            happened_at,
            agreed,
            fingerprint: Sha256::digest(&bytes).into(),
        })
    }
}
