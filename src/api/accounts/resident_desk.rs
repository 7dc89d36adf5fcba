//! A worker has a resident before them: sees the account, and confirms the identity by the ID card.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::faults as account_codes;
use crate::office::accounts::guards::AreaOfficer;
use crate::office::accounts::identity::{self, Occasion};
use crate::office::accounts::residents::{Account, Channel, Identity, Need};
use crate::office::frame::{Call, Write};
use crate::platform::crypto::Keyring;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Labelled, Operations, PathId};
use crate::platform::id::Id;
use crate::rules::identity::CitizenId;
use crate::rules::names::PersonName;
use crate::{form, labelled, operations};

/// Mounts these operations.
pub fn routes(to: &mut Operations) {
    operations!(to;
        get_resident,
        confirm_identity: [account_codes::IDENTITY_SETTLED, account_codes::IDENTITY_MISSING],
    );
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
#[utoipa::path(get, path = "/staff/residents/{id}", tag = "staff", operation_id = "getResident", summary = "居民账号",
    description = "按居民手机上出示的账号查看身份状态和特别需要。不在负责地区的查不到。",
    params(("id" = Id, Path, description = "居民账号")),
    responses((status = 200, description = "账号")))]
async fn get_resident(caller: AreaOfficer, id: PathId, call: Call) -> Result<Answer<ResidentCard>> {
    call.read(move |c, office| ResidentCard::of(&identity::before(c, &caller, id.0)?, &office.keys)).await
}

/// The resident and the ID card are before the worker.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmIdentity {
    /// As read from the ID card; must be what the resident claimed.
    #[schema(value_type = String, min_length = 18, max_length = 40, example = "11010519491231002X")]
    id_number: CitizenId,
    /// The version of the account that the worker saw.
    #[schema(example = 2)]
    version: i64,
}

form!(ConfirmIdentity { id_number: "身份证号", version: "版本" });

/// Confirms a resident's own identity in person.
#[utoipa::path(post, path = "/staff/residents/{id}/actions/confirm-identity", tag = "staff", operation_id = "confirmIdentity", summary = "当面核实身份",
    description = "居民出示身份证，工作人员录入证上的号码，与居民填写的一致即核实。",
    params(("id" = Id, Path, description = "居民账号")),
    responses((status = 200, description = "已核实")))]
async fn confirm_identity(caller: AreaOfficer, id: PathId, call: Write<ConfirmIdentity>) -> Result<Answer<ResidentCard>> {
    let at = Occasion { now: call.office.now, link: call.app.clock.id() };
    call.once(caller.id, move |c, office, sent| {
        let card = &sent.id_number;
        let account = identity::confirm_in_person(c, &office.keys, &caller, id.0, card, sent.version, at)?;
        ResidentCard::of(&account, &office.keys)
    })
    .await
}
