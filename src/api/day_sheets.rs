//! The day sheet over HTTP: look at a village's day, take it along, hand in what happened.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::office::accounts::guards::{AreaOfficer, Worker};
use crate::office::accounts::links::Relation;
use crate::office::cases::access::mandates::ConsentForm;
use crate::office::cases::service::Office;
use crate::office::day_sheets::handing_in::{self, Agreed, Carried, Entry, Outcome};
use crate::office::day_sheets::sheets;
use crate::office::day_sheets::views::{self, SheetSummary, SheetView, TakenSheet, VillageDay};
use crate::office::frame::{Call, Write};
use crate::platform::code;
use crate::platform::db::{AnyConn, apart};
use crate::platform::error::{Detail, Error, Result};
use crate::platform::http::paging::{self, After, Paged};
use crate::platform::http::{Answer, Created, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::dates::SentMoment;
use crate::rules::names::PersonName;
use crate::rules::text::{Code, KeyedCode, Note};
use crate::rules::typed::{self, blank_is_none};
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        look: [code::NOT_FOUND],
        take: [code::NOT_FOUND],
        list,
        one,
        hand_in,
    );
}

/// Which village.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfVillage {
    /// Twelve-digit code of a village in your area.
    #[param(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101100200")]
    area: AreaCode,
}

#[utoipa::path(get, path = "/staff/day-sheet", tag = "counter", operation_id = "lookAtVillageDay", summary = "今天要见谁",
    description = "一个村（社区）现在要见的人：等待补正的、要求上门或电话的、可以换证的、借用的辅具快到期的。姓名已遮盖，最急的在前；每一种最多一百件，一次全部列出。",
    responses((status = 200, description = "这个村今天的事")))]
async fn look(who: AreaOfficer, q: Query<OfVillage>, call: Call) -> Result<Answer<VillageDay>> {
    let area = sheets::village(&who, q.0.area)?;
    call.read(move |c, office| views::village(c, office, &who, &area)).await
}

/// Where to.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeSheet {
    /// Twelve-digit code of a village in your area.
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101100200")]
    area: AreaCode,
}
form!(TakeSheet { area: "村（社区）" });

#[utoipa::path(post, path = "/staff/day-sheets", tag = "counter", operation_id = "takeDaySheet", summary = "带走走访单",
    description = "把一个村（社区）今天的走访单带走：有姓名、电话和地址，没有网络也能用。带走的每个人都会连同您的姓名和时间记录下来；走访结束后请交回经过，并从手机上删除。",
    responses((status = 201, description = "走访单")))]
async fn take(who: AreaOfficer, call: Write<TakeSheet>) -> Result<Created<TakenSheet>> {
    let id = call.app.clock.id();
    let area = sheets::village(&who, call.sent.area)?;
    call.once(who.id, move |c, office, _| {
        let (lines, people) = sheets::take(c, office, &who, id, &area)?;
        views::taken(c, office, id, &area, lines, &people)
    })
    .await
}

#[utoipa::path(get, path = "/staff/day-sheets", tag = "counter", operation_id = "listMyDaySheets", summary = "我的走访单",
    description = "您带走过的走访单，最新的在前。",
    responses((status = 200, description = "一页走访单")))]
async fn list(who: AreaOfficer, q: Query<Paged>, call: Call) -> Result<Answer<Page<SheetSummary>>> {
    let name = format!("day-sheets:{}", who.id);
    call.page(&name, q.0.limit, q.0.cursor.as_deref(), move |c, _, after, limit| {
        let found = sheets::of_worker(c, who.id, after, limit)?;
        let summaries = views::summaries(c, found.clone())?;
        Ok(paging::placed(&found, summaries, |s| After { at: s.taken_at.ms(), id: s.id }))
    })
    .await
}

#[utoipa::path(get, path = "/staff/day-sheets/{id}", tag = "counter", operation_id = "getDaySheet", summary = "走访单和走访经过",
    description = "您带走的一张走访单（姓名已遮盖）和交回的走访经过，按发生的先后。",
    params(("id" = Id, Path, description = "走访单编号")),
    responses((status = 200, description = "走访单")))]
async fn one(who: AreaOfficer, id: PathId, call: Call) -> Result<Answer<SheetView>> {
    call.read(move |c, office| {
        let sheet = sheets::find(c, &who, id.0)?;
        views::sheet(c, &office.keys, &sheet)
    })
    .await
}

