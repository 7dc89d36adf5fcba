//! A county with two points, two models, keepers, and people who borrow.

use std::ops::Deref;

use diesel::prelude::*;

use super::super::desk::{AT_POINT, POINT_KEEPER};
use super::super::loans::Loan;
use super::super::sections::{Choice, Contact, RentalSection};
use super::super::states::{Condition, Delivery, InUse, UnitState, UnitStep};
use super::super::store::{self, Model, Point};
use super::super::units::{self, Taken, Unit};
use super::super::{CODE, DeviceRental, begin};
use crate::office::accounts::bench::{Bench, bench};
use crate::office::accounts::guards::{Filer, Post, Worker};
use crate::office::accounts::links::{LinkState, Relation, links};
use crate::office::accounts::residents::WeChatName;
use crate::office::cases::access::consents::TEXT_VERSION;
use crate::office::cases::filing::check::check;
use crate::office::cases::filing::drafts;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::{self, Case};
use crate::office::cases::service::{Office, Service, Services};
use crate::office::policy::county::{self, NewPolicy};
use crate::office::policy::terms::{CommonPolicy, Handling};
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::identity::invent;
use crate::rules::moments::Moment;
use crate::services::device_rental::handover::{self, Back};
use crate::services::device_rental::waitlist::{self, Joining, Wait};

pub const COUNTY: &str = "990101000000";
const VILLAGE: &str = "990101100200";

/// The county of these tests: its database, clock, keepers, borrowers, points and models.
pub struct World {
    app: Bench,
    pub points: [Id; 2],
    pub models: [Id; 2],
    /// Who keeps which point.
    pub keepers: [Worker; 2],
    /// Accounts with the one person for whom each acts.
    pub people: Vec<(Id, Id)>,
}

impl Deref for World {
    type Target = Bench;

    fn deref(&self) -> &Bench {
        &self.app
    }
}

fn policy(app: &Bench) -> NewPolicy {
    NewPolicy {
        id: app.clock.id(),
        county: COUNTY.parse().unwrap(),
        service: CODE.into(),
        effective_from: "2022-01-01".parse().unwrap(),
        owner: "甲区残疾人联合会".into(),
        source: "办法".into(),
        common: CommonPolicy {
            chain: vec![AT_POINT],
            accept_days: 1,
            review_days: 1,
            correction_days: 10,
            notice_days: 0,
            undo_minutes: 10,
            claim_minutes: 30,
            materials: Vec::new(),
            correction_reasons: Vec::new(),
            reject_reasons: Vec::new(),
            guide: "依据办法办理。".into(),
            facts: Default::default(),
            handling: Handling::default(),
        },
        terms: serde_json::json!({
            "loan_days": 60, "most_days": 120, "extension_days": 30, "units_per_person": 2, "deposit": {"kind": "none"},
            "pickup_window_days": 3, "offer_hours": 24, "pickups_per_day": 50, "opening_weekdays": [1, 2, 3, 4, 5, 6, 7],
            "reminder_days_before_due": [7, 1], "fit_assessment_first": [], "delivery": ["pickup", "home"]
        }),
        at: app.clock.now(),
        by: None,
    }
}

