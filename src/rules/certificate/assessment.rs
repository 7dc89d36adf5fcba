//! Whether a renewal needs a new assessment by a hospital (评定). Which rules hold is county policy.

use serde::{Deserialize, Serialize};

use super::Category;
use crate::rules::coded::coded_enum;

coded_enum! {
    /// How the level of the old card was found.
    pub enum GrantedBy {
        Sight = "sight", "目测";
        Hospital = "hospital", "医院评定";
        Unknown = "unknown", "没有记录";
    }
}

coded_enum! {
    /// Why a renewal needs an assessment or does not.
    pub enum AssessmentReason {
        OrderedByCaseworker = "ordered_by_caseworker", "工作人员要求重新评定";
        IrreversibleLimbLoss = "irreversible_limb_loss", "肢体缺失不可逆，不用重新评定";
        GrantedBySight = "granted_by_sight", "原证只凭目测办理，需要到医院评定";
        ConditionChanged = "condition_changed", "残疾情况有变化，需要重新评定";
        GrantUnknown = "grant_unknown", "查不到原证的评定记录，需要到医院评定";
        HospitalUnchanged = "hospital_unchanged", "原证经医院评定且情况没有变化，不用重新评定";
        AlwaysByPolicy = "always_by_policy", "按本地规定，换证需要重新评定";
        SightAccepted = "sight_accepted", "按本地规定，目测办理的原证不用重新评定";
    }
}

/// What is known about the card that is to be renewed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFacts {
    /// The category on the card.
    pub category: Category,
    /// How the level was found.
    pub granted_by: GrantedBy,
    /// Whether the holder's condition is the same as when the card was issued.
    pub unchanged: bool,
    /// Whether a limb is plainly and irreversibly lost.
    pub irreversible_limb_loss: bool,
    /// What a caseworker wrote who orders an assessment. A blank text is no order, since an order must say why.
    pub ordered_because: Option<String>,
}

/// Which rules a county follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentPolicy {
    /// A card that was granted by sight alone needs an assessment.
    pub sight_needs_assessment: bool,
    /// A card that a hospital assessed needs none while the condition is unchanged.
    pub hospital_unchanged_waived: bool,
    /// A plainly irreversible loss of a limb needs none.
    pub limb_loss_waived: bool,
}

/// The answer, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessmentNeed {
    /// Whether the holder must be assessed.
    pub needed: bool,
    /// Why, as a stable code.
    pub reason_code: AssessmentReason,
    /// Why, in one plain Chinese sentence.
    pub sentence: String,
}

/// Decides by the first rule that fits: a caseworker's order; loss of a limb, which anybody can see, so that sight is
/// proof enough, but only on a card for the physical category alone; a change; then how the old card was granted.
pub fn assessment_needed(card: &CardFacts, policy: &AssessmentPolicy) -> AssessmentNeed {
    if let Some(why) = card.ordered_because.as_deref().map(str::trim).filter(|why| !why.is_empty()) {
        let reason_code = AssessmentReason::OrderedByCaseworker;
        let sentence = format!("{}，原因：{}。", reason_code.label(), why.trim_end_matches('。'));
        return AssessmentNeed { needed: true, reason_code, sentence };
    }
    let limb_loss = card.irreversible_limb_loss && card.category == Category::Physical;
    let (needed, reason_code) = if limb_loss && policy.limb_loss_waived {
        (false, AssessmentReason::IrreversibleLimbLoss)
    } else if !card.unchanged {
        (true, AssessmentReason::ConditionChanged)
    } else {
        match card.granted_by {
            GrantedBy::Sight if policy.sight_needs_assessment => (true, AssessmentReason::GrantedBySight),
            GrantedBy::Sight => (false, AssessmentReason::SightAccepted),
            GrantedBy::Hospital if policy.hospital_unchanged_waived => (false, AssessmentReason::HospitalUnchanged),
            GrantedBy::Hospital => (true, AssessmentReason::AlwaysByPolicy),
            GrantedBy::Unknown => (true, AssessmentReason::GrantUnknown),
        }
    };
    AssessmentNeed { needed, reason_code, sentence: format!("{}。", reason_code.label()) }
}
