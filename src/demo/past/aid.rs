//! The education aid of a report year: the season, an application for each student, and payment batches to the end.

use chrono::{Days, NaiveDate};

use super::applicants::{Applicant, MemberOf};
use super::pages::Pages;
use super::scene::{Scene, Setting};
use super::way::Way;
use crate::demo::province::chance::Chance;
use crate::demo::province::figures::{County, Target};
use crate::demo::province::people::{Family, Study};
use zhucan::office::accounts::guards::Filer;
use zhucan::office::cases::filing::drafts::{self, NewDraft};
use zhucan::office::cases::record::actor::Deed;
use zhucan::office::cases::record::case;
use zhucan::office::people::kin::KinKind;
use zhucan::office::people::persons;
use zhucan::office::policy::county;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::id::Id;
use zhucan::rules::identity::{BankCard, CitizenId};
use zhucan::rules::money::Fen;
use zhucan::services::education_aid::booking::{self, BankAnswer};
use zhucan::services::education_aid::mending;
use zhucan::services::education_aid::payments::{self, LineState};
use zhucan::services::education_aid::rules::{Season, SeasonStatus};
use zhucan::services::education_aid::seasons;
use zhucan::services::education_aid::sections::{self, Account, AidSection, Holder, Parent, Student};
use zhucan::services::education_aid::store::{self, PaymentFault};
use zhucan::services::education_aid::terms::{Beneficiary, Stage, Terms};
use zhucan::services::education_aid::{CODE, EducationAid};

/// Applications in one write.
const PAGE: usize = 40;

