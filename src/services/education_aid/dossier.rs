//! One application: its sections, season and terms, and what the register says about the people in it.

use chrono::NaiveDate;

use super::rules::{self, Applied, Declared, NamedAdult, PaperFacts, ParentFacts, Season};
use super::sections::{Account, AidSection, Family, Holder, Parent, Student};
use super::terms::{Beneficiary, Terms};
use super::{seasons, store};
use crate::office::cases::filing::drafts;
use crate::office::cases::record::case::Case;
use crate::office::cases::service::Office;
use crate::office::people::kin::{self, KinKind};
use crate::office::people::{persons, register};
use crate::office::policy::county;
use crate::platform::db::AnyConn;
use crate::platform::error::{Detail, Error, Result};
use crate::platform::id::Id;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::CertificateNumber;
use crate::rules::money::Fen;
use crate::rules::names::PersonName;

/// An application with everything that the rules need.
pub struct Dossier {
    pub season: Season,
    pub terms: Terms,
    pub beneficiary: Beneficiary,
    pub student: Option<Student>,
    pub family: Option<Family>,
    pub account: Option<Account>,
    /// The day of application (see [`Case::applied_at`]).
    pub applied_on: NaiveDate,
}

/// Reads the application of a case.
pub fn load(c: &mut AnyConn, office: &Office, case: &Case) -> Result<Dossier> {
    let key = case.key(&office.keys)?;
    let beneficiary = Beneficiary::from_code(&case.kind).ok_or_else(|| Error::internal("a case of no known kind"))?;
    let season = seasons::of_period(c, &case.period)?;
    // A word that was given before the season opened counts from the day on which it was entered.
    let entered_on = beijing_date(case.course.submitted_at.unwrap_or(office.now));
    let said_on = beijing_date(case.applied_at(office.now));
    Ok(Dossier {
        applied_on: if season.open_on(said_on) { said_on } else { entered_on },
        season,
        terms: county::pinned(c, case.policy_id)?.service()?,
        beneficiary,
        student: drafts::read(c, &key, case.id, AidSection::Student.code())?.map(|s| s.body),
        family: drafts::read(c, &key, case.id, AidSection::Family.code())?.map(|s| s.body),
        account: drafts::read(c, &key, case.id, AidSection::Account.code())?.map(|s| s.body),
    })
}

/// The relatives whom the policy counts, with what they are to the student, on that day.
pub fn counted_kin(c: &mut AnyConn, terms: &Terms, student: Id, on: NaiveDate) -> Result<Vec<(persons::PersonRef, KinKind)>> {
    let mut all = Vec::new();
    for kind in &terms.kinships {
        all.extend(kin::kin_of(c, student, *kind, on)?.into_iter().map(|p| (p, *kind)));
    }
    Ok(all)
}

impl Dossier {
    /// The day of the household register that counts.
    pub fn register_day(&self) -> NaiveDate {
        self.season.day(self.terms.household_register_on, self.applied_on)
    }

    fn certificate_day(&self) -> NaiveDate {
        self.season.day(self.terms.certificate_valid_on, self.applied_on)
    }

    pub fn kin_card(&self) -> bool {
        self.account.as_ref().is_some_and(|a| a.holder == Holder::Kin)
    }

    /// Whether the proof of enrolment follows after approval.
    pub fn evidence_follows(&self) -> bool {
        let follows = |s: &Student| rules::evidence_follows(&self.terms, &self.season, s.stage, s.enrolled_year, self.applied_on);
        self.student.as_ref().is_some_and(follows)
    }

    /// What the season pays for it.
    pub fn amount(&self) -> Option<Fen> {
        self.season.amount(self.beneficiary, self.student.as_ref()?.stage)
    }

    /// Conditions of its papers.
    pub fn conditions(&self) -> Vec<String> {
        let parent = self.family.as_ref().and_then(|f| f.parent.as_ref());
        let facts = PaperFacts {
            beneficiary: self.beneficiary,
            stage: self.student.as_ref().map(|s| s.stage),
            evidence_follows: self.evidence_follows(),
            parent_claimed: matches!(parent, Some(Parent::Claimed { .. })),
            kin_card: self.kin_card(),
        };
        rules::conditions(&self.terms, &facts)
    }

    /// What keeps it from being submitted, in the order of the form.
    pub fn faults(&self, c: &mut AnyConn, case: &Case, today: NaiveDate) -> Result<Vec<Detail>> {
        let mut found = Vec::new();
        for section in AidSection::ALL {
            let missing = match section {
                AidSection::Student => self.student.is_none(),
                AidSection::Family => self.family.is_none(),
                AidSection::Account => self.account.is_none(),
            };
            if missing {
                let field = format!("/sections/{}", section.code());
                found.push(Detail::new(&field, section.label(), "missing", "这一部分还没有填写。", "请填写并保存后再提交。"));
            }
        }
        found.extend(rules::ineligible(&self.season, &self.terms, &self.facts(c, case, today)?).into_iter().map(|i| i.detail()));
        Ok(found)
    }

