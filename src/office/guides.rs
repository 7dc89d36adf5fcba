//! Office guides (办事指南): what a county's policy of today says, in the words of whoever must do it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::labelled;
use crate::office::cases::service::{Office, Service};
use crate::office::policy::county::{self, Pinned};
use crate::office::policy::guide_facts::{GuidePlace, GuideStep, Nature, Remedy};
use crate::office::policy::terms::{CommonPolicy, Material, Required};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::Labelled;
use crate::rules::areas::AreaCode;

/// A service as it stands in a county today.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OpenService {
    pub service: Labelled,
    /// It can be applied for today.
    pub open: bool,
    /// Why not.
    #[schema(example = "本地暂时没有开通这项服务，请向当地残联咨询。")]
    pub reason: Option<String>,
    /// First day, when one is already decided.
    #[schema(example = "2026-12-01", format = Date)]
    pub opens_on: Option<String>,
    /// Who answers for it.
    #[schema(example = "甲区残疾人联合会")]
    pub owner: Option<String>,
    /// In one sentence.
    pub about: Option<String>,
}

/// What to bring.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GuideMaterial {
    #[schema(example = "户口簿")]
    pub name: String,
    /// Whoever applies.
    pub always: bool,
    /// When it is needed, in plain words.
    #[schema(example = "每个人都要交")]
    pub when: String,
    #[schema(example = 6)]
    pub max_pages: u32,
    /// How to photograph it, or where to get it.
    pub hint: String,
    /// What is taken in its place.
    pub instead: Vec<String>,
}

/// A text on which the service rests.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct GuideBasis {
    /// Only law and regulation are law.
    pub nature: Labelled<Nature>,
    #[schema(example = "中华人民共和国残疾人保障法")]
    pub title: String,
    #[schema(example = "第二十一条")]
    pub article: String,
    /// In its own words; empty when only the title is cited.
    pub text: String,
    pub source: String,
}

/// A whole guide.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Guide {
    pub service: Labelled,
    #[schema(example = "990101000000")]
    pub county: String,
    /// Version of the policy that it tells.
    #[schema(example = 1)]
    pub version: i64,
    #[schema(example = "2026-01-01", format = Date)]
    pub effective_from: String,
    /// Who answers for it.
    #[schema(example = "甲区残疾人联合会")]
    pub owner: String,
    /// The notice that it follows.
    pub source: String,
    pub about: String,
    pub kinds: Vec<Labelled>,
    pub who: Vec<String>,
    pub materials: Vec<GuideMaterial>,
    pub steps: Vec<GuideStep>,
    /// Time limits, a sentence each; days are working days.
    pub limits: Vec<String>,
    pub cost: String,
    pub places: Vec<GuidePlace>,
    pub basis: Vec<GuideBasis>,
    pub complaints: Vec<Remedy>,
}

/// All services as they stand in a county today, open or not and why not.
pub fn open_services(c: &mut AnyConn, office: &Office, county: &AreaCode) -> Result<Vec<OpenService>> {
    let mut all = Vec::new();
    for service in office.services.all() {
        let found = county::current(c, county, service.code(), office.today())?;
        let begins = match found {
            Some(_) => None,
            None => county::begins(c, county, service.code(), office.today())?,
        };
        all.push(open_service(service, found.as_ref(), begins));
    }
    Ok(all)
}

fn open_service(service: &dyn Service, found: Option<&Pinned>, begins: Option<NaiveDate>) -> OpenService {
    let reason = match (found, begins) {
        (Some(_), _) => None,
        (None, Some(day)) => Some(format!("这项服务从{}起开通。", chinese_day(day))),
        (None, None) => Some("本地暂时没有开通这项服务，请向当地残联咨询。".to_owned()),
    };
    OpenService {
        service: Labelled::new(service.code(), service.label()),
        open: found.is_some(),
        reason,
        opens_on: begins.map(|d| d.to_string()),
        owner: found.map(|p| p.owner.clone()),
        about: found.map(|p| p.common.guide.clone()),
    }
}

