//! The certificate cases of a report year: first cards, renewals and changes, from application to the card in hand.

use chrono::NaiveDate;

use super::applicants::{Applicant, MemberOf};
use super::pages::Pages;
use super::scene::{Scene, Setting};
use super::way::Way;
use crate::demo::province::cards::PlannedCard;
use crate::demo::province::figures::County;
use crate::demo::province::people::Family;
use zhucan::office::accounts::guards::Filer;
use zhucan::office::cases::filing::drafts;
use zhucan::office::cases::record::actor::Deed;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::Result;
use zhucan::platform::id::Id;
use zhucan::rules::lifecycle::Desk;
use zhucan::services::certificate::rules::Finding;
use zhucan::services::certificate::sections::{CertificateSection, Delivery, Holder};
use zhucan::services::certificate::store::{self, Entered};
use zhucan::services::certificate::terms::{DeliveryWay, Kind, PickupPlace};
use zhucan::services::certificate::{begin, following, making};

/// Cases in one write.
const PAGE: usize = 40;

/// A case that is to come.
pub struct Story {
    applicant: Applicant,
    kind: Kind,
    /// What the card is to say.
    card: PlannedCard,
    applied_on: NaiveDate,
    /// The holder lives in another province.
    away: bool,
    /// The doctor comes to the person: at a time of the case, or in a round of a village.
    visit: Visit,
    seed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    None,
    Home,
    Round(NaiveDate),
}

/// A case of somebody of a family for this card, filed on that day.
pub fn story(
    setting: &Setting,
    member: MemberOf<'_>,
    kind: Kind,
    card: PlannedCard,
    applied_on: NaiveDate,
    seed: u64,
) -> Result<Story> {
    let applicant = Applicant::of(setting, member, applied_on)?;
    Ok(Story { applicant, kind, card, applied_on, away: false, visit: Visit::None, seed })
}

/// Writes the year of a county.
pub async fn write(pages: &mut Pages<'_>, setting: &Setting, county: &County, families: &[Family]) -> Result<()> {
    let mut stories = stories(setting, county, families)?;
    while !stories.is_empty() {
        let page: Vec<Story> = stories.drain(..PAGE.min(stories.len())).collect();
        let at = setting.scene.clone();
        pages.write(move |c| page.iter().try_for_each(|story| told(c, &at, story))).await?;
    }
    Ok(())
}

fn stories(setting: &Setting, county: &County, families: &[Family]) -> Result<Vec<Story>> {
    let rounds = rounds(setting, county);
    let mut all = Vec::new();
    let mut first_cards = 0_usize;
    for family in families {
        for (at, member) in family.members.iter().enumerate() {
            let Some((card, by)) = member.card.as_ref().and_then(|k| Some((k, k.by_case?))) else { continue };
            let place = all.len();
            let mut next = story(setting, MemberOf { family, at }, by.kind, card.clone(), by.applied_on, place as u64)?;
            next.away = spread(place, 80, county.cross_province);
            if by.kind == Kind::New {
                let home = spread(first_cards, 13, county.at_home);
                next.visit = if home { Visit::Home } else { Visit::None };
                first_cards = first_cards.saturating_add(1);
            }
            // Who applied in the weeks before a round waits for it.
            let soon = |day: &&NaiveDate| (8..32).contains(&day.signed_duration_since(by.applied_on).num_days());
            if let Some(round) = rounds.iter().find(soon) {
                next.visit = Visit::Round(*round);
            }
            all.push(next);
        }
    }
    Ok(all)
}

/// Whether the n-th item is chosen: every `steps`-th one is, until there are `most`.
fn spread(n: usize, steps: usize, most: usize) -> bool {
    n.is_multiple_of(steps) && n.checked_div(steps).is_some_and(|nth| nth < most)
}

/// Working days on which doctors come to the villages.
fn rounds(scene: &Scene, county: &County) -> Vec<NaiveDate> {
    let months = [3, 5, 8, 10].into_iter().take(county.village_rounds);
    let middle = months.filter_map(|month| NaiveDate::from_ymd_opt(county.report_year, month, 15));
    middle.map(|day| scene.days.add_working_days(day, 1)).collect()
}

