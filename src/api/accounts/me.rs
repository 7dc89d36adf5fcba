//! What a resident sees and says of themselves: identity, phone, links, how to be met.

use actix_web::web;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::auth::{mini_program, refusal};
use crate::office::accounts::faults;
use crate::office::accounts::guards::Resident;
use crate::office::accounts::identity::{self, Claimed, Occasion};
use crate::office::accounts::links::{self, Link, LinkState, NewLink, Relation};
use crate::office::accounts::residents::{self, Account, Channel, Identity, Need};
use crate::office::accounts::sign_in::SignIn;
use crate::office::frame::{Call, Save, Write};
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Created, Labelled, Operations, Sent};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::HolderNumber;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::names::PersonName;
use crate::rules::text::{Code, Note};
use crate::rules::typed::blank_is_none;
use crate::{form, labelled, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        get_me,
        bind_phone: [
            faults::CODE_INVALID, faults::CODE_USED, faults::FOREIGN_PHONE, faults::APPID_UNKNOWN, faults::WECHAT_BUSY,
            faults::WECHAT_CONFIG, faults::WECHAT_UNKNOWN,
        ],
        claim_identity: [faults::IDENTITY_SETTLED],
        save_preferences,
        claim_link: [faults::IDENTITY_MISSING, faults::LINK_EXISTS],
    );
}

/// The caller's account.
#[derive(Serialize, ToSchema)]
pub struct Me {
    account: Id,
    /// Send it back with the next change.
    #[schema(example = 3)]
    version: i64,
    /// How far the own identity is known: none, claimed, confirmed.
    identity: Labelled<Identity>,
    /// The own name, once it was given.
    #[schema(example = "王*四")]
    name_masked: Option<String>,
    #[schema(example = "138****1234")]
    phone_masked: Option<String>,
    /// For whom the caller may act or asked to.
    links: Vec<LinkView>,
    preferred_channel: Labelled<Channel>,
    needs: Vec<Labelled<Need>>,
}

/// For whom an account may act.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    id: Id,
    #[schema(example = 1)]
    version: i64,
    /// The person, once a worker confirmed the link.
    person: Option<Id>,
    #[schema(example = "王*")]
    name_masked: String,
    relation: Labelled<Relation>,
    /// claimed, confirmed, refused or ended.
    state: Labelled<LinkState>,
    #[schema(example = "2026-03-02", format = Date)]
    valid_from: String,
    /// The last day; null when open.
    #[schema(example = "2030-08-31", format = Date)]
    valid_to: Option<String>,
}

impl LinkView {
    pub(crate) fn of(link: &Link, keys: &Keyring) -> Result<LinkView> {
        Ok(LinkView {
            id: link.id,
            version: link.version,
            person: link.person_id,
            name_masked: link.name(keys)?.masked(),
            relation: labelled!(link.relation),
            state: labelled!(link.state),
            valid_from: link.valid_from.clone(),
            valid_to: link.valid_to.clone(),
        })
    }
}

fn view(c: &mut AnyConn, keys: &Keyring, account: &Account) -> Result<Me> {
    let name = account.open(keys, "own_name", account.own_name.as_deref())?;
    let phone = account.open(keys, "phone", account.phone.as_deref())?;
    let links = links::of_account(c, account.id)?;
    Ok(Me {
        account: account.id,
        version: account.version,
        identity: labelled!(account.identity),
        name_masked: name.and_then(|n| PersonName::parse(&n).ok()).map(|n| n.masked()),
        phone_masked: phone.and_then(|p| PhoneNumber::parse(&p).ok()).map(|p| p.masked()),
        links: links.iter().map(|link| LinkView::of(link, keys)).collect::<Result<_>>()?,
        preferred_channel: labelled!(account.preferred_channel),
        needs: account.needs().into_iter().map(|n| labelled!(n)).collect(),
    })
}

/// The account as it stands.
#[utoipa::path(get, path = "/me", tag = "me", operation_id = "getMe", summary = "我的账号",
    description = "本人身份状态、脱敏的姓名和手机号、可代办的人、希望的联系方式。",
    responses((status = 200, description = "账号")))]
async fn get_me(caller: Resident, call: Call) -> Result<Answer<Me>> {
    call.read(move |c, office| {
        let account = residents::find(c, caller.account)?;
        view(c, &office.keys, &account)
    })
    .await
}

/// What the phone-number button gave.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhoneCode {
    /// The code of the phone-number button; not the code of `wx.login`.
    #[schema(value_type = String, min_length = 1, max_length = 256, pattern = "^[!-~]+$", example = "e31968a7f94cc5ee25fafc2aef2773f0bb8c3937b22520eb8ee345274d00c144")]
    code: Code<1, 256>,
    /// The mini-program, when the server knows several.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64, pattern = "^[!-~]+$", example = "wx1234567890abcdef")]
    #[serde(default, deserialize_with = "blank_is_none")]
    appid: Option<Code<1, 64>>,
}

form!(PhoneCode { code: "微信授权码", appid: "小程序标识" });

/// Stores the phone number that WeChat vouches for; the identity is confirmed when it is the one on record.
#[utoipa::path(post, path = "/me/phone/wechat", tag = "me", operation_id = "bindWeChatPhone", summary = "绑定微信手机号",
    description = "用手机号按钮的 code 绑定手机号。与登记的手机号一致时，本人身份即核实。code 只能用一次。不需要 Idempotency-Key。",
    responses((status = 200, description = "账号")))]