/// The guide of a service in a county today; 10006 when the county does not offer it.
pub fn guide(c: &mut AnyConn, office: &Office, county: &AreaCode, service: &str) -> Result<Guide> {
    let service = office.services.all().find(|s| s.code() == service).ok_or_else(Error::not_found)?;
    let policy = county::current(c, county, service.code(), office.today())?.ok_or_else(Error::not_found)?;
    let common = &policy.common;
    let facts = &policy.common.facts;
    let basis = facts.basis.iter().map(|b| GuideBasis {
        nature: labelled!(b.nature),
        title: b.title.clone(),
        article: b.article.clone(),
        text: b.text.clone(),
        source: b.source.clone(),
    });
    Ok(Guide {
        service: Labelled::new(service.code(), service.label()),
        county: policy.county.to_string(),
        version: policy.version,
        effective_from: policy.effective_from.to_string(),
        owner: policy.owner.clone(),
        source: policy.source.clone(),
        about: common.guide.clone(),
        kinds: service.kinds().iter().map(|(code, label)| Labelled::new(code, label)).collect(),
        who: facts.who.clone(),
        materials: common.materials.iter().map(|m| material(common, m)).collect(),
        steps: steps(common),
        limits: limits(common),
        cost: facts.cost.clone(),
        places: facts.places.clone(),
        basis: basis.collect(),
        complaints: facts.complaints.clone(),
    })
}

fn material(common: &CommonPolicy, m: &Material) -> GuideMaterial {
    let when = match &m.required {
        Required::Always => "每个人都要交".to_owned(),
        Required::Never => "可以不交，交了办得更快".to_owned(),
        Required::When(code) => match common.facts.conditions.iter().find(|k| k.code == *code) {
            Some(condition) => format!("{}，需要交", condition.label),
            None => "部分情况需要交，填写申请时会告诉您".to_owned(),
        },
    };
    GuideMaterial {
        name: m.label.clone(),
        always: m.required == Required::Always,
        when,
        max_pages: m.max_pages,
        hint: m.hint.clone(),
        instead: m.alternatives.clone(),
    }
}

fn steps(common: &CommonPolicy) -> Vec<GuideStep> {
    let step = |name: &str, who: &str, words: String| GuideStep { name: name.to_owned(), who: who.to_owned(), words };
    let undo = format!("在手机上填写并提交，也可以到窗口或者请工作人员上门办理。提交后{}分钟内可以取消。", common.undo_minutes);
    let mut all = vec![step("申请", "您（申请人）", undo)];
    let last = common.chain.len().saturating_sub(1);
    for (at, desk) in common.chain.iter().enumerate() {
        if at == 0 {
            all.push(step("受理", desk.label(), format!("{}个工作日内告诉您是否受理。", common.accept_days)));
        }
        let (name, then) = if at == last { ("决定", "作出决定") } else { ("审核", "审完并报送下一环节") };
        all.push(step(name, desk.label(), format!("{}个工作日内{then}。", common.review_days)));
    }
    if common.notice_days > 0 {
        let days = common.notice_days;
        all.push(step("公示", "县（区）残联", format!("需要公示的，公示{days}个工作日，姓名会遮盖，不公示未成年人。")));
    }
    all.extend(common.facts.afterwards.iter().cloned());
    all
}

fn limits(common: &CommonPolicy) -> Vec<String> {
    let mut all = vec![
        format!("受理：{}个工作日，到期没有答复就算受理。", common.accept_days),
        format!("每个环节：{}个工作日。", common.review_days),
        format!("补正：缺的材料一次告诉您，您有{}个工作日补齐，这段时间不算在办理期限里。", common.correction_days),
    ];
    if common.notice_days > 0 {
        all.push(format!("公示：{}个工作日，不算在办理期限里。", common.notice_days));
    }
    let h = &common.handling;
    if h.total_days > 0 {
        all.push(format!("全部：从提交到作出决定不超过{}个工作日，补正和公示的时间不算。", h.total_days));
    }
    if h.appeal_days > 0 {
        let appeal = h.appeal_days;
        let review = h.appeal_review_days;
        all.push(format!("申诉：不同意决定的，可以在{appeal}个工作日内申诉，{review}个工作日内答复。"));
    }
    all
}

/// A day as people say it.
fn chinese_day(day: NaiveDate) -> String {
    use chrono::Datelike;
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}