impl World {
    /// A county with this many people, and this many units of the first model at the first point.
    pub async fn new(people: u16, units: usize) -> World {
        let app = bench().await;
        let new = policy(&app);
        app.db.write(move |c| county::publish(c, &new)).await.unwrap();
        let points = [app.clock.id(), app.clock.id()];
        let models = [app.clock.id(), app.clock.id()];
        app.db
            .write(move |c| {
                for (at, id) in points.into_iter().enumerate() {
                    store::add_point(c, &point(id, at))?;
                }
                for (at, id) in models.into_iter().enumerate() {
                    store::add_model(c, &model(id, at))?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let keepers = points.map(|id| keeper(&app, id));
        let mut world = World { app, points, models, keepers, people: Vec::new() };
        for serial in 1..=people {
            let (account, person) = world.borrower(serial).await;
            world.people.push((account, person));
        }
        for _ in 0..units {
            world.unit(0, 0, true).await;
        }
        world
    }

    async fn borrower(&self, serial: u16) -> (Id, Id) {
        let id_number = invent("990101", "1980-01-01".parse().unwrap(), serial).unwrap();
        let person = self.person("王小明", &id_number, "13800001234", VILLAGE).await;
        let name = WeChatName::new(&self.app, "wx1", &format!("open{serial}"), None).unwrap();
        let link = self.clock.id();
        let now = self.clock.now();
        let make = move |c: &mut AnyConn| {
            let account = name.account(c)?.0.id;
            use links::dsl as l;
            let row = (
                (l::id.eq(link), l::account_id.eq(account), l::person_id.eq(Some(person)), l::name.eq(vec![0_u8])),
                (l::id_number.eq(vec![0_u8]), l::id_hash.eq(vec![0_u8]), l::relation.eq(Relation::Own)),
                (l::state.eq(LinkState::Confirmed), l::evidence.eq(vec![0_u8]), l::valid_from.eq("2020-01-01")),
                (l::area.eq(VILLAGE), l::created_at.eq(now), l::version.eq(1_i64)),
            );
            diesel::insert_into(l::links).values(row).execute(c)?;
            Ok(account)
        };
        (self.db.write(make).await.unwrap(), person)
    }

    pub fn office(&self) -> Office {
        static ALL: &[&dyn Service] = &[&DeviceRental];
        Office::of(&self.app, &Services::new(ALL))
    }

    /// Takes a unit in: clean, or to be inspected.
    pub async fn unit(&self, point: usize, model: usize, clean: bool) -> Unit {
        let office = self.office();
        let id = self.clock.id();
        let worker = self.keepers[point].id;
        let unit = Unit {
            id,
            model_id: self.models[model],
            point_id: self.points[point],
            asset_tag: format!("LY-{id}"),
            serial: "1".into(),
            state: if clean { UnitState::Available } else { UnitState::ToInspect },
            inspected_by: clean.then_some(worker),
            inspected_at: clean.then_some(office.now),
            disinfected_by: clean.then_some(worker),
            disinfected_at: clean.then_some(office.now),
            created_at: office.now,
            version: 1,
        };
        let stored = unit.clone();
        self.db.write(move |c| units::admit(c, &office, &stored, worker)).await.unwrap();
        unit
    }

    /// A filled-in draft of a borrower; the day of pickup is today.
    pub async fn draft(&self, who: usize, point: usize, model: usize) -> Result<Case> {
        let office = self.office();
        let id = self.clock.id();
        let (account, person) = self.people[who];
        let choice = Choice { point_id: self.points[point], model_id: self.models[model], pickup_on: office.today() };
        let write = move |c: &mut AnyConn| {
            let case = begin::draft(c, &office, id, &Filer::Resident(account), person)?;
            drafts::save(c, &office, &case, RentalSection::Choice.code(), 0, &choice)?;
            drafts::save(c, &office, &case, RentalSection::Contact.code(), 0, &contact())?;
            Ok(case)
        };
        self.db.write(write).await
    }

    /// Checks and submits, as the generic operation does.
    pub async fn submit(&self, case: Id) -> Result<Case> {
        let office = self.office();
        let write = move |c: &mut AnyConn| {
            let found = case::find(c, case)?;
            let missing = check(c, &office, &found)?;
            if !missing.is_empty() {
                return Err(Error::invalid(missing));
            }
            applicant(c, &office, case, Deed::Submit { consent: Some(TEXT_VERSION.to_owned()) })
        };
        self.db.write(write).await
    }

    /// The applicant takes an action on what there is.
    pub async fn applicant(&self, case: Id, deed: Deed) -> Result<Case> {
        let office = self.office();
        self.db.write(move |c| applicant(c, &office, case, deed.clone())).await
    }

    pub async fn join(&self, who: usize, point: usize, model: usize) -> Result<Wait> {
        let office = self.office();
        let (account, person) = self.people[who];
        let new = Joining { id: self.clock.id(), account, person, point: self.points[point], model: self.models[model] };
        self.db.write(move |c| waitlist::join(c, &office, new)).await
    }

    pub async fn waits(&self, who: usize) -> Vec<Wait> {
        let account = self.people[who].0;
        self.db.read(move |c| waitlist::mine(c, account)).await.unwrap()
    }

    pub async fn loan(&self, case: Id) -> Loan {
        self.db.read(move |c| Loan::of_case(c, case)).await.unwrap().unwrap()
    }

    pub async fn case(&self, case: Id) -> Case {
        self.db.read(move |c| case::find(c, case)).await.unwrap()
    }

    pub async fn find_unit(&self, id: Id) -> Unit {
        self.db.read(move |c| units::find(c, id)).await.unwrap()
    }

    /// The keeper of the loan's point hands this unit out to whoever has the code of the case.
    pub async fn hand_out(&self, case: Id, unit: Id) -> Result<Loan> {
        let loan = self.loan(case).await;
        let code = loan.code(&self.keys).unwrap();
        let keeper = self.keepers.iter().find(|k| units::keeps(k, loan.point_id)).unwrap().clone();
        let office = self.office();
        let tag = self.find_unit(unit).await.asset_tag;
        self.db.write(move |c| handover::hand_out(c, &office, &keeper, &code, &tag)).await
    }

    /// The device of a case comes back at one of the points.
    pub async fn take_back(&self, case: Id, point: usize) -> Result<Loan> {
        let loan = self.loan(case).await;
        let version = self.case(case).await.version;
        let asset_tag = match loan.unit_id {
            Some(unit) => self.find_unit(unit).await.asset_tag,
            None => String::new(),
        };
        let back = Back { version, condition: Condition::Good, asset_tag, point: self.points[point] };
        let office = self.office();
        let keeper = self.keepers[point].clone();
        self.db.write(move |c| handover::take_back(c, &office, &keeper, loan.id, &back)).await
    }

    /// Whoever keeps the unit takes a step; a transfer goes to the other point.
    pub async fn step(&self, unit: Id, step: UnitStep) -> Result<Unit> {
        let now = self.find_unit(unit).await;
        let keeper = self.keepers.iter().find(|k| units::keeps(k, now.point_id)).unwrap().clone();
        let other = if now.point_id == self.points[0] { self.points[1] } else { self.points[0] };
        let to_point = (step == UnitStep::Transfer).then_some(other);
        let office = self.office();
        let write = move |c: &mut AnyConn| {
            let unit = units::kept(c, &keeper, unit)?;
            match step {
                UnitStep::ReportMissing => handover::report_missing(c, &office, &keeper, unit),
                _ => units::take_step(c, &office, unit, Taken { to_point, ..Taken::by(keeper.id, step) }),
            }
        };
        self.db.write(write).await
    }

    pub async fn extend(&self, who: usize, case: Id) -> Result<Case> {
        let office = self.office();
        let account = self.people[who].0;
        let version = self.case(case).await.version;
        self.db.write(move |c| handover::extend(c, &office, &Filer::Resident(account), case, version)).await
    }

    /// Moves the clock and lets it do its work.
    pub async fn later(&self, hours: i64) -> Result<usize> {
        self.clock.advance_ms(hours * 3_600_000);
        let office = self.office();
        self.db.write(move |c| DeviceRental.tick(c, &office)).await
    }
}

fn applicant(c: &mut AnyConn, office: &Office, id: Id, deed: Deed) -> Result<Case> {
    let found = case::find(c, id)?;
    let done = Act::new(Actor::Applicant(found.filing.applicant_id.unwrap()), deed).seeing(found.version);
    act(c, office, id, done)
}

/// What everybody fills in.
pub fn contact() -> Contact {
    Contact { name: "王小明".into(), phone: "13800001234".into(), delivery: Delivery::Pickup, note: None }
}

fn keeper(app: &Bench, point: Id) -> Worker {
    let post = Post { role: POINT_KEEPER, area: COUNTY.parse().unwrap(), point: Some(point), lead: false };
    Worker { id: app.clock.id(), name: "李明".into(), session: app.clock.id(), person: None, posts: vec![post] }
}

fn point(id: Id, at: usize) -> Point {
    Point {
        id,
        county: COUNTY.parse().unwrap(),
        area: VILLAGE.parse().unwrap(),
        name: format!("网点{at}"),
        address: "人民路1号".into(),
        phone: "0561-0000000".into(),
        opening_days: "1,2,3,4,5,6,7".into(),
        pickups_per_day: 50,
        status: InUse::Open,
        created_at: Moment::EPOCH,
    }
}

fn model(id: Id, at: usize) -> Model {
    Model {
        id,
        county: COUNTY.parse().unwrap(),
        code: format!("m{at}"),
        name: format!("辅具{at}"),
        kind: format!("kind{at}"),
        alt_text: "图".into(),
        service_life_months: 0,
        status: InUse::Open,
        created_at: Moment::EPOCH,
    }
}

/// The code of a refusal; 0 when there was none.
pub fn number<T>(answer: &Result<T>) -> u32 {
    answer.as_ref().err().map_or(0, |e| e.code().number)
}
