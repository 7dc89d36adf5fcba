//! Money on a real database: budget and quota hold, nobody is paid twice, a refused payment goes into a later batch.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::prelude::*;
use proptest::prelude::*;

use super::super::booking::{self, BankAnswer};
use super::super::payments::{self, LineState};
use super::super::rules::Season;
use super::super::sections::{Account, AidSection, Family, Holder, Student};
use super::super::store::{self, AwardState, PaymentFault};
use super::super::terms::{Beneficiary, Stage, Standard};
use super::super::{CODE, EducationAid, codes, counts, seasons};
use super::policy::policy;
use super::rules;
use crate::office::accounts::guards::{Post, Worker};
use crate::office::cases::filing::drafts;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case::{self, Case, NewCase, cases};
use crate::office::cases::record::course::FiledAt;
use crate::office::cases::service::figures::Scope;
use crate::office::cases::service::{Office, Service, Services};
use crate::office::people::persons::{self, NewPerson};
use crate::office::policy::county;
use crate::platform::crypto::{Keyring, Place};
use crate::platform::db::{AnyConn, Bounds, Db, migrate};
use crate::platform::error::Result;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::identity::invent;
use crate::rules::lifecycle::{Desk, Role, State};
use crate::rules::moments::Moment;
use crate::rules::money::Fen;
use crate::rules::names::PersonName;

/// Noon of 21 November 2026 in Beijing.
pub(super) const NOW: Moment = Moment::of_ms(1_795_233_600_000);
pub(super) const COUNTY: &str = "990101000000";
const VILLAGE: &str = "990101001001";

static SERVICE: EducationAid = EducationAid;

/// A database with a policy and eight students.
pub(super) struct Ground {
    runtime: tokio::runtime::Runtime,
    db: Db,
    pub(super) office: Office,
    policy: Id,
    persons: Vec<Id>,
    _folder: tempfile::TempDir,
}

impl Ground {
    pub(super) fn open(notice_days: u32) -> Ground {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite://{}", folder.path().join("t.db").display()), Bounds::default()).unwrap();
        runtime.block_on(migrate::up(&db)).unwrap();
        let office = Office { keys: Arc::new(Keyring::generate().unwrap()), services: Services::new(&[&SERVICE]), now: NOW };
        let mut ground = Ground { runtime, db, office, policy: Id::at(NOW), persons: Vec::new(), _folder: folder };
        let id = ground.policy;
        let keys = ground.office.keys.clone();
        ground.persons = ground.write(move |c| {
            county::publish(c, &policy(id, notice_days))?;
            (0..8).map(|n| persons::insert(c, &keys, &student(n))).collect()
        });
        ground
    }

