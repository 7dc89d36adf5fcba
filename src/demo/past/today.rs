//! Live cases of the last days in the first county, so that no desk of the demo is empty for a newcomer.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::aid::{self, Pupil};
use super::applicants::MemberOf;
use super::cards::{self, Story};
use super::pages::Pages;
use super::rentals::{self, Borrower};
use super::scene::{Scene, Setting};
use crate::demo::province::cards::PlannedCard;
use crate::demo::province::people::Family;
use zhucan::office::cases::record::actor::Deed;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::Result;
use zhucan::rules::calendar::beijing_date;
use zhucan::rules::certificate::{Category, GrantedBy, Level};
use zhucan::rules::moments::Moment;
use zhucan::services::certificate::terms::Kind;

/// Where the demo's own commissioner and town officer serve.
const VILLAGE: &str = "990101100200";
const TOWN: &str = "990101100000";

/// How far an application for aid has come, and how many working days ago it was filed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aid {
    Submitted,
    Accepted,
    AtTown,
    Asked,
    AtCounty,
    OnNotice,
    Payable,
}

/// The first ones are of the commissioner's village as long as it has students, the next of the town.
const AID: [(Aid, u32); 10] = [
    (Aid::Submitted, 1),
    (Aid::Accepted, 2),
    (Aid::Submitted, 1),
    (Aid::AtTown, 3),
    (Aid::AtTown, 3),
    (Aid::Asked, 4),
    (Aid::AtCounty, 4),
    (Aid::AtCounty, 5),
    (Aid::OnNotice, 4),
    (Aid::Payable, 13),
];

/// How far a renewal has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Renewal {
    Submitted,
    AtCounty,
    ToBeMade,
}

const RENEWALS: [(Renewal, u32); 4] =
    [(Renewal::Submitted, 1), (Renewal::AtCounty, 4), (Renewal::ToBeMade, 5), (Renewal::Submitted, 1)];

/// How far a loan has come, and how many days ago it was reserved.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loan {
    Reserved,
    Out,
    Back,
}

const LOANS: [(Loan, u64); 6] =
    [(Loan::Reserved, 1), (Loan::Reserved, 1), (Loan::Out, 20), (Loan::Out, 64), (Loan::Back, 12), (Loan::Back, 9)];

/// Everything that is to be written, invented before the write.
struct Live {
    aid: Vec<(Aid, Pupil)>,
    renewals: Vec<(Renewal, Story)>,
    /// First cards that wait for the hospital.
    first_cards: Vec<Story>,
    loans: Vec<(Loan, Borrower)>,
}

/// Writes them, in one page. `borrowed` families have their loan in the past.
pub async fn write(pages: &mut Pages<'_>, setting: &Setting, families: &[Family], borrowed: usize, now: Moment) -> Result<()> {
    let live = invent(setting, families, borrowed, beijing_date(now))?;
    let scene = setting.scene.clone();
    pages.write(move |c| live.play(c, &scene)).await
}

/// The families of the demo's village and town before the others.
fn nearest(families: &[Family]) -> Vec<&Family> {
    let far = |f: &&Family| match f.area.as_str() {
        VILLAGE => 0,
        area if area.get(..9) == TOWN.get(..9) => 1,
        _ => 2,
    };
    let mut all: Vec<&Family> = families.iter().collect();
    all.sort_by_key(far);
    all
}

