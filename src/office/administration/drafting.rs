//! Policies in the making: begun from a published version or from nothing, edited by version, closed for ever when published.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use validator::Validate;

use super::{codes, scope};
use crate::office::accounts::guards::Worker;
use crate::office::cases::service::Services;
use crate::office::policy::county::{self, NewPolicy, Pinned};
use crate::office::policy::terms::CommonPolicy;
use crate::platform::db::columns::StoredDay;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Faults, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::{AreaCode, AreaLevel};
use crate::rules::coded::coded_enum;
use crate::rules::dates::Day;
use crate::rules::moments::Moment;
use crate::rules::text::{Note, PlainText};

diesel::table! {
    policy_drafts (id) {
        id -> Binary,
        county -> Text,
        service -> Text,
        based_on -> Nullable<Binary>,
        effective_from -> Text,
        owner -> Text,
        source -> Text,
        body -> Text,
        state -> Text,
        version -> BigInt,
        created_by -> Binary,
        created_at -> BigInt,
        updated_by -> Binary,
        updated_at -> BigInt,
        policy_id -> Nullable<Binary>,
    }
}

coded_enum! {
    /// What became of a draft.
    pub enum DraftState {
        Open = "open", "草稿";
        Published = "published", "已发布";
        Discarded = "discarded", "已作废";
    }
}

crate::text_columns!(DraftState);

/// What a policy says, published or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyContent {
    /// First day on which new cases follow it.
    #[schema(value_type = String, format = Date, example = "2026-09-01")]
    pub effective_from: Day,
    /// Who answers for it.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "甲区残疾人联合会")]
    pub owner: PlainText<1, 100>,
    /// The notice that it follows.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "甲残联〔2026〕8号")]
    pub source: PlainText<1, 200>,
    pub common: CommonPolicy,
    /// The service's own part as JSON text, because each service has fields of its own; clone a published version to see them.
    #[schema(value_type = String, min_length = 2, max_length = 20000, example = "{\"loan_days\":60}")]
    pub terms: Note<2, 20000>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    common: CommonPolicy,
    terms: Value,
}

impl PolicyContent {
    /// The content of a published version.
    pub fn of(policy: &Pinned) -> PolicyContent {
        PolicyContent {
            effective_from: Day(policy.effective_from),
            owner: PlainText::kept(&policy.owner),
            source: PlainText::kept(&policy.source),
            common: (*policy.common).clone(),
            terms: Note::kept(&policy.terms().to_string()),
        }
    }

    /// The service's own part; 10002 when it is no JSON.
    ///
    /// # Errors
    /// 10002.
    pub fn terms(&self) -> Result<Value> {
        serde_json::from_str(&self.terms).map_err(|_| {
            let mut faults = Faults::new();
            faults.push("/content/terms", "服务自己的规定", "not_json", "这一段不是正确的 JSON。", "请检查引号、逗号和括号。");
            Error::invalid(faults.into_details())
        })
    }

    fn body(&self) -> Result<String> {
        let body = Body { common: self.common.clone(), terms: self.terms()? };
        serde_json::to_string(&body).map_err(Error::internal)
    }
}

/// What a new draft begins with: a published version, or a content of its own.
pub struct Base<'a> {
    pub county: AreaCode,
    pub service: &'a str,
    /// A version to clone, also one of another county of the administrator's.
    pub based_on: Option<Id>,
    pub content: Option<&'a PolicyContent>,
}

impl Base<'_> {
    /// The content to begin with.
    ///
    /// # Errors
    /// 10002 when it is not said which, or for no county or service; 10006 for a version of elsewhere or of another service.
    pub fn content(&self, c: &mut AnyConn, services: &Services, admin: &Worker) -> Result<PolicyContent> {
        let mut faults = Faults::new();
        if self.county.level() > AreaLevel::County {
            faults.push("/county", "县（区）", "no_county", "政策由县（区）规定。", "请填写县（区）的十二位代码。");
        }
        if !services.all().any(|s| s.code() == self.service) {
            faults.push("/service", "服务", "unknown_service", "没有这项服务。", "请从服务列表中选择。");
        }
        if self.based_on.is_some() == self.content.is_some() {
            let way_out = "参照一个已发布的版本，或者自己写内容，两样里选一样。";
            faults.push("/based_on", "参照的版本", "one_of_two", "没有说明从哪里开始写。", way_out);
        }
        faults.settle()?;
        match (self.content, self.based_on) {
            (Some(content), _) => Ok(content.clone()),
            (None, Some(id)) => {
                let policy = county::pinned(c, id)?;
                scope::within(admin, &policy.county)?;
                if policy.service == self.service { Ok(PolicyContent::of(&policy)) } else { Err(Error::not_found()) }
            }
            (None, None) => Err(Error::internal("a draft from nothing")),
        }
    }

    /// The draft of this id, with the content to begin with.
    ///
    /// # Errors
    /// 10002 when the terms are no JSON.
    pub fn draft(&self, id: Id, by: Id, now: Moment, content: &PolicyContent) -> Result<Draft> {
        Ok(Draft {
            id,
            county: self.county,
            service: self.service.to_owned(),
            based_on: self.based_on,
            effective_from: content.effective_from.0.into(),
            owner: content.owner.to_string(),
            source: content.source.to_string(),
            body: content.body()?,
            state: DraftState::Open,
            version: 1,
            created_by: by,
            created_at: now,
            updated_by: by,
            updated_at: now,
            policy_id: None,
        })
    }
}

