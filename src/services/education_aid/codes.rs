//! Refusals of education aid (310xx), and the steps that it writes into the history of a case.

crate::codes! { AID;
    NOT_OPEN = 31001, 409, "现在不在申请时间内，请留意下一次通知。", "The season is not open today; read opens_on and closes_on.";
    APPLIED = 31002, 409, "这个人在本季已经有一件申请，请在“我的办件”中查看。", "One award per person and season, whatever the kind.";
    EXHAUSTED = 31003, 409, "本季的资金或名额已经用完，暂时不能批准，请向县残联负责人报告。", "Budget or quota would be exceeded; nothing was decided.";
    NOT_EXPORTED = 31004, 409, "这个批次现在不能这样办理，请查看批次的最新情况。", "Export comes once and before booking; read the batch again.";
    BOOKED_OTHERWISE = 31005, 409, "这一笔已经登记了另一种结果，请与银行核对。", "details names each line; a booked line never changes.";
    IN_PAYMENT = 31006, 409, "救助金已经报送银行，不能撤回，如有疑问请联系县残联。", "The award is in a payment batch or paid.";
    NOTHING_PAYABLE = 31007, 409, "现在没有可以发放的救助，请稍后再试。", "No payable award of the season that this officer may handle.";
    NO_AMOUNT = 31008, 409, "这个学段没有救助标准，不能批准，请退回或要求补正。", "The season has no standard for this beneficiary and stage.";
    NO_EVIDENCE = 31009, 409, "还没有收到在读证明，或现在不需要确认，请查看最新情况。", "The award waits for no evidence, or no enrolment_proof was uploaded.";
    SEASON_CLOSED = 31010, 409, "这一季已经结束，不用重复操作。", "The season was closed before.";
}

/// The steps that this service writes into a case's history, in the words of the timeline.
pub const STEPS: &[(&str, &str)] = &[
    ("evidence_due", "已批准，请在期限内补交在读证明"),
    ("evidence_reminder", "请记得在期限内补交在读证明"),
    ("evidence_overdue", "在读证明的期限已过，再不补交将取消救助"),
    ("evidence_missing", "没有收到在读证明，救助已取消"),
    ("enrolment_confirmed", "在读证明已确认"),
    ("enrolment_refused", "在读证明需要重新上传"),
    ("payable", "已转财务，等待发放"),
    ("in_batch", "救助金已列入发放批次"),
    ("payment_failed", "银行没有发放成功，请更正收款账户"),
    ("account_mended", "收款账户已更正，等待再次发放"),
    ("paid", "救助金已发放"),
];