    pub(super) fn try_write<T: Send + 'static>(&self, f: impl Fn(&mut AnyConn) -> Result<T> + Send + 'static) -> Result<T> {
        self.runtime.block_on(self.db.write(f))
    }

    pub(super) fn write<T: Send + 'static>(&self, f: impl Fn(&mut AnyConn) -> Result<T> + Send + 'static) -> T {
        self.try_write(f).unwrap()
    }

    pub(super) fn season(&self, budget: i64, quota: i64) -> Season {
        let id = Id::at(NOW);
        let standard = |stage, fen| Standard { beneficiary: Beneficiary::Student, stage, amount_fen: Fen(fen) };
        let standards = vec![standard(Stage::Compulsory, 50_000), standard(Stage::Undergraduate, 300_000)];
        let season = Season { id, code: seasons::code_of(2026, id), budget_fen: Fen(budget), quota, ..rules::season(standards) };
        let stored = season.clone();
        self.write(move |c| seasons::announce(c, &stored, Id::at(NOW), NOW));
        season
    }

    /// A case that lies on the county's desk, as it does after village and town.
    pub(super) fn case(&self, who: usize, season: &Season, stage: Stage, enrolled_year: i32) -> Id {
        let office = self.office.clone();
        let id = Id::at(NOW);
        let person = self.persons[who];
        let case = blank(&office, id, person, self.policy, &season.code);
        self.write(move |c| {
            diesel::insert_into(cases::table).values(case.clone()).execute(c)?;
            let student = Student { school: "中心学校".into(), stage, enrolled_year, student_no: None };
            drafts::save(c, &office, &case, AidSection::Student.code(), 0, &student)?;
            drafts::save(
                c,
                &office,
                &case,
                AidSection::Family.code(),
                0,
                &Family { parent: None, other_aid: false, commitment: true },
            )?;
            drafts::save(c, &office, &case, AidSection::Account.code(), 0, &account("6217000010001234567"))?;
            let desk = (cases::state.eq(State::InReview), cases::desk.eq(Desk::County), cases::chain_at.eq(0));
            diesel::update(cases::table.find(id)).set((desk, cases::desk_area.eq(COUNTY))).execute(c)?;
            Ok(id)
        })
    }

    pub(super) fn approve(&self, case: Id) -> Result<Case> {
        let office = self.office.clone();
        let actor = Actor::Worker(worker(Role::CountyOfficer, None));
        let approve = Act::new(actor, Deed::Approve);
        self.try_write(move |c| act(c, &office, case, approve.clone()))
    }

    pub(super) fn award(&self, case: Id) -> store::Award {
        self.write(move |c| Ok(store::of_case(c, case)?.unwrap()))
    }

    fn build(&self, season: &Season, by: &Worker) -> Result<Id> {
        let office = self.office.clone();
        let season = season.clone();
        let by = by.clone();
        self.try_write(move |c| Ok(payments::build(c, &office, &by, &season)?.batch))
    }

    fn export(&self, batch: Id) -> Result<()> {
        let office = self.office.clone();
        self.try_write(move |c| {
            let version = payments::in_scope(c, &finance(), batch)?.version;
            payments::export(c, &office, &finance(), batch, version)
        })
    }

    fn book(&self, batch: Id, answers: Vec<BankAnswer>) -> Result<()> {
        let office = self.office.clone();
        self.try_write(move |c| {
            let version = payments::in_scope(c, &finance(), batch)?.version;
            booking::book(c, &office, &finance(), batch, version, &answers)
        })
    }

    fn mend(&self, case: Id) -> Result<()> {
        self.try_write(move |c| {
            let award = store::of_case(c, case)?.unwrap();
            store::move_to(c, award.id, AwardState::Failed, AwardState::Payable, NOW)
        })
    }
}

/// Odd ones are twelve years old, even ones grown up.
fn student(n: u16) -> NewPerson {
    let born = NaiveDate::from_ymd_opt(if n % 2 == 1 { 2014 } else { 2004 }, 3, 5).unwrap();
    NewPerson {
        id: Id::at(NOW),
        area: AreaCode::parse(VILLAGE).unwrap(),
        name: PersonName::parse("王小四").unwrap(),
        id_number: invent("990101", born, n).unwrap(),
        phone: None,
        address: None,
        household: None,
        at: NOW,
    }
}

fn account(card: &str) -> Account {
    Account { holder: Holder::Own, holder_name: "王小四".into(), card: card.into(), bank: "农商银行".into() }
}

fn worker(role: Role, person: Option<Id>) -> Worker {
    let posts = vec![Post { role, area: AreaCode::parse(COUNTY).unwrap(), point: None, lead: false }];
    Worker { id: Id::at(NOW), name: "李会计".into(), session: Id::at(NOW), person, posts }
}

fn finance() -> Worker {
    worker(Role::FinanceOfficer, None)
}

fn blank(office: &Office, id: Id, person: Id, policy_id: Id, period: &str) -> Case {
    let place = Place::new("cases", "data_key", id.as_bytes());
    let mut case = Case::begin(NewCase {
        id,
        number: format!("JY{id}"),
        service: CODE,
        kind: "student".into(),
        period: period.into(),
        person,
        county: COUNTY.parse().unwrap(),
        area: VILLAGE.parse().unwrap(),
        policy: policy_id,
        applicant: None,
        filed_by: None,
        at: FiledAt::Phone,
        data_key: office.keys.new_data_key(&place).unwrap().1,
        now: NOW,
    });
    case.course.submitted_at = Some(NOW);
    case.limit.alarm_at = None;
    case.keeping.live_key = None;
    case
}

fn paid(line_no: i64) -> BankAnswer {
    BankAnswer { line_no, fault: None }
}

fn failed(line_no: i64) -> BankAnswer {
    BankAnswer { line_no, fault: Some(PaymentFault::NoAccount) }
}

