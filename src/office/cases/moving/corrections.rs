//! Corrections: one complete notice that lists every item once; each item is answered and seen by itself.

use diesel::prelude::*;

use crate::office::cases::record::actor::Ask;
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes;
use crate::office::cases::service::Office;
use crate::platform::crypto::{DataKey, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Detail, Error, Result};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    correction_items (id) {
        id -> Binary,
        case_id -> Binary,
        round -> BigInt,
        place -> BigInt,
        target -> Text,
        reason -> Text,
        note -> Nullable<Binary>,
        state -> Text,
        asked_at -> BigInt,
        answered_at -> Nullable<BigInt>,
    }
}

coded_enum! {
    /// Where one thing to mend stands.
    pub enum ItemState as "CorrectionState" {
        Open = "open", "待补正";
        Answered = "answered", "已补正";
        /// The notice was taken back.
        Recalled = "recalled", "已收回，不用补正";
    }
}

crate::text_columns!(ItemState);

/// One thing to mend.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = correction_items, treat_none_as_default_value = false)]
pub struct Item {
    pub id: Id,
    pub case_id: Id,
    /// Which notice, from 1.
    pub round: i64,
    pub place: i64,
    /// `material:CODE` or `section:CODE`.
    pub target: String,
    /// Code of the policy's list of reasons.
    pub reason: String,
    pub note: Option<Vec<u8>>,
    pub state: ItemState,
    pub asked_at: Moment,
    pub answered_at: Option<Moment>,
}

impl Item {
    /// The officer's words, opened.
    pub fn note(&self, key: &DataKey) -> Result<Option<String>> {
        let Some(sealed) = &self.note else { return Ok(None) };
        let plain = key.open(&Place::new("correction_items", "note", self.id.as_bytes()), sealed)?;
        Ok(String::from_utf8(plain).ok())
    }
}

/// Writes the items of a new notice.
pub(super) fn ask(c: &mut AnyConn, office: &Office, case: &Case, asks: &[Ask]) -> Result<()> {
    let round = of(c, case.id)?.iter().map(|i| i.round).max().unwrap_or(0).saturating_add(1);
    let key = case.key(&office.keys)?;
    for (place, ask) in asks.iter().enumerate() {
        let id = Id::at(office.now);
        let note = match &ask.note {
            Some(text) => Some(key.seal(&Place::new("correction_items", "note", id.as_bytes()), text.as_bytes())?),
            None => None,
        };
        let item = Item {
            id,
            case_id: case.id,
            round,
            place: i64::try_from(place).unwrap_or(i64::MAX),
            target: ask.target.clone(),
            reason: ask.reason.clone(),
            note,
            state: ItemState::Open,
            asked_at: office.now,
            answered_at: None,
        };
        diesel::insert_into(correction_items::table).values(item).execute(c)?;
    }
    Ok(())
}

/// All items of a case, by notice and place.
pub fn of(c: &mut AnyConn, case: Id) -> Result<Vec<Item>> {
    use correction_items::dsl as i;
    let items = i::correction_items.filter(i::case_id.eq(case)).order((i::round, i::place, i::id));
    Ok(items.select(<Item as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The latest notice asks for this.
pub fn asks_for(c: &mut AnyConn, case: &Case, target: &str) -> Result<bool> {
    Ok(latest(of(c, case.id)?).iter().any(|i| i.target == target))
}

/// Notes that the applicant mended what was asked.
pub fn answered(c: &mut AnyConn, case: &Case, target: &str, now: Moment) -> Result<()> {
    use correction_items::dsl as i;
    let open = i::correction_items.filter(i::case_id.eq(case.id).and(i::target.eq(target)).and(i::state.eq(ItemState::Open)));
    diesel::update(open).set((i::state.eq(ItemState::Answered), i::answered_at.eq(now))).execute(c)?;
    Ok(())
}

/// Every item of the latest notice was answered; else 20008 with each open one.
pub(in crate::office) fn all_answered(c: &mut AnyConn, case: &Case) -> Result<()> {
    let open: Vec<Detail> = latest(of(c, case.id)?)
        .iter()
        .filter(|i| i.state == ItemState::Open)
        .map(|i| {
            let field = format!("/corrections/{}", i.place);
            Detail::new(&field, "补正内容", "not_answered", "这一项还没有补正。", "请按要求补好这一项。")
        })
        .collect();
    if open.is_empty() { Ok(()) } else { Err(Error::new(&codes::NOTHING_ANSWERED).with_details(open)) }
}

/// The applicant has answered at least one item of the latest notice.
pub(in crate::office) fn begun(c: &mut AnyConn, case: &Case) -> Result<bool> {
    Ok(latest(of(c, case.id)?).iter().any(|i| i.state == ItemState::Answered))
}

/// The latest notice was taken back: nobody has to answer it.
pub(in crate::office) fn recall(c: &mut AnyConn, case: &Case) -> Result<()> {
    use correction_items::dsl as i;
    let open = i::correction_items.filter(i::case_id.eq(case.id).and(i::state.eq(ItemState::Open)));
    diesel::update(open).set(i::state.eq(ItemState::Recalled)).execute(c)?;
    Ok(())
}

fn latest(items: Vec<Item>) -> Vec<Item> {
    let round = items.iter().map(|i| i.round).max().unwrap_or(0);
    items.into_iter().filter(|i| i.round == round).collect()
}
