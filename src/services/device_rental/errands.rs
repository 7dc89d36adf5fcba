//! Errands for a village: devices that are due, to remind of or to bring back.

use chrono::Days;
use diesel::prelude::*;

use super::states::LoanState;
use super::store::device_loans;
use crate::office::cases::record::case::cases;
use crate::office::cases::service::{Errand, Office};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::State;

/// Devices that are due within this many days are on the sheet.
const LOOK_AHEAD: Days = Days::new(7);

diesel::allow_tables_to_appear_in_same_query!(device_loans, cases);

/// A case whose device is due.
#[derive(Queryable)]
struct DueDevice {
    case: Id,
    person: Id,
    due_on: Option<String>,
}

/// Devices of the village that are due soon or overdue, the earliest first.
pub fn of_village(c: &mut AnyConn, office: &Office, village: &AreaCode, most: i64) -> Result<Vec<Errand>> {
    let until = office.today().checked_add_days(LOOK_AHEAD).unwrap_or(office.today()).to_string();
    let here = cases::area.eq(village.to_string()).and(cases::state.eq(State::Approved)).and(cases::ended_at.is_null());
    let rows: Vec<DueDevice> = cases::table
        .inner_join(device_loans::table.on(device_loans::case_id.eq(cases::id)))
        .filter(here)
        .filter(device_loans::state.eq(LoanState::Out).and(device_loans::due_on.le(Some(until))))
        .order((device_loans::due_on, device_loans::id))
        .limit(most)
        .select((cases::id, cases::person_id, device_loans::due_on))
        .load(c)?;
    let errand = |row: DueDevice| Errand {
        person: row.person,
        what: ("device_due", "借用的辅具快到期或已逾期"),
        case: Some(row.case),
        ticket: None,
        due_on: row.due_on,
    };
    Ok(rows.into_iter().map(errand).collect())
}