#[test]
fn an_approved_student_is_paid_after_the_account_was_mended_and_the_case_is_done() {
    let ground = Ground::open(0);
    let season = ground.season(1_000_000, 5);
    let case = ground.case(0, &season, Stage::Compulsory, 2020);
    assert_eq!(ground.approve(case).unwrap().place.desk, Some(Desk::Finance));
    let batch = ground.build(&season, &finance()).unwrap();
    assert_eq!(ground.book(batch, vec![paid(1)]).unwrap_err().code(), &codes::NOT_EXPORTED);
    ground.export(batch).unwrap();
    assert_eq!(ground.export(batch).unwrap_err().code(), &codes::NOT_EXPORTED);
    ground.book(batch, vec![failed(1)]).unwrap();
    ground.book(batch, vec![failed(1)]).unwrap();
    assert_eq!(ground.book(batch, vec![paid(1)]).unwrap_err().code(), &codes::BOOKED_OTHERWISE);
    assert_eq!(ground.build(&season, &finance()).unwrap_err().code(), &codes::NOTHING_PAYABLE);
    ground.mend(case).unwrap();
    let later = ground.build(&season, &finance()).unwrap();
    ground.export(later).unwrap();
    ground.book(later, vec![paid(1)]).unwrap();
    assert_eq!(ground.award(case).attempts, 2);
    assert_eq!(ground.write(move |c| case::find(c, case)).state, State::Completed);
    let counted = ground.write(|c| counts::tables(c, &Scope::whole_year(&AreaCode::parse(COUNTY).unwrap(), 2026)));
    let compulsory = &counted[0].rows[0];
    assert_eq!((compulsory.names[0].value.as_str(), &compulsory.figures), ("compulsory", &vec![1, 0, 1]));
}

#[test]
fn nobody_pays_their_own_family_and_a_foreign_county_finds_nothing() {
    let ground = Ground::open(0);
    let season = ground.season(1_000_000, 5);
    ground.approve(ground.case(0, &season, Stage::Compulsory, 2020)).unwrap();
    let relative = worker(Role::FinanceOfficer, Some(ground.persons[0]));
    assert_eq!(ground.build(&season, &relative).unwrap_err().code(), &codes::NOTHING_PAYABLE);
    let batch = ground.build(&season, &finance()).unwrap();
    let mut stranger = finance();
    stranger.posts[0].area = AreaCode::parse("990102000000").unwrap();
    assert_eq!(ground.try_write(move |c| payments::in_scope(c, &stranger, batch)).unwrap_err().code().status, 404);
}

#[test]
fn a_new_student_waits_for_the_proof_and_may_upload_it_although_approved() {
    let ground = Ground::open(0);
    let season = ground.season(1_000_000, 5);
    let case = ground.case(0, &season, Stage::Undergraduate, 2026);
    let approved = ground.approve(case).unwrap();
    assert_eq!((approved.place.desk, ground.award(case).state), (Some(Desk::County), AwardState::EvidenceDue));
    let open = ground.write(move |c| SERVICE.open_after_approval(c, &approved));
    assert_eq!(open, ["material:enrolment_proof"]);
    assert_eq!(ground.build(&season, &finance()).unwrap_err().code(), &codes::NOTHING_PAYABLE);
}