/// From the first screen to the submission.
pub fn submitted<'a>(c: &'a mut AnyConn, scene: &'a Scene, story: &Story) -> Result<Way<'a>> {
    let office = scene.office(story.applied_on, 9 * 60 + u32::try_from(story.seed % 600).unwrap_or(0));
    let (account, person) = story.applicant.sign_in(c, &office, &scene.staff.town)?;
    let draft = begin::draft(c, &office, Id::at(office.now), &Filer::Resident(account), person, story.kind)?;
    let mut way = Way::of(c, scene, office, draft, story.seed);
    let holder = Holder {
        phone: None,
        address: None,
        changed_condition: story.kind == Kind::Change,
        declared_category: (story.kind == Kind::New).then_some(story.card.category),
        cross_province: story.away,
    };
    drafts::save(way.c, &way.office, &way.case, CertificateSection::Holder.code(), 0, &holder)?;
    drafts::save(way.c, &way.office, &way.case, CertificateSection::Delivery.code(), 0, &delivery(story))?;
    way.submit()?;
    Ok(way)
}

fn delivery(story: &Story) -> Delivery {
    let at = |place| Delivery { way: DeliveryWay::Pickup, place: Some(place), address: None, recipient: None, phone: None };
    let to = |way| Delivery {
        way,
        place: None,
        address: Some("示例市示例路1号".to_owned()),
        recipient: Some(story.applicant.person.name.reveal().to_owned()),
        phone: Some("13800000000".to_owned()),
    };
    match story.seed % 10 {
        _ if story.away => to(DeliveryWay::Post),
        _ if story.visit == Visit::Home => to(DeliveryWay::Home),
        0..4 => at(PickupPlace::County),
        4..8 => at(PickupPlace::Town),
        8 => to(DeliveryWay::Post),
        _ => to(DeliveryWay::Home),
    }
}

/// A whole case.
fn told(c: &mut AnyConn, scene: &Scene, story: &Story) -> Result<()> {
    let mut way = submitted(c, scene, story)?;
    accepted(&mut way, story)?;
    assessed(&mut way, story)?;
    way.within(2);
    way.worker(&scene.staff.town, Deed::Forward)?;
    way.within(3);
    way.worker(&scene.staff.county, Deed::Approve)?;
    way.notice()?;
    way.within(2);
    making::make(way.c, &way.office, &scene.staff.county, &way.case, way.case.version)?;
    way.look_again()?;
    way.within(3);
    handed_out(&mut way, story)?;
    way.look_again()?;
    way.perhaps_rate()
}

/// The town accepts, after a correction or without.
pub fn accepted(way: &mut Way<'_>, story: &Story) -> Result<()> {
    let town = &way.scene.staff.town;
    way.within(2);
    if story.seed % 15 == 4 {
        way.correct(town, "photo", "照片，重新拍的")?;
        way.within(2);
    }
    way.worker(town, Deed::Accept)
}

/// The hospital enters its result, when one is awaited.
fn assessed(way: &mut Way<'_>, story: &Story) -> Result<()> {
    if !store::find(way.c, way.case.id)?.awaits_result() {
        return Ok(());
    }
    match story.visit {
        Visit::Round(day) if day > way.today() => way.office = way.scene.office(day, 15 * 60),
        _ => way.within(5),
    }
    let assessor = &way.scene.staff.assessor;
    let in_round = matches!(story.visit, Visit::Round(day) if day == way.today());
    let entered = Entered {
        finding: Finding {
            category: story.card.category,
            components: story.card.components.clone(),
            level: Some(story.card.level),
            assessed_on: way.today(),
        },
        hospital: "示例县人民医院".to_owned(),
        at_home: story.visit == Visit::Home || in_round,
        assessor: assessor.id,
        entered_at: way.office.now,
    };
    following::enter_result(way.c, &way.office, assessor, &way.case, way.case.version, &entered)?;
    // The result left a line in the case's history.
    way.look_again()
}

/// At the desk where the card lies, at home, or by post.
fn handed_out(way: &mut Way<'_>, story: &Story) -> Result<()> {
    let staff = &way.scene.staff;
    if delivery(story).way == DeliveryWay::Post {
        let number = format!("EMS{:010}", story.seed);
        making::post(way.c, &way.office, &staff.county, &way.case, way.case.version, &number)?;
        way.look_again()?;
        way.within(4);
        return making::complete_received(way.c, &way.office, &way.case, "receipt_confirmed");
    }
    let worker = if way.case.place.desk == Some(Desk::Town) { &staff.town } else { &staff.county };
    let receiver = story.applicant.person.name.reveal();
    making::hand_out(way.c, &way.office, worker, &way.case, way.case.version, receiver)
}
