//! A worker has a resident before them: sees the account, and confirms the identity by the ID card.

use actix_web::{get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::me::citizen_id;
use crate::office::accounts::guards::AreaOfficer;
use crate::office::accounts::identity::{self, Moment};
use crate::office::accounts::residents::Account;
use crate::office::accounts::residents::{Channel, Identity, Need};
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Labelled, Once, PathId};
use crate::platform::id::Id;
use crate::rules::names::PersonName;
use crate::{form, labelled};

/// Mounts these operations.
pub fn routes(cfg: &mut utoipa_actix_web::service_config::ServiceConfig) {
    cfg.service(get_resident).service(confirm_identity);
}

/// A resident's account as a worker sees it.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ResidentCard {
    account: Id,
    /// Send it back with the confirmation.
    #[schema(example = 2)]
    version: i64,
    /// none, claimed, confirmed.
    identity: Labelled<Identity>,
    /// As the resident wrote it, masked.
    #[schema(example = "王*四")]
    name_masked: Option<String>,
    /// The register knows the resident.
    in_register: bool,
    /// Tell and meet the resident this way.
    preferred_channel: Labelled<Channel>,
    needs: Vec<Labelled<Need>>,
}

impl ResidentCard {
    fn of(account: &Account, keys: &Keyring) -> Result<ResidentCard> {
        let name = account.open(keys, "own_name", account.own_name.as_deref())?;
        Ok(ResidentCard {
            account: account.id,
            version: account.version,
            identity: labelled!(account.identity),
            name_masked: name.and_then(|n| PersonName::parse(&n).ok()).map(|n| n.masked()),
            in_register: account.person_id.is_some(),
            preferred_channel: labelled!(account.preferred_channel),
            needs: account.needs().into_iter().map(|n| labelled!(n)).collect(),
        })
    }
}

/// The account of a resident who stands before the worker and shows its id.
#[utoipa::path(get, path = "/staff/residents/{id}", tag = "staff", operation_id = "getResident",
    params(("id" = Id, Path, description = "居民账号")),
    summary = "居民账号", description = "按居民手机上出示的账号查看身份状态和特别需要。不在负责地区的查不到。",
    responses((status = 200, description = "账号", body = Envelope<ResidentCard>)), security(("staff" = [])))]
#[get("/staff/residents/{id}")]
async fn get_resident(caller: AreaOfficer, app: web::Data<App>, id: PathId) -> Result<Answer<ResidentCard>> {
    let keys = app.keys.clone();
    let card = app.db.read(move |c| ResidentCard::of(&identity::before(c, &caller, id.0)?, &keys));
    Ok(Answer::ok(card.await?))
}

/// The resident and the ID card are before the worker.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmIdentity {
    /// As read from the ID card; must be what the resident claimed.
    #[schema(example = "11010519491231002X")]
    id_number: String,
    /// The version of the account that the worker saw.
    #[schema(example = 2)]
    version: i64,
}

form!(ConfirmIdentity { id_number: "身份证号", version: "版本" });

/// Confirms a resident's own identity in person.
#[utoipa::path(post, path = "/staff/residents/{id}/actions/confirm-identity", tag = "staff", operation_id = "confirmIdentity",
    request_body = ConfirmIdentity,
    params(("id" = Id, Path, description = "居民账号"), ("Idempotency-Key" = String, Header, format = "uuid", description = "防重复标识")),
    summary = "当面核实身份", description = "居民出示身份证，工作人员录入证上的号码，与居民填写的一致即核实。",
    responses((status = 200, description = "已核实", body = Envelope<ResidentCard>),
        (status = 409, description = "10030 版本已变；11020 已核实；11021 居民还没有填写", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/residents/{id}/actions/confirm-identity")]
async fn confirm_identity(
    caller: AreaOfficer,
    app: web::Data<App>,
    id: PathId,
    once: Once,
    body: Body<ConfirmIdentity>,
) -> Result<Answer<ResidentCard>> {
    let mut faults = Faults::new();
    let card = citizen_id(&mut faults, &body.value.id_number, &app);
    faults.settle()?;
    let card = card.ok_or_else(|| Error::internal("a fault was not told"))?;
    let (keys, version) = (app.keys.clone(), body.value.version);
    let at = Moment { now: app.clock.now_ms(), link: app.clock.id() };
    let done = once.write(&app, caller.id, body.fingerprint, move |c| {
        ResidentCard::of(&identity::confirm_in_person(c, &keys, &caller, id.0, &card, version, at)?, &keys)
    });
    let done = done.await?;
    Ok(Answer::ok(done.value).replayed(done.replayed))
}