fn invent(setting: &Setting, families: &[Family], borrowed: usize, today: NaiveDate) -> Result<Live> {
    let mut live = Live { aid: Vec::new(), renewals: Vec::new(), first_cards: Vec::new(), loans: Vec::new() };
    let near = nearest(families);
    let mut seed = 10_000_u64;
    let mut next_seed = || {
        seed = seed.saturating_add(7);
        seed
    };
    let students = near.iter().flat_map(|f| (0..f.members.len()).map(move |at| (*f, at)));
    let students = students.filter(|(f, at)| f.members.get(*at).and_then(|m| m.study).is_some_and(|s| s.year == today.year()));
    for ((stop, days), (family, at)) in AID.into_iter().zip(students) {
        let day = setting.working_days_before(today, days);
        live.aid.extend(aid::pupil(setting, family, at, day, next_seed())?.map(|pupil| (stop, pupil)));
    }
    let due = near.iter().filter_map(|f| f.members.first()?.card.as_ref().filter(|k| renewable(k, today)).map(|k| (*f, k)));
    let due = due.filter(|(f, _)| f.members.first().is_some_and(|m| !m.id_number.is_minor_on(today) && m.study.is_none()));
    for ((stop, days), (family, card)) in RENEWALS.into_iter().zip(due) {
        let day = setting.working_days_before(today, days);
        let story = cards::story(setting, MemberOf { family, at: 0 }, Kind::Renewal, card.clone(), day, next_seed())?;
        live.renewals.push((stop, story));
    }
    // Parents of students, who hold no card.
    let parents = near.iter().filter_map(|f| {
        let at = f.members.len().checked_sub(1)?;
        let parent = f.members.get(at).filter(|m| m.card.is_none() && m.study.is_none())?;
        let pupil = f.members.first().and_then(|m| m.study).is_some_and(|s| s.year < today.year());
        (pupil && !parent.id_number.is_minor_on(today)).then_some(MemberOf { family: f, at })
    });
    for parent in parents.take(3) {
        let day = setting.working_days_before(today, 3);
        live.first_cards.push(cards::story(setting, parent, Kind::New, asked_for(day), day, next_seed())?);
    }
    // Nobody who is renewing: the loan would be older than their account.
    let renews = |f: &Family| f.members.first().and_then(|m| m.card.as_ref()).is_some_and(|k| renewable(k, today));
    let borrowers = rentals::borrowers(families).skip(borrowed).filter(|who| !renews(who.family));
    for (place, ((stop, days), who)) in LOANS.into_iter().zip(borrowers).enumerate() {
        let day = today.checked_sub_days(Days::new(days)).unwrap_or(today);
        live.loans.push((stop, rentals::borrower(setting, who, day, place)?));
    }
    Ok(live)
}

/// Expires within five months; the hospital granted it, so that no new assessment is needed.
fn renewable(card: &PlannedCard, today: NaiveDate) -> bool {
    let expires = card.issued_on.checked_add_months(Months::new(120)).unwrap_or(today);
    let soon = today.checked_add_months(Months::new(5)).unwrap_or(today);
    card.by_case.is_none() && expires < soon && card.granted_by == GrantedBy::Hospital && !card.needs_guardian()
}

fn asked_for(day: NaiveDate) -> PlannedCard {
    PlannedCard {
        category: Category::Physical,
        components: Vec::new(),
        level: Level::Three,
        issued_on: day,
        granted_by: GrantedBy::Hospital,
        irreversible: false,
        reissue: None,
        by_case: None,
    }
}

impl Live {
    fn play(&self, c: &mut AnyConn, scene: &Scene) -> Result<()> {
        for (stop, pupil) in &self.aid {
            applied(c, scene, *stop, pupil)?;
        }
        for (stop, story) in &self.renewals {
            renewed(c, scene, *stop, story)?;
        }
        for story in &self.first_cards {
            let mut way = cards::submitted(c, scene, story)?;
            way.later(1);
            way.worker(&scene.staff.town, Deed::Accept)?;
        }
        for (stop, borrower) in &self.loans {
            let mut way = rentals::reserved(c, scene, borrower)?;
            if *stop != Loan::Reserved {
                let lent = rentals::handed_out(&mut way)?;
                if *stop == Loan::Back {
                    way.later(2);
                    rentals::taken_back(&mut way, borrower, &lent)?;
                }
            }
        }
        Ok(())
    }
}

fn applied(c: &mut AnyConn, scene: &Scene, stop: Aid, pupil: &Pupil) -> Result<()> {
    let staff = &scene.staff;
    let mut way = aid::submitted(c, scene, pupil)?;
    if stop == Aid::Submitted {
        return Ok(());
    }
    way.later(1);
    way.worker(&staff.village, Deed::Accept)?;
    if stop == Aid::Accepted {
        return Ok(());
    }
    way.soon();
    way.worker(&staff.village, Deed::Forward)?;
    way.later(1);
    match stop {
        Aid::AtTown => return Ok(()),
        Aid::Asked => return way.ask_again(&staff.town, "household_register"),
        _ => way.worker(&staff.town, Deed::Forward)?,
    }
    way.later(1);
    if stop == Aid::AtCounty {
        return Ok(());
    }
    way.worker(&staff.county, Deed::Approve)?;
    if stop == Aid::Payable { way.notice() } else { Ok(()) }
}

fn renewed(c: &mut AnyConn, scene: &Scene, stop: Renewal, story: &Story) -> Result<()> {
    let mut way = cards::submitted(c, scene, story)?;
    if stop == Renewal::Submitted {
        return Ok(());
    }
    way.later(1);
    way.worker(&scene.staff.town, Deed::Accept)?;
    way.later(1);
    way.worker(&scene.staff.town, Deed::Forward)?;
    way.later(1);
    if stop == Renewal::ToBeMade { way.worker(&scene.staff.county, Deed::Approve) } else { Ok(()) }
}