async fn bind_phone(caller: Resident, gate: web::Data<SignIn>, call: Save<PhoneCode>) -> Result<Answer<Me>> {
    gate.phones.check(&caller.account)?;
    let wechat = mini_program(&call.app, call.sent.appid.as_deref())?;
    let told = wechat.phone_number(&call.sent.code).await.map_err(refusal)?;
    let phone = (told.country_code == "86").then(|| PhoneNumber::parse(&told.pure_phone_number).ok()).flatten();
    let phone = phone.ok_or_else(|| Error::new(&faults::FOREIGN_PHONE))?;
    let at = moment(&call.app);
    call.save(move |c, office, _| {
        let account = identity::set_phone(c, &office.keys, caller.account, &phone, at)?;
        view(c, &office.keys, &account)
    })
    .await
}

/// Who the caller says to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnIdentity {
    /// As on the ID card.
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王小四")]
    name: PersonName,
    /// 18 characters.
    #[schema(value_type = String, min_length = 18, max_length = 40, example = "11010519491231002X")]
    id_number: CitizenId,
    /// The version of the account that the caller saw.
    #[schema(example = 1)]
    version: i64,
}

form!(OwnIdentity { name: "姓名", id_number: "身份证号", version: "版本" });

/// Stores who the caller says to be. The answer is the same whether or not the register knows them.
#[utoipa::path(put, path = "/me/identity", tag = "me", operation_id = "claimIdentity", summary = "填写本人身份",
    description = "填写本人姓名和身份证号，等待核实：绑定的手机号与登记的一致，或由工作人员当面核实。每天最多 5 次。",
    responses((status = 200, description = "账号")))]
async fn claim_identity(caller: Resident, gate: web::Data<SignIn>, call: Save<OwnIdentity>) -> Result<Answer<Me>> {
    let at = moment(&call.app);
    gate.identities.check(&caller.account)?;
    call.save(move |c, office, sent| {
        let claimed = Claimed { name: &sent.name, id_number: &sent.id_number };
        let account = identity::claim(c, &office.keys, caller.account, claimed, sent.version, at)?;
        view(c, &office.keys, &account)
    })
    .await
}

fn moment(app: &App) -> Occasion {
    Occasion { now: app.clock.now(), link: app.clock.id() }
}

/// How the caller wants to be met.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    #[schema(inline, example = "phone_call")]
    channel: Channel,
    /// sign_language, large_print.
    #[validate(length(max = 8, message = "选择的内容太多。"))]
    #[schema(inline, example = json!(["sign_language"]))]
    needs: Vec<Need>,
    /// The version of the account that the caller saw.
    #[schema(example = 1)]
    version: i64,
}

form!(Preferences { channel: "联系方式", needs: "特别需要", version: "版本" });

/// Stores how the caller wants to be met; workers see it first.
#[utoipa::path(put, path = "/me/preferences", tag = "me", operation_id = "savePreferences", summary = "联系方式和特别需要",
    description = "希望用什么方式联系，是否需要手语或大字。工作人员最先看到这些。",
    responses((status = 200, description = "账号")))]
async fn save_preferences(caller: Resident, call: Save<Preferences>) -> Result<Answer<Me>> {
    call.save(move |c, office, wish| {
        let account = residents::prefer(c, caller.account, wish.channel, &wish.needs, wish.version)?;
        view(c, &office.keys, &account)
    })
    .await
}

/// For whom the caller wants to act, and on what ground.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimLink {
    /// The person's name as on the ID card.
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王小五")]
    name: PersonName,
    /// The person's ID number, 18 characters, or the number on the disability certificate.
    #[schema(value_type = String, min_length = 18, max_length = 44, example = "11010520120101001X")]
    id_number: HolderNumber,
    // Oneself needs no link: see PUT /me/identity.
    #[schema(inline, example = "child")]
    relation: Relation,
    /// Twelve-digit code of the town or village where the person is registered.
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "110105001002")]
    area: AreaCode,
    /// Which papers show the relation, for example the household register.
    #[schema(value_type = String, min_length = 2, max_length = 200, example = "户口簿")]
    evidence: Note<2, 200>,
}

form!(ClaimLink {
    name: "姓名", id_number: "身份证号或残疾人证号", relation: "关系", area: "所在地区", evidence: "证明材料"
});

/// Asks to act for a person; a worker confirms it with the papers at hand.
#[utoipa::path(post, path = "/me/links", tag = "me", operation_id = "claimLink", summary = "申请代办关系",
    description = "登记可为其代办的人（子女、被监护人、近亲属、委托人），由工作人员凭材料核实后生效。每天最多 5 次。",
    responses((status = 201, description = "已登记，等待核实")))]
async fn claim_link(caller: Resident, gate: web::Data<SignIn>, call: Write<Sent<ClaimLink>>) -> Result<Created<LinkView>> {
    let new = checked(&call.app, caller, &call.sent)?;
    gate.links.check(&caller.account)?;
    call.once(caller.account, move |c, office, _| {
        identity::known(c, caller.account)?;
        LinkView::of(&new.claim(c, &office.keys)?, &office.keys)
    })
    .await
}

fn checked(app: &App, caller: Resident, sent: &Sent<ClaimLink>) -> Result<NewLink> {
    let now = app.clock.now();
    let id = app.clock.id();
    sent.judged(|claim, faults| {
        if claim.relation == Relation::Own {
            let way_out = "请在“我的身份”里填写本人姓名和身份证号。";
            faults.push("/relation", "关系", "relation_self", "本人不用登记代办关系。", way_out);
        }
        Ok(Some(NewLink {
            id,
            account: caller.account,
            name: claim.name.clone(),
            id_number: claim.id_number.holder().clone(),
            relation: claim.relation,
            evidence: claim.evidence.to_string(),
            area: claim.area,
            today: beijing_date(now),
            now,
        }))
    })
}
