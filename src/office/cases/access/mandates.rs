//! Mandates: somebody agreed, before a worker, that the worker fills in and follows an application for a person.
//!
//! A mandate gives a worker, for a few days, the right that a link gives an account: without one the worker can neither change
//! a draft nor answer a correction in a resident's name (domain.md §5: in-person help always remains possible).

use diesel::prelude::*;

use super::consents;
use crate::office::accounts::guards::{Filer, Worker};
use crate::office::accounts::links::{self, Relation};
use crate::office::accounts::{faults, residents};
use crate::office::cases::record::case::Case;
use crate::office::cases::record::course::FiledAt;
use crate::office::cases::record::reason::OfficeReason;
use crate::office::cases::service::Office;
use crate::office::channels::inbox;
use crate::office::people::persons;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Current, Error, Faults, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::calendar::beijing_date;
use crate::rules::coded::coded_enum;
use crate::rules::identity::CitizenId;
use crate::rules::moments::Moment;
use crate::text_columns;

diesel::table! {
    mandates (id) {
        id -> Binary,
        worker_id -> Binary,
        person_id -> Binary,
        relation -> Text,
        giver -> Nullable<Binary>,
        giver_account -> Nullable<Binary>,
        channel -> Text,
        form -> Text,
        text_version -> Text,
        given_at -> BigInt,
        recorded_at -> BigInt,
        until_at -> BigInt,
        ended_at -> Nullable<BigInt>,
        ended_by -> Nullable<Binary>,
        version -> BigInt,
    }
}

coded_enum! {
    /// Where a worker fills in an application for somebody.
    pub enum HelpedAt {
        Counter = "counter", "窗口";
        HomeVisit = "home_visit", "上门";
    }
}

coded_enum! {
    /// How the agreement was given.
    pub enum ConsentForm {
        Oral = "oral", "口头同意";
        Signed = "signed", "书面签字";
        Fingerprint = "fingerprint", "按手印";
    }
}

text_columns!(HelpedAt, ConsentForm);

impl From<HelpedAt> for FiledAt {
    fn from(at: HelpedAt) -> FiledAt {
        match at {
            HelpedAt::Counter => FiledAt::Counter,
            HelpedAt::HomeVisit => FiledAt::HomeVisit,
        }
    }
}

impl HelpedAt {
    /// The coded step that a line of history says.
    pub fn step(self) -> OfficeReason {
        match self {
            HelpedAt::Counter => OfficeReason::AtTheCounter,
            HelpedAt::HomeVisit => OfficeReason::AtHome,
        }
    }
}

/// Days for which a mandate lasts when the request names none.
pub const USUAL_DAYS: i64 = 3;
/// An agreement must be recorded within this time after it was given; later it has to be asked for again.
const OLDEST_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 24 * 3_600_000;

/// A mandate as stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = mandates)]
pub struct Mandate {
    pub id: Id,
    pub worker_id: Id,
    pub person_id: Id,
    /// What the person is to whoever agreed.
    pub relation: Relation,
    /// The account of whoever agreed, as far as exactly one is theirs: it follows the case on the phone.
    pub giver_account: Option<Id>,
    pub channel: HelpedAt,
    pub form: ConsentForm,
    pub given_at: Moment,
    pub recorded_at: Moment,
    pub until_at: Moment,
    pub ended_at: Option<Moment>,
    pub version: i64,
}

impl Mandate {
    /// It has neither ended nor expired.
    pub fn lasts(&self, now: Moment) -> bool {
        self.ended_at.is_none() && self.until_at > now
    }

    /// What is true now, for an answer to a stale request.
    pub fn current(&self, now: Moment) -> Current {
        let (state, label) = if self.lasts(now) { ("lasts", "有效") } else { ("over", "已结束") };
        Current { version: self.version, state: state.into(), state_label: label.into() }
    }
}

/// A mandate that is about to be recorded; made before the write.
#[derive(Clone, Debug)]
pub struct NewMandate {
    pub id: Id,
    pub person: Id,
    pub relation: Relation,
    /// Name of whoever agreed in the person's stead.
    pub giver: Option<String>,
    pub channel: HelpedAt,
    pub form: ConsentForm,
    /// Version of the privacy text that was read out or shown.
    pub consent: Option<String>,
    pub given_at: Moment,
    pub days: i64,
}

impl NewMandate {
    /// The giver's name without blanks around it.
    fn named(&self) -> Option<&str> {
        self.giver.as_deref().map(str::trim).filter(|name| !name.is_empty())
    }

