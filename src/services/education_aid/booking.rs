//! Booking of the bank's answers: each payment was paid or failed, and its case goes on.

use diesel::prelude::*;

use super::codes;
use super::payments::{BatchStatus, LineState, PaymentLine, bump, in_scope, lines, may_handle, payment_batches, payment_lines};
use super::store::{self, AwardState, PaymentFault};
use crate::office::accounts::guards::Worker;
use crate::office::cases::moving::act::{Step, act, step};
use crate::office::cases::record::actor::{Act, Actor, Deed, Due};
use crate::office::cases::record::case;
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::id::Id;
use crate::rules::lifecycle::Desk;

/// What the bank did with a payment: paid, or the reason why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankAnswer {
    pub line_no: i64,
    pub fault: Option<PaymentFault>,
}

/// Books the bank's answer, line by line. The same answer again changes nothing; another one is 31005.
pub fn book(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, version: i64, answers: &[BankAnswer]) -> Result<()> {
    let batch = in_scope(c, worker, id)?;
    batch.seen(version)?;
    if batch.status == BatchStatus::Open {
        return Err(Error::new(&codes::NOT_EXPORTED).with_current(batch.current()));
    }
    let there = lines(c, id)?;
    let new = unbooked(&there, answers)?;
    for (line, fault) in &new {
        book_line(c, office, worker, line, *fault)?;
    }
    if new.is_empty() {
        return Ok(());
    }
    let open = there.iter().filter(|l| l.state == LineState::Open).count();
    if open == new.len() {
        use payment_batches::dsl as b;
        let done = (b::status.eq(BatchStatus::Booked), b::booked_by.eq(worker.id), b::booked_at.eq(office.now));
        diesel::update(b::payment_batches.find(id)).set(done).execute(c)?;
    }
    bump(c, &batch)
}

/// The answers that were not booked before. 10002 for lines that the batch does not have, 31005 for lines that were booked
/// otherwise (in this very answer or before).
pub(super) fn unbooked(there: &[PaymentLine], answers: &[BankAnswer]) -> Result<Vec<(PaymentLine, Option<PaymentFault>)>> {
    let mut new = Vec::<(PaymentLine, Option<PaymentFault>)>::new();
    let mut unknown = Vec::new();
    let mut otherwise = Vec::new();
    for (at, answer) in answers.iter().enumerate() {
        let field = format!("/lines/{at}/line_no");
        let Some(line) = there.iter().find(|l| l.line_no == answer.line_no) else {
            unknown.push(Detail::new(&field, "序号", "unknown_line", "批次中没有这一笔。", "请核对银行回单上的序号。"));
            continue;
        };
        let said = new.iter().find(|(l, _)| l.line_no == line.line_no).map(|(_, fault)| *fault);
        let booked = (line.state != LineState::Open).then_some(line.fault);
        match said.or(booked) {
            None => new.push((line.clone(), answer.fault)),
            Some(before) if before == answer.fault => {}
            Some(_) => {
                let label = format!("第{}笔", line.line_no);
                otherwise.push(Detail::new(&field, &label, "booked_otherwise", "这一笔已登记了另一种结果。", "请与银行核对。"));
            }
        }
    }
    if !unknown.is_empty() {
        return Err(Error::invalid(unknown));
    }
    if otherwise.is_empty() { Ok(new) } else { Err(Error::new(&codes::BOOKED_OTHERWISE).with_details(otherwise)) }
}

fn book_line(c: &mut AnyConn, office: &Office, worker: &Worker, line: &PaymentLine, fault: Option<PaymentFault>) -> Result<()> {
    use payment_lines::dsl as l;
    let state = if fault.is_some() { LineState::Failed } else { LineState::Paid };
    let row = l::payment_lines.find((line.batch_id, line.line_no)).filter(l::state.eq(LineState::Open));
    if diesel::update(row).set((l::state.eq(state), l::fault.eq(fault), l::booked_at.eq(office.now))).execute(c)? != 1 {
        return Err(Error::internal("a payment was booked meanwhile").run_again());
    }
    store::settle(c, line.award_id, fault, office.now)?;
    let case = case::find(c, line.case_id)?;
    // The bank's result must be booked in any case: where this officer may not handle the case, the system takes the step.
    let actor = if may_handle(c, office, &case, worker)? { Actor::Worker(worker.clone()) } else { Actor::System };
    match fault {
        None => {
            act(c, office, case.id, Act::new(actor, Deed::Complete).naming(AwardState::Paid.code()))?;
        }
        Some(_) => {
            let failed =
                Step { actor, version: None, step: "payment_failed", desk: Some(Desk::Finance), point: None, due: Due::Open };
            step(c, office, case.id, failed)?;
        }
    }
    Ok(())
}