#[test]
fn a_notice_holds_the_money_and_no_minor_is_named_on_it() {
    let ground = Ground::open(5);
    let season = ground.season(60_000, 5);
    let minor = ground.case(1, &season, Stage::Compulsory, 2020);
    let grown = ground.case(0, &season, Stage::Compulsory, 2020);
    assert_eq!(ground.approve(minor).unwrap().state, State::PublicNotice);
    assert_eq!(ground.approve(grown).unwrap_err().code(), &codes::EXHAUSTED);
    let office = ground.office.clone();
    let lines = ground.write(move |c| {
        let a = case::find(c, minor)?;
        let b = case::find(c, grown)?;
        Ok([SERVICE.public_line(c, &office, &a)?, SERVICE.public_line(c, &office, &b)?])
    });
    assert_eq!(lines, ["一名未成年学生，残疾学生，义务教育", "王*四，残疾学生，义务教育"]);
    let office = ground.office.clone();
    ground.write(move |c| act(c, &office, minor, Act::system(Deed::EndNotice, "notice_ended")));
    assert_eq!(ground.award(minor).state, AwardState::Payable);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn budget_and_quota_hold_whatever_is_granted_and_revoked(
        budget in 0_i64..900_000, quota in 0_i64..5, moves in proptest::collection::vec((0_usize..8, any::<bool>(), any::<bool>()), 1..25),
    ) {
        let ground = Ground::open(0);
        let season = ground.season(budget, quota);
        for (who, grant, dear) in moves {
            let season = season.clone();
            let stage = if dear { Stage::Undergraduate } else { Stage::Compulsory };
            if grant {
                let case = ground.case(who, &season, stage, 2020);
                let granted = ground.try_write(move |c| {
                    let case = case::find(c, case)?;
                    store::grant(c, &case, &season, stage, Beneficiary::Student, NOW)
                });
                if let Err(e) = granted {
                    prop_assert!([&codes::EXHAUSTED, &codes::APPLIED].contains(&e.code()), "{:?}", e);
                }
            } else {
                let person = ground.persons[who];
                ground.write(move |c| {
                    let held = store::awards::table.filter(store::awards::person_id.eq(person)).select(store::awards::case_id);
                    for case in held.load::<Id>(c)? {
                        let award = store::of_case(c, case)?.unwrap();
                        store::revoke(c, &award, NOW)?;
                    }
                    Ok(())
                });
            }
            let id = ground.write(|c| Ok(seasons::seasons::table.select(seasons::seasons::id).get_result::<Id>(c)?));
            let now = ground.write(move |c| seasons::find(c, id));
            let live = store::awards::table.filter(store::awards::state.ne(AwardState::Revoked));
            let live: Vec<Fen> = ground.write(move |c| Ok(live.select(store::awards::amount_fen).load(c)?));
            prop_assert_eq!((now.committed_fen, now.committed_count), (Fen::checked_sum(live.iter().copied()).unwrap(), live.len() as i64));
            prop_assert!(now.committed_fen <= Fen(budget) && now.committed_count <= quota);
        }
    }

    #[test]
    fn nobody_is_paid_twice_whatever_the_bank_and_the_officers_do(
        moves in proptest::collection::vec((0_u8..5, 0_usize..3, any::<bool>()), 1..40),
    ) {
        let ground = Ground::open(0);
        let season = ground.season(10_000_000, 10);
        let students: Vec<Id> = (0..3).map(|who| ground.case(who, &season, Stage::Compulsory, 2020)).collect();
        for case in &students {
            ground.approve(*case).unwrap();
        }
        let mut batches = Vec::new();
        for (kind, n, good) in moves {
            let batch = batches.get(n % batches.len().max(1)).copied();
            match (kind, batch) {
                (0, _) => batches.extend(ground.build(&season, &finance()).ok()),
                (1, Some(batch)) => drop(ground.export(batch)),
                (2 | 3, Some(batch)) => drop(ground.book(batch, vec![if good { paid(n as i64 + 1) } else { failed(n as i64 + 1) }])),
                _ => drop(ground.mend(students[n])),
            }
            let lines = payments::payment_lines::table.select((payments::payment_lines::award_id, payments::payment_lines::state));
            let lines: Vec<(Id, LineState)> = ground.write(move |c| Ok(lines.load(c)?));
            let mut live = BTreeMap::new();
            for (award, _) in lines.iter().filter(|(_, state)| *state != LineState::Failed) {
                *live.entry(*award).or_insert(0) += 1;
            }
            prop_assert!(live.values().all(|n| *n == 1));
            for case in &students {
                let award = ground.award(*case);
                let was_paid = lines.contains(&(award.id, LineState::Paid));
                prop_assert_eq!(was_paid, award.state == AwardState::Paid);
                if was_paid {
                    let again = ground.try_write(move |c| {
                        let batch = batches_first(c)?;
                        payments::add_line(c, batch, 99, &award)
                    });
                    prop_assert!(again.is_err());
                }
            }
        }
    }
}

fn batches_first(c: &mut AnyConn) -> Result<Id> {
    let ids = payments::payment_batches::table.order(payments::payment_batches::id).select(payments::payment_batches::id);
    Ok(ids.load::<Id>(c)?[0])
}
