//! Payment batches: built from payable awards, exported for the bank, with the state of each payment. An award is never paid twice.

use chrono::Datelike;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::bank_file::{self, Payment};
use super::codes;
use super::rules::Season;
use super::sections::{Account, AidSection};
use super::store::{self, Award, AwardState, PaymentFault};
use crate::office::accounts::guards::Worker;
use crate::office::cases::access::four_eyes::conflicted;
use crate::office::cases::filing::drafts;
use crate::office::cases::moving::act::{Step, step};
use crate::office::cases::record::actor::{Actor, Due};
use crate::office::cases::record::case::{self, Case, cases};
use crate::office::cases::service::Office;
use crate::platform::crypto::Place;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Result, is_duplicate};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::{end_of_day, start_of_day};
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::Role;
use crate::rules::moments::Moment;
use crate::rules::money::Fen;
use crate::text_columns;

diesel::table! {
    payment_batches (id) {
        id -> Binary,
        season_id -> Binary,
        county -> Text,
        number -> Text,
        status -> Text,
        version -> BigInt,
        line_count -> BigInt,
        total_fen -> BigInt,
        file -> Nullable<Binary>,
        file_sha256 -> Nullable<Binary>,
        created_by -> Binary,
        created_at -> BigInt,
        exported_by -> Nullable<Binary>,
        exported_at -> Nullable<BigInt>,
        booked_by -> Nullable<Binary>,
        booked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    payment_lines (batch_id, line_no) {
        batch_id -> Binary,
        line_no -> BigInt,
        award_id -> Binary,
        case_id -> Binary,
        amount_fen -> BigInt,
        state -> Text,
        fault -> Nullable<Text>,
        booked_at -> Nullable<BigInt>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(payment_lines, cases);

coded_enum! {
    /// Where a batch stands.
    pub enum BatchStatus {
        Open = "open", "待导出";
        Exported = "exported", "已导出，等待银行结果";
        Booked = "booked", "已全部登记";
    }
}

coded_enum! {
    /// Where a payment stands.
    pub enum LineState {
        Open = "open", "等待银行结果";
        Paid = "paid", "已发放";
        Failed = "failed", "发放失败";
    }
}

text_columns!(BatchStatus, LineState);

/// Payments in one batch at most, so that its answer can be booked in one call.
pub const MOST_LINES: i64 = 500;

/// A batch without its file.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = payment_batches)]
pub struct Batch {
    pub id: Id,
    pub season_id: Id,
    pub county: AreaCode,
    pub number: String,
    pub status: BatchStatus,
    pub version: i64,
    pub line_count: i64,
    pub total_fen: Fen,
    pub file_sha256: Option<Vec<u8>>,
    pub created_at: Moment,
    pub exported_at: Option<Moment>,
    pub booked_at: Option<Moment>,
}

/// One payment of a batch.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = payment_lines, treat_none_as_default_value = false)]
pub struct PaymentLine {
    pub batch_id: Id,
    /// From 1, as in the bank's file.
    pub line_no: i64,
    pub award_id: Id,
    pub case_id: Id,
    pub amount_fen: Fen,
    pub state: LineState,
    pub fault: Option<PaymentFault>,
    pub booked_at: Option<Moment>,
}

impl Batch {
    pub(super) fn seen(&self, version: i64) -> Result<()> {
        if self.version == version { Ok(()) } else { Err(Error::stale(self.current())) }
    }

    pub(super) fn current(&self) -> Current {
        let state = self.status.code();
        let label = self.status.label();
        Current { version: self.version, state: state.to_owned(), state_label: label.to_owned() }
    }
}

/// A batch in an area of this finance officer; anyone else finds nothing.
pub fn in_scope(c: &mut AnyConn, worker: &Worker, id: Id) -> Result<Batch> {
    let row = payment_batches::table.find(id).select(<Batch as Selectable<MultiBackend>>::construct_selection());
    let batch: Batch = row.get_result(c).optional()?.ok_or_else(Error::not_found)?;
    let county = batch.county;
    if worker.covers(Role::FinanceOfficer, &county) { Ok(batch) } else { Err(Error::not_found()) }
}

/// The batches of a county, the newest first; one row more than `limit` when there are more.
pub fn list(c: &mut AnyConn, county: &AreaCode, after: Option<After>, limit: i64) -> Result<Vec<Batch>> {
    use payment_batches::dsl as b;
    let mut rows = b::payment_batches.filter(b::county.eq(*county)).into_boxed();
    if let Some(a) = after {
        rows = rows.filter(b::created_at.lt(a.at).or(b::created_at.eq(a.at).and(b::id.lt(a.id))));
    }
    let rows = rows.order((b::created_at.desc(), b::id.desc())).limit(limit.saturating_add(1));
    Ok(rows.select(<Batch as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The payments of a batch in the order of the file.
pub fn lines(c: &mut AnyConn, batch: Id) -> Result<Vec<PaymentLine>> {
    let rows = payment_lines::table.filter(payment_lines::batch_id.eq(batch)).order(payment_lines::line_no);
    Ok(rows.select(<PaymentLine as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// A payment with the number of its case and the person whom it is about.
#[derive(Clone, Debug, Queryable)]
pub struct LineOfCase {
    pub line: PaymentLine,
    pub case_number: String,
    pub person: Id,
}

/// The same with their cases, from one read.
pub fn lines_of_cases(c: &mut AnyConn, batch: Id) -> Result<Vec<LineOfCase>> {
    let rows = payment_lines::table.inner_join(cases::table.on(cases::id.eq(payment_lines::case_id)));
    let rows = rows.filter(payment_lines::batch_id.eq(batch)).order(payment_lines::line_no);
    let line = <PaymentLine as Selectable<MultiBackend>>::construct_selection();
    Ok(rows.select((line, cases::number, cases::person_id)).load(c)?)
}

/// A batch that was built, and how many payable cases were left for another officer.
#[derive(Clone, Copy, Debug)]
pub struct Built {
    pub batch: Id,
    pub left_out: i64,
}

/// Builds one batch of a season's payable awards. Cases of the officer's own family, and those that a colleague has
/// claimed, are left for another officer and counted. 31007 when nothing is left.
pub fn build(c: &mut AnyConn, office: &Office, worker: &Worker, season: &Season) -> Result<Built> {
    let mut taken = Vec::new();
    let mut left_out = 0_i64;
    for award in store::payable(c, season.id, MOST_LINES)? {
        let case = case::find(c, award.case_id)?;
        if may_handle(c, office, &case, worker)? {
            taken.push(award);
        } else {
            left_out = left_out.saturating_add(1);
        }
    }
    if taken.is_empty() {
        return Err(Error::new(&codes::NOTHING_PAYABLE));
    }
    let id = Id::at(office.now);
    insert(c, office, worker, season, id, &taken)?;
    for (line_no, award) in (1_i64..).zip(&taken) {
        add_line(c, id, line_no, award)?;
        store::move_to(c, award.id, AwardState::Payable, AwardState::InBatch, office.now)?;
        let taken = Step {
            actor: Actor::Worker(worker.clone()),
            version: None,
            step: AwardState::InBatch.code(),
            desk: None,
            point: None,
            due: Due::Open,
        };
        step(c, office, award.case_id, taken)?;
    }
    Ok(Built { batch: id, left_out })
}

fn insert(c: &mut AnyConn, office: &Office, worker: &Worker, season: &Season, id: Id, taken: &[Award]) -> Result<()> {
    use payment_batches::dsl as b;
    let today = office.today();
    let county = season.county.to_string();
    let that_day = b::created_at.between(start_of_day(today), end_of_day(today));
    let before: i64 = b::payment_batches.filter(b::county.eq(&county)).filter(that_day).count().get_result(c)?;
    let prefix = county.get(..6).unwrap_or_default();
    let no = before.saturating_add(1);
    let number = format!("JY{prefix}{:04}{:02}{:02}{no:02}", today.year(), today.month(), today.day());
    let total = Fen::checked_sum(taken.iter().map(|a| a.amount_fen)).ok_or_else(|| Error::internal("overflow"))?;
    let row = (
        (b::id.eq(id), b::season_id.eq(season.id), b::county.eq(county), b::number.eq(number)),
        (b::status.eq(BatchStatus::Open), b::version.eq(1), b::line_count.eq(i64::try_from(taken.len()).unwrap_or(0))),
        (b::total_fen.eq(total), b::created_by.eq(worker.id), b::created_at.eq(office.now)),
    );
    match diesel::insert_into(b::payment_batches).values(row).execute(c) {
        Ok(_) => Ok(()),
        // Another instance took the number: the transaction runs again and counts that batch.
        Err(e) if is_duplicate(&e) => Err(Error::from(e).run_again()),
        Err(e) => Err(e.into()),
    }
}

/// Adds a payment. The index refuses a second one of an award that waits or was paid.
pub(super) fn add_line(c: &mut AnyConn, batch: Id, line_no: i64, award: &Award) -> Result<()> {
    let line = PaymentLine {
        batch_id: batch,
        line_no,
        award_id: award.id,
        case_id: award.case_id,
        amount_fen: award.amount_fen,
        state: LineState::Open,
        fault: None,
        booked_at: None,
    };
    diesel::insert_into(payment_lines::table).values(line).execute(c)?;
    Ok(())
}

/// Whether the officer serves the desk, has no conflict of interest in the case, and no colleague has claimed it.
pub(super) fn may_handle(c: &mut AnyConn, office: &Office, case: &Case, worker: &Worker) -> Result<bool> {
    let claimed = case.claim.of_another(worker.id, office.now);
    let serves = case.desk_role(worker) == Some(Role::FinanceOfficer);
    Ok(serves && !claimed && !conflicted(c, office, case, worker.id, worker.person)?)
}

fn file_place(batch: &Id) -> Place<'_> {
    Place::new("payment_batches", "file", batch.as_bytes())
}

/// Writes the bank file of an open batch and stores it with its hash; it never changes again. Only here are the account
/// numbers decrypted. 31004 when it was exported before.
pub fn export(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id, version: i64) -> Result<()> {
    let batch = in_scope(c, worker, id)?;
    batch.seen(version)?;
    if batch.status != BatchStatus::Open {
        return Err(Error::new(&codes::NOT_EXPORTED).with_current(batch.current()));
    }
    let mut payments = Vec::new();
    for line in lines(c, id)? {
        let case = case::find(c, line.case_id)?;
        let account = drafts::read::<Account>(c, &case.key(&office.keys)?, case.id, AidSection::Account.code())?;
        let account = account.ok_or_else(|| Error::internal("an award without an account"))?.body;
        payments.push(Payment {
            line_no: line.line_no,
            holder_name: account.holder_name,
            card: account.card,
            bank: account.bank,
            amount: line.amount_fen,
            purpose: format!("教育救助 {}", case.number),
        });
    }
    let bytes = bank_file::write(&batch.number, &payments)?;
    use payment_batches::dsl as b;
    let frozen = (
        b::status.eq(BatchStatus::Exported),
        b::file_sha256.eq(Sha256::digest(&bytes).to_vec()),
        b::file.eq(office.keys.seal(&file_place(&id), &bytes)?),
        b::exported_by.eq(worker.id),
        b::exported_at.eq(office.now),
    );
    diesel::update(b::payment_batches.find(id)).set(frozen).execute(c)?;
    bump(c, &batch)
}

pub(super) fn bump(c: &mut AnyConn, batch: &Batch) -> Result<()> {
    use payment_batches::dsl as b;
    let row = b::payment_batches.filter(b::id.eq(batch.id).and(b::version.eq(batch.version)));
    let changed = diesel::update(row).set(b::version.eq(batch.version.saturating_add(1))).execute(c)?;
    if changed == 1 { Ok(()) } else { Err(Error::stale(batch.current()).run_again()) }
}

/// The stored file, the same bytes each time, with its batch; 31004 before it was exported.
pub fn file(c: &mut AnyConn, office: &Office, worker: &Worker, id: Id) -> Result<(Batch, Vec<u8>)> {
    let batch = in_scope(c, worker, id)?;
    let sealed: Option<Vec<u8>> = payment_batches::table.find(id).select(payment_batches::file).get_result(c)?;
    let Some(sealed) = sealed else {
        return Err(Error::new(&codes::NOT_EXPORTED).with_current(batch.current()));
    };
    let bytes = office.keys.open(&file_place(&id), &sealed)?;
    if batch.file_sha256.as_deref() != Some(Sha256::digest(&bytes).as_slice()) {
        return Err(Error::internal("a bank file does not fit its hash"));
    }
    Ok((batch, bytes))
}
