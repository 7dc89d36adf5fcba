//! Refusals of device rental, and the steps that it writes into the history of a case.

crate::codes! { RENTAL;
    NONE_FREE = 30001, 409, "这种辅具刚刚被借完，您的申请还在，可以先排队等候。", "POST /device-rental/waitlist; the draft is kept.";
    UNIT_NOT_READY = 30002, 409, "这件辅具现在不能借出，请换一件同款的可借辅具。", "Only an available unit of the model at this point.";
    DEVICE_OUT = 30003, 409, "辅具还没有归还，请先到网点归还。", "Take the device back first.";
    SOMEBODY_WAITS = 30004, 409, "还有人在排队等这种辅具，不能延期，请按期归还。", "Extension is refused while the waitlist is not empty.";
    CODE_UNKNOWN = 30005, 422, "取件码不对，请核对申请人手机上的六位数字。", "No reservation at the caller's points has this code.";
    NOT_ELIGIBLE = 30006, 409, "现在还不能借这种辅具，请看具体原因。", "details names the rule: same kind on loan, or its service life.";
    OTHER_UNIT = 30007, 422, "归还的不是登记借出的那一件，请核对资产标签。", "asset_tag must be that of the loan's unit.";
    FREE_NOW = 30008, 409, "这种辅具现在就有，不用排队，请直接预约。", "Begin a draft and submit it.";
    NO_EXTENSION = 30009, 409, "借用时间不能再延长了，请按期归还。", "The loan is overdue or has reached the longest time of the policy.";
    WAITING_ALREADY = 30010, 409, "您已经在排队了，请在“我的排队”中查看。", "One live place per person, point and model.";
    OFFER_OVER = 30011, 409, "保留时间已过或者还没有轮到您，请看最新的排队情况。", "Only a wait in state offered, until offer_until, can be accepted.";
    NOT_OUT = 30012, 409, "辅具还没有领取或已经归还，现在不能这样办理。", "The loan must be in state out.";
    UNIT_STEP = 30013, 409, "这件辅具现在不能这样办理，请看它的最新状态。", "The step does not lead on from the unit's state; read it again.";
    TAKEN_NAME = 30014, 409, "已经有相同的名称、代码或资产标签，请核对后再录入。", "Names of points, codes of models and asset tags are unique.";
}

/// The steps that this service writes into a case's history, in the words of the timeline.
pub const STEPS: &[(&str, &str)] = &[
    ("reserved", "预约成功，辅具已为您保留"),
    ("to_be_picked_up", "请在保留期内凭取件码到网点领取"),
    ("unit_lost", "原来保留或借出的辅具不能用了"),
    ("placed_again", "已为您调配另一件，请重新安排领取"),
    ("not_picked_up", "保留期内没有领取，预约已取消"),
    ("handed_out", "辅具已领取"),
    ("extended_on_request", "已按您的申请延长借用时间"),
    ("trouble_reported", "已收到您反映的辅具问题"),
    ("due_soon", "快到归还日期了"),
    ("overdue", "已超过归还日期，请尽快归还"),
    ("brought_elsewhere", "在另一个网点归还"),
    ("returned", "辅具已归还"),
];
