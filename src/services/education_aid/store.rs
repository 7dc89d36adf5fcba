//! The table of awards: what an approved case gets, and the state of its payment.

use diesel::prelude::*;

use super::rules::Season;
use super::seasons::{self, seasons as seasons_table};
use super::terms::{Beneficiary, Stage};
use super::{CODE, codes};
use crate::office::cases::record::case::{Case, cases};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;
use crate::rules::money::Fen;
use crate::text_columns;

diesel::table! {
    awards (id) {
        id -> Binary,
        case_id -> Binary,
        season_id -> Binary,
        person_id -> Binary,
        beneficiary -> Text,
        stage -> Text,
        amount_fen -> BigInt,
        state -> Text,
        attempts -> BigInt,
        fault -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::joinable!(awards -> seasons_table (season_id));
diesel::allow_tables_to_appear_in_same_query!(awards, seasons_table);

coded_enum! {
    /// Where an award stands.
    pub enum AwardState {
        OnNotice = "on_notice", "公示中";
        EvidenceDue = "evidence_due", "待提交在读证明";
        Payable = "payable", "待发放";
        InBatch = "in_batch", "已报银行";
        Failed = "failed", "发放失败待更正账户";
        Paid = "paid", "已发放";
        Revoked = "revoked", "已取消";
    }
}

coded_enum! {
    /// Why a bank refuses a payment.
    pub enum PaymentFault {
        NameMismatch = "name_mismatch", "户名与账号不符";
        NoAccount = "no_account", "账号不存在";
        Closed = "account_closed", "账户已销户";
        Frozen = "account_frozen", "账户状态异常，不能入账";
        Other = "other", "银行退回，原因请咨询县残联";
    }
}

text_columns!(AwardState, PaymentFault);

/// What an approved case gets.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = awards, treat_none_as_default_value = false)]
pub struct Award {
    pub id: Id,
    pub case_id: Id,
    pub season_id: Id,
    pub person_id: Id,
    pub beneficiary: Beneficiary,
    pub stage: Stage,
    pub amount_fen: Fen,
    pub state: AwardState,
    pub attempts: i64,
    pub fault: Option<PaymentFault>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

/// Grants an award and takes its money out of the season: 31003 when there is none left, 31002 when the person has one.
pub fn grant(c: &mut AnyConn, case: &Case, season: &Season, stage: Stage, beneficiary: Beneficiary, now: Moment) -> Result<()> {
    let amount_fen = season.amount(beneficiary, stage).ok_or_else(|| Error::new(&codes::NO_AMOUNT))?;
    seasons::commit(c, season.id, amount_fen)?;
    let award = Award {
        id: Id::at(now),
        case_id: case.id,
        season_id: season.id,
        person_id: case.person_id,
        beneficiary,
        stage,
        amount_fen,
        state: AwardState::OnNotice,
        attempts: 0,
        fault: None,
        created_at: now,
        updated_at: now,
    };
    if let Some(old) = of_case(c, case.id)? {
        return grant_again(c, &old, award);
    }
    match diesel::insert_into(awards::table).values(award).execute(c) {
        Ok(_) => Ok(()),
        Err(e) if is_duplicate(&e) => Err(Error::new(&codes::APPLIED)),
        Err(e) => Err(e.into()),
    }
}

/// Approved again after the first approval was taken back: the same award is granted again, with today's amount.
fn grant_again(c: &mut AnyConn, old: &Award, new: Award) -> Result<()> {
    move_to(c, old.id, AwardState::Revoked, AwardState::OnNotice, new.updated_at)?;
    let facts = (awards::beneficiary.eq(new.beneficiary), awards::stage.eq(new.stage), awards::amount_fen.eq(new.amount_fen));
    diesel::update(awards::table.find(old.id)).set(facts).execute(c)?;
    Ok(())
}

/// The award of a case, if it was approved.
pub fn of_case(c: &mut AnyConn, case: Id) -> Result<Option<Award>> {
    let row = awards::table.filter(awards::case_id.eq(case));
    Ok(row.select(<Award as Selectable<MultiBackend>>::construct_selection()).get_result(c).optional()?)
}

/// The payable awards of a season, the oldest first, at most `most`.
pub fn payable(c: &mut AnyConn, season: Id, most: i64) -> Result<Vec<Award>> {
    let rows = awards::table.filter(awards::season_id.eq(season).and(awards::state.eq(AwardState::Payable)));
    let rows = rows.order((awards::created_at, awards::id)).limit(most);
    Ok(rows.select(<Award as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// Moves an award to another state; when another write was first, the transaction runs again.
pub fn move_to(c: &mut AnyConn, award: Id, from: AwardState, to: AwardState, now: Moment) -> Result<()> {
    let row = awards::table.filter(awards::id.eq(award).and(awards::state.eq(from)));
    let changed = diesel::update(row).set((awards::state.eq(to), awards::updated_at.eq(now))).execute(c)?;
    if changed == 1 { Ok(()) } else { Err(Error::internal("an award moved meanwhile").run_again()) }
}

/// Stores what the bank did with the payment of an award in a batch.
pub fn settle(c: &mut AnyConn, award: Id, fault: Option<PaymentFault>, now: Moment) -> Result<()> {
    let to = if fault.is_some() { AwardState::Failed } else { AwardState::Paid };
    move_to(c, award, AwardState::InBatch, to, now)?;
    let noted = (awards::fault.eq(fault), awards::attempts.eq(awards::attempts + 1));
    diesel::update(awards::table.find(award)).set(noted).execute(c)?;
    Ok(())
}

/// Revokes an award and gives its money back; 31006 once it is in a batch or paid.
pub fn revoke(c: &mut AnyConn, award: &Award, now: Moment) -> Result<()> {
    match award.state {
        AwardState::InBatch | AwardState::Paid => Err(Error::new(&codes::IN_PAYMENT)),
        AwardState::Revoked => Ok(()),
        from => {
            move_to(c, award.id, from, AwardState::Revoked, now)?;
            seasons::release(c, award.season_id, award.amount_fen)
        }
    }
}

/// Whether the person has another case in this period that is live or was approved, of whatever kind.
pub fn applied_twice(c: &mut AnyConn, person: Id, period: &str, this: Option<Id>) -> Result<bool> {
    let mine = cases::person_id.eq(person).and(cases::service.eq(CODE)).and(cases::period.eq(period));
    let rows: Vec<(Id, State)> = cases::table.filter(mine).order(cases::id).select((cases::id, cases::state)).load(c)?;
    let counts = |state: &State| !state.ended() || *state == State::Completed;
    Ok(rows.iter().any(|(id, state)| Some(*id) != this && counts(state)))
}

/// The person's last case of this service that was filed by the same account; of a case without account, by an officer.
pub fn case_before(c: &mut AnyConn, case: &Case) -> Result<Option<Case>> {
    let mine = cases::person_id.eq(case.person_id).and(cases::service.eq(CODE));
    let rows = cases::table.filter(mine.and(cases::id.ne(case.id))).into_boxed::<MultiBackend>();
    let rows = match case.filing.applicant_id {
        Some(account) => rows.filter(cases::applicant_id.eq(account)),
        None => rows.filter(cases::applicant_id.is_null()),
    };
    let rows = rows.order((cases::created_at.desc(), cases::id.desc())).limit(1);
    let rows: Vec<Case> = rows.select(<Case as Selectable<MultiBackend>>::construct_selection()).load(c)?;
    Ok(rows.into_iter().next())
}
