//! The ledger of WeChat messages: each consent allows one, and only the resident can add to it.

use diesel::prelude::*;

use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::moments::Moment;

diesel::table! {
    wechat_credits (account_id, template) {
        account_id -> Binary,
        template -> Text,
        credits -> BigInt,
        refused -> Bool,
        updated_at -> BigInt,
    }
}

/// How many messages of this template the resident still allows.
pub fn left(c: &mut AnyConn, account: Id, template: &str) -> Result<i64> {
    use wechat_credits::dsl as w;
    let found: Option<i64> = w::wechat_credits.find((account, template)).select(w::credits).get_result(c).optional()?;
    Ok(found.unwrap_or(0))
}

/// Notes an answer of `wx.requestSubscribeMessage`: one more message, or none from now on.
pub fn note(c: &mut AnyConn, account: Id, template: &str, accepted: bool, now: Moment) -> Result<i64> {
    use wechat_credits::dsl as w;
    let row = (
        w::account_id.eq(account),
        w::template.eq(template.to_owned()),
        w::credits.eq(0),
        w::refused.eq(false),
        w::updated_at.eq(now),
    );
    both(diesel::insert_into(w::wechat_credits).values(row).on_conflict((w::account_id, w::template)).do_nothing()).execute(c)?;
    let mine = w::wechat_credits.find((account, template.to_owned()));
    let before: i64 = mine.clone().select(w::credits).get_result(c)?;
    let credits = if accepted { before.saturating_add(1) } else { before };
    diesel::update(mine).set((w::credits.eq(credits), w::refused.eq(!accepted), w::updated_at.eq(now))).execute(c)?;
    Ok(credits)
}

/// One message was sent, or WeChat says that none is left.
pub fn spend(c: &mut AnyConn, account: Id, template: &str, all: bool, now: Moment) -> Result<()> {
    use wechat_credits::dsl as w;
    let mine = w::wechat_credits.find((account, template.to_owned()));
    let before: Option<i64> = mine.clone().select(w::credits).get_result(c).optional()?;
    let left = if all { 0 } else { before.unwrap_or(0).saturating_sub(1).max(0) };
    diesel::update(mine).set((w::credits.eq(left), w::updated_at.eq(now))).execute(c)?;
    Ok(())
}

/// The resident turned the messages of a template off in WeChat itself.
pub fn refuse(c: &mut AnyConn, account: Id, template: &str, now: Moment) -> Result<()> {
    note(c, account, template, false, now)?;
    spend(c, account, template, true, now)
}

/// Forgets what an account allowed.
pub fn forget(c: &mut AnyConn, account: Id) -> Result<()> {
    use wechat_credits::dsl as w;
    diesel::delete(w::wechat_credits.filter(w::account_id.eq(account))).execute(c)?;
    Ok(())
}
