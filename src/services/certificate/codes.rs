//! Refusals of the certificate service, and the steps that it writes into the history of a case.

crate::codes! { CERTIFICATE;
    NOT_POSSIBLE = 32001, 409, "现在还不能办理这项业务，请看下面说明的原因和办法。", "details say why and from which day; see GET /me/offers.";
    GUARDIAN = 32002, 403, "这件事要由监护人申请，请监护人登录后办理，或到窗口办理。", "Minors and persons of guarded categories: an account with relation child or ward applies.";
    ASSESSMENT_OPEN = 32004, 409, "医院还没有录入评定结果，录入后才能批准。", "An assessor of the county enters the result first.";
    NO_ASSESSMENT = 32005, 409, "这件事现在不需要录入评定，请先由残联要求评定。", "Only cases in review that need an assessment take a result.";
    NO_CARD_DUE = 32006, 409, "新证已经制作过，或者还没到这一步，请看最新的办理情况。", "Read the case again; card says how far it is.";
    CARD_MADE = 32007, 409, "新证已经制作，不能撤回了，请按约定领取新证。", "A case whose card exists cannot be withdrawn.";
    NOT_HANDED_OUT = 32008, 409, "新证还没有发到本人手里，请先登记发放再办结。", "Use hand-out, or post and confirm-receipt.";
    BELOW_STANDARD = 32009, 409, "评定结果未达到残疾标准，请选择不予批准并说明原因。", "Reject the case with the reason below_standard.";
    ALREADY_ORDERED = 32010, 409, "这件事已经需要评定，不用重复要求，请等评定结果。", "An assessment is already needed or was done.";
}

/// The steps that this service writes into a case's history, in the words of the timeline.
pub const STEPS: &[(&str, &str)] = &[
    ("assessment_ordered", "需要重新评定"),
    ("assessment_entered", "评定结果已录入"),
    ("card_made", "新证已制好"),
    ("card_posted", "新证已寄出"),
    ("card_handed_out", "新证已交到领取人手里"),
    ("receipt_confirmed", "已确认收到新证"),
    ("receipt_by_time", "寄出期满，视为已收到"),
];
