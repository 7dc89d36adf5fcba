//! The table of all that can happen to a case: which action is allowed from which state by which role, and where it leads (domain.md §5).

use super::coded::coded_enum;
pub use super::desks::{Desk, Role};

coded_enum! {
    /// Where a case stands. Services add flags, never states.
    pub enum State {
        Draft = "draft", "草稿";
        Submitted = "submitted", "待受理";
        InReview = "in_review", "审核中";
        CorrectionRequested = "correction_requested", "待补正";
        PublicNotice = "public_notice", "公示中";
        Approved = "approved", "已批准";
        Completed = "completed", "办结";
        NotAccepted = "not_accepted", "不予受理";
        Rejected = "rejected", "不予批准";
        Withdrawn = "withdrawn", "已撤回";
        Lapsed = "lapsed", "逾期未补正";
    }
}

coded_enum! {
    /// What somebody does to a case; each leaves one line in its history.
    pub enum Action {
        Begin = "begin", "开始填写";
        Submit = "submit", "提交申请";
        Undo = "undo", "取消提交";
        Withdraw = "withdraw", "撤回申请";
        Resubmit = "resubmit", "提交补正";
        Claim = "claim", "领取";
        Release = "release", "放回";
        TakeOver = "take_over", "接手";
        Accept = "accept", "受理";
        DeemAccepted = "deem_accepted", "视为受理";
        Decline = "decline", "不予受理";
        Forward = "forward", "报送上级";
        SendBack = "send_back", "退回下级";
        Escalate = "escalate", "提请上级办理";
        Climb = "climb", "超期上报";
        TakeBack = "take_back", "收回决定";
        Hold = "hold", "暂缓办理";
        Resume = "resume", "恢复办理";
        Arrange = "arrange", "安排";
        Remark = "remark", "内部备注";
        Merge = "merge", "并入另一件";
        RequestCorrection = "request_correction", "一次性告知补正";
        Extend = "extend", "延长补正期限";
        Remind = "remind", "提醒补正";
        ApprovedByRule = "approved_by_rule", "按规则批准";
        Approve = "approve", "批准";
        Reject = "reject", "不予批准";
        StopNotice = "stop_notice", "停止公示，核实异议";
        EndNotice = "end_notice", "公示结束";
        Urge = "urge", "催办";
        Appeal = "appeal", "申诉";
        Recount = "recount", "期限重算";
        Lapse = "lapse", "逾期终止";
        TakeOn = "take_on", "接手办理";
        Expire = "expire", "草稿过期";
        Fulfil = "fulfil", "登记办理";
        Complete = "complete", "办结";
        Rate = "rate", "评价";
    }
}

impl State {
    /// No action but a rating, an appeal or the officer's second thought can follow.
    pub fn ended(self) -> bool {
        use State::*;
        matches!(self, Completed | NotAccepted | Rejected | Withdrawn | Lapsed)
    }

    /// The state in one plain sentence for the resident. The desk is named by the caller.
    pub fn meaning(self) -> &'static str {
        match self {
            State::Draft => "申请还没有提交，您可以继续填写。",
            State::Submitted => "申请已经提交，正在等待工作人员受理。",
            State::InReview => "申请已经受理，工作人员正在审核。",
            State::CorrectionRequested => "有材料需要您补充或修改，补好后提交即可，不用重新申请。",
            State::PublicNotice => "申请已经通过审核，正在公示。公示期满没有异议就会办理。",
            State::Approved => "申请已经批准，正在为您办理。",
            State::Completed => "事项已经办结。",
            State::NotAccepted => "申请没有被受理，原因请看办理记录。",
            State::Rejected => "申请没有获得批准，原因请看办理记录。",
            State::Withdrawn => "申请已经撤回。",
            State::Lapsed => "没有在期限内补交材料，申请已经终止，您可以重新申请。",
        }
    }

    /// Who must act now, when no desk must.
    pub fn waits_for_applicant(self) -> bool {
        matches!(self, State::Draft | State::CorrectionRequested)
    }

    /// Clocks of the office stop here: correction and public notice (domain.md §5).
    pub fn clock_stands(self) -> bool {
        matches!(self, State::CorrectionRequested | State::PublicNotice)
    }
}

/// Where an action leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// The state stays.
    Stay,
    /// To this state.
    To(State),
    /// To the next desk of the chain, in review.
    NextDesk,
    /// To the desk before in the chain, in review.
    PreviousDesk,
    /// Back to the state from which a correction was asked for, at the same desk.
    BeforeCorrection,
    /// To public notice when the policy asks for one, else approved.
    NoticeOrApproved,
    /// In review, at the desk above the one that decided.
    Appeal,
    /// To where the case was before the decision that is taken back.
    Before,
}

