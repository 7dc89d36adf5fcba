//! A worker, or whoever leads their desks, states that the worker is away and who stands in, and ends it early.

use super::claims;
use crate::office::accounts::absences::{self, Absence, Why};
use crate::office::accounts::guards::{Post, Worker};
use crate::office::accounts::staff;
use crate::office::cases::service::Office;
use crate::office::people::persons::county_of;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Faults, Result};
use crate::platform::id::Id;
use crate::rules::moments::Moment;

/// The longest absence that can be stated at once, in milliseconds: a year.
const LONGEST_MS: i64 = 366 * 24 * 3_600_000;

/// An absence as it is asked for; times are epoch milliseconds.
pub struct Wish {
    /// Who is away; the caller when it is left out.
    pub worker: Option<Id>,
    /// Who stands in.
    pub deputy: Id,
    /// When it begins; now when it is left out.
    pub from: Option<Moment>,
    /// The first moment of being back.
    pub until: Moment,
    pub why: Why,
}

/// Stores an absence under `id`; one that has begun gives back at once what the worker had claimed.
///
/// # Errors
/// 10002 for times or a deputy that do not fit; 10006 for a worker whose desks the caller does not lead; 12007 when another
/// absence of the worker touches it.
pub fn state(c: &mut AnyConn, office: &Office, by: &Worker, id: Id, wish: &Wish) -> Result<()> {
    let new = planned(wish, by, id, office.now)?;
    let posts = managed(c, by, new.worker_id, office.now)?;
    deputy_fits(c, &posts, &new, office.now)?;
    absences::state(c, &new)?;
    if new.lasts(office.now) {
        claims::begin(c, office, new.id, new.worker_id)?;
    }
    Ok(())
}

/// Ends an absence before its time, on the version that was seen.
///
/// # Errors
/// 10006 for a worker whose desks the caller does not lead; 10030 when it changed or is over.
pub fn end(c: &mut AnyConn, office: &Office, by: &Worker, id: Id, seen: i64) -> Result<()> {
    let absence = absences::find(c, id)?;
    managed(c, by, absence.worker_id, office.now)?;
    if absence.version != seen || absence.ended_at.is_some() || absence.until_at <= office.now {
        return Err(Error::stale(absence.current(office.now)));
    }
    claims::end(c, office, absence.id, absence.deputy_id, Some(by.id))
}

/// The absence as it was asked for, with its times checked.
fn planned(wish: &Wish, by: &Worker, id: Id, now: Moment) -> Result<Absence> {
    let mut faults = Faults::new();
    let from_at = wish.from.unwrap_or(now);
    let until_at = wish.until;
    if from_at < now {
        faults.push("/from", "开始时间", "past", "开始时间已经过了。", "现在就开始的，不用填写开始时间。");
    }
    if until_at <= from_at.max(now) {
        faults.push("/until", "结束时间", "before_begin", "结束时间不在开始时间之后。", "请重新选择结束时间。");
    } else if until_at.since(from_at) > LONGEST_MS {
        faults.push("/until", "结束时间", "too_long", "一次最多登记一年。", "请选择早一些的结束时间。");
    }
    faults.settle()?;
    Ok(Absence {
        id,
        worker_id: wish.worker.unwrap_or(by.id),
        deputy_id: wish.deputy,
        from_at,
        until_at,
        why: wish.why,
        stated_by: by.id,
        stated_at: now,
        begun_at: None,
        ended_at: None,
        ended_by: None,
        version: 1,
    })
}

/// The desk posts of a worker whose absences the caller may state and end: their own, or those of somebody all of whose
/// desks they lead. Anybody else is 10006.
fn managed(c: &mut AnyConn, by: &Worker, worker: Id, now: Moment) -> Result<Vec<Post>> {
    let posts: Vec<Post> = staff::posts_at(c, worker, now)?.into_iter().filter(|p| p.role.desk().is_some()).collect();
    let leads = |post: &Post| {
        by.posts_of(post.role)
            .any(|own| own.lead && own.area.contains(&post.area) && (own.point == post.point || own.point.is_none()))
    };
    if by.id == worker || !posts.is_empty() && posts.iter().all(leads) { Ok(posts) } else { Err(Error::not_found()) }
}

/// The deputy works in the same county, is somebody else, and is there meanwhile.
fn deputy_fits(c: &mut AnyConn, posts: &[Post], new: &Absence, now: Moment) -> Result<()> {
    let mut faults = Faults::new();
    let mut refuse =
        |code: &str, reason: &str| faults.push("/deputy_id", "代班人", code, reason, "请选择本县（区）的另一位同事。");
    let deputy = staff::find(c, new.deputy_id, now)?;
    let own = staff::posts_at(c, new.deputy_id, now)?;
    let here = |post: &Post| own.iter().any(|p| p.role.desk().is_some() && county_of(&p.area) == county_of(&post.area));
    if new.deputy_id == new.worker_id {
        refuse("self", "代班人和请假人是同一个人。");
    } else if deputy.is_none() || !posts.iter().all(here) {
        refuse("not_of_county", "本县（区）没有这位同事。");
    } else if absences::overlaps(c, new.deputy_id, new.from_at, new.until_at)? {
        refuse("away", "这位同事那几天也请假。");
    }
    faults.settle()
}
