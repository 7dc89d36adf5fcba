//! Why the office itself moves a case: what clocks, changes of posts and help in person write into its history.

use crate::rules::coded::coded_enum;

coded_enum! {
    /// A reason that no county decides. Reasons of a policy are its data; steps of a service are the service's own.
    pub enum OfficeReason {
        NotAnsweredInTime = "not_answered_in_time", "没有在期限内答复，视为受理";
        NotCorrectedInTime = "not_corrected_in_time", "没有在期限内补正";
        NoticeEnded = "notice_ended", "公示期满，没有异议";
        DraftExpired = "draft_expired", "草稿放了六十天没有提交";
        CorrectionDueSoon = "correction_due_soon", "补正期限快到了";
        HeldLongEnough = "held_long_enough", "暂缓的期限已到";
        NobodyMends = "nobody_mends", "申请人已不能办理，补正期限暂停，等待可以代办的人接手";
        MayMendAgain = "may_mend_again", "已有人可以办理，补正期限重新计算";
        NotDecidedInTime = "not_decided_in_time", "超过期限没有办结，由上一级办理";
        WorkerMoved = "worker_moved", "办理人岗位有变动，放回待办";
        WorkerAway = "worker_away", "办理人请假，放回待办";
        DeputyEnded = "deputy_ended", "代班结束，放回待办";
        HandedOver = "handed_over", "窗口工作移交";
        AtTheCounter = "at_the_counter", "由工作人员在窗口代为办理";
        AtHome = "at_home", "由工作人员上门代为办理";
        CalendarChanged = "calendar_changed", "放假安排有变化，期限已经重新计算";
    }
}