/// A draft as it stands.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = policy_drafts, treat_none_as_default_value = false)]
pub struct Draft {
    pub id: Id,
    pub county: AreaCode,
    pub service: String,
    pub based_on: Option<Id>,
    effective_from: StoredDay,
    pub owner: String,
    source: String,
    body: String,
    pub state: DraftState,
    pub version: i64,
    created_by: Id,
    pub created_at: Moment,
    pub updated_by: Id,
    pub updated_at: Moment,
    pub policy_id: Option<Id>,
}

impl Draft {
    /// Stores a new draft.
    ///
    /// # Errors
    /// Those of the database.
    pub fn insert(&self, c: &mut AnyConn) -> Result<()> {
        diesel::insert_into(policy_drafts::table).values(self.clone()).execute(c)?;
        Ok(())
    }

    /// What it says.
    ///
    /// # Errors
    /// 50000 when what is stored cannot be read.
    pub fn content(&self) -> Result<PolicyContent> {
        let body: Body = serde_json::from_str(&self.body).map_err(Error::internal)?;
        Ok(PolicyContent {
            effective_from: Day(self.effective_from.into()),
            owner: PlainText::kept(&self.owner),
            source: PlainText::kept(&self.source),
            common: body.common,
            terms: Note::kept(&body.terms.to_string()),
        })
    }

    /// The same as a policy of this id.
    ///
    /// # Errors
    /// 50000 when what is stored cannot be read.
    pub fn policy(&self, id: Id, by: Option<Id>, at: Moment) -> Result<NewPolicy> {
        let content = self.content()?;
        Ok(NewPolicy {
            id,
            county: self.county,
            service: self.service.clone(),
            effective_from: content.effective_from.0,
            owner: content.owner.to_string(),
            source: content.source.to_string(),
            terms: content.terms()?,
            common: content.common,
            at,
            by,
        })
    }

    /// Replaces what it says.
    ///
    /// # Errors
    /// 10002 when the terms are no JSON.
    pub fn say(&mut self, content: &PolicyContent) -> Result<()> {
        self.effective_from = content.effective_from.0.into();
        self.owner = content.owner.to_string();
        self.source = content.source.to_string();
        self.body = content.body()?;
        Ok(())
    }

    /// Stores a changed draft that was taken with [`take`].
    ///
    /// # Errors
    /// Those of the database.
    pub fn save(&mut self, c: &mut AnyConn, by: Id, now: Moment) -> Result<()> {
        use policy_drafts::dsl as d;
        self.version = self.version.saturating_add(1);
        self.updated_by = by;
        self.updated_at = now;
        let said = (
            d::effective_from.eq(self.effective_from),
            d::owner.eq(&self.owner),
            d::source.eq(&self.source),
            d::body.eq(&self.body),
        );
        let became = (d::state.eq(self.state), d::version.eq(self.version), d::policy_id.eq(self.policy_id));
        let touched = (d::updated_by.eq(by), d::updated_at.eq(now));
        diesel::update(d::policy_drafts.find(self.id)).set((said, became, touched)).execute(c)?;
        Ok(())
    }
}

/// A draft of the administrator's areas.
///
/// # Errors
/// 10006 also when its county lies elsewhere.
pub fn in_scope(c: &mut AnyConn, admin: &Worker, id: Id) -> Result<Draft> {
    let row = policy_drafts::table.find(id).select(<Draft as Selectable<MultiBackend>>::construct_selection());
    let draft: Draft = row.get_result(c).optional()?.ok_or_else(Error::not_found)?;
    scope::within(admin, &draft.county)?;
    Ok(draft)
}

/// An open draft that nobody changed since it was seen, to be changed now.
///
/// # Errors
/// 10006, 10030, 27003.
pub fn take(c: &mut AnyConn, admin: &Worker, id: Id, seen: i64) -> Result<Draft> {
    let draft = in_scope(c, admin, id)?;
    let current =
        Current { version: draft.version, state: draft.state.code().to_owned(), state_label: draft.state.label().to_owned() };
    if draft.state != DraftState::Open {
        return Err(Error::new(&codes::DRAFT_CLOSED).with_current(current));
    }
    if draft.version != seen { Err(Error::stale(current)) } else { Ok(draft) }
}

/// Which drafts.
#[derive(Clone, Debug)]
pub struct Filter {
    pub county: AreaCode,
    pub service: Option<String>,
    pub state: Option<DraftState>,
}

/// The newest first; one row more than `limit` when there are more.
///
/// # Errors
/// Those of the database.
pub fn list(c: &mut AnyConn, f: &Filter, after: Option<After>, limit: i64) -> Result<Vec<Draft>> {
    use policy_drafts::dsl as d;
    let mut page = d::policy_drafts.filter(d::county.eq(f.county)).into_boxed::<MultiBackend>();
    if let Some(service) = &f.service {
        page = page.filter(d::service.eq(service));
    }
    if let Some(state) = f.state {
        page = page.filter(d::state.eq(state));
    }
    if let Some(a) = after {
        page = page.filter(d::created_at.lt(a.at).or(d::created_at.eq(a.at).and(d::id.lt(a.id))));
    }
    let rows = page.order((d::created_at.desc(), d::id.desc())).limit(limit.saturating_add(1));
    Ok(rows.select(<Draft as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}
