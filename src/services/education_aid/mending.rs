//! The account to which an award is paid: saved with the form, or corrected after the bank refused a payment.

use super::dossier;
use super::rules::Ineligible;
use super::sections::{Account, AidSection, Holder};
use super::store::{self, AwardState};
use crate::office::cases::filing::{drafts, papers};
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::rules::lifecycle::State;

/// Saves the section over the version that was seen; of an approved application it corrects the account. Returns the new
/// version.
///
/// # Errors
/// 10002, 10030, and not editable.
pub fn save(c: &mut AnyConn, office: &Office, case: &Case, seen: i64, account: &Account) -> Result<i64> {
    let version = drafts::save(c, office, case, AidSection::Account.code(), seen, account)?;
    if case.state == State::Approved {
        mended(c, office, case, account)?;
    }
    Ok(version)
}

/// The account of a payment that the bank refused was corrected: the award is payable again without a new approval.
///
/// # Errors
/// 10002 for a relative's account that the policy does not take, or whose kinship is not proved.
pub fn mended(c: &mut AnyConn, office: &Office, case: &Case, account: &Account) -> Result<()> {
    let proven = papers::materials_of(c, case.id)?.iter().any(|m| m == "kinship_proof");
    let mut faults = Faults::new();
    if account.holder == Holder::Kin {
        if !dossier::load(c, office, case)?.terms.kin_card_allowed {
            faults.add(Ineligible::KinCardRefused.detail());
        } else if !proven {
            let way_out = "请先上传亲属关系证明，或者改用学生本人的账户。";
            faults.push("/holder", "账户属于谁", "kinship_to_prove", "用亲属的账户需要亲属关系证明。", way_out);
        }
    }
    faults.settle()?;
    let award = store::of_case(c, case.id)?.ok_or_else(|| Error::internal("approved without an award"))?;
    store::move_to(c, award.id, AwardState::Failed, AwardState::Payable, office.now)?;
    super::to_finance(c, office, case, Actor::System, None, "account_mended")
}
