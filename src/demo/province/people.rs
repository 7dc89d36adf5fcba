//! Invents the families of a county: the same people for the same county and day, wherever it is asked.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate};

use super::cards::{Deck, PlannedCard};
use super::chance::Chance;
use super::figures::{AGES, County, Students, THIS_YEAR};
use super::names;
use zhucan::office::people::kin::{KinEvidence, KinKind};
use zhucan::office::policy::area_rows::AreaRow;
use zhucan::platform::error::{Error, Result};
use zhucan::rules::areas::{AreaCode, AreaLevel};
use zhucan::rules::identity::{CitizenId, PhoneNumber, invent};
use zhucan::rules::names::PersonName;

/// An invented person.
pub struct Invented {
    pub name: PersonName,
    pub id_number: CitizenId,
    pub phone: Option<PhoneNumber>,
    pub card: Option<PlannedCard>,
    pub study: Option<Study>,
}

/// What an invented student studies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Study {
    /// `disabled_student` or `child_of_disabled`.
    pub beneficiary: &'static str,
    pub stage: &'static str,
    /// The calendar year in which the school year begins.
    pub year: i32,
}

/// People of one household register, and who is what to whom: (person, relative, kind), by place in `members`.
pub struct Family {
    pub area: AreaCode,
    pub address: String,
    pub household: String,
    pub members: Vec<Invented>,
    pub kin: Vec<(usize, usize, KinKind, KinEvidence)>,
}

/// All families of a county, as laid on that day.
pub fn families(county: &County, areas: &[AreaRow], today: NaiveDate) -> Result<Vec<Family>> {
    let mut inventor = Inventor::new(county, areas, today)?;
    let mut families = Vec::new();
    for (year, students) in [(county.report_year, county.students), (today.year(), &THIS_YEAR[..])] {
        for group in students {
            inventor.students(group, year, &mut families)?;
        }
    }
    while let Some(card) = inventor.deck.draw() {
        families.push(inventor.household_of(card)?);
    }
    Ok(families)
}

struct Inventor {
    code: AreaCode,
    villages: Vec<(AreaCode, String)>,
    district: String,
    today: NaiveDate,
    chance: Chance,
    deck: Deck,
    taken: BTreeSet<(NaiveDate, u16)>,
    households: u32,
    phones: u64,
}

impl Inventor {
    fn new(county: &County, areas: &[AreaRow], today: NaiveDate) -> Result<Inventor> {
        let code = AreaCode::parse(county.code).map_err(Error::internal)?;
        let name = |code: &AreaCode| areas.iter().find(|a| a.code == *code).map_or("", |a| a.name.as_str());
        let full = |village: &AreaRow| -> String {
            let town = village.code.parent();
            format!("{}{}{}", name(&code), town.as_ref().map_or("", name), village.name)
        };
        let villages = areas.iter().filter(|a| a.code.level() == AreaLevel::Village && code.contains(&a.code));
        let district = code.prefix().to_owned();
        let mut chance = Chance::seeded(district.parse().map_err(Error::internal)?);
        let villages = villages.map(|v| (v.code, full(v))).collect();
        let deck = Deck::new(county, today, &mut chance);
        Ok(Inventor { code, villages, district, today, chance, deck, taken: BTreeSet::new(), households: 0, phones: 0 })
    }

    /// The families of one group of students.
    fn students(&mut self, group: &Students, year: i32, families: &mut Vec<Family>) -> Result<()> {
        let study = Study { beneficiary: group.beneficiary, stage: group.stage, year };
        let mut left = group.count;
        while left > 0 {
            let mut family = self.family();
            let surname = names::surname(&mut self.chance);
            if group.beneficiary == "disabled_student" {
                let birth = self.school_birth(study);
                let card = self.deck.draw_for(birth, year, &mut self.chance);
                self.child(&mut family, surname, birth, card, study)?;
                self.parent(&mut family, surname, None)?;
                left = left.saturating_sub(1);
            } else {
                for _ in 0..self.chance.below(2).saturating_add(1).min(left as u64) {
                    let birth = self.school_birth(study);
                    self.child(&mut family, surname, birth, None, study)?;
                    left = left.saturating_sub(1);
                }
                let card = self.deck.draw_severe(year, &mut self.chance);
                self.parent(&mut family, surname, card)?;
            }
            families.push(family);
        }
        Ok(())
    }

    fn child(&mut self, f: &mut Family, surname: &str, birth: NaiveDate, card: Option<PlannedCard>, study: Study) -> Result<()> {
        let name = names::of_family(&mut self.chance, surname);
        let mut child = self.person(name, birth, card)?;
        child.study = Some(study);
        f.members.push(child);
        Ok(())
    }

