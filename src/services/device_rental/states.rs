//! States of units, loans and waits, and the state to which each step leads a unit.

use crate::rules::coded::coded_enum;

coded_enum! {
    /// State of a unit. There is no state "reserved": until hand-out a promise is for one unit of the stock, not for a
    /// particular one.
    pub enum UnitState {
        Available = "available", "可借";
        Lent = "lent", "已借出";
        ToInspect = "to_inspect", "待检查";
        ToDisinfect = "to_disinfect", "待消毒";
        UnderRepair = "under_repair", "维修中";
        Missing = "missing", "找不到";
        Retired = "retired", "已报废";
    }
}

coded_enum! {
    /// What happens to a unit; each step leaves one line in its log.
    pub enum UnitStep {
        Admit = "admit", "入库";
        HandOut = "hand-out", "借出";
        TakeBack = "return", "归还";
        Inspect = "inspect", "检查合格";
        FailInspection = "fail-inspection", "检查不合格";
        Disinfect = "disinfect", "消毒";
        Repair = "repair", "送修";
        Repaired = "repaired", "修好";
        Retire = "retire", "报废";
        ReportMissing = "report-missing", "登记遗失";
        Found = "found", "找到";
        Transfer = "transfer", "调拨";
    }
}

coded_enum! {
    /// State of a loan, from reservation to return.
    pub enum LoanState {
        Reserved = "reserved", "待领取";
        Displaced = "displaced", "等待调配";
        Out = "out", "借用中";
        Ended = "ended", "已结束";
    }
}

coded_enum! {
    /// Why a loan is over.
    pub enum EndWhy {
        Returned = "returned", "已归还";
        Withdrawn = "withdrawn", "已取消预约";
        NotPickedUp = "not_picked_up", "逾期未领取";
        Lost = "lost", "辅具遗失";
    }
}

coded_enum! {
    /// What the borrower was reminded of last.
    pub enum Reminded {
        Nothing = "none", "未提醒";
        DueSoon = "due_soon", "快到归还日期";
        Overdue = "overdue", "已超过归还日期";
    }
}

coded_enum! {
    /// How a device comes back.
    pub enum Condition as "DeviceCondition" {
        Good = "good", "完好";
        Worn = "worn", "正常磨损";
        Damaged = "damaged", "损坏";
        Incomplete = "incomplete", "缺少配件";
    }
}

coded_enum! {
    /// State of an entry of the waiting list.
    pub enum WaitState {
        Waiting = "waiting", "排队中";
        Offered = "offered", "轮到您了";
        Taken = "taken", "已预约";
        Expired = "expired", "已过期";
        Left = "left", "已退出";
    }
}

coded_enum! {
    /// What a unit is promised for.
    pub enum PromiseKind {
        Offer = "offer", "保留给排队的人";
        Reservation = "reservation", "已预约";
        Loan = "loan", "已借出";
    }
}

coded_enum! {
    /// Whether a point or a model is in use.
    pub enum InUse {
        Open = "open", "开放";
        Closed = "closed", "停用";
    }
}

coded_enum! {
    /// What is wrong with a borrowed device.
    pub enum Trouble {
        Damaged = "damaged", "损坏";
        BadFit = "bad_fit", "不合适";
    }
}

coded_enum! {
    /// How the device comes to the borrower.
    pub enum Delivery as "DeviceDelivery" {
        Pickup = "pickup", "到网点领取";
        Home = "home", "送货上门";
    }
}

crate::text_columns!(UnitState, UnitStep, LoanState, EndWhy, Reminded, Condition, WaitState, PromiseKind, InUse, Trouble);

impl UnitState {
    /// The unit counts as stock that can be promised or is promised already.
    pub fn in_service(self) -> bool {
        matches!(self, UnitState::Available | UnitState::Lent)
    }

    /// Where a step leads, or none when it cannot be taken here. Available is reached by the second signature only:
    /// inspection first, disinfection after it (domain.md §4).
    pub fn after(self, step: UnitStep) -> Option<UnitState> {
        use UnitState::*;
        match (step, self) {
            (UnitStep::HandOut, Available) => Some(Lent),
            (UnitStep::TakeBack, Lent) | (UnitStep::Repaired, UnderRepair) | (UnitStep::Found, Missing) => Some(ToInspect),
            (UnitStep::Inspect, ToInspect) => Some(ToDisinfect),
            (UnitStep::FailInspection, ToInspect) => Some(UnderRepair),
            (UnitStep::Disinfect, ToDisinfect) => Some(Available),
            (UnitStep::Repair, Available | ToInspect | ToDisinfect) => Some(UnderRepair),
            (UnitStep::Retire, Available | ToInspect | ToDisinfect | UnderRepair | Missing) => Some(Retired),
            (UnitStep::ReportMissing, Available | Lent | ToInspect | ToDisinfect | UnderRepair) => Some(Missing),
            (UnitStep::Transfer, Available | ToInspect | ToDisinfect | UnderRepair) => Some(self),
            _ => None,
        }
    }
}
