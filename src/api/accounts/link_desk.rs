//! Workers see which links wait, and confirm, refuse and end them.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::me::LinkView;
use crate::office::accounts::faults as account_codes;
use crate::office::accounts::guards::AreaOfficer;
use crate::office::accounts::link_desk::{self, Asked, Decision, Verdict};
use crate::office::accounts::links::{Link, LinkState};
use crate::office::accounts::residents::{self, Channel, Identity};
use crate::office::cases::filing::taking_on;
use crate::office::frame::{Call, Write};
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::paging::{After, Cursor};
use crate::platform::http::{Answer, Labelled, Operations, Page, PathId, Query};
use crate::platform::id::Id;
use crate::rules::calendar::rfc3339;
use crate::rules::dates::Day;
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        list_links,
        confirm_link: [account_codes::PERSON_UNREGISTERED, account_codes::IDENTITY_UNCONFIRMED],
        refuse_link,
        end_link,
    );
}

/// A link as a worker sees it.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct LinkCase {
    link: LinkView,
    /// The resident's account; the resident can show its id on the phone.
    account: Id,
    /// How far the resident's own identity is known: none, claimed, confirmed.
    account_identity: Labelled<Identity>,
    /// Tell and meet the resident this way.
    preferred_channel: Labelled<Channel>,
    /// Which papers the resident named.
    #[schema(example = "户口簿")]
    evidence: String,
    /// Where the person is registered.
    #[schema(example = "110105001002")]
    area: String,
    #[schema(example = "2026-03-02T10:00:00+08:00", format = DateTime)]
    claimed_at: String,
}

impl LinkCase {
    fn of(c: &mut AnyConn, keys: &Keyring, link: &Link) -> Result<LinkCase> {
        let account = residents::find(c, link.account_id)?;
        Ok(LinkCase {
            link: LinkView::of(link, keys)?,
            account: account.id,
            account_identity: labelled!(account.identity),
            preferred_channel: labelled!(account.preferred_channel),
            evidence: link.evidence(keys)?,
            area: link.area.to_string(),
            claimed_at: rfc3339(link.created_at),
        })
    }
}

/// Which links to list.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinkFilter {
    #[param(inline, example = "claimed")]
    state: Option<LinkState>,
    /// 1 to 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = "^[!-~]+$")]
    #[serde(default, deserialize_with = "blank_is_none")]
    cursor: Option<Cursor>,
}

/// Links in the worker's areas, the oldest first.
#[utoipa::path(get, path = "/staff/links", tag = "staff", operation_id = "listLinks", summary = "代办关系列表",
    description = "负责地区内的代办关系，先登记的在前。默认列出待核实的。",
    responses((status = 200, description = "一页")))]
async fn list_links(caller: AreaOfficer, call: Call, query: Query<LinkFilter>) -> Result<Answer<Page<LinkCase>>> {
    let state = query.0.state.unwrap_or(LinkState::Claimed);
    let list = format!("links:{}", state.code());
    call.page(&list, query.0.limit, query.0.cursor.as_deref(), move |c, office, after, limit| {
        let links = link_desk::in_state(c, &caller, state, after, limit)?.into_iter();
        links.map(|l| Ok((After { at: l.created_at.ms(), id: l.id }, LinkCase::of(c, &office.keys, &l)?))).collect()
    })
    .await
}

/// The papers were seen and show the relation.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmLink {
    /// The version of the link that the worker saw.
    #[schema(example = 1)]
    version: i64,
    /// The last day of the right to act, for example of a mandate; null when open.
    #[schema(value_type = Option<String>, format = Date, example = "2030-08-31")]
    #[serde(default, deserialize_with = "blank_is_none")]
    valid_to: Option<Day>,
}

form!(ConfirmLink { version: "版本", valid_to: "有效期至" });

/// A change without further words.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AtVersion {
    /// The version of the link that the worker saw.
    #[schema(example = 1)]
    version: i64,
}

form!(AtVersion { version: "版本" });

/// Confirms a link; the resident may act for the person from now on.
#[utoipa::path(post, path = "/staff/links/{id}/actions/confirm", tag = "staff", operation_id = "confirmLink", summary = "核实代办关系",
    description = "看过证明材料后确认。居民本人身份要先核实，当事人要已在人员名册中。",
    params(("id" = Id, Path, description = "关系编号")),
    responses((status = 200, description = "已核实")))]
async fn confirm_link(who: AreaOfficer, id: PathId, call: Write<ConfirmLink>) -> Result<Answer<LinkCase>> {
    decide(who, id, call, |sent| Asked { verdict: Verdict::Confirm, version: sent.version, last_day: sent.valid_to }).await
}

/// Refuses a claimed link.
#[utoipa::path(post, path = "/staff/links/{id}/actions/refuse", tag = "staff", operation_id = "refuseLink", summary = "不予确认代办关系",
    description = "证明材料不足以证明关系时使用；居民可以带材料重新登记。",
    params(("id" = Id, Path, description = "关系编号")),
    responses((status = 200, description = "未通过")))]
async fn refuse_link(who: AreaOfficer, id: PathId, call: Write<AtVersion>) -> Result<Answer<LinkCase>> {
    decide(who, id, call, |sent| Asked { verdict: Verdict::Refuse, version: sent.version, last_day: None }).await
}

/// Ends a confirmed link at once.
#[utoipa::path(post, path = "/staff/links/{id}/actions/end", tag = "staff", operation_id = "endLink", summary = "结束代办关系",
    description = "监护或委托终止时使用，立即生效。这位代办人还在办的办件由其他可以代办的人接手；没有别人时，窗口会看到提示。",
    params(("id" = Id, Path, description = "关系编号")),
    responses((status = 200, description = "已结束")))]
async fn end_link(who: AreaOfficer, id: PathId, call: Write<AtVersion>) -> Result<Answer<LinkCase>> {
    decide(who, id, call, |sent| Asked { verdict: Verdict::End, version: sent.version, last_day: None }).await
}

/// One decision about a link, and the link afterwards.
async fn decide<B: Send + 'static>(
    who: AreaOfficer,
    id: PathId,
    call: Write<B>,
    asked: fn(&B) -> Asked,
) -> Result<Answer<LinkCase>> {
    call.once(who.id, move |c, office, sent| {
        let what = Decision::new(asked(sent), office.today(), office.now)?;
        let link = link_desk::decide(c, &who, id.0, &what)?;
        if let (Verdict::End, Some(person)) = (what.verdict, link.person_id) {
            taking_on::link_ended(c, office, link.account_id, person)?;
        }
        LinkCase::of(c, &office.keys, &link)
    })
    .await
}
