//! What can be refused about a ticket.

crate::codes! { TICKETS;
    NOT_NOW = 23001, 409, "这件反映现在不能这样办理，请看最新的办理情况。", "The action is not in allowed_actions; read the ticket again.";
    CLAIMED = 23002, 409, "这件反映已经由同事领取，请办理其他事项。", "Another worker holds the claim.";
    REOPENED = 23003, 409, "已经重新办理过一次，仍不满意请到窗口当面反映，或拨打12345。", "A ticket can be sent back once.";
    CONCERNED = 23004, 403, "这件反映与您有关，需要由其他同事办理。", "Four-eyes: about this worker's decision, person or family, and a colleague serves the desk.";
    TOO_MANY = 23005, 409, "您有多件反映还没有办完，请在原来的反映里补充说明。", "Add words to an open ticket; the limit is county data.";
    NO_PHONE = 23006, 409, "没有登记联系电话，请改为上门，或者等反映人来窗口时当面说明。", "Neither the account nor the person has a phone number.";
}
