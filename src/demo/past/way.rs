//! The steps of one past case: each is taken by the office's own function, with the clock set to a moment of a working day.

use chrono::NaiveDate;

use super::scene::Scene;
use crate::demo::province::chance::Chance;
use zhucan::office::accounts::guards::Worker;
use zhucan::office::cases::access::consents::TEXT_VERSION;
use zhucan::office::cases::filing::check::check;
use zhucan::office::cases::filing::papers::{self, Paper};
use zhucan::office::cases::moving::act::act;
use zhucan::office::cases::record::actor::{Act, Actor, Ask, Deed};
use zhucan::office::cases::record::case::{self, Case};
use zhucan::office::cases::service::Office;
use zhucan::office::policy::county;
use zhucan::office::ratings::{self, Grade, Rating};
use zhucan::platform::crypto::Place;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::id::Id;
use zhucan::rules::lifecycle::State;

/// A case on its way, with the clock of its next step.
pub struct Way<'a> {
    pub c: &'a mut AnyConn,
    pub scene: &'a Scene,
    pub office: Office,
    /// As it stands after the last step.
    pub case: Case,
    chance: Chance,
}

impl<'a> Way<'a> {
    /// The way of a draft that was begun at the office's moment; `seed` makes its days repeatable.
    pub fn of(c: &'a mut AnyConn, scene: &'a Scene, office: Office, draft: Case, seed: u64) -> Way<'a> {
        Way { c, scene, office, case: draft, chance: Chance::seeded(seed) }
    }

    pub fn today(&self) -> NaiveDate {
        self.office.today()
    }

    /// Within so many working days, at some time when offices are open.
    pub fn within(&mut self, working_days: u64) {
        let days = u32::try_from(self.chance.below(working_days.max(1))).unwrap_or(0).saturating_add(1);
        self.later(days);
    }

    /// On the n-th working day from here.
    pub fn later(&mut self, working_days: u32) {
        let day = self.scene.days.add_working_days(self.today(), working_days);
        let minute = u32::try_from(self.chance.below(420)).unwrap_or(0).saturating_add(9 * 60);
        self.office = self.scene.office(day, minute);
    }

    /// A while later on the same day.
    pub fn soon(&mut self) {
        let minutes = i64::try_from(self.chance.below(25)).unwrap_or(0).saturating_add(12);
        self.office.now = self.office.now.saturating_add(minutes.saturating_mul(60_000));
    }

    /// Uploads what the policy asks for, agrees, and submits; the rules must find nothing.
    pub fn submit(&mut self) -> Result<()> {
        let service = self.office.services.get(&self.case.service)?;
        let conditions = service.conditions(self.c, &self.office, &self.case)?;
        let policy = county::pinned(self.c, self.case.policy_id)?;
        for material in policy.common.materials.iter().filter(|m| m.required.holds(&conditions)) {
            self.upload(&material.code, &material.label)?;
        }
        let missing = check(self.c, &self.office, &self.case)?;
        if !missing.is_empty() {
            return Err(Error::internal(format!("a case of the past cannot be submitted: {missing:?}")));
        }
        self.soon();
        self.applicant(Deed::Submit { consent: Some(TEXT_VERSION.to_owned()) })
    }

    fn upload(&mut self, material: &str, label: &str) -> Result<()> {
        let id = Id::at(self.office.now);
        let paper = Paper {
            id,
            owner_account: self.case.filing.applicant_id,
            person_id: self.case.person_id,
            case_id: self.case.id,
            material: material.to_owned(),
            alt_text: self.office.keys.seal_text(&Place::new("papers", "alt_text", id.as_bytes()), label)?,
            uploaded_at: self.office.now,
            ..self.scene.picture.clone()
        };
        papers::add(self.c, &self.office, &self.case, &paper)
    }

    pub fn account(&self) -> Result<Id> {
        self.case.filing.applicant_id.ok_or_else(|| Error::internal("a case of the past without an applicant"))
    }

    pub fn applicant(&mut self, deed: Deed) -> Result<()> {
        let actor = Actor::Applicant(self.account()?);
        self.act(actor, deed)
    }

    pub fn worker(&mut self, worker: &Worker, deed: Deed) -> Result<()> {
        self.act(Actor::Worker(worker.clone()), deed)
    }

    fn act(&mut self, actor: Actor, deed: Deed) -> Result<()> {
        let taken = Act::new(actor, deed).seeing(self.case.version);
        self.case = act(self.c, &self.office, self.case.id, taken)?;
        Ok(())
    }

    /// Asks for one paper again and gets it within three working days, in place of the first.
    pub fn correct(&mut self, worker: &Worker, material: &str, label: &str) -> Result<()> {
        self.ask_again(worker, material)?;
        self.within(3);
        for paper in papers::of(self.c, self.case.id)?.iter().filter(|p| p.material == material) {
            papers::withdraw(self.c, &self.office, &self.case, paper)?;
        }
        self.upload(material, label)?;
        self.soon();
        self.applicant(Deed::Resubmit)
    }

    /// One paper is not clear: the applicant must answer.
    pub fn ask_again(&mut self, worker: &Worker, material: &str) -> Result<()> {
        let ask = Ask { target: format!("material:{material}"), reason: "unclear".to_owned(), note: None };
        self.worker(worker, Deed::RequestCorrection(vec![ask]))
    }

    /// The public notice, when there is one, runs to its end.
    pub fn notice(&mut self) -> Result<()> {
        if self.case.state != State::PublicNotice {
            return Ok(());
        }
        let due = self.case.limit.due_at.ok_or_else(|| Error::internal("a notice without an end"))?;
        self.office.now = due;
        self.case = act(self.c, &self.office, self.case.id, Act::system(Deed::EndNotice, "notice_ended"))?;
        Ok(())
    }

    /// What a service did to the case meanwhile.
    pub fn look_again(&mut self) -> Result<()> {
        self.case = case::find(self.c, self.case.id)?;
        Ok(())
    }

    /// One in five applicants whose case was completed rates it.
    pub fn perhaps_rate(&mut self) -> Result<()> {
        if !self.chance.percent(20) {
            return Ok(());
        }
        self.within(5);
        let grade = match self.chance.below(20) {
            0 => Grade::Fair,
            1..=5 => Grade::Good,
            _ => Grade::VeryGood,
        };
        let account = self.account()?;
        let rating = Rating { account, case: self.case.id, seen: self.case.version, grade, comment: None };
        self.case = ratings::rate(self.c, &self.office, &rating)?;
        Ok(())
    }
}