    /// Records it, and tells whoever may act for the person. Errors: 10006 out of scope, 12005 oneself, 13001 and 13002 the
    /// text, 10002 who may agree and when.
    pub fn record(&self, c: &mut AnyConn, office: &Office, worker: &Worker) -> Result<Mandate> {
        let keys = &office.keys;
        let now = office.now;
        let person = persons::find(c, self.person)?.filter(|p| worker.knows_residents_of(&p.area));
        let person = person.ok_or_else(Error::not_found)?;
        if worker.person == Some(person.id) {
            return Err(Error::new(&faults::OWN_AFFAIR));
        }
        consents::of_text(self.consent.as_deref())?;
        self.check(&persons::open(c, keys, person.id)?.id_number, now)?;
        let account = self.account(c, keys, now)?;
        let giver = self.named().map(|name| keys.seal_text(&Place::new("mandates", "giver", self.id.as_bytes()), name));
        use mandates::dsl as m;
        let row = (
            (m::id.eq(self.id), m::worker_id.eq(worker.id), m::person_id.eq(person.id), m::relation.eq(self.relation)),
            (m::giver.eq(giver.transpose()?), m::giver_account.eq(account), m::channel.eq(self.channel), m::form.eq(self.form)),
            (m::text_version.eq(consents::TEXT_VERSION), m::given_at.eq(self.given_at), m::recorded_at.eq(now)),
            (m::until_at.eq(now.saturating_add(self.days.saturating_mul(DAY_MS))), m::version.eq(1_i64)),
        );
        diesel::insert_into(m::mandates).values(row).execute(c)?;
        self.tell(c, office, &worker.name)?;
        of_id(c, self.id)
    }

    /// The one account that acts in the relation and is the giver's: one's own, or one of that name.
    fn account(&self, c: &mut AnyConn, keys: &Keyring, now: Moment) -> Result<Option<Id>> {
        let mut theirs = Vec::new();
        for (account, relation) in links::recipients_for(c, self.person, beijing_date(now))? {
            let named = relation == Relation::Own || residents::name_of(c, keys, account)?.as_deref() == self.named();
            if relation == self.relation && named {
                theirs.push(account);
            }
        }
        Ok(theirs.pop().filter(|_| theirs.is_empty()))
    }

    /// Whoever may act for the person learns who acts in their stead, and can object.
    fn tell(&self, c: &mut AnyConn, office: &Office, worker: &str) -> Result<()> {
        let place = self.channel.label();
        let body =
            format!("工作人员{worker}登记了{place}代办。办理的每一步都能在办件中看到；如果没有同意过，请马上联系当地残联。");
        for (account, _) in links::recipients_for(c, self.person, office.today())? {
            let news =
                inbox::News { account, kind: inbox::NoticeKind::Mandate, title: "有工作人员代为办理", body: &body };
            inbox::inform(c, &office.keys, news, office.now)?;
        }
        Ok(())
    }

    fn check(&self, of: &CitizenId, now: Moment) -> Result<()> {
        let mut faults = Faults::new();
        if !of.may_agree_on(beijing_date(now)) && !self.relation.is_guardians() {
            let reason = "未满十四周岁，要由父母或其他监护人同意。";
            faults.push("/relation", "与同意人的关系", "guardian_required", reason, "请联系监护人，由监护人同意后再登记。");
        }
        if (self.relation == Relation::Own) == self.named().is_some() {
            let (reason, way_out) = if self.named().is_some() {
                ("本人同意时不用填写同意人姓名。", "请留空，或者改选与同意人的关系。")
            } else {
                ("没有填写同意人的姓名。", "请填写表示同意的家属、监护人或受委托人的姓名。")
            };
            faults.push("/giver_name", "同意人姓名", "giver", reason, way_out);
        }
        if self.given_at > now || self.given_at < now.saturating_sub(OLDEST_MS) {
            let reason = "同意的时间要在最近七天之内。";
            faults.push("/given_at", "同意的时间", "bad_time", reason, "请核对时间；超过七天的请重新征得同意。");
        }
        faults.settle()
    }
}