/// Who may take an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The applicant (or whoever may act for the person).
    Applicant,
    /// An officer of the desk on which the case lies, whichever desk that is.
    DeskOfficer,
    /// An officer of the last desk of the chain, on which the case lies.
    DecidingOfficer,
    /// An officer of the desk on which the case lies, or the system on behalf of a rule.
    DeskOfficerOrSystem,
    /// A rule with a clock.
    System,
    /// An officer of the desk who leads it.
    DeskLead,
    /// Whoever took the last decision, while nobody has acted on it.
    Decider,
    /// Any worker in whose area the case is.
    Office,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub action: Action,
    pub from: &'static [State],
    pub by: By,
    pub leads: Leads,
}

const fn rule(action: Action, from: &'static [State], by: By, leads: Leads) -> Rule {
    Rule { action, from, by, leads }
}

use Action as A;
use State as S;

/// The table. An action that is not in it is refused.
pub const TABLE: &[Rule] = &[
    rule(A::Submit, &[S::Draft], By::Applicant, Leads::To(S::Submitted)),
    rule(A::Undo, &[S::Submitted], By::Applicant, Leads::To(S::Draft)),
    rule(
        A::Withdraw,
        &[S::Draft, S::Submitted, S::InReview, S::CorrectionRequested, S::PublicNotice, S::Approved],
        By::Applicant,
        Leads::To(S::Withdrawn),
    ),
    rule(A::Resubmit, &[S::CorrectionRequested], By::Applicant, Leads::BeforeCorrection),
    rule(A::Claim, &[S::Submitted, S::InReview, S::Approved], By::DeskOfficer, Leads::Stay),
    rule(A::Release, &[S::Submitted, S::InReview, S::Approved], By::DeskOfficerOrSystem, Leads::Stay),
    rule(A::TakeOver, &[S::Submitted, S::InReview, S::Approved], By::DeskLead, Leads::Stay),
    rule(A::ApprovedByRule, &[S::Submitted], By::System, Leads::To(S::Approved)),
    rule(A::Accept, &[S::Submitted], By::DeskOfficer, Leads::To(S::InReview)),
    rule(A::DeemAccepted, &[S::Submitted], By::System, Leads::To(S::InReview)),
    rule(A::Decline, &[S::Submitted], By::DeskOfficer, Leads::To(S::NotAccepted)),
    rule(A::Forward, &[S::InReview], By::DeskOfficer, Leads::NextDesk),
    rule(A::SendBack, &[S::InReview], By::DeskOfficer, Leads::PreviousDesk),
    rule(A::Escalate, &[S::Submitted, S::InReview], By::DeskOfficer, Leads::NextDesk),
    rule(A::Climb, &[S::InReview], By::System, Leads::NextDesk),
    rule(A::Hold, &[S::InReview], By::DeskOfficer, Leads::Stay),
    rule(A::Resume, &[S::InReview], By::DeskOfficerOrSystem, Leads::Stay),
    rule(A::Hold, &[S::CorrectionRequested], By::System, Leads::Stay),
    rule(A::Resume, &[S::CorrectionRequested], By::System, Leads::Stay),
    rule(A::Arrange, &[S::InReview, S::CorrectionRequested], By::DeskOfficerOrSystem, Leads::Stay),
    rule(A::Merge, &[S::Submitted, S::InReview], By::DeskOfficer, Leads::To(S::Withdrawn)),
    rule(
        A::TakeBack,
        &[S::InReview, S::CorrectionRequested, S::PublicNotice, S::NotAccepted, S::Rejected],
        By::Decider,
        Leads::Before,
    ),
    rule(A::Remark, &[S::Submitted, S::InReview, S::CorrectionRequested, S::PublicNotice, S::Approved], By::Office, Leads::Stay),
    rule(A::RequestCorrection, &[S::Submitted, S::InReview], By::DeskOfficer, Leads::To(S::CorrectionRequested)),
    rule(A::Approve, &[S::InReview], By::DecidingOfficer, Leads::NoticeOrApproved),
    rule(A::Reject, &[S::InReview], By::DecidingOfficer, Leads::To(S::Rejected)),
    rule(A::StopNotice, &[S::PublicNotice], By::DecidingOfficer, Leads::To(S::InReview)),
    rule(A::EndNotice, &[S::PublicNotice], By::System, Leads::To(S::Approved)),
    rule(A::Expire, &[S::Draft], By::System, Leads::To(S::Withdrawn)),
    rule(A::Extend, &[S::CorrectionRequested], By::DeskOfficer, Leads::Stay),
    rule(A::Remind, &[S::CorrectionRequested], By::System, Leads::Stay),
    rule(A::Lapse, &[S::CorrectionRequested, S::Approved], By::System, Leads::To(S::Lapsed)),
    rule(
        A::TakeOn,
        &[S::Draft, S::Submitted, S::InReview, S::CorrectionRequested, S::PublicNotice, S::Approved],
        By::Applicant,
        Leads::Stay,
    ),
    rule(A::Fulfil, &[S::Approved], By::DeskOfficerOrSystem, Leads::Stay),
    rule(A::Complete, &[S::Approved], By::DeskOfficerOrSystem, Leads::To(S::Completed)),
    rule(A::Urge, &[S::Submitted, S::InReview, S::Approved], By::Applicant, Leads::Stay),
    rule(A::Appeal, &[S::NotAccepted, S::Rejected], By::Applicant, Leads::Appeal),
    rule(A::Recount, &[S::Submitted, S::InReview, S::CorrectionRequested, S::PublicNotice, S::Approved], By::System, Leads::Stay),
    rule(A::Rate, &[S::Completed], By::Applicant, Leads::Stay),
];

