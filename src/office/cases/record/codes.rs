//! What can be refused about a case.

crate::codes! { CASES;
    NOT_NOW = 20001, 409, "这件事现在不能这样办理，请看最新的办理情况。", "The action is not in allowed_actions; read the case again.";
    UNDO_OVER = 20002, 409, "提交已超过十分钟，不能取消了，您可以选择撤回申请。", "Use the action withdraw.";
    UNDO_OPEN = 20003, 409, "申请人刚刚提交，十分钟内还可能取消，请稍后再办理。", "Wait until undo_until.";
    CLAIMED = 20004, 409, "这件事已经由同事领取，请办理其他事项。", "Another worker holds the claim until claim_until.";
    CONFLICTED = 20005, 403, "您与这件事有关，需要由其他同事办理。", "Four-eyes: filed by, about, or about the family of this worker.";
    ALREADY_LIVE = 20006, 409, "同一事项已经有一件在办理，请在“我的办件”中查看。", "One live case per person, service, kind and period.";
    NOT_EDITABLE = 20007, 409, "这部分内容现在不能修改，请看最新的办理情况。", "Only drafts, and the items of an open correction, can be changed.";
    NOTHING_ANSWERED = 20008, 422, "还有需要补正的内容没有处理，请全部补好后再提交。", "details names each open item.";
    NO_POLICY = 20009, 409, "本地暂时没有开通这项服务，请向当地残联咨询。", "No published policy for this county and service today.";
    QUEUE_EMPTY = 20010, 404, "现在没有等待办理的事项。", "Nothing unclaimed lies on the caller's desks.";
    RATED = 20011, 409, "您已经评价过了，感谢您的意见。", "One rating per case.";
    URGED = 20013, 409, "您不久前催办过，工作人员已经收到，请过几天再催。", "One call to hurry per urge_gap_days of the policy.";
    APPEAL_OVER = 20014, 409, "申诉的期限已经过了，您可以到窗口咨询或者反映问题。", "Appeals are taken for appeal_days of the policy after the refusal, once.";
    NOT_A_TWIN = 20015, 422, "这两件不是同一个人的同一项服务，不能并成一件。", "into must be another live case of the same person and service in your scope.";
    UNKNOWN_ITEM = 20012, 422, "补正内容不在清单中，请从清单中选择。", "target must be a material or section of the case.";
}
