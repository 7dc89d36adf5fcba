//! What WeChat pushes about its users, acted on once: a message refused, a phone number taken back, an account closed.

use diesel::prelude::*;

use super::wechat_credits;
use crate::office::accounts::links::{self, LinkState};
use crate::office::accounts::residents::{residents, wechat_identities};
use crate::office::accounts::sessions::{self, Ending};
use crate::office::accounts::staff::Standing;
use crate::office::accounts::watch::RevocationWatch;
use crate::platform::app::App;
use crate::platform::db::AnyConn;
use crate::platform::db::query::both;
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::platform::wechat::{Push, PushEvent};
use crate::rules::calendar::beijing_date;
use crate::rules::moments::Moment;

diesel::table! {
    wechat_pushes (dedup_key) {
        dedup_key -> Text,
        event -> Text,
        account_id -> Nullable<Binary>,
        at -> BigInt,
    }
}

/// WeChat's number for the phone number among the things that a user may take back (RevokeInfo).
const PHONE: &str = "8";
/// Security logs are kept for six months at least (网络安全法).
const KEPT_MS: i64 = 200 * 86_400_000;

/// Acts on a push. A repeated one, and one about nobody whom we know, changes nothing.
///
/// # Errors
/// Those of the database; WeChat then pushes again.
pub async fn happened(app: &App, watch: &RevocationWatch, appid: &str, push: Push) -> Result<()> {
    let Some((name, openid)) = concerns(&push.event) else { return Ok(()) };
    let hash = app.keys.lookup_hash("openid", &format!("{appid}:{openid}"));
    let now = app.clock.now();
    let ended = app.db.write(move |c| {
        use wechat_identities::dsl as w;
        let account: Option<Id> = w::wechat_identities.find(hash.as_slice()).select(w::account_id).get_result(c).optional()?;
        use wechat_pushes::dsl as p;
        let row = (p::dedup_key.eq(push.dedup_key.clone()), p::event.eq(name), p::account_id.eq(account), p::at.eq(now));
        let first = both(diesel::insert_into(p::wechat_pushes).values(row).on_conflict(p::dedup_key).do_nothing()).execute(c)?;
        match account {
            Some(account) if first > 0 => act(c, account, &push.event, now),
            _ => Ok(Vec::new()),
        }
    });
    ended.await?.into_iter().for_each(|session| watch.note(session, now));
    Ok(())
}

/// Kind and openid of the events that we act on.
fn concerns(event: &PushEvent) -> Option<(&'static str, &str)> {
    match event {
        PushEvent::SubscribePopup { openid, .. } => Some(("subscribe_popup", openid)),
        PushEvent::SubscribeChange { openid, .. } => Some(("subscribe_change", openid)),
        PushEvent::AuthorizationRevoked { openid, .. } => Some(("authorization_revoked", openid)),
        PushEvent::AuthorizationCancelled { openid } => Some(("authorization_cancelled", openid)),
        // Nickname and avatar are not kept here.
        PushEvent::UserInfoModified { .. } | PushEvent::SubscribeSent | PushEvent::Other => None,
    }
}

/// What follows; the sessions that ended.
fn act(c: &mut AnyConn, account: Id, event: &PushEvent, now: Moment) -> Result<Vec<Id>> {
    match event {
        // An accepted message is counted when the phone tells it (POST /me/subscriptions), not twice.
        PushEvent::SubscribePopup { items, .. } => {
            for (template, _) in items.iter().filter(|(_, accepted)| !accepted) {
                wechat_credits::note(c, account, template, false, now)?;
            }
        }
        PushEvent::SubscribeChange { items, .. } => {
            for (template, _) in items.iter().filter(|(_, accepted)| !accepted) {
                wechat_credits::refuse(c, account, template, now)?;
            }
        }
        PushEvent::AuthorizationRevoked { revoke_info, .. } if revoke_info.iter().any(|what| what == PHONE) => {
            forget_phone(c, account)?;
        }
        PushEvent::AuthorizationCancelled { .. } => return close(c, account, now),
        _ => {}
    }
    Ok(Vec::new())
}

fn forget_phone(c: &mut AnyConn, account: Id) -> Result<()> {
    use residents::dsl as r;
    diesel::update(r::residents.find(account))
        .set((r::phone.eq(None::<Vec<u8>>), r::phone_hash.eq(None::<Vec<u8>>), r::version.eq(r::version + 1)))
        .execute(c)?;
    Ok(())
}

/// The resident closed the account: what it knew of them goes, nobody acts or is told through it any more. Cases stay
/// with the office, which must keep them.
fn close(c: &mut AnyConn, account: Id, now: Moment) -> Result<Vec<Id>> {
    forget_phone(c, account)?;
    use residents::dsl as r;
    let nothing = None::<Vec<u8>>;
    diesel::update(r::residents.find(account))
        .set((
            (r::status.eq(Standing::Closed), r::version.eq(r::version + 1)),
            (r::own_name.eq(nothing.clone()), r::own_id_number.eq(nothing.clone()), r::own_id_hash.eq(nothing)),
        ))
        .execute(c)?;
    use links::links::dsl as l;
    diesel::update(l::links.filter(l::account_id.eq(account).and(l::state.eq(LinkState::Confirmed))))
        .set((l::state.eq(LinkState::Ended), l::valid_to.eq(beijing_date(now).to_string()), l::version.eq(l::version + 1)))
        .execute(c)?;
    use wechat_identities::dsl as w;
    diesel::delete(w::wechat_identities.filter(w::account_id.eq(account))).execute(c)?;
    wechat_credits::forget(c, account)?;
    sessions::end_all(c, account, Ending::Closed, now)
}

/// Forgets pushes whose time of keeping is over.
///
/// # Errors
/// Those of the database.
pub fn tidy(c: &mut AnyConn, now: Moment) -> Result<usize> {
    use wechat_pushes::dsl as p;
    Ok(diesel::delete(p::wechat_pushes.filter(p::at.lt(now.saturating_sub(KEPT_MS)))).execute(c)?)
}
