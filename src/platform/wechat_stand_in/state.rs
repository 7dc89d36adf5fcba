//! What the stand-in remembers: apps, users, codes, tokens, credits, faults, and every call.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::issued::{AppTokens, Code, FaultMode, Kind};
use super::{NotKnown, Now};

/// Both kinds of code live five minutes.
pub const LOGIN_CODE_LIFE_MS: i64 = 300_000;

/// A person with a phone. In JSON only `name` must be given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The handle by which tests name the user; never sent to our server.
    pub name: String,
    /// Present if the app belongs to an Open Platform account.
    #[serde(default)]
    pub unionid: Option<String>,
    /// The number behind the phone button, without country code.
    #[serde(default)]
    pub phone: Option<String>,
    /// Country code of that number; 86 when it is left out.
    #[serde(default)]
    pub country_code: Option<String>,
    /// WeChat holds the user for high-risk (40226).
    #[serde(default)]
    pub blocked: bool,
}

/// One call that arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Milliseconds on the stand-in's clock.
    pub at: i64,
    /// Without query, so that no secret stands in the log.
    pub path: String,
    /// What the rules answered, 0 for success; absent when a fault kept the call from them.
    pub errcode: Option<i64>,
    /// The ordered fault that it met.
    pub fault: Option<FaultMode>,
}

/// One subscribe message that reached its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The user within the app.
    pub openid: String,
    /// The template.
    pub template_id: String,
    /// Opened by a tap.
    pub page: Option<String>,
    /// Keys and values.
    pub data: BTreeMap<String, String>,
    /// `developer`, `trial` or `formal`.
    pub miniprogram_state: String,
}

pub(super) struct AppRecord {
    pub(super) secret: String,
    pub(super) frozen: bool,
    pub(super) tokens: AppTokens,
}

struct Planned {
    endpoint: String,
    left: u32,
    mode: FaultMode,
}

pub(super) struct State {
    clock: Now,
    moved_by: i64,
    minted: u64,
    pub(super) apps: BTreeMap<String, AppRecord>,
    pub(super) users: BTreeMap<String, NewUser>,
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) logins: BTreeMap<String, VecDeque<i64>>,
    pub(super) last_visit: BTreeMap<String, i64>,
    pub(super) templates: BTreeSet<String>,
    pub(super) in_flight: BTreeSet<String>,
    pub(super) sent: Vec<Sent>,
    pub(super) calls: Vec<Call>,
    credits: BTreeMap<(String, String), u32>,
    faults: Vec<Planned>,
}

impl State {
    pub(super) fn new(clock: Now) -> Self {
        Self {
            clock,
            moved_by: 0,
            minted: 0,
            apps: BTreeMap::new(),
            users: BTreeMap::new(),
            codes: BTreeMap::new(),
            logins: BTreeMap::new(),
            last_visit: BTreeMap::new(),
            templates: BTreeSet::new(),
            in_flight: BTreeSet::new(),
            sent: Vec::new(),
            calls: Vec::new(),
            credits: BTreeMap::new(),
            faults: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> i64 {
        (self.clock)().saturating_add(self.moved_by)
    }

    pub(super) fn advance(&mut self, by: i64) {
        self.moved_by = self.moved_by.saturating_add(by);
    }

    /// 64 hexadecimal digits that never come twice, not even after a restart. Nothing here guards anything, so no random source.
    pub(super) fn mint(&mut self, what: &str) -> String {
        self.minted = self.minted.saturating_add(1);
        hex::encode(Sha256::digest(format!("{what}|{}|{}|{}", std::process::id(), (self.clock)(), self.minted)))
    }

    /// `rid: 6745f0c1-0a1b2c3d-4e5f6071`, as WeChat ends each `errmsg`.
    pub(super) fn rid(&mut self) -> String {
        let digits = self.mint("rid");
        let part = |from: usize| digits.get(from..from.saturating_add(8)).unwrap_or_default();
        format!("rid: {}-{}-{}", part(0), part(8), part(16))
    }

    pub(super) fn add_app(&mut self, appid: &str, secret: &str) {
        let app = AppRecord { secret: secret.to_owned(), frozen: false, tokens: AppTokens::default() };
        self.apps.insert(appid.to_owned(), app);
    }

    pub(super) fn freeze_secret(&mut self, appid: &str, frozen: bool) {
        if let Some(app) = self.apps.get_mut(appid) {
            app.frozen = frozen;
        }
    }

    pub(super) fn add_user(&mut self, user: NewUser) {
        self.users.insert(user.name.clone(), user);
    }

    /// Whose openid that is within the app.
    pub(super) fn user_by_openid(&self, appid: &str, openid: &str) -> Option<&NewUser> {
        self.users.values().find(|user| openid_of(appid, &user.name) == openid)
    }

    pub(super) fn issue_code(&mut self, kind: Kind, appid: &str, user: &str) -> Result<String, NotKnown> {
        if !self.apps.contains_key(appid) || !self.users.contains_key(user) {
            return Err(NotKnown);
        }
        let text: String = self.mint("code").chars().take(32).collect();
        let code = Code { kind, appid: appid.to_owned(), user: user.to_owned(), issued: self.now(), used: false };
        self.codes.insert(text.clone(), code);
        Ok(text)
    }

    pub(super) fn add_template(&mut self, template_id: &str) {
        self.templates.insert(template_id.to_owned());
    }

    pub(super) fn grant(&mut self, appid: &str, user: &str, template_id: &str, messages: u32) {
        self.add_template(template_id);
        let credit = self.credits.entry((openid_of(appid, user), template_id.to_owned())).or_default();
        *credit = if messages == 0 { 0 } else { credit.saturating_add(messages) };
    }

    pub(super) fn credit(&self, openid: &str, template_id: &str) -> u32 {
        self.credits.get(&(openid.to_owned(), template_id.to_owned())).copied().unwrap_or(0)
    }

    /// Uses up one message; `false` when none is left.
    pub(super) fn spend_credit(&mut self, openid: &str, template_id: &str) -> bool {
        match self.credits.get_mut(&(openid.to_owned(), template_id.to_owned())) {
            Some(left) if *left > 0 => {
                *left = left.saturating_sub(1);
                true
            }
            _ => false,
        }
    }

    pub(super) fn set_fault(&mut self, endpoint: &str, next: u32, mode: FaultMode) {
        self.faults.push(Planned { endpoint: endpoint.to_owned(), left: next, mode });
    }

    /// The ordered fault that the next call to this path meets; counts as used.
    pub(super) fn take_fault(&mut self, path: &str) -> Option<FaultMode> {
        self.faults.retain(|fault| fault.left > 0);
        let fault = self.faults.iter_mut().find(|fault| fault.endpoint == path || fault.endpoint == "*")?;
        fault.left = fault.left.saturating_sub(1);
        Some(fault.mode)
    }

    pub(super) fn record(&mut self, path: &str, errcode: Option<i64>, fault: Option<FaultMode>) {
        let at = self.now();
        self.calls.push(Call { at, path: path.to_owned(), errcode, fault });
    }
}

/// 28 characters that begin with `o`, one for each pair of app and user.
pub(super) fn openid_of(appid: &str, user: &str) -> String {
    let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{appid}|{user}")));
    format!("o{}", digest.get(..27).unwrap_or_default())
}

/// A field that holds text, else nothing: WeChat's answer to both is "missing".
pub(super) fn text<'a>(fields: &'a serde_json::Map<String, Value>, key: &str) -> Option<&'a str> {
    fields.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}