/// An application that is to come.
pub struct Pupil {
    applicant: Applicant,
    kind: Beneficiary,
    stage: Stage,
    year: i32,
    /// The disabled parent of a child.
    parent: Option<CitizenId>,
    pub applied_on: NaiveDate,
    seed: u64,
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// A student of a family who applies on that day; none for a member who does not study then.
pub fn pupil(setting: &Setting, family: &Family, at: usize, applied_on: NaiveDate, seed: u64) -> Result<Option<Pupil>> {
    let Some(Study { beneficiary, stage, year }) = family.members.get(at).and_then(|m| m.study) else { return Ok(None) };
    let unknown = || Error::internal("no such student");
    let kind = if beneficiary == "disabled_student" { Beneficiary::Student } else { Beneficiary::Child };
    let parents = family.kin.iter().filter(|k| k.0 == at && k.2 == KinKind::Parent && kind == Beneficiary::Child);
    let parent = parents.filter_map(|k| family.members.get(k.1)).map(|p| p.id_number.clone()).next();
    let applicant = Applicant::of(setting, MemberOf { family, at }, applied_on)?;
    let stage = Stage::from_code(stage).ok_or_else(unknown)?;
    Ok(Some(Pupil { applicant, kind, stage, year, parent, applied_on, seed }))
}

/// Writes the year of a county.
pub async fn write(pages: &mut Pages<'_>, setting: &Setting, families: &[Family], county: &'static County) -> Result<()> {
    if county.students.is_empty() {
        return Ok(());
    }
    let at = setting.scene.clone();
    let year = county.report_year;
    pages.write(move |c| announce(c, &at, county)).await?;
    let mut pupils = Vec::new();
    let mut chance = Chance::seeded(u64::from(year.unsigned_abs()));
    for family in families {
        for at in 0..family.members.len() {
            if family.members.get(at).and_then(|m| m.study).is_some_and(|s| s.year == year) {
                let applied_on = day(year, 9, 12).checked_add_days(Days::new(chance.below(24))).unwrap_or_default();
                pupils.extend(pupil(setting, family, at, applied_on, pupils.len() as u64)?);
            }
        }
    }
    while !pupils.is_empty() {
        let page: Vec<Pupil> = pupils.drain(..PAGE.min(pupils.len())).collect();
        let at = setting.scene.clone();
        pages.write(move |c| page.iter().try_for_each(|pupil| approved(c, &at, pupil))).await?;
    }
    let at = setting.scene.clone();
    pages.write(move |c| first_batch(c, &at, year)).await?;
    let at = setting.scene.clone();
    pages.write(move |c| second_batch(c, &at, year)).await
}

fn announce(c: &mut AnyConn, scene: &Scene, county: &County) -> Result<()> {
    let year = county.report_year;
    let students = county.students.iter().map(|s| s.count).sum::<usize>();
    let quota = i64::try_from(students).unwrap_or(i64::MAX);
    let office = scene.office(day(year, 9, 11), 16 * 60);
    let policy = county::current(c, &scene.area, CODE, office.today())?;
    let terms: Terms = policy.ok_or_else(|| Error::internal("the demo county has no policy"))?.service()?;
    let id = Id::at(office.now);
    let season = Season {
        id,
        county: scene.area,
        year,
        code: seasons::code_of(year, id),
        name: format!("{year}年教育救助"),
        notice_no: format!("示例残联〔{year}〕12号"),
        opens_on: day(year, 9, 12),
        closes_on: day(year, 10, 20),
        review_on: day(year, 10, 20),
        exam_on: Some(day(year, 6, 7)),
        second_evidence_due: Some(day(year, 9, 30)),
        budget_fen: Fen(27_000_000),
        quota,
        committed_fen: Fen::ZERO,
        committed_count: 0,
        standards: terms.standards.clone(),
        targets: county.targets.iter().map(Target::season).collect::<Result<_>>()?,
        status: SeasonStatus::Published,
        version: 1,
    };
    let faults = season.faults(&terms);
    if !faults.is_empty() {
        return Err(Error::internal(format!("a season of the past is faulty: {faults:?}")));
    }
    seasons::announce(c, &season, scene.staff.county.id, office.now)
}

fn season_of(c: &mut AnyConn, scene: &Scene, year: i32) -> Result<Season> {
    let all = seasons::of_county(c, &scene.area, None, 100)?;
    all.into_iter().find(|s| s.year == year).ok_or_else(|| Error::internal("no season of that year"))
}

/// From the first screen to the submission.
pub fn submitted<'a>(c: &'a mut AnyConn, scene: &'a Scene, pupil: &Pupil) -> Result<Way<'a>> {
    let season = season_of(c, scene, pupil.year)?;
    let office = scene.office(pupil.applied_on, 9 * 60 + u32::try_from(pupil.seed % 600).unwrap_or(0));
    let (account, person) = pupil.applicant.sign_in(c, &office, &scene.staff.town)?;
    let filer = Filer::Resident(account);
    let new = NewDraft { filer, person, kind: pupil.kind.code().to_owned(), period: season.code.clone() };
    let draft = drafts::begin(c, &office, &EducationAid, Id::at(office.now), &new)?;
    let mut way = Way::of(c, scene, office, draft, pupil.seed);
    let student = Student { school: school(pupil), stage: pupil.stage, enrolled_year: enrolled(pupil), student_no: None };
    drafts::save(way.c, &way.office, &way.case, AidSection::Student.code(), 0, &student)?;
    let family = sections::Family { parent: parent(way.c, scene, pupil)?, other_aid: false, commitment: true };
    drafts::save(way.c, &way.office, &way.case, AidSection::Family.code(), 0, &family)?;
    drafts::save(
        way.c,
        &way.office,
        &way.case,
        AidSection::Account.code(),
        0,
        &bank_account(pupil.applicant.person.name.reveal(), pupil.seed)?,
    )?;
    way.submit()?;
    Ok(way)
}

fn parent(c: &mut AnyConn, scene: &Scene, pupil: &Pupil) -> Result<Option<Parent>> {
    let Some(number) = &pupil.parent else { return Ok(None) };
    let found = persons::find_by_id_hash(c, &persons::id_hash(&scene.keys, number))?;
    let person = found.ok_or_else(|| Error::internal("an invented parent is not on record"))?.id;
    Ok(Some(Parent::Known { person, relation: KinKind::Parent }))
}

/// Nobody is new at a stage whose proof of enrolment would follow later.
fn enrolled(pupil: &Pupil) -> i32 {
    let years = i32::try_from(pupil.seed % 2).unwrap_or(0);
    pupil.year.saturating_sub(years).saturating_sub(i32::from(pupil.stage.higher() || pupil.stage == Stage::Vocational))
}

fn school(pupil: &Pupil) -> String {
    let number = ["第一", "第二", "第三", "实验"].get(usize::try_from(pupil.seed % 4).unwrap_or(0)).copied().unwrap_or("第一");
    match pupil.stage {
        Stage::Compulsory => format!("示例市{number}小学"),
        Stage::SeniorHigh => format!("示例市{number}中学"),
        Stage::Vocational => "示例市中等职业学校".to_owned(),
        Stage::SpecialSchool => "示例省特殊教育学校".to_owned(),
        Stage::JuniorCollege => "示例职业技术学院".to_owned(),
        Stage::Undergraduate | Stage::Postgraduate => "示例大学".to_owned(),
    }
}

/// An invented number whose last digit fits.
fn bank_account(name: &str, seed: u64) -> Result<Account> {
    let fits = |last: u64| BankCard::parse(&format!("62170000{:010}{last}", 1_000_000 + seed)).ok().filter(BankCard::passes_luhn);
    let card = (0..10).find_map(fits).ok_or_else(|| Error::internal("no card number fits"))?;
    let bank = "示例农村商业银行".to_owned();
    Ok(Account { holder: Holder::Own, holder_name: name.to_owned(), card: card.reveal().to_owned(), bank })
}

/// Village, town and county see it; the notice runs; finance may pay.
fn approved(c: &mut AnyConn, scene: &Scene, pupil: &Pupil) -> Result<()> {
    let mut way = submitted(c, scene, pupil)?;
    decided(&mut way, pupil.seed % 11 == 3)?;
    way.notice()
}

/// The three desks, the town's with a correction or without.
pub fn decided(way: &mut Way<'_>, corrected: bool) -> Result<()> {
    let staff = &way.scene.staff;
    way.within(2);
    way.worker(&staff.village, Deed::Accept)?;
    way.soon();
    way.worker(&staff.village, Deed::Forward)?;
    way.within(2);
    if corrected {
        way.correct(&staff.town, "household_register", "户口簿，重新拍的")?;
        way.within(2);
    }
    way.worker(&staff.town, Deed::Forward)?;
    way.within(2);
    way.worker(&staff.county, Deed::Approve)
}

/// The first payment batch, with all awards; the bank refuses one in a hundred.
fn first_batch(c: &mut AnyConn, scene: &Scene, year: i32) -> Result<()> {
    let refuses = |line: i64| (line % 100 == 37).then_some(PaymentFault::NameMismatch);
    let batch = pay(c, scene, year, BatchDays { exported: day(year, 11, 8), booked: day(year, 11, 10) }, refuses)?;
    for line in payments::lines(c, batch)?.iter().filter(|l| l.state == LineState::Paid) {
        let case = case::find(c, line.case_id)?;
        let seed = u64::try_from(line.line_no).unwrap_or(0);
        Way::of(c, scene, scene.office(day(year, 11, 10), 16 * 60), case, seed).perhaps_rate()?;
    }
    for line in payments::lines(c, batch)?.iter().filter(|l| l.state == LineState::Failed) {
        let case = case::find(c, line.case_id)?;
        let office = scene.office(day(year, 11, 13), 19 * 60);
        let before = drafts::read::<Account>(c, &case.key(&office.keys)?, case.id, AidSection::Account.code())?;
        let before = before.ok_or_else(|| Error::internal("a payment without an account"))?;
        let mended = bank_account(&before.body.holder_name, 500_000_u64.saturating_add(line.line_no.unsigned_abs()))?;
        drafts::save(c, &office, &case, AidSection::Account.code(), before.version, &mended)?;
        mending::mended(c, &office, &case, &mended)?;
    }
    Ok(())
}

/// The second batch, with the awards whose account was corrected.
fn second_batch(c: &mut AnyConn, scene: &Scene, year: i32) -> Result<()> {
    let season = season_of(c, scene, year)?;
    if store::payable(c, season.id, 1)?.is_empty() {
        return Ok(());
    }
    pay(c, scene, year, BatchDays { exported: day(year, 11, 22), booked: day(year, 11, 24) }, |_| None).map(|_| ())
}

/// When a batch is built and exported, and when the bank's answer is booked.
struct BatchDays {
    exported: NaiveDate,
    booked: NaiveDate,
}

/// A payment batch from building to booking.
fn pay(c: &mut AnyConn, scene: &Scene, year: i32, days: BatchDays, refuses: impl Fn(i64) -> Option<PaymentFault>) -> Result<Id> {
    let finance = &scene.staff.finance;
    let season = season_of(c, scene, year)?;
    let payments::Built { batch, left_out } = payments::build(c, &scene.office(days.exported, 10 * 60), finance, &season)?;
    if left_out > 0 {
        return Err(Error::internal("finance may not sign everything"));
    }
    payments::export(c, &scene.office(days.exported, 10 * 60 + 30), finance, batch, 1)?;
    let lines = payments::lines(c, batch)?;
    let answers: Vec<BankAnswer> = lines.iter().map(|l| BankAnswer { line_no: l.line_no, fault: refuses(l.line_no) }).collect();
    booking::book(c, &scene.office(days.booked, 15 * 60), finance, batch, 2, &answers)?;
    Ok(batch)
}