/// Agreement that the worker applies for the person, as it was given on the way.
#[derive(Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AgreedOnTheWay {
    #[schema(inline, example = "self")]
    relation: Relation,
    /// Name of whoever agreed, when it is not the person.
    #[schema(value_type = Option<String>, min_length = 2, max_length = 40, example = json!(null))]
    #[serde(default, deserialize_with = "blank_is_none", serialize_with = "in_full")]
    giver_name: Option<PersonName>,
    #[schema(inline, example = "signed")]
    form: ConsentForm,
    /// Version of the privacy text that was read out or shown.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 40, pattern = "^[!-~]+$", example = "2026-11")]
    #[serde(default, deserialize_with = "blank_is_none")]
    consent: Option<Code<1, 40>>,
}

/// Only for the comparison with an entry that was sent before.
fn in_full<S: serde::Serializer>(name: &Option<PersonName>, s: S) -> std::result::Result<S::Ok, S::Error> {
    name.as_ref().map(PersonName::reveal).serialize(s)
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
    #[schema(value_type = Option<String>, min_length = 1, max_length = 500, example = "户口簿已拍照，本人同意代办。")]
    #[serde(default, deserialize_with = "blank_is_none")]
    note: Option<Note<1, 500>>,
    /// When it happened, by the phone's clock. Read with its entry: one wrong clock refuses no other entry.
    #[schema(value_type = String, format = DateTime, example = "2026-11-21T10:05:00+08:00")]
    happened_at: KeyedCode<1, 40>,
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

#[utoipa::path(post, path = "/staff/day-sheets/{id}/entries", tag = "counter", operation_id = "handInDaySheet", summary = "交回走访经过",
    description = "走访之后（有网络时）交回经过，写明发生的时间。每条单独处理，一条不能收不影响其他条；同一条重复交只记一次。要求上门或电话的随即办结或改日再联系，补正等办件留下备注，同意代办的随即登记。",
    params(("id" = Id, Path, description = "走访单编号")),
    responses((status = 200, description = "每条的结果")))]
async fn hand_in(who: AreaOfficer, id: PathId, call: Write<HandIn>) -> Result<Answer<HandedIn>> {
    let entries: Vec<(Id, Result<Entry>)> = call.sent.entries.iter().map(|e| (e.id, e.parse(call.app.clock.id()))).collect();
    call.once(who.id, move |c, office, _| {
        let sheet = sheets::find(c, &who, id.0)?;
        let lines = sheets::lines(c, sheet.id)?;
        let carried = Carried { sheet: &sheet, lines: &lines };
        let mut results = Vec::with_capacity(entries.len());
        for (id, entry) in &entries {
            results.push(keep_entry(c, office, &who, &carried, *id, entry)?);
        }
        let kept = results.iter().filter(|r| r.errcode == 0).count();
        Ok(HandedIn { kept, refused: results.len().saturating_sub(kept), results })
    })
    .await
}

/// One entry, apart from the others.
fn keep_entry(
    c: &mut AnyConn,
    office: &Office,
    worker: &Worker,
    carried: &Carried<'_>,
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
    Ok(match apart(c, |c| handing_in::keep(c, office, worker, carried, entry))? {
        Ok(k) => told(201, 0, "ok", &[], k.before, k.effects.into_iter().map(str::to_owned).collect()),
        Err(e) => refused(&e),
    })
}

impl VisitEntry {
    /// The entry as it is kept; `mandate` is the id for an agreement.
    fn parse(&self, mandate: Id) -> Result<Entry> {
        let happened_at: SentMoment = typed::read(&self.happened_at).map_err(|why| {
            let detail = Detail::new("/happened_at", "发生的时间", why.code, &why.reason, &why.suggestion);
            Error::invalid(vec![detail])
        })?;
        let agreed = self.agreed.as_ref().map(|a| Agreed {
            mandate,
            relation: a.relation,
            giver: a.giver_name.as_ref().map(|name| name.reveal().to_owned()),
            form: a.form,
            consent: a.consent.as_ref().map(|consent| consent.as_str().to_owned()),
        });
        let bytes = serde_json::to_vec(self).map_err(Error::internal)?;
        Ok(Entry {
            id: self.id,
            line: self.line,
            person: self.person_id,
            outcome: self.outcome,
            note: self.note.as_ref().map(ToString::to_string),
            happened_at: happened_at.at(),
            agreed,
            fingerprint: Sha256::digest(&bytes).into(),
        })
    }
}
