//! Administrative changes: one line for each, written in the same write; they are never changed.

use diesel::prelude::*;

use super::scope::lies_in;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::moments::Moment;

diesel::table! {
    admin_events (id) {
        id -> Binary,
        at -> BigInt,
        worker_id -> Nullable<Binary>,
        action -> Text,
        target -> Text,
        area -> Text,
        before_words -> Nullable<Text>,
        after_words -> Nullable<Text>,
    }
}

coded_enum! {
    /// What was changed.
    pub enum Change as "AdminChange" {
        WorkerInvited = "worker_invited", "邀请工作人员";
        WorkerAdded = "worker_added", "直接添加工作人员";
        CodeIssued = "code_issued", "重新发出邀请码";
        WorkerEnrolled = "worker_enrolled", "工作人员启用账号";
        WorkerEdited = "worker_edited", "修改工作人员资料";
        PostsReplaced = "posts_replaced", "调整岗位";
        WorkerBanned = "worker_banned", "停用账号";
        WorkerReinstated = "worker_reinstated", "恢复账号";
        WorkerUnlocked = "worker_unlocked", "解除登录锁定";
        PasswordReset = "password_reset", "发出重设密码的一次性码";
        PasswordSet = "password_set", "工作人员重设了密码";
        TotpReset = "totp_reset", "发出更换动态码的一次性码";
        TotpSet = "totp_set", "工作人员更换了动态码";
        DraftBegun = "draft_begun", "新建政策草稿";
        DraftSaved = "draft_saved", "修改政策草稿";
        DraftDiscarded = "draft_discarded", "作废政策草稿";
        PolicyPublished = "policy_published", "发布政策";
        AreasImported = "areas_imported", "导入行政区划";
        CalendarImported = "calendar_imported", "导入放假安排";
        NoticeWordsChanged = "notice_words_changed", "修改通知文字";
    }
}

crate::text_columns!(Change);

/// One change.
#[derive(Clone, Debug)]
pub struct Event {
    /// Epoch milliseconds.
    pub at: Moment,
    /// Who did it; none for the command line.
    pub by: Option<Id>,
    pub change: Change,
    /// Id or code of what was changed.
    pub target: String,
    /// Where it holds; none for the whole installation.
    pub area: Option<AreaCode>,
    /// In words that an auditor may read: no secrets, nothing of residents.
    pub before: Option<String>,
    pub after: Option<String>,
}

impl Event {
    /// A change without words about before and after.
    pub fn new(at: Moment, by: Option<Id>, change: Change, target: impl ToString, area: Option<AreaCode>) -> Event {
        Event { at, by, change, target: target.to_string(), area, before: None, after: None }
    }

    /// What it was and what it is now.
    pub fn words(mut self, before: impl Into<Option<String>>, after: impl Into<Option<String>>) -> Event {
        self.before = before.into();
        self.after = after.into();
        self
    }

    /// Writes it down within the caller's write.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record(self, c: &mut AnyConn) -> Result<()> {
        use admin_events::dsl as e;
        let row = (
            e::id.eq(Id::at(self.at)),
            e::at.eq(self.at),
            e::worker_id.eq(self.by),
            e::action.eq(self.change),
            e::target.eq(self.target),
            e::area.eq(self.area.map(|a| a.to_string()).unwrap_or_default()),
            e::before_words.eq(self.before),
            e::after_words.eq(self.after),
        );
        diesel::insert_into(e::admin_events).values(row).execute(c)?;
        Ok(())
    }
}

/// A line as it stands.
#[derive(Clone, Debug, Queryable)]
pub struct Line {
    pub id: Id,
    pub at: Moment,
    pub by: Option<Id>,
    pub change: Change,
    pub target: String,
    pub area: String,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// What to show.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The auditor's areas. What holds in them, above them or everywhere is shown.
    pub areas: Vec<AreaCode>,
    pub change: Option<Change>,
    pub target: Option<String>,
}

/// Newest first; one row more than `limit` when there are more.
///
/// # Errors
/// Those of the database.
pub fn list(c: &mut AnyConn, f: &Filter, after: Option<After>, limit: i64) -> Result<Vec<Line>> {
    use admin_events::dsl as e;
    let mut above: Vec<String> = f.areas.iter().flat_map(AreaCode::ancestors).map(|a| a.to_string()).collect();
    above.push(String::new());
    let seen = lies_in(e::area, &f.areas).or(e::area.eq_any(above));
    let mut page = e::admin_events.filter(seen).into_boxed::<MultiBackend>();
    if let Some(change) = f.change {
        page = page.filter(e::action.eq(change));
    }
    if let Some(target) = &f.target {
        page = page.filter(e::target.eq(target));
    }
    if let Some(a) = after {
        page = page.filter(e::at.lt(a.at).or(e::at.eq(a.at).and(e::id.lt(a.id))));
    }
    let columns = (e::id, e::at, e::worker_id, e::action, e::target, e::area, e::before_words, e::after_words);
    Ok(page.order((e::at.desc(), e::id.desc())).limit(limit.saturating_add(1)).select(columns).load(c)?)
}