fn of_id(c: &mut AnyConn, id: Id) -> Result<Mandate> {
    let found = mandates::table.find(id).select(<Mandate as Selectable<MultiBackend>>::construct_selection());
    found.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// Ends a mandate before its time: one's own, or, for who leads a desk where the person lives, a colleague's to whom somebody
/// objects. Errors: 10006 anybody else's, 10030 stale or over.
pub fn end(c: &mut AnyConn, worker: &Worker, id: Id, version: i64, now: Moment) -> Result<Mandate> {
    let found = of_id(c, id)?;
    let home = persons::find(c, found.person_id)?.map(|p| p.area);
    let leads = worker.posts_among().any(|p| p.lead && home.is_some_and(|area| p.area.contains(&area)));
    if found.worker_id != worker.id && !leads {
        return Err(Error::not_found());
    }
    if found.version != version || !found.lasts(now) {
        return Err(Error::stale(found.current(now)));
    }
    let row = diesel::update(mandates::table.find(id));
    row.set((mandates::ended_at.eq(now), mandates::ended_by.eq(worker.id), mandates::version.eq(version.saturating_add(1))))
        .execute(c)?;
    of_id(c, id)
}

/// The worker's mandates, the latest first; one row more than `limit` when there are more.
pub fn of_worker(c: &mut AnyConn, worker: Id, after: Option<After>, limit: i64) -> Result<Vec<Mandate>> {
    let mut page = mandates::table.filter(mandates::worker_id.eq(worker)).into_boxed::<MultiBackend>();
    if let Some(a) = after {
        page = page.filter(mandates::recorded_at.lt(a.at).or(mandates::recorded_at.eq(a.at).and(mandates::id.lt(a.id))));
    }
    let page = page.order((mandates::recorded_at.desc(), mandates::id.desc())).limit(limit.saturating_add(1));
    Ok(page.select(<Mandate as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The mandates by which this worker acts for a person now, the latest first.
fn lasting(c: &mut AnyConn, worker: Id, person: Id, now: Moment) -> Result<Vec<Mandate>> {
    use mandates::dsl as m;
    let live = m::mandates.filter(m::person_id.eq(person).and(m::worker_id.eq(worker)).and(m::until_at.gt(now)));
    let live = live.filter(m::ended_at.is_null()).order((m::recorded_at.desc(), m::id.desc()));
    Ok(live.select(<Mandate as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The one that gives the most rights: a guardian's before the others, else the latest.
pub fn strongest(c: &mut AnyConn, worker: Id, person: Id, now: Moment) -> Result<Option<Mandate>> {
    let mut all = lasting(c, worker, person, now)?;
    let at = all.iter().position(|m| m.relation.is_guardians()).unwrap_or(0);
    Ok(if at < all.len() { Some(all.swap_remove(at)) } else { None })
}

/// In what relation a filer may act for a person now. Errors: 10006 nobody of theirs, 13003 an officer without a mandate.
pub fn relation(c: &mut AnyConn, who: &Filer, person: Id, now: Moment) -> Result<Relation> {
    match who {
        Filer::Resident(account) => links::may_act(c, *account, person, beijing_date(now))?.ok_or_else(Error::not_found),
        Filer::Officer(worker) => {
            let known = persons::find(c, person)?.is_some_and(|p| worker.knows_residents_of(&p.area));
            if !known || worker.person == Some(person) {
                return Err(Error::not_found());
            }
            strongest(c, worker.id, person, now)?.map(|m| m.relation).ok_or_else(|| Error::new(&faults::NO_MANDATE))
        }
    }
}

/// When a filer asks for something: now; what an officer enters later counts from when it was said.
pub fn said_at(c: &mut AnyConn, who: &Filer, person: Id, now: Moment) -> Result<Moment> {
    match who {
        Filer::Resident(_) => Ok(now),
        Filer::Officer(worker) => Ok(strongest(c, worker.id, person, now)?.map_or(now, |m| m.given_at)),
    }
}

/// The mandate by which an officer acts in this case: that of the person or a guardian for any of theirs; anybody else's word
/// only for what the office filed, or what is the giver's own. Errors: 10006 not in their area, or a draft that is not
/// theirs; 13003 without a mandate.
pub fn in_case(c: &mut AnyConn, worker: &Worker, case: &Case, now: Moment) -> Result<Mandate> {
    let here = worker.knows_residents_of(&case.area) && worker.person != Some(case.person_id);
    let given = if here { lasting(c, worker.id, case.person_id, now)? } else { Vec::new() };
    let own = |m: &Mandate| {
        case.filing.filed_by == Some(worker.id) || case.filing.applicant_id.is_none_or(|a| m.giver_account == Some(a))
    };
    let lasts = given.into_iter().find(|m| m.relation == Relation::Own || m.relation.is_guardians() || own(m));
    let known =
        here && (case.filing.filed_by == Some(worker.id) || case.in_scope_of(worker) && case.course.submitted_at.is_some());
    lasts.ok_or_else(|| if known { Error::new(&faults::NO_MANDATE) } else { Error::not_found() })
}

/// In what relations people stand to the person who speak for them in this case now: the applicant's link, and what was
/// agreed before whoever files it.
pub fn relations_in(c: &mut AnyConn, case: &Case, now: Moment) -> Result<Vec<Relation>> {
    let mut all = Vec::new();
    if let Some(worker) = case.filing.filed_by {
        all.extend(lasting(c, worker, case.person_id, now)?.into_iter().map(|m| m.relation));
    }
    if let Some(account) = case.filing.applicant_id {
        all.extend(links::may_act(c, account, case.person_id, beijing_date(now))?);
    }
    Ok(all)
}
