//! An applicant's own cases, and those that a worker filed: one query definition for the list and its counts.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::{self, CaseSummary};
use crate::labelled;
use crate::office::accounts::guards::Filer;
use crate::office::accounts::links;
use crate::office::cases::record::case::{Case, cases};
use crate::office::cases::service::Office;
use crate::office::people::persons;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::http::paging::After;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::State;

/// What to show.
#[derive(Clone, Debug)]
pub struct Filter {
    pub of: Of,
    /// Only those that still live, or only those that ended.
    pub live: Option<bool>,
}

/// Whose cases.
#[derive(Clone, Debug)]
pub enum Of {
    /// Those of an account that applies.
    Applicant(Id),
    /// Those that a worker filled in for somebody, in the areas where the worker still meets residents: first and last code.
    Filed(Id, Vec<(AreaCode, AreaCode)>),
}

impl From<&Filer> for Of {
    fn from(who: &Filer) -> Of {
        match who {
            Filer::Resident(account) => Of::Applicant(*account),
            Filer::Officer(w) => Of::Filed(w.id, w.posts_among().map(|p| p.area.bounds()).collect()),
        }
    }
}

impl Of {
    fn whose(&self) -> Whose {
        match self {
            Of::Applicant(account) => Box::new(cases::applicant_id.eq(*account)),
            Of::Filed(worker, areas) => {
                let nowhere: Whose = Box::new(cases::filed_by.is_null().nullable());
                let here = |any: Whose, (first, last): &(AreaCode, AreaCode)| -> Whose {
                    Box::new(any.or(cases::area.between(*first, *last)))
                };
                Box::new(cases::filed_by.eq(*worker).and(areas.iter().fold(nowhere, here)))
            }
        }
    }
}

type Whose = Box<dyn BoxableExpression<cases::table, MultiBackend, SqlType = Nullable<Bool>>>;

/// How many of one state.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StateCount {
    pub state: Labelled<State>,
    pub count: i64,
}

type Query<'a> = cases::BoxedQuery<'a, MultiBackend>;

fn query<'a>(f: &Filter) -> Query<'a> {
    let all = cases::table.filter(f.of.whose()).into_boxed();
    match f.live {
        Some(true) => all.filter(cases::ended_at.is_null()),
        Some(false) => all.filter(cases::ended_at.is_not_null()),
        None => all,
    }
}

/// Newest first; one row more than `limit` when there are more.
pub fn list(c: &mut AnyConn, office: &Office, f: &Filter, after: Option<After>, limit: i64) -> Result<Vec<(After, CaseSummary)>> {
    let mut page = query(f);
    if let Some(a) = after {
        page = page.filter(cases::created_at.lt(a.at).or(cases::created_at.eq(a.at).and(cases::id.lt(a.id))));
    }
    let rows: Vec<Case> = page
        .order((cases::created_at.desc(), cases::id.desc()))
        .limit(limit.saturating_add(1))
        .select(<Case as Selectable<MultiBackend>>::construct_selection())
        .load(c)?;
    summaries(c, office, rows, |case| case.course.created_at.ms())
}

/// Those that wait for their applicant: how many, and the newest of them.
pub fn waiting(c: &mut AnyConn, office: &Office, account: Id, most: i64) -> Result<(i64, Vec<CaseSummary>)> {
    let live = Filter { of: Of::Applicant(account), live: Some(true) };
    let states: Vec<State> = State::ALL.iter().copied().filter(|s| s.waits_for_applicant()).collect();
    let count = query(&live).filter(cases::state.eq_any(states.clone())).count().get_result(c)?;
    let rows: Vec<Case> = query(&live)
        .filter(cases::state.eq_any(states))
        .order((cases::created_at.desc(), cases::id.desc()))
        .limit(most)
        .select(<Case as Selectable<MultiBackend>>::construct_selection())
        .load(c)?;
    let lines = summaries(c, office, rows, |case| case.course.created_at.ms())?;
    Ok((count, lines.into_iter().map(|(_, line)| line).collect()))
}

/// Cases as lines, with the names of their persons from one query.
pub fn summaries(
    c: &mut AnyConn,
    office: &Office,
    rows: Vec<Case>,
    at: impl Fn(&Case) -> i64,
) -> Result<Vec<(After, CaseSummary)>> {
    let names = persons::masked_names(c, rows.iter().map(|r| r.person_id).collect())?;
    let mut out = Vec::with_capacity(rows.len());
    for case in rows {
        let name = names.iter().find(|(id, _)| *id == case.person_id).map_or("", |(_, n)| n.as_str());
        let service = office.services.get(&case.service)?;
        out.push((After { at: at(&case), id: case.id }, views::summary(&case, service, name, office.now)));
    }
    Ok(out)
}

/// How many of each state, by the same definition.
pub fn counts(c: &mut AnyConn, f: &Filter) -> Result<Vec<StateCount>> {
    let mut all = cases::table
        .filter(f.of.whose())
        .group_by(cases::state)
        .select((cases::state, diesel::dsl::count_star()))
        .into_boxed::<MultiBackend>();
    all = match f.live {
        Some(true) => all.filter(cases::ended_at.is_null()),
        Some(false) => all.filter(cases::ended_at.is_not_null()),
        None => all,
    };
    let rows: Vec<(State, i64)> = all.order(cases::state).load(c)?;
    Ok(rows.into_iter().map(|(state, count)| StateCount { state: labelled!(state), count }).collect())
}

/// A page of the cases that an account may take on, the newest first; one row more than `limit` when there are more.
pub fn may_take_on(
    c: &mut AnyConn,
    office: &Office,
    account: Id,
    after: Option<After>,
    limit: i64,
) -> Result<Vec<(After, CaseSummary)>> {
    let mut persons: Vec<Id> = links::persons_of(c, account, office.today())?.into_iter().map(|(person, _)| person).collect();
    persons.sort();
    persons.dedup();
    let acting = links::acting_for(c, &persons, office.today())?;
    type Mine = Box<dyn BoxableExpression<cases::table, MultiBackend, SqlType = Nullable<Bool>>>;
    let mine = persons.into_iter().fold(None, |all: Option<Mine>, person| {
        let there: Vec<Option<Id>> = acting.iter().filter(|(p, _)| *p == person).map(|(_, account)| Some(*account)).collect();
        let left = cases::applicant_id.is_null().or(cases::applicant_id.ne_all(there));
        let left = cases::person_id.eq(person).and(left);
        Some(match all {
            Some(all) => Box::new(all.or(left)),
            None => Box::new(left),
        })
    });
    let Some(mine) = mine else { return Ok(Vec::new()) };
    let mut page = cases::table.filter(cases::ended_at.is_null().and(mine)).into_boxed::<MultiBackend>();
    if let Some(a) = after {
        page = page.filter(cases::created_at.lt(a.at).or(cases::created_at.eq(a.at).and(cases::id.lt(a.id))));
    }
    let rows: Vec<Case> = page
        .order((cases::created_at.desc(), cases::id.desc()))
        .limit(limit.saturating_add(1))
        .select(<Case as Selectable<MultiBackend>>::construct_selection())
        .load(c)?;
    summaries(c, office, rows, |case| case.course.created_at.ms())
}