/// How a caller stands to a case now: everything that the table asks about a caller.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    pub role: Role,
    /// The desk on which the case lies.
    pub desk: Option<Desk>,
    /// That desk is the first of the chain.
    pub first: bool,
    /// That desk is the last of the chain, the one that decides.
    pub last: bool,
    /// The work is put off with a reason until somebody takes it up again.
    pub held: bool,
    /// The caller leads that desk.
    pub lead: bool,
    /// The caller took the last decision, and nobody has acted since.
    pub decider: bool,
    /// There was an appeal already.
    pub appealed: bool,
}

/// The line of the table for this action here and now, or none.
pub fn permitted(state: State, action: Action, who: Standing) -> Option<&'static Rule> {
    TABLE.iter().find(|r| r.action == action && r.from.contains(&state) && may(r, who))
}

/// All actions that this caller may take here and now, in the order of the table.
pub fn allowed(state: State, who: Standing) -> Vec<Action> {
    TABLE.iter().filter(|r| r.from.contains(&state) && may(r, who)).map(|r| r.action).collect()
}

fn may(rule: &Rule, who: Standing) -> bool {
    let at_desk = who.desk.is_some_and(|d| d.role() == who.role);
    let chain = match rule.leads {
        Leads::NextDesk => !who.last,
        Leads::PreviousDesk => !who.first,
        _ => true,
    };
    // A case that is put off waits; what does not move it may still happen.
    let held = match rule.action {
        Action::Resume => who.held,
        Action::Withdraw | Action::Urge | Action::Remark | Action::Recount | Action::Arrange => true,
        Action::Claim | Action::Release | Action::TakeOver | Action::TakeOn | Action::Resubmit => true,
        _ => !who.held,
    };
    let once = rule.action != Action::Appeal || !who.appealed;
    chain
        && held
        && once
        && match rule.by {
            By::Applicant => who.role == Role::Applicant,
            By::DeskOfficer => at_desk,
            By::DecidingOfficer => at_desk && who.last,
            By::DeskOfficerOrSystem => at_desk || who.role == Role::System,
            By::System => who.role == Role::System,
            By::DeskLead => at_desk && who.lead,
            By::Decider => who.decider,
            By::Office => !matches!(who.role, Role::Applicant | Role::System),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOBODY: Standing = Standing {
        role: Role::Auditor,
        desk: None,
        first: false,
        last: true,
        held: false,
        lead: false,
        decider: false,
        appealed: false,
    };

    #[test]
    fn ended_cases_allow_a_rating_an_appeal_and_the_officers_second_thought() {
        for &state in State::ALL.iter().filter(|s| s.ended()) {
            for &role in Role::OFFICE {
                for (&desk, decider) in Desk::OFFICE.iter().zip([true, false].into_iter().cycle()) {
                    let who = Standing { role, desk: Some(desk), decider, ..NOBODY };
                    let refused = matches!(state, State::NotAccepted | State::Rejected);
                    assert!(allowed(state, who).iter().all(|a| match a {
                        Action::Rate => state == State::Completed && role == Role::Applicant,
                        Action::Appeal => refused && role == Role::Applicant,
                        Action::TakeBack => refused && decider,
                        _ => false,
                    }));
                }
            }
        }
    }

    #[test]
    fn there_is_one_appeal() {
        let who = Standing { role: Role::Applicant, ..NOBODY };
        assert_eq!(allowed(State::Rejected, who), [Action::Appeal]);
        assert_eq!(allowed(State::Rejected, Standing { appealed: true, ..who }), []);
    }

    #[test]
    fn what_is_put_off_is_taken_up_again_before_anything_is_decided() {
        let who = Standing { role: Role::CountyOfficer, desk: Some(Desk::County), held: true, ..NOBODY };
        let may = allowed(State::InReview, who);
        assert_eq!(may, [Action::Claim, Action::Release, Action::Resume, Action::Arrange, Action::Remark]);
        assert!(!allowed(State::InReview, Standing { held: false, ..who }).contains(&Action::Resume));
    }

    #[test]
    fn every_live_state_can_be_left() {
        for &state in State::ALL.iter().filter(|s| !s.ended()) {
            assert!(TABLE.iter().any(|r| r.from.contains(&state) && r.leads != Leads::Stay), "{state:?}");
        }
    }
}
