//! A service that the product does not have: a course of training, decided and recorded at a desk that only it has.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;
use zhucan::office::accounts::guards::{DeskOfService, Filer, Serves};
use zhucan::office::cases::access::loading;
use zhucan::office::cases::filing::drafts::{self, NewDraft};
use zhucan::office::cases::moving::act::{Step, act, step};
use zhucan::office::cases::record::actor::{Act, Actor, Deed, Due};
use zhucan::office::cases::record::case::Case;
use zhucan::office::cases::record::codes;
use zhucan::office::cases::service::figures::{ReportTable, Scope};
use zhucan::office::cases::service::{Offer, Office, OnPaper, PrintedSection, Service};
use zhucan::office::cases::showing::views::{CaseView, full};
use zhucan::office::frame::Write;
use zhucan::platform::code::{Code, NOT_FOUND};
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Detail, Result};
use zhucan::platform::http::{Answer, Created, Labelled, Operations, PathId, Tag, tag};
use zhucan::platform::id::Id;
use zhucan::rules::areas::AreaLevel;
use zhucan::rules::desks::{OwnDesk, Reach};
use zhucan::rules::lifecycle::{Action, Desk, Role};
use zhucan::rules::versions::Version;
use zhucan::{form, operations};

/// One for each town, whose workers know the town's cases.
static STATION: OwnDesk = OwnDesk {
    code: "training_station",
    label: "康复指导站",
    role_code: "instructor",
    role_label: "康复指导员",
    level: AreaLevel::Town,
    reach: Reach::Area,
    signs_as: "康复指导站",
};
const DESKS: &[&OwnDesk] = &[&STATION];
pub const AT_STATION: Desk = Desk::Own(&STATION);
pub const INSTRUCTOR: Role = Role::Own(&STATION);

type Instructor = Serves<Station>;
struct Station;

impl DeskOfService for Station {
    const DESK: &'static OwnDesk = &STATION;
}

pub struct Training;

impl Service for Training {
    fn code(&self) -> &'static str {
        "training"
    }
    fn label(&self) -> &'static str {
        "康复训练"
    }
    fn letters(&self) -> &'static str {
        "KF"
    }
    fn kinds(&self) -> &'static [(&'static str, &'static str)] {
        &[("course", "一期训练")]
    }
    fn sections(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    fn steps(&self) -> &'static [(&'static str, &'static str)] {
        &[("trained", "一期训练已完成")]
    }
    fn codes(&self) -> &'static [&'static Code] {
        &[]
    }
    fn mount(&self, to: &mut Operations) {
        operations!(to;
            begin: [NOT_FOUND, codes::ALREADY_LIVE, codes::NO_POLICY],
            record: [codes::NOT_NOW, codes::CLAIMED, codes::CONFLICTED],
        );
    }
    fn tags(&self) -> &'static [Tag] {
        const { &[tag("training", "康复训练", "康复训练")] }
    }
    fn desks(&self) -> &'static [&'static OwnDesk] {
        DESKS
    }
    fn check_terms(&self, _: &Value) -> Vec<Detail> {
        Vec::new()
    }
    fn condition_codes(&self) -> &'static [&'static str] {
        &[]
    }
    fn offers(&self, _: &mut AnyConn, _: &Office, _: Id) -> Result<Vec<Offer>> {
        Ok(Vec::new())
    }
    fn check(&self, _: &mut AnyConn, _: &Office, _: &Case) -> Result<Vec<Detail>> {
        Ok(Vec::new())
    }
    fn conditions(&self, _: &mut AnyConn, _: &Office, _: &Case) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    fn follow(&self, _: &mut AnyConn, _: &Office, _: &Case, _: Action) -> Result<()> {
        Ok(())
    }
    fn flags(&self, _: &mut AnyConn, _: &Case) -> Result<Vec<Labelled>> {
        Ok(Vec::new())
    }
    fn public_line(&self, _: &mut AnyConn, _: &Office, case: &Case) -> Result<String> {
        Ok(case.number.clone())
    }
    fn printed(&self, _: &mut AnyConn, _: &Office, _: &Case, _: OnPaper) -> Result<Vec<PrintedSection>> {
        Ok(Vec::new())
    }
    fn report_tables(&self, _: &mut AnyConn, _: &Scope) -> Result<Vec<ReportTable>> {
        Ok(Vec::new())
    }
    fn tick(&self, _: &mut AnyConn, _: &Office) -> Result<usize> {
        Ok(0)
    }
}

/// Who is to be trained.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginTraining {
    person_id: Id,
}
form!(BeginTraining { person_id: "办理对象" });

#[utoipa::path(post, path = "/training/drafts", tag = "training", operation_id = "beginTraining", summary = "开始申请康复训练",
    description = "开始填写康复训练的申请。", responses((status = 201, description = "草稿")))]
async fn begin(who: Filer, call: Write<BeginTraining>) -> Result<Created<CaseView>> {
    let id = call.app.clock.id();
    call.once(who.id(), move |c, office, sent| {
        let new = NewDraft { filer: who.clone(), person: sent.person_id, kind: "course".into(), period: String::new() };
        let case = drafts::begin(c, office, &Training, id, &new)?;
        full(c, office, &case, Some(&Actor::from(&who)))
    })
    .await
}

/// What was seen of the case.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct RecordTraining {
    version: i64,
}
form!(RecordTraining { version: "版本" });

#[utoipa::path(post, path = "/staff/training/cases/{id}/actions/record", tag = "training", operation_id = "recordTraining",
    summary = "登记训练完成", description = "登记一期训练已经完成，办件随之办结。",
    params(("id" = Id, Path, description = "办件编号")), responses((status = 200, description = "已办结")))]
async fn record(who: Instructor, id: PathId, call: Write<RecordTraining>) -> Result<Answer<CaseView>> {
    let worker = who.0;
    call.once(worker.id, move |c, office, sent| {
        let actor = Actor::Worker(worker.clone());
        let case = loading::in_scope(c, &worker, id.0)?;
        let done = Step {
            actor: actor.clone(),
            version: Some(Version(sent.version)),
            step: "trained",
            desk: None,
            point: None,
            due: Due::Open,
        };
        step(c, office, case.id, done)?;
        let complete = Act::new(actor.clone(), Deed::Complete);
        let case = act(c, office, case.id, complete)?;
        full(c, office, &case, Some(&actor))
    })
    .await
}
