//! What can be refused to an administrator, or to a worker with a one-time code (270xx).

codes! { ADMINISTRATION;
    CODE_OVER = 27001, 401, "这个一次性码不正确、已经用过或者已经过期，请向管理员要一个新的。", "One answer for unknown, used, expired and worn-out codes.";
    STANDING = 27002, 409, "这个账号现在的状态不能这样办理，请刷新后再看。", "The account's status does not allow it; see current.";
    DRAFT_CLOSED = 27003, 409, "这份草稿已经发布或者作废，不能再改，请另起一份。", "Published and discarded drafts never change; begin a new one.";
    NOT_WHOLE = 27004, 403, "放假安排对所有县区有效，请由管辖全部县区的管理员导入。", "Only an administrator whose areas hold every county may import a calendar.";
}
