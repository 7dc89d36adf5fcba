//! Sessions: begun at sign-in, carried on by refresh tokens, ended by log-out, ban or a token that was stolen.

use diesel::prelude::*;

use super::faults;
use super::tables::{refresh_tokens, revocations, sessions};
use super::tokens::{self, Holder};
use super::watch::RevocationWatch;
use crate::platform::app::App;
use crate::platform::crypto::{Keyring, Place, random_token};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

const MINUTE_MS: i64 = 60_000;
/// A resident's session ends after this long without a refresh.
const RESIDENT_LIFE_MS: i64 = 30 * 24 * 60 * MINUTE_MS;
/// A worker's session ends after a working day, whatever happens.
const STAFF_LIFE_MS: i64 = 8 * 60 * MINUTE_MS;
/// And after this long without a request.
const STAFF_IDLE_MS: i64 = 30 * MINUTE_MS;
/// A worker's requests are noted once a minute.
const NOTED_EVERY_MS: i64 = MINUTE_MS;
/// An answer may be lost: the same refresh token gives the same successor for this long.
const GRACE_MS: i64 = 60_000;

coded_enum! {
    /// Why a session ended.
    pub enum Ending {
        LoggedOut = "logged_out", "已退出登录";
        Reused = "reused", "登录凭证被重复使用";
        Banned = "banned", "账号已停用";
        Closed = "closed", "账号已注销";
        Moved = "moved", "岗位已变动";
        Renewed = "renewed", "密码或动态码已更换";
    }
}

crate::text_columns!(Ending);

/// A refresh token on its way to the phone: the text is never stored in the clear.
#[derive(Clone)]
struct RefreshToken {
    text: String,
    hash: [u8; 32],
}

impl RefreshToken {
    fn new(keys: &Keyring) -> Result<RefreshToken> {
        let text = random_token()?;
        Ok(RefreshToken { hash: hash(keys, &text), text })
    }
}

fn hash(keys: &Keyring, text: &str) -> [u8; 32] {
    keys.lookup_hash("refresh_token", text)
}

/// What a phone gets at sign-in and at each refresh.
pub struct Pair {
    pub access_token: String,
    pub refresh_token: String,
    /// Epoch milliseconds.
    pub refresh_expires_at: Moment,
}

/// A session that is about to begin; made before the write, because a write may run twice.
#[derive(Clone)]
pub struct Beginning {
    session: Id,
    token: RefreshToken,
    holder: Holder,
    now: Moment,
}

impl Beginning {
    /// Draws the session's id and first refresh token.
    ///
    /// # Errors
    /// 50000 when the system gives no randomness.
    pub fn new(app: &App, holder: Holder) -> Result<Beginning> {
        Ok(Beginning { session: app.clock.id(), token: RefreshToken::new(&app.keys)?, holder, now: app.clock.now() })
    }

    /// Stores the session within the caller's write.
    ///
    /// # Errors
    /// Those of the database.
    pub fn store(&self, c: &mut AnyConn, account: Id) -> Result<()> {
        use sessions::dsl as s;
        diesel::insert_into(s::sessions)
            .values((
                s::id.eq(self.session),
                s::account_id.eq(account),
                s::kind.eq(self.holder),
                s::created_at.eq(self.now),
                s::used_at.eq(self.now),
                s::expires_at.eq(self.expires_at()),
            ))
            .execute(c)?;
        insert_token(c, &self.token.hash, self.session, self.now)
    }

    /// The tokens to hand out, once the session is stored.
    ///
    /// # Errors
    /// 50000 when signing fails.
    pub fn pair(self, app: &App, account: Id) -> Result<Pair> {
        Ok(Pair {
            access_token: tokens::issue(app, self.holder, account, self.session)?,
            refresh_expires_at: self.expires_at(),
            refresh_token: self.token.text,
        })
    }

    fn expires_at(&self) -> Moment {
        self.now.saturating_add(match self.holder {
            Holder::Resident => RESIDENT_LIFE_MS,
            Holder::Staff => STAFF_LIFE_MS,
        })
    }
}

fn insert_token(c: &mut AnyConn, hash: &[u8], session: Id, now: Moment) -> Result<()> {
    use refresh_tokens::dsl as t;
    diesel::insert_into(t::refresh_tokens)
        .values((t::token_hash.eq(hash), t::session_id.eq(session), t::issued_at.eq(now)))
        .execute(c)?;
    Ok(())
}

#[derive(Queryable)]
struct SessionRow {
    account: Id,
    kind: Holder,
    used_at: Moment,
    expires_at: Moment,
    ended_at: Option<Moment>,
}

impl SessionRow {
    fn find(c: &mut AnyConn, id: Id) -> Result<Option<SessionRow>> {
        use sessions::dsl as s;
        let columns = (s::account_id, s::kind, s::used_at, s::expires_at, s::ended_at);
        Ok(s::sessions.find(id).select(columns).get_result(c).optional()?)
    }

