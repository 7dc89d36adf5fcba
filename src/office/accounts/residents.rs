//! The accounts of residents: who they say they are, how to reach them, and their names at WeChat.

use diesel::prelude::*;

use super::faults;
use super::sessions::{self, Ending};
use super::staff::Standing;
use super::watch::RevocationWatch;
use crate::office::people::persons;
use crate::platform::app::App;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::AnyConn;
use crate::platform::error::{Current, Error, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::identity::PhoneNumber;
use crate::rules::moments::Moment;

diesel::table! {
    residents (id) {
        id -> Binary,
        status -> Text,
        identity -> Text,
        own_name -> Nullable<Binary>,
        own_id_number -> Nullable<Binary>,
        own_id_hash -> Nullable<Binary>,
        person_id -> Nullable<Binary>,
        phone -> Nullable<Binary>,
        phone_hash -> Nullable<Binary>,
        confirmed_by -> Nullable<Text>,
        confirmed_at -> Nullable<BigInt>,
        preferred_channel -> Text,
        needs -> Text,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    wechat_identities (openid_hash) {
        openid_hash -> Binary,
        appid -> Text,
        openid -> Binary,
        unionid_hash -> Nullable<Binary>,
        account_id -> Binary,
        created_at -> BigInt,
    }
}

coded_enum! {
    /// How far a resident's own identity is known.
    pub enum Identity {
        Unknown = "none", "未填写";
        Claimed = "claimed", "待核实";
        Confirmed = "confirmed", "已核实";
    }
}

coded_enum! {
    /// How a resident wants to be told.
    pub enum Channel {
        WeChat = "wechat", "微信消息";
        Sms = "sms", "短信";
        PhoneCall = "phone_call", "电话";
        Visit = "visit", "上门";
    }
}

coded_enum! {
    /// What a worker must know before meeting a resident.
    pub enum Need {
        SignLanguage = "sign_language", "手语";
        LargePrint = "large_print", "大字";
    }
}

crate::text_columns!(Identity, Channel);

/// An account as it stands.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = residents)]
pub struct Account {
    pub id: Id,
    pub status: Standing,
    pub identity: Identity,
    pub(crate) own_name: Option<Vec<u8>>,
    pub(crate) own_id_number: Option<Vec<u8>>,
    pub(crate) own_id_hash: Option<Vec<u8>>,
    /// The account's holder in the register, once the identity is confirmed.
    pub person_id: Option<Id>,
    pub(crate) phone: Option<Vec<u8>>,
    pub(crate) phone_hash: Option<Vec<u8>>,
    pub preferred_channel: Channel,
    needs: String,
    pub version: i64,
}

impl Account {
    /// What a worker must know before meeting the resident.
    pub fn needs(&self) -> Vec<Need> {
        self.needs.split(',').filter_map(Need::from_code).collect()
    }

    /// Opens a sealed column of this row.
    pub(crate) fn open(&self, keys: &Keyring, column: &str, sealed: Option<&[u8]>) -> Result<Option<String>> {
        let place = Place::new("residents", column, self.id.as_bytes());
        Ok(sealed.map(|s| keys.open_text(&place, s)).transpose()?)
    }

    /// Refuses a request that was made on an older version.
    pub(crate) fn at_version(self, version: i64) -> Result<Account> {
        if self.version == version {
            return Ok(self);
        }
        let state = self.identity.code().to_owned();
        let label = self.identity.label().to_owned();
        Err(Error::stale(Current { version: self.version, state, state_label: label }))
    }
}

/// The account of an id; 10006 when there is none.
///
/// # Errors
/// 10006, and those of the database.
pub fn find(c: &mut AnyConn, id: Id) -> Result<Account> {
    let row = residents::table.find(id).select(Account::as_select()).get_result(c).optional()?;
    row.ok_or_else(Error::not_found)
}

/// Where a text message reaches an account: its own number, else the one on record for its confirmed holder.
///
/// # Errors
/// 10006, and those of the database and the key ring.
pub fn phone_of(c: &mut AnyConn, keys: &Keyring, id: Id) -> Result<Option<PhoneNumber>> {
    let account = find(c, id)?;
    match (account.open(keys, "phone", account.phone.as_deref())?, account.person_id) {
        (Some(own), _) => Ok(PhoneNumber::parse(&own).ok()),
        (None, Some(person)) => Ok(persons::open(c, keys, person)?.phone),
        (None, None) => Ok(None),
    }
}

/// Whether [`phone_of`] finds a number, without opening it.
///
/// # Errors
/// Those of the database.
pub fn has_phone(c: &mut AnyConn, account: &Account) -> Result<bool> {
    match (&account.phone, account.person_id) {
        (Some(_), _) => Ok(true),
        (None, Some(person)) => Ok(persons::find(c, person)?.is_some_and(|p| p.phone_hash.is_some())),
        (None, None) => Ok(false),
    }
}

/// The holder's own name in full, for papers that are addressed to them; `None` before they gave it.
///
/// # Errors
/// 10006, and those of the database and the key ring.
pub fn name_of(c: &mut AnyConn, keys: &Keyring, id: Id) -> Result<Option<String>> {
    let account = find(c, id)?;
    account.open(keys, "own_name", account.own_name.as_deref())
}

/// Where WeChat reaches an account: mini-program and openid. The latest one of that mini-program, if one is named.
///
/// # Errors
/// Those of the database and the key ring.
pub fn openid_of(c: &mut AnyConn, keys: &Keyring, account: Id, appid: &str) -> Result<Option<String>> {
    use wechat_identities::dsl as w;
    let rows: Vec<(Vec<u8>, Vec<u8>)> = w::wechat_identities
        .filter(w::account_id.eq(account))
        .filter(w::appid.eq(appid))
        .order((w::created_at.desc(), w::openid_hash))
        .select((w::openid_hash, w::openid))
        .load(c)?;
    let open = |(hash, sealed): &(Vec<u8>, Vec<u8>)| keys.open_text(&Place::new("wechat_identities", "openid", hash), sealed);
    Ok(rows.first().map(open).transpose()?)
}

/// A resident as WeChat names them, ready to be stored; made before the write.
#[derive(Clone)]
pub struct WeChatName {
    hash: [u8; 32],
    appid: String,
    openid: Vec<u8>,
    unionid_hash: Option<[u8; 32]>,
    new_account: Id,
    now: Moment,
}

impl WeChatName {
    /// Hashes and seals what WeChat told.
    ///
    /// # Errors
    /// 50000 when sealing fails.
    pub fn new(app: &App, appid: &str, openid: &str, unionid: Option<&str>) -> Result<WeChatName> {
        let hash = app.keys.lookup_hash("openid", &format!("{appid}:{openid}"));
        Ok(WeChatName {
            hash,
            appid: appid.to_owned(),
            openid: app.keys.seal_text(&Place::new("wechat_identities", "openid", &hash), openid)?,
            unionid_hash: unionid.map(|u| app.keys.lookup_hash("unionid", u)),
            new_account: app.clock.id(),
            now: app.clock.now(),
        })
    }

    /// The account of this name, and whether it is new: known by openid, or by unionid from another mini-program of
    /// the same owner, or else made now.
    ///
    /// # Errors
    /// 11009 when the account is banned; those of the database.
    pub fn account(&self, c: &mut AnyConn) -> Result<(Account, bool)> {
        use wechat_identities::dsl as w;
        let known: Option<(Id, Option<Vec<u8>>)> =
            w::wechat_identities.find(self.hash.as_slice()).select((w::account_id, w::unionid_hash)).get_result(c).optional()?;
        let (id, is_new) = match known {
            Some((id, union)) => {
                if let (None, Some(hash)) = (union, &self.unionid_hash) {
                    let row = w::wechat_identities.find(self.hash.as_slice());
                    diesel::update(row).set(w::unionid_hash.eq(hash.as_slice())).execute(c)?;
                }
                (id, false)
            }
            None => self.join(c)?,
        };
        let account = find(c, id)?;
        if account.status != Standing::Active {
            return Err(Error::new(&faults::BANNED));
        }
        Ok((account, is_new))
    }

    fn join(&self, c: &mut AnyConn) -> Result<(Id, bool)> {
        use wechat_identities::dsl as w;
        let mut same: Vec<Id> = Vec::new();
        if let Some(hash) = &self.unionid_hash {
            same = w::wechat_identities
                .filter(w::unionid_hash.eq(hash.as_slice()))
                .order((w::created_at, w::openid_hash))
                .select(w::account_id)
                .load(c)?;
        }
        let (id, is_new) = match same.first() {
            Some(id) => (*id, false),
            None => {
                open_account(c, self.new_account, Channel::WeChat, self.now)?;
                (self.new_account, true)
            }
        };
        let row = (
            w::openid_hash.eq(self.hash.as_slice()),
            w::appid.eq(&self.appid),
            w::openid.eq(&self.openid),
            w::unionid_hash.eq(self.unionid_hash.as_ref().map(|h| h.as_slice())),
            w::account_id.eq(id),
            w::created_at.eq(self.now),
        );
        match diesel::insert_into(w::wechat_identities).values(row).execute(c) {
            Ok(_) => Ok((id, is_new)),
            // Another instance let the same person in: run again and find the account.
            Err(e) if is_duplicate(&e) => Err(Error::from(e).run_again()),
            Err(e) => Err(e.into()),
        }
    }
}

/// Makes an account without a name at WeChat.
pub(crate) fn open_account(c: &mut AnyConn, id: Id, channel: Channel, now: Moment) -> Result<()> {
    use residents::dsl as r;
    let row = (
        r::id.eq(id),
        r::status.eq(Standing::Active),
        r::identity.eq(Identity::Unknown),
        r::preferred_channel.eq(channel),
        r::needs.eq(""),
        r::created_at.eq(now),
        r::version.eq(1),
    );
    diesel::insert_into(r::residents).values(row).execute(c)?;
    Ok(())
}

/// The active account among these that was used last, if any was used since `since`.
///
/// # Errors
/// 11009 when only banned ones are left; those of the database.
fn last_used(c: &mut AnyConn, rows: Vec<(Account, Moment)>, since: Moment) -> Result<Option<Account>> {
    let ids = rows.iter().map(|(account, _)| account.id).collect();
    let used = sessions::last_used(c, ids)?;
    let at = |id: Id, made: Moment| used.iter().find(|(account, _)| *account == id).map_or(made, |(_, at)| made.max(*at));
    let banned = rows.iter().any(|(account, _)| account.status == Standing::Banned);
    let active = rows.into_iter().filter(|(account, _)| account.status == Standing::Active);
    let dated = active.map(|(account, made)| (at(account.id, made), account)).filter(|(at, _)| *at >= since);
    match dated.max_by_key(|(at, account)| (*at, account.id)) {
        Some((_, account)) => Ok(Some(account)),
        None if banned => Err(Error::new(&faults::BANNED)),
        None => Ok(None),
    }
}

/// The account that a proven phone number opens: the one used last among those bound to it. A carrier may hand a number
/// that fell silent to somebody else, so an account that nobody used since `since` stays closed to it.
///
/// # Errors
/// 11009 when only banned ones are left; those of the database.
pub(crate) fn by_phone(c: &mut AnyConn, phone_hash: &[u8], since: Moment) -> Result<Option<Account>> {
    use residents::dsl as r;
    let bound = r::residents.filter(r::phone_hash.eq(phone_hash)).order((r::created_at, r::id));
    let rows = bound.select((Account::as_select(), r::created_at)).load(c)?;
    last_used(c, rows, since)
}

/// The account of a person whose identity was confirmed, the one used last.
///
/// # Errors
/// 11009 when only banned ones are left; those of the database.
pub(crate) fn by_person(c: &mut AnyConn, person: Id) -> Result<Option<Account>> {
    use residents::dsl as r;
    let own = r::residents.filter(r::person_id.eq(person).and(r::identity.eq(Identity::Confirmed)));
    let rows = own.order((r::created_at, r::id)).select((Account::as_select(), r::created_at)).load(c)?;
    last_used(c, rows, Moment::EPOCH)
}

/// WeChat can name this account to a mini-program.
///
/// # Errors
/// Those of the database.
pub fn has_wechat(c: &mut AnyConn, account: Id, appid: &str) -> Result<bool> {
    use wechat_identities::dsl as w;
    let named = w::wechat_identities.filter(w::account_id.eq(account).and(w::appid.eq(appid)));
    Ok(named.count().get_result::<i64>(c)? > 0)
}

/// Stores how a resident wants to be met.
///
/// # Errors
/// 10030 on an older version; those of the database.
pub fn prefer(c: &mut AnyConn, account: Id, channel: Channel, needs: &[Need], version: i64) -> Result<Account> {
    find(c, account)?.at_version(version)?;
    let mut codes: Vec<&str> = needs.iter().map(|n| n.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    use residents::dsl as r;
    diesel::update(r::residents.find(account))
        .set((r::preferred_channel.eq(channel), r::needs.eq(codes.join(",")), r::version.eq(r::version + 1)))
        .execute(c)?;
    find(c, account)
}

/// Bans an account: its sessions end within a second everywhere, and it cannot sign in.
///
/// # Errors
/// 10006, and those of the database.
pub async fn ban(app: &App, watch: &RevocationWatch, account: Id) -> Result<()> {
    let now = app.clock.now();
    let ended = app
        .db
        .write(move |c| {
            find(c, account)?;
            use residents::dsl as r;
            diesel::update(r::residents.find(account))
                .set((r::status.eq(Standing::Banned), r::version.eq(r::version + 1)))
                .execute(c)?;
            sessions::end_all(c, account, Ending::Banned, now)
        })
        .await?;
    ended.iter().for_each(|session| watch.note(*session, now));
    Ok(())
}

#[cfg(test)]
#[path = "residents_tests.rs"]
mod tests;
