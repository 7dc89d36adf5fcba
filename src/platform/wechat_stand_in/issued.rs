//! What the stand-in hands out, and how it may be told to fail.

use serde::{Deserialize, Serialize};

/// What goes wrong with a call. In JSON: `{"mode":"hang_ms","value":500}`, `{"mode":"http_502"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", content = "value", rename_all = "snake_case")]
pub enum FaultMode {
    /// That refusal; nothing happened.
    Errcode(i64),
    /// A gateway's page; nothing happened.
    #[serde(rename = "http_502")]
    Http502,
    /// The call takes effect, and its answer comes that many milliseconds later.
    HangMs(u64),
    /// The call takes effect, then the connection is cut.
    DropAfterProcessing,
    /// HTML with status 200; nothing happened.
    Garbage,
    /// A mebibyte of JSON; nothing happened.
    Huge,
    /// 302 to a path that logs its calls; nothing happened.
    Redirect,
    /// The call takes effect; `openid` in its answer is empty.
    EmptyOpenid,
}

/// A login code is no phone code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Login,
    Phone,
}

pub(super) struct Code {
    pub(super) kind: Kind,
    pub(super) appid: String,
    pub(super) user: String,
    pub(super) issued: i64,
    pub(super) used: bool,
}

#[derive(Clone)]
pub(super) struct Issued {
    pub(super) value: String,
    pub(super) expires: i64,
}

/// One app's tokens. `retired` holds those that ran out in the course of time, to tell 42001 from 40001.
#[derive(Default)]
pub(super) struct AppTokens {
    pub(super) stable: Option<Issued>,
    pub(super) before: Option<Issued>,
    pub(super) old_style: Option<Issued>,
    pub(super) retired: Vec<String>,
    pub(super) forced_at: Option<i64>,
    pub(super) forced_day: i64,
    pub(super) forced: u32,
}