    /// It is neither over nor has it been idle for too long.
    fn runs(&self, now: Moment) -> bool {
        let idle = self.kind == Holder::Staff && now.since(self.used_at) > STAFF_IDLE_MS;
        now < self.expires_at && !idle
    }
}

/// How a refresh went; a reuse must be committed, so it is no error inside the write.
enum Rotation {
    Next { account: Id, session: Id, kind: Holder, expires_at: Moment, text: String },
    Reused { session: Id },
}

/// Exchanges a refresh token for the next pair. The same token gives the same successor for a minute, also when many
/// ask at once; later it ends the session.
///
/// # Errors
/// 11003 ended, 11004 unknown or over, 11005 used before.
pub async fn refresh(app: &App, watch: &RevocationWatch, text: &str) -> Result<Pair> {
    let next = RefreshToken::new(&app.keys)?;
    let presented = hash(&app.keys, text);
    let now = app.clock.now();
    let keys = app.keys.clone();
    let revocation = app.clock.id();
    let outcome = app.db.write(move |c| rotate(c, &keys, &presented, &next, now, revocation)).await?;
    match outcome {
        Rotation::Next { account, session, kind, expires_at, text } => Ok(Pair {
            access_token: tokens::issue(app, kind, account, session)?,
            refresh_token: text,
            refresh_expires_at: expires_at,
        }),
        Rotation::Reused { session } => {
            watch.note(session, now);
            Err(Error::new(&faults::REFRESH_REUSED))
        }
    }
}

fn rotate(
    c: &mut AnyConn,
    keys: &Keyring,
    presented: &[u8; 32],
    next: &RefreshToken,
    now: Moment,
    revocation: Id,
) -> Result<Rotation> {
    use refresh_tokens::dsl as t;
    let place = Place::new("refresh_tokens", "successor", presented);
    let row: Option<(Id, Option<Moment>, Option<Vec<u8>>)> = t::refresh_tokens
        .find(presented.as_slice())
        .select((t::session_id, t::used_at, t::successor))
        .get_result(c)
        .optional()?;
    let (id, used_at, successor) = row.ok_or_else(|| Error::new(&faults::REFRESH_INVALID))?;
    let session = SessionRow::find(c, id)?.ok_or_else(|| Error::new(&faults::REFRESH_INVALID))?;
    if session.ended_at.is_some() {
        return Err(Error::new(&faults::SESSION_ENDED));
    }
    if !session.runs(now) {
        return Err(Error::new(&faults::REFRESH_INVALID));
    }
    let go_on = |expires_at, text| Rotation::Next { account: session.account, session: id, kind: session.kind, expires_at, text };
    match (used_at, successor) {
        (None, _) => {
            let expires_at = match session.kind {
                Holder::Resident => now.saturating_add(RESIDENT_LIFE_MS),
                Holder::Staff => session.expires_at,
            };
            let sealed = keys.seal_text(&place, &next.text)?;
            diesel::update(t::refresh_tokens.find(presented.as_slice()))
                .set((t::used_at.eq(now), t::successor.eq(sealed)))
                .execute(c)?;
            insert_token(c, &next.hash, id, now)?;
            use sessions::dsl as s;
            diesel::update(s::sessions.find(id)).set((s::used_at.eq(now), s::expires_at.eq(expires_at))).execute(c)?;
            Ok(go_on(expires_at, next.text.clone()))
        }
        (Some(at), Some(sealed)) if now.since(at) <= GRACE_MS => Ok(go_on(session.expires_at, keys.open_text(&place, &sealed)?)),
        (Some(_), _) => {
            end(c, &[(id, revocation)], Ending::Reused, now)?;
            Ok(Rotation::Reused { session: id })
        }
    }
}

/// Marks sessions as ended and tells every instance: one revocation row each (session, id of the row).
fn end(c: &mut AnyConn, ended: &[(Id, Id)], why: Ending, now: Moment) -> Result<()> {
    for (session, revocation) in ended {
        use sessions::dsl as s;
        let changed = diesel::update(s::sessions.find(*session).filter(s::ended_at.is_null()))
            .set((s::ended_at.eq(now), s::ended_why.eq(why)))
            .execute(c)?;
        if changed > 0 {
            use revocations::dsl as r;
            diesel::insert_into(r::revocations)
                .values((r::id.eq(*revocation), r::at.eq(now), r::subject.eq(*session)))
                .execute(c)?;
        }
    }
    Ok(())
}

/// Log-out: ends one session; doing it twice does no harm.
///
/// # Errors
/// Those of the database.
pub async fn log_out(app: &App, watch: &RevocationWatch, session: Id) -> Result<()> {
    let now = app.clock.now();
    let revocation = app.clock.id();
    app.db.write(move |c| end(c, &[(session, revocation)], Ending::LoggedOut, now)).await?;
    watch.note(session, now);
    Ok(())
}