    fn facts(&self, c: &mut AnyConn, case: &Case, today: NaiveDate) -> Result<Applied> {
        Ok(Applied {
            beneficiary: self.beneficiary,
            on: today,
            twice: store::applied_twice(c, case.person_id, &case.period, Some(case.id))?,
            stage: self.student.as_ref().map(|s| s.stage),
            student_certified: register::valid_certificate(c, case.person_id, self.certificate_day())?.is_some(),
            parent: self.parent_facts(c, case.person_id)?,
            declared: self.family.as_ref().map(|f| Declared { other_aid: f.other_aid, committed: f.commitment }),
            kin_card: self.kin_card(),
        })
    }

    /// For a parent whom only the applicant names, nothing is taken from the register: otherwise anybody could query it
    /// about anybody. A worker checks the papers.
    fn parent_facts(&self, c: &mut AnyConn, student: Id) -> Result<Option<ParentFacts>> {
        match self.family.as_ref().and_then(|f| f.parent.as_ref()) {
            None => Ok(None),
            Some(Parent::Claimed { certificate, relation, .. }) => {
                let severe = number(certificate, self.applied_on)?.level().severe();
                Ok(Some(ParentFacts { relation: *relation, kin: true, certified: true, severe }))
            }
            Some(Parent::Known { person, relation }) => {
                let kin = kin::kin_of(c, student, *relation, self.register_day())?.iter().any(|p| p.id == *person);
                let card = register::valid_certificate(c, *person, self.certificate_day())?;
                let severe = card.as_ref().is_some_and(|k| k.level.severe());
                Ok(Some(ParentFacts { relation: *relation, kin, certified: card.is_some(), severe }))
            }
        }
    }

    /// For the officer: whether the register has a valid card of the parent, under that very name. None without parent.
    pub fn register_agrees(&self, c: &mut AnyConn, office: &Office) -> Result<Option<bool>> {
        let day = self.certificate_day();
        Ok(match self.family.as_ref().and_then(|f| f.parent.as_ref()) {
            None => None,
            Some(Parent::Known { person, .. }) => Some(register::valid_certificate(c, *person, day)?.is_some()),
            Some(Parent::Claimed { name, certificate, .. }) => {
                let hash = register::number_hash(&office.keys, &number(certificate, self.applied_on)?);
                let Some(card) = register::find_by_number_hash(c, &hash)? else { return Ok(Some(false)) };
                let holder = persons::open(c, &office.keys, card.person)?;
                let valid = register::valid_certificate(c, card.person, day)?.is_some_and(|k| k.id == card.id);
                Some(valid && holder.name.reveal() == name)
            }
        })
    }

    /// Whose masked name may stand on the public board: the student's, else a parent's; never a minor's.
    pub fn adult(&self, c: &mut AnyConn, office: &Office, student: Id) -> Result<Option<NamedAdult>> {
        let today = office.today();
        if let Some(name) = grown_up(c, office, student)? {
            return Ok(Some(NamedAdult::Student(name)));
        }
        let named = match self.family.as_ref().and_then(|f| f.parent.as_ref()) {
            Some(Parent::Claimed { name, certificate, .. }) => {
                let minor = number(certificate, self.applied_on)?.holder().is_minor_on(today);
                (!minor).then(|| masked(name))
            }
            Some(Parent::Known { person, .. }) => grown_up(c, office, *person)?,
            None => None,
        };
        if let Some(name) = named {
            return Ok(Some(NamedAdult::Parent(name)));
        }
        // A disabled minor whose form names no parent: a parent from the register is named instead.
        for (kin, kind) in counted_kin(c, &self.terms, student, today)? {
            if kind == KinKind::Parent
                && let Some(name) = grown_up(c, office, kin.id)?
            {
                return Ok(Some(NamedAdult::Parent(name)));
            }
        }
        Ok(None)
    }
}

fn grown_up(c: &mut AnyConn, office: &Office, person: Id) -> Result<Option<String>> {
    let person = persons::open(c, &office.keys, person)?;
    Ok((!person.id_number.is_minor_on(office.today())).then(|| person.name.masked()))
}

pub fn number(text: &str, on: NaiveDate) -> Result<CertificateNumber> {
    CertificateNumber::parse(text, on).map_err(|e| Error::internal(format!("stored certificate number: {e}")))
}

pub fn masked(name: &str) -> String {
    PersonName::parse(name).map(|n| n.masked()).unwrap_or_default()
}
