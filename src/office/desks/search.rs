//! Finding cases in a worker's scope by number, ID number, phone or name: over keyed hashes, each search written down.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::office::accounts::guards::{Post, Worker};
use crate::office::accounts::residents::residents;
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::service::Office;
use crate::office::cases::showing::mine::summaries;
use crate::office::cases::showing::views::CaseSummary;
use crate::office::people::name_keys::{self, person_name_keys};
use crate::office::people::persons::{self, persons as people};
use crate::platform::crypto::Keyring;
use crate::platform::db::query::Boxed;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Detail, Error, Result};
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::coded::coded_enum;
use crate::rules::desks::Reach;
use crate::rules::glyphs::compact;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::lifecycle::State;
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;

diesel::table! {
    case_searches (id) {
        id -> Binary,
        at -> BigInt,
        worker_id -> Binary,
        kind -> Text,
        term_hash -> Binary,
        hits -> BigInt,
    }
}

diesel::allow_tables_to_appear_in_same_query!(cases, people);
diesel::allow_tables_to_appear_in_same_query!(cases, person_name_keys);
diesel::allow_tables_to_appear_in_same_query!(cases, residents);

coded_enum! {
    /// By what a case is looked for.
    pub enum By {
        Number = "number", "办件编号";
        IdNumber = "id_number", "身份证号码";
        Phone = "phone", "手机号码";
        Name = "name", "姓名";
    }
}

/// What is looked for, in the form in which it can be found.
#[derive(Clone)]
pub struct Term {
    pub by: By,
    needle: Needle,
    /// Keyed hash of the term in its normal form: for the log and for the cursor.
    pub hash: [u8; 32],
}

#[derive(Clone)]
enum Needle {
    Number(String),
    IdNumber(Vec<u8>),
    Phone(Vec<u8>),
    Name(Vec<Vec<u8>>),
}

impl Term {
    /// Reads what was typed; a name, or the part of one, has two letters at least. Errors: 10002 with the way out.
    pub fn read(keys: &Keyring, by: By, text: &str, today: NaiveDate) -> Result<Term> {
        let wrong =
            |code: &str, reason: &str, way: &str| Error::invalid(vec![Detail::new("/term", by.label(), code, reason, way)]);
        let (needle, normal) = match by {
            By::Number => {
                let number = compact(text);
                (Needle::Number(number.clone()), number)
            }
            By::IdNumber => {
                let id = CitizenId::parse(text, today).map_err(|f| wrong(f.code(), f.reason(), f.suggestion()))?;
                (Needle::IdNumber(persons::id_hash(keys, &id).to_vec()), id.reveal().to_owned())
            }
            By::Phone => {
                let phone = PhoneNumber::parse(text).map_err(|f| wrong(f.code(), f.reason(), f.suggestion()))?;
                (Needle::Phone(persons::phone_hash(keys, &phone).to_vec()), phone.reveal().to_owned())
            }
            By::Name => {
                let name = PersonName::parse(text).map_err(|f| wrong(f.code(), f.reason(), f.suggestion()))?;
                (Needle::Name(name_keys::of(keys, &name)), name.reveal().to_owned())
            }
        };
        Ok(Term { by, needle, hash: keys.lookup_hash(&format!("search.{}", by.code()), &normal) })
    }
}

/// The one definition, for the page and for the number of hits.
fn found<'a, S>(mut query: Boxed<'a, cases::table, S, ()>, worker: &Worker, term: &Term) -> Boxed<'a, cases::table, S, ()> {
    for post in &worker.posts {
        query = match known_by(post) {
            Known::Nothing => query,
            Known::Point(point) => query.or_filter(cases::desk_point.eq(Some(point))),
            Known::Desk(from, to) => {
                let here = cases::desk.eq(post.role.desk()).and(cases::desk_area.between(Some(from), Some(to)));
                query.or_filter(here)
            }
            Known::Area(from, to) => {
                let here = cases::desk.eq(post.role.desk()).and(cases::desk_area.between(Some(from), Some(to)));
                query.or_filter(cases::area.between(from, to).or(here))
            }
        };
    }
    if worker.posts.iter().all(|post| matches!(known_by(post), Known::Nothing)) {
        query = query.filter(cases::version.lt(0));
    }
    query = query.filter(cases::state.ne(State::Draft));
    match &term.needle {
        Needle::Number(number) => query.filter(cases::number.eq(number.clone())),
        Needle::IdNumber(hash) => {
            let of = people::table.filter(people::id_hash.eq(hash.clone())).select(people::id);
            query.filter(cases::person_id.eq_any(of))
        }
        Needle::Phone(hash) => {
            let of = people::table.filter(people::phone_hash.eq(hash.clone())).select(people::id);
            let by = residents::table.filter(residents::phone_hash.eq(hash.clone())).select(residents::id.nullable());
            query.filter(cases::person_id.eq_any(of).or(cases::applicant_id.eq_any(by)))
        }
        Needle::Name(keys) => {
            for key in keys {
                let of = person_name_keys::table.filter(person_name_keys::name_key.eq(key.clone()));
                query = query.filter(cases::person_id.eq_any(of.select(person_name_keys::person_id)));
            }
            query
        }
    }
}

/// What a post lets its holder know of; the same as `Case::in_scope_of`.
enum Known {
    Nothing,
    Point(Id),
    Desk(AreaCode, AreaCode),
    Area(AreaCode, AreaCode),
}

fn known_by(post: &Post) -> Known {
    let (from, to) = post.area.bounds();
    match post.role.reach() {
        Reach::Area => Known::Area(from, to),
        Reach::Point => post.point.map_or(Known::Nothing, Known::Point),
        Reach::Handed => Known::Desk(from, to),
    }
}

/// Newest first, one row more than `limit` when there are more; and how many there are.
pub fn find(
    c: &mut AnyConn,
    office: &Office,
    worker: &Worker,
    term: &Term,
    after: Option<After>,
    limit: i64,
) -> Result<(Vec<(After, CaseSummary)>, i64)> {
    let all = cases::table.select(diesel::dsl::count_star()).into_boxed();
    let hits = found(all, worker, term).get_result(c)?;
    let mut page = found(cases::table.into_boxed(), worker, term);
    if let Some(a) = after {
        page = page.filter(cases::created_at.lt(a.at).or(cases::created_at.eq(a.at).and(cases::id.lt(a.id))));
    }
    let page = page.order((cases::created_at.desc(), cases::id.desc())).limit(limit.saturating_add(1));
    let rows: Vec<Case> = page.select(<Case as Selectable<MultiBackend>>::construct_selection()).load(c)?;
    Ok((summaries(c, office, rows, |case| case.course.created_at.ms())?, hits))
}

/// Writes a search down, before its answer is given. `at`: epoch milliseconds.
pub fn record(c: &mut AnyConn, id: Id, at: Moment, worker: Id, term: &Term, hits: i64) -> Result<()> {
    use case_searches::dsl as s;
    let row = (
        s::id.eq(id),
        s::at.eq(at),
        s::worker_id.eq(worker),
        s::kind.eq(term.by.code()),
        s::term_hash.eq(term.hash.as_slice()),
        s::hits.eq(hits),
    );
    diesel::insert_into(s::case_searches).values(row).execute(c)?;
    Ok(())
}