/// Log-out on another device: ends one session of this account; doing it twice does no harm.
///
/// # Errors
/// 10006 when the session is not the account's, 11014 when it is `asking`, the one that asks.
pub async fn log_out_of(app: &App, watch: &RevocationWatch, account: Id, asking: Id, session: Id) -> Result<()> {
    if session == asking {
        return Err(Error::new(&faults::THIS_SESSION));
    }
    let now = app.clock.now();
    let revocation = app.clock.id();
    let ended = app.db.write(move |c| {
        let own = SessionRow::find(c, session)?.is_some_and(|row| row.account == account);
        if own { end(c, &[(session, revocation)], Ending::LoggedOut, now) } else { Err(Error::not_found()) }
    });
    ended.await?;
    watch.note(session, now);
    Ok(())
}

/// Ends all sessions of an account or a worker within the caller's write; answers which, to be noted after the commit.
///
/// # Errors
/// Those of the database.
pub fn end_all(c: &mut AnyConn, account: Id, why: Ending, now: Moment) -> Result<Vec<Id>> {
    use sessions::dsl as s;
    let open: Vec<Id> =
        s::sessions.filter(s::account_id.eq(account)).filter(s::ended_at.is_null()).order(s::id).select(s::id).load(c)?;
    let rows: Vec<(Id, Id)> = open.iter().map(|session| (*session, Id::at(now))).collect();
    end(c, &rows, why, now)?;
    Ok(open)
}

/// Log-out everywhere; answers how many sessions ended.
///
/// # Errors
/// Those of the database.
pub async fn log_out_everywhere(app: &App, watch: &RevocationWatch, account: Id) -> Result<usize> {
    let now = app.clock.now();
    let ended = app.db.write(move |c| end_all(c, account, Ending::LoggedOut, now)).await?;
    ended.iter().for_each(|session| watch.note(*session, now));
    Ok(ended.len())
}

/// When each of these accounts was used last, as far as a session tells; in no order.
///
/// # Errors
/// Those of the database.
pub fn last_used(c: &mut AnyConn, accounts: Vec<Id>) -> Result<Vec<(Id, Moment)>> {
    use sessions::dsl as s;
    let each = s::sessions.filter(s::account_id.eq_any(accounts)).group_by(s::account_id).order(s::account_id);
    let rows: Vec<(Id, Option<Moment>)> = each.select((s::account_id, diesel::dsl::max(s::used_at))).load(c)?;
    Ok(rows.into_iter().filter_map(|(account, at)| Some((account, at?))).collect())
}

/// Checks a worker's session; true when its last request should be noted.
///
/// # Errors
/// 11003 when it ended, is over, or stood idle for half an hour.
pub fn staff_session_at(c: &mut AnyConn, session: Id, worker: Id, now: Moment) -> Result<bool> {
    let row = SessionRow::find(c, session)?.filter(|s| s.account == worker && s.ended_at.is_none() && s.runs(now));
    let row = row.ok_or_else(|| Error::new(&faults::SESSION_ENDED))?;
    Ok(now.since(row.used_at) > NOTED_EVERY_MS)
}

/// Notes that a session was used.
///
/// # Errors
/// Those of the database.
pub fn touch(c: &mut AnyConn, session: Id, now: Moment) -> Result<()> {
    use sessions::dsl as s;
    diesel::update(s::sessions.find(session).filter(s::used_at.lt(now))).set(s::used_at.eq(now)).execute(c)?;
    Ok(())
}

/// Forgets what nobody can use any more: successors after their minute, revocations after the longest access token,
/// and sessions a month after their end. Answers how many sessions went.
///
/// # Errors
/// Those of the database.
pub fn tidy(c: &mut AnyConn, now: Moment) -> Result<usize> {
    use refresh_tokens::dsl as t;
    diesel::update(t::refresh_tokens.filter(t::used_at.lt(now.saturating_sub(GRACE_MS))).filter(t::successor.is_not_null()))
        .set(t::successor.eq(None::<Vec<u8>>))
        .execute(c)?;
    use revocations::dsl as r;
    diesel::delete(r::revocations.filter(r::at.lt(now.saturating_sub(24 * 60 * MINUTE_MS)))).execute(c)?;
    use sessions::dsl as s;
    let long_ago = now.saturating_sub(RESIDENT_LIFE_MS);
    let gone = s::sessions.filter(s::expires_at.lt(long_ago)).select(s::id);
    diesel::delete(t::refresh_tokens.filter(t::session_id.eq_any(gone))).execute(c)?;
    Ok(diesel::delete(s::sessions.filter(s::expires_at.lt(long_ago))).execute(c)?)
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
