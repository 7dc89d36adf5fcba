//! What a county decides about certificates, in the words of its policy.

use serde::{Deserialize, Serialize};

use crate::office::cases::record::case::Case;
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Faults, Result};
use crate::rules::certificate::{AssessmentPolicy, Category, RenewalPolicy};
use crate::rules::coded::coded_enum;
use crate::rules::text::Code;
use crate::rules::typed::all_kept;

coded_enum! {
    /// The kinds of cases that this program offers. A policy may name others (transfer, reissue, cancellation), which are
    /// not offered yet.
    pub enum Kind as "CertificateKind" {
        Renewal = "renewal", "到期换证";
        New = "new", "新办";
        Change = "change", "类别等级变更";
    }
}

coded_enum! {
    /// How the new card comes to its holder.
    pub enum DeliveryWay {
        Pickup = "pickup", "窗口领取";
        Post = "post", "邮寄";
        Home = "home", "送证上门";
    }
}

coded_enum! {
    /// Where a card is picked up.
    pub enum PickupPlace {
        County = "county", "县（区）残联窗口";
        Town = "town", "镇（街道）残联窗口";
    }
}

/// Kinds that a policy may name although this program does not offer them yet.
const NOT_YET: [&str; 3] = ["transfer", "reissue", "cancellation"];

/// What a county decided about certificates: the service's part of its policy.
///
/// ```json
/// {"renewal": {"opens": {"months_before_expiry": 6}, "frozen_after_days_expired": 0, "cancelled_after_months": 6,
///   "validity_years": 10},
///  "assessment": {"sight_needs_assessment": true, "hospital_unchanged_waived": true, "limb_loss_waived": true},
///  "kinds": ["new", "renewal", "change"], "notice_kinds": ["new", "change"],
///  "guardian_categories": ["intellectual", "mental"], "home_assessment": true, "cross_province": true,
///  "assessment_days": 20, "dispute_days": 10, "delivery": ["pickup", "post", "home"], "receipt_days": 15}
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    pub renewal: RenewalPolicy,
    pub assessment: AssessmentPolicy,
    /// Codes of the kinds that the county offers.
    #[serde(deserialize_with = "all_kept::<_, Code<1, 60>>")]
    pub kinds: Vec<String>,
    /// Codes of the kinds that are published before the card is made.
    #[serde(deserialize_with = "all_kept::<_, Code<1, 60>>")]
    pub notice_kinds: Vec<String>,
    /// Categories whose holders a guardian must apply for; of a multiple disability one such component suffices.
    pub guardian_categories: Vec<Category>,
    /// A hospital comes to people who cannot travel.
    pub home_assessment: bool,
    pub cross_province: bool,
    /// Days in which a hospital enters its result.
    pub assessment_days: u32,
    /// Working days in which a result can be disputed.
    pub dispute_days: u32,
    pub delivery: Vec<DeliveryWay>,
    /// Days after which a posted card counts as received; never by itself when absent.
    #[serde(default)]
    pub receipt_days: Option<u32>,
}

impl Terms {
    /// Whether the county offers this kind.
    pub fn offers(&self, kind: Kind) -> bool {
        self.kinds.iter().any(|k| k == kind.code())
    }

    /// What keeps these terms from being published, each field as a pointer from their root.
    pub fn faults(&self) -> Vec<Detail> {
        let mut faults = Faults::new();
        let mut unless = |well: bool, field: &str, label: &str, reason: &str| {
            if !well {
                faults.push(field, label, "policy_fault", reason, "请改好后再发布。");
            }
        };
        let known = |code: &str| Kind::from_code(code).is_some() || NOT_YET.contains(&code);
        let kinds = !self.kinds.is_empty() && self.kinds.iter().all(|k| known(k));
        unless(kinds, "/kinds", "办理事项", "至少要有一种办理事项，并且都要是认识的代码。");
        let notices = self.notice_kinds.iter().all(|k| self.kinds.contains(k));
        unless(notices, "/notice_kinds", "公示的事项", "只能公示本地办理的事项。");
        unless(self.renewal.validity_years > 0, "/renewal/validity_years", "有效年限", "有效年限要大于零。");
        unless(self.assessment_days > 0, "/assessment_days", "评定天数", "评定天数要大于零。");
        unless(!self.delivery.is_empty(), "/delivery", "领证方式", "至少要有一种领证方式。");
        faults.into_details()
    }

    /// Whether this kind is published before the card is made.
    pub fn publishes(&self, kind: &str) -> bool {
        self.notice_kinds.iter().any(|k| k == kind)
    }
}

/// The terms that a case began with.
pub fn of(c: &mut AnyConn, case: &Case) -> Result<Terms> {
    county::pinned(c, case.policy_id)?.service()
}
