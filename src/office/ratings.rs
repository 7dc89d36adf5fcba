//! Ratings (好差评): five grades, once a case, by whom it concerned.

use diesel::prelude::*;

use crate::office::cases::moving::act::store;
use crate::office::cases::moving::permit::{Asked, Permit};
use crate::office::cases::record::actor::Actor;
use crate::office::cases::record::case::Case;
use crate::office::cases::record::codes;
use crate::office::cases::service::Office;
use crate::office::tickets::{self, NewTicket};
use crate::platform::crypto::Place;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;
use crate::rules::lifecycle::{Action, Role};
use crate::rules::versions::Version;

diesel::table! {
    ratings (case_id) {
        case_id -> Binary,
        grade -> BigInt,
        comment -> Nullable<Binary>,
        at -> BigInt,
    }
}

coded_enum! {
    /// The five national grades.
    pub enum Grade {
        VeryGood = "very_good", "非常满意";
        Good = "good", "满意";
        Fair = "fair", "基本满意";
        Poor = "poor", "不满意";
        VeryPoor = "very_poor", "非常不满意";
    }
}

/// What an applicant says about the office.
pub struct Rating<'a> {
    /// The applicant's account.
    pub account: Id,
    pub case: Id,
    /// The version of the case that was seen.
    pub seen: Version,
    pub grade: Grade,
    pub comment: Option<&'a str>,
}

/// Rates a completed case on the version that was seen: the line of history, the rating, and of a bad one a work order, in
/// one write. A second one is 20011.
pub fn rate(c: &mut AnyConn, office: &Office, rating: &Rating<'_>) -> Result<Case> {
    let actor = Actor::Applicant(rating.account);
    let asked = Asked { actor: &actor, action: Action::Rate, seen: Some(rating.seen) };
    let permit = Permit::ask(c, office, rating.case, &asked)?;
    let line = permit.line(&actor, Action::Rate, office.now);
    let mut case = permit.case;
    // The applicant has acted on the decision, so that it can no longer be taken back.
    case.decision.settle();
    store(c, office, &mut case, line)?;
    store_grade(c, office, &case, rating.grade, rating.comment)?;
    Ok(case)
}

/// Stores the grade, and opens a work order for a bad one.
fn store_grade(c: &mut AnyConn, office: &Office, case: &Case, grade: Grade, comment: Option<&str>) -> Result<()> {
    let sealed = match comment {
        Some(text) => {
            let place = Place::new("ratings", "comment", case.id.as_bytes());
            Some(case.key(&office.keys)?.seal(&place, text.as_bytes())?)
        }
        None => None,
    };
    let points = 5_i64.saturating_sub(grade as i64);
    use ratings::dsl as r;
    let row = (r::case_id.eq(case.id), r::grade.eq(points), r::comment.eq(sealed), r::at.eq(office.now));
    match diesel::insert_into(r::ratings).values(row).execute(c) {
        Ok(_) => {}
        Err(e) if is_duplicate(&e) => return Err(Error::new(&codes::RATED)),
        Err(e) => return Err(e.into()),
    }
    if matches!(grade, Grade::Poor | Grade::VeryPoor) {
        tickets::open(c, office, &work_order(case, grade, comment)?)?;
    }
    Ok(())
}

fn work_order(case: &Case, grade: Grade, comment: Option<&str>) -> Result<NewTicket> {
    let text = match comment.map(str::trim).filter(|words| !words.is_empty()) {
        Some(words) => format!("评价“{}”：{words}", grade.label()),
        None => format!("评价“{}”，没有写意见。", grade.label()),
    };
    Ok(NewTicket {
        kind: tickets::Kind::BadRating,
        area: case.area,
        person: Some(case.person_id),
        case: Some(case.id),
        account: case.filing.applicant_id,
        by: Role::System,
        text,
    })
}