    /// One parent of everybody who is in the family so far, old enough to be it, with a phone.
    fn parent(&mut self, family: &mut Family, surname: &str, card: Option<PlannedCard>) -> Result<()> {
        let oldest = family.members.iter().map(|m| m.id_number.birth_date()).min().unwrap_or(self.today);
        let years = self.chance.below(14).saturating_add(22);
        let birth = self.days_before(oldest, years.saturating_mul(365));
        // The children have the father's name; a mother brings her own.
        let surname = if self.chance.percent(50) { surname } else { names::surname(&mut self.chance) };
        let name = names::of_family(&mut self.chance, surname);
        let mut parent = self.person(name, birth, card)?;
        parent.phone = Some(self.phone()?);
        let at = family.members.len();
        family.kin.extend((0..at).map(|child| (child, at, KinKind::Parent, KinEvidence::HouseholdRegister)));
        family.members.push(parent);
        Ok(())
    }

    /// A holder, with the parent of a minor, and a guardian for one in ten of those who need one; for all who apply.
    fn household_of(&mut self, card: PlannedCard) -> Result<Family> {
        let mut family = self.family();
        let birth = self.holder_birth(&card);
        let applied_on = card.by_case.map_or(self.today, |b| b.applied_on);
        let minor = applied_on.years_since(birth).is_none_or(|age| age < 18);
        let needs_guardian = card.needs_guardian();
        let applies = card.by_case.is_some();
        let surname = names::surname(&mut self.chance);
        let family_name = minor || needs_guardian;
        let name = if family_name { names::of_family(&mut self.chance, surname) } else { names::of_one(&mut self.chance) };
        let holder = self.person(name, birth, Some(card))?;
        family.members.push(holder);
        if minor {
            self.parent(&mut family, surname, None)?;
        } else if needs_guardian && (self.chance.percent(10) || applies) {
            let age = self.chance.below(30).saturating_add(25);
            let birth = self.days_before(self.today, age.saturating_mul(365));
            let name = names::of_family(&mut self.chance, surname);
            let mut guardian = self.person(name, birth, None)?;
            guardian.phone = Some(self.phone()?);
            family.members.push(guardian);
            family.kin.push((0, 1, KinKind::Guardian, KinEvidence::Guardianship));
        }
        Ok(family)
    }

    fn family(&mut self) -> Family {
        self.households = self.households.saturating_add(1);
        let at = self.chance.below(self.villages.len() as u64);
        let village = usize::try_from(at).ok().and_then(|at| self.villages.get(at)).cloned();
        let (area, place) = village.unwrap_or((self.code, String::new()));
        let group = self.chance.below(12).saturating_add(1);
        let house = self.chance.below(90).saturating_add(1);
        Family {
            area,
            address: format!("{place}{group}组{house}号"),
            household: format!("{}{:08}", self.district, self.households),
            members: Vec::new(),
            kin: Vec::new(),
        }
    }

    fn person(&mut self, name: String, birth: NaiveDate, card: Option<PlannedCard>) -> Result<Invented> {
        let mut serial = u16::try_from(self.chance.below(1000)).unwrap_or(0);
        while !self.taken.insert((birth, serial)) {
            serial = serial.wrapping_add(1) % 1000;
        }
        let phone = if self.chance.percent(55) { Some(self.phone()?) } else { None };
        Ok(Invented {
            name: PersonName::parse(&name).map_err(Error::internal)?,
            id_number: invent(&self.district, birth, serial).map_err(Error::internal)?,
            phone,
            card,
            study: None,
        })
    }

    /// Each number once in the province: a county has its own prefix.
    fn phone(&mut self) -> Result<PhoneNumber> {
        self.phones = self.phones.saturating_add(1);
        let tail: u64 = self.district.parse::<u64>().unwrap_or(0) % 10;
        PhoneNumber::parse(&format!("19{tail}{:08}", self.phones)).map_err(Error::internal)
    }

    /// Born so as to be in this stage when the school year begins.
    fn school_birth(&mut self, study: Study) -> NaiveDate {
        let (low, high) = AGES.iter().find(|a| a.0 == study.stage).map_or((6, 14), |a| (a.1, a.2));
        let begin = NaiveDate::from_ymd_opt(study.year, 9, 1).unwrap_or(self.today);
        let age = low.saturating_add(self.chance.below(high.saturating_sub(low).saturating_add(1)));
        let turned = begin.with_year(begin.year().saturating_sub(i32::try_from(age).unwrap_or(6))).unwrap_or(begin);
        let since = self.chance.below(365);
        self.days_before(turned, since)
    }

    /// Mostly old, as holders are; always born two years before the card.
    fn holder_birth(&mut self, card: &PlannedCard) -> NaiveDate {
        let age = match self.chance.below(100) {
            0..3 => self.chance.below(12).saturating_add(3),
            3..30 => self.chance.below(30).saturating_add(18),
            _ => self.chance.below(42).saturating_add(48),
        };
        let days = age.saturating_mul(365).saturating_add(self.chance.below(365));
        let birth = self.days_before(self.today, days);
        birth.min(self.days_before(card.issued_on, 730))
    }

    fn days_before(&self, day: NaiveDate, days: u64) -> NaiveDate {
        day.checked_sub_days(Days::new(days)).unwrap_or(day)
    }
}
