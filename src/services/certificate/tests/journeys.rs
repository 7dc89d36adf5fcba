//! Certificates from draft to card on a fresh SQLite file: what a holder and the register rely on.

use std::sync::Arc;

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Binary, Text};

use super::super::rules::{Assessment, CardStep, Finding};
use super::super::store::Entered;
use super::super::*;
use super::rules::TERMS;
use crate::office::accounts::guards::{Filer, Post, Worker};
use crate::office::cases::access::consents::TEXT_VERSION;
use crate::office::cases::filing::drafts;
use crate::office::cases::moving::act::act;
use crate::office::cases::record::actor::{Act, Actor, Deed};
use crate::office::cases::record::case;
use crate::office::cases::service::Services;
use crate::office::people::persons::{NewPerson, insert};
use crate::office::people::register::{self, CertificateStatus, NewCertificate};
use crate::office::policy::county::{self, NewPolicy};
use crate::office::policy::terms::{CommonPolicy, Handling};
use crate::platform::crypto::Keyring;
use crate::platform::db::{Bounds, Db, migrate};
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::certificate::{Category, CertificateNumber, GrantedBy, Level};
use crate::rules::identity::invent;
use crate::rules::lifecycle::{Desk, Role};
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;

const VILLAGE: &str = "990101001001";
const NOON: Moment = Moment::of_ms(1_772_424_000_000); // 2 March 2026
const DAY: i64 = 86_400_000;

/// A county with one holder, the guardian's account and two officers.
struct Town {
    db: Db,
    keys: Arc<Keyring>,
    holder: Id,
    account: Id,
    officers: [Worker; 3],
    old: Id,
    _folder: tempfile::TempDir,
}

fn area(code: &str) -> AreaCode {
    AreaCode::parse(code).unwrap()
}

fn common() -> CommonPolicy {
    CommonPolicy {
        chain: vec![Desk::Town, Desk::County],
        accept_days: 5,
        review_days: 10,
        correction_days: 10,
        notice_days: 5,
        undo_minutes: 10,
        claim_minutes: 60,
        materials: Vec::new(),
        correction_reasons: Vec::new(),
        reject_reasons: Vec::new(),
        guide: "残疾人证免费办理。".into(),
        facts: Default::default(),
        handling: Handling::default(),
    }
}

fn worker(role: Role, at: &str) -> Worker {
    let posts = vec![Post { role, area: area(at), point: None, lead: false }];
    Worker { id: Id::at(NOON), name: "甲".into(), session: Id::at(NOON), person: None, posts }
}

fn run(c: &mut AnyConn, sql: &str, ids: [Id; 2], text: [&str; 2]) {
    diesel::sql_query(sql)
        .bind::<Binary, _>(ids[0])
        .bind::<Binary, _>(ids[1])
        .bind::<Text, _>(text[0].to_owned())
        .bind::<Text, _>(text[1].to_owned())
        .bind::<BigInt, _>(0_i64)
        .execute(c)
        .unwrap();
}

fn employ(c: &mut AnyConn, w: &Worker) {
    let role = w.posts[0].role.code();
    let at = w.posts[0].area.to_string();
    let insert = "INSERT INTO workers (id, totp, username, name, totp_step, password, failures, locked_until, status, \
        created_at, version) VALUES (?1, ?2, ?3, ?4, ?5, '', 0, 0, 'active', 0, 1)";
    run(c, insert, [w.id, w.id], [&w.id.to_string(), "甲"]);
    let post = "INSERT INTO assignments (id, worker_id, role, area, valid_from) VALUES (?1, ?2, ?3, ?4, ?5)";
    run(c, post, [w.id, w.id], [role, &at]);
}

/// A holder born then, with a card of this category issued ten years ago, for whom the account acts in this relation.
async fn town(birth: &str, category: Category, granted_by: GrantedBy, relation: &'static str) -> Town {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite://{}", folder.path().join("t.db").display()), Bounds::default()).unwrap();
    migrate::up(&db).await.unwrap();
    let keys = Arc::new(Keyring::generate().unwrap());
    let holder = Id::at(NOON);
    let account = Id::at(NOON);
    let old = Id::at(NOON);
    let officers = [
        worker(Role::TownOfficer, "990101001000"),
        worker(Role::CountyOfficer, "990101000000"),
        worker(desk::ASSESSOR, "990101000000"),
    ];
    let k = keys.clone();
    let birth = birth.parse().unwrap();
    let all = officers.clone();
    let filled = db.write(move |c| {
        let id_number = invent("990101", birth, 101).unwrap();
        let name = PersonName::parse("王小四").unwrap();
        let new = NewPerson {
            id: holder,
            area: area(VILLAGE),
            name,
            id_number: id_number.clone(),
            phone: None,
            address: None,
            household: None,
            at: NOON,
        };
        insert(c, &k, &new)?;
        let number = CertificateNumber::compose(id_number, category, Level::Two, None).unwrap();
        let card = NewCertificate {
            id: old,
            person: holder,
            county: area("990101000000"),
            number,
            components: Vec::new(),
            issued_on: "2016-06-01".parse().unwrap(),
            expires_on: "2026-06-01".parse().unwrap(),
            granted_by,
            irreversible: false,
            case_id: None,
            at: NOON,
        };
        register::issue(c, &k, &card)?;
        let policy = NewPolicy {
            id: Id::at(NOON),
            county: area("990101000000"),
            service: CODE.into(),
            effective_from: "2020-01-01".parse().unwrap(),
            owner: "甲区残联".into(),
            source: "细则".into(),
            common: common(),
            terms: serde_json::from_str(TERMS).unwrap(),
            at: NOON,
            by: None,
        };
        county::publish(c, &policy)?;
        let resident = "INSERT INTO residents (id, person_id, status, identity, created_at, preferred_channel, needs, \
            version) VALUES (?1, (SELECT id FROM persons WHERE id = ?2 AND 1 = 0), ?3, ?4, ?5, 'wechat', '', 1)";
        run(c, resident, [account, account], ["active", "confirmed"]);
        let link = "INSERT INTO links (id, account_id, person_id, relation, area, created_at, name, id_number, id_hash, \
            state, evidence, valid_from, version) VALUES (?1, ?1, ?2, ?3, ?4, ?5, x'00', x'00', x'00', 'confirmed', x'00', \
            '2020-01-01', 1)";
        run(c, link, [account, holder], [relation, VILLAGE]);
        all.iter().for_each(|w| employ(c, w));
        crate::office::policy::areas::import(
            c,
            "code,level,parent,name,valid_from,valid_to\n\
             990000000000,province,,示例省,2020-01-01,\n\
             990100000000,city,990000000000,示例市,2020-01-01,\n\
             990101000000,county,990100000000,甲区,2020-01-01,\n",
        )?;
        Ok(())
    });
    filled.await.unwrap();
    Town { db, keys, holder, account, officers, old, _folder: folder }
}

impl Town {
    fn office(&self, now: Moment) -> Office {
        Office { keys: self.keys.clone(), services: Services::new(&[&Certificate]), now }
    }

    /// One write at this moment.
    async fn at<T: Send + 'static>(
        &self,
        now: Moment,
        f: impl Fn(&mut AnyConn, &Office) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let office = self.office(now);
        self.db.write(move |c| f(c, &office)).await
    }

    /// A submitted renewal that both sections were saved for.
    async fn filed(&self, way: &'static str) -> Result<Id> {
        let account = self.account;
        let holder = self.holder;
        self.at(NOON, move |c, office| {
            let case = begin::draft(c, office, Id::at(NOON), &Filer::Resident(account), holder, Kind::Renewal)?;
            let facts: sections::Holder =
                serde_json::from_str(r#"{"phone":null,"address":null,"changed_condition":false,"declared_category":null}"#)
                    .unwrap();
            drafts::save(c, office, &case, sections::HOLDER, 0, &facts)?;
            let place = if way == "pickup" { "\"town\"" } else { "null" };
            let delivery = format!(r#"{{"way":"{way}","place":{place},"address":null,"recipient":null,"phone":null}}"#);
            let delivery: sections::Delivery = serde_json::from_str(&delivery).unwrap();
            drafts::save(c, office, &case, sections::DELIVERY, 0, &delivery)?;
            assert_eq!(Certificate.check(c, office, &case)?, []);
            let submit = Act::new(Actor::Applicant(account), Deed::Submit { consent: Some(TEXT_VERSION.to_owned()) });
            Ok(act(c, office, case.id, submit)?.id)
        })
        .await
    }

    async fn take(&self, officer: usize, id: Id, deed: Deed) -> Result<Case> {
        let worker = self.officers[officer].clone();
        self.at(NOON.saturating_add(DAY), move |c, office| {
            let actor = Actor::Worker(worker.clone());
            act(c, office, id, Act::new(actor, deed.clone()))
        })
        .await
    }

    /// Accepted and sent on, before the county's desk.
    async fn before_county(&self, way: &'static str) -> Id {
        let id = self.filed(way).await.unwrap();
        self.take(0, id, Deed::Accept).await.unwrap();
        self.take(0, id, Deed::Forward).await.unwrap();
        id
    }

    async fn make(&self, id: Id) -> Result<Id> {
        let worker = self.officers[1].clone();
        self.at(NOON.saturating_add(2 * DAY), move |c, office| {
            let case = case::find(c, id)?;
            making::make(c, office, &worker, &case, case.version)
        })
        .await
    }

    async fn cards(&self) -> Vec<register::Certificate> {
        let keys = self.keys.clone();
        let holder = self.holder;
        self.db.read(move |c| register::certificates_of(c, &keys, holder)).await.unwrap()
    }

    async fn row(&self, id: Id) -> store::CardCase {
        self.db.read(move |c| store::find(c, id)).await.unwrap()
    }

    async fn enter(&self, id: Id, level: Option<Level>) -> Result<Finding> {
        let worker = self.officers[2].clone();
        self.at(NOON.saturating_add(DAY), move |c, office| {
            let case = case::find(c, id)?;
            let finding = Finding { category: Category::Physical, components: Vec::new(), level, assessed_on: office.today() };
            let hospital = "区人民医院".to_owned();
            let new = Entered { finding, hospital, at_home: true, assessor: worker.id, entered_at: office.now };
            following::enter_result(c, office, &worker, &case, case.version, &new)
        })
        .await
    }
}

fn number<T>(result: Result<T>) -> u32 {
    result.err().map_or(0, |e| e.code().number)
}

#[tokio::test]
async fn a_renewal_issues_a_new_card_that_supersedes_the_old_one_and_is_made_once() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let id = t.before_county("pickup").await;
    assert_eq!(t.row(id).await.assessment, Assessment::Waived);
    // The policy publishes for five days, but not renewals.
    let approved = t.take(1, id, Deed::Approve).await.unwrap();
    assert_eq!((approved.state, t.row(id).await.card), (State::Approved, CardStep::ToBeMade));
    let new = t.make(id).await.unwrap();
    let cards = t.cards().await;
    assert_eq!((cards.len(), cards[0].card.id, cards[1].card.id), (2, t.old, new));
    assert_eq!((cards[0].card.status, cards[0].card.superseded_by), (CertificateStatus::Superseded, Some(new)));
    let today = beijing_date(NOON.saturating_add(2 * DAY));
    assert_eq!((cards[1].card.status, cards[1].card.issued_on), (CertificateStatus::Valid, today));
    assert_eq!(cards[1].card.expires_on.to_string(), "2036-03-04");
    assert_eq!(cards[1].number, cards[0].number);
    assert_eq!(cards[1].card.case_id, Some(id));

    // Made once, and not to be withdrawn.
    assert_ne!(number(t.make(id).await), 0);
    let account = t.account;
    let withdraw = t.at(NOON.saturating_add(2 * DAY), move |c, office| {
        let actor = Actor::Applicant(account);
        act(c, office, id, Act::new(actor, Deed::Withdraw))
    });
    assert_eq!(number(withdraw.await), 32007);
    assert_eq!(t.cards().await.len(), 2);

    // Handed out at the town's desk, where it was wanted.
    let worker = t.officers[0].clone();
    let done = t.at(NOON.saturating_add(3 * DAY), move |c, office| {
        let case = case::find(c, id)?;
        assert_eq!(case.place.desk, Some(Desk::Town));
        making::hand_out(c, office, &worker, &case, case.version, "王小四")?;
        case::find(c, id)
    });
    assert_eq!(done.await.unwrap().state, State::Completed);
    let row = t.row(id).await;
    assert_eq!((row.card, row.holder_live, row.filed), (CardStep::HandedOut, None, false));
}

#[tokio::test]
async fn the_county_cannot_make_a_second_card_at_its_own_desk() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let id = t.before_county("post").await;
    assert_eq!(number(t.make(id).await), 20001);
    t.take(1, id, Deed::Approve).await.unwrap();
    t.make(id).await.unwrap();
    assert_eq!(number(t.make(id).await), 32006);
    assert_eq!(t.cards().await.len(), 2);
    // Posted, and its receipt confirmed by the applicant.
    let worker = t.officers[1].clone();
    let state = t.at(NOON.saturating_add(3 * DAY), move |c, office| {
        let case = case::find(c, id)?;
        assert_eq!(number(making::complete_received(c, office, &case, "receipt_confirmed")), 32006);
        making::post(c, office, &worker, &case, case.version, "EMS1234567890")?;
        let case = case::find(c, id)?;
        making::complete_received(c, office, &case, "receipt_confirmed")?;
        Ok(case::find(c, id)?.state)
    });
    assert_eq!(state.await.unwrap(), State::Completed);
}

#[tokio::test]
async fn a_card_granted_by_sight_waits_for_the_hospital_whose_level_stands_on_the_new_card() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Sight, "self").await;
    let id = t.before_county("pickup").await;
    assert_eq!(t.row(id).await.assessment, Assessment::Needed);
    assert_eq!(number(t.take(1, id, Deed::Approve).await), 32004);
    let at = vec![area("990101000000")];
    let waiting = t.db.read(move |c| store::awaiting(c, &at, None, 20)).await.unwrap();
    assert_eq!(waiting.iter().map(|(_, case)| *case).collect::<Vec<_>>(), [id]);
    t.enter(id, None).await.unwrap();
    assert_eq!(number(t.take(1, id, Deed::Approve).await), 32009);
    t.enter(id, Some(Level::One)).await.unwrap();
    t.take(1, id, Deed::Approve).await.unwrap();
    t.make(id).await.unwrap();
    let new = &t.cards().await[1];
    assert_eq!((new.card.level, new.card.granted_by), (Level::One, GrantedBy::Hospital));
    assert_ne!(new.number, t.cards().await[0].number);
}

#[tokio::test]
async fn an_officer_may_order_an_assessment_and_must_wait_for_it() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let id = t.before_county("pickup").await;
    assert_eq!(number(t.enter(id, Some(Level::Two)).await), 32005);
    let worker = t.officers[1].clone();
    let sentence = t.at(NOON.saturating_add(DAY), move |c, office| {
        let case = case::find(c, id)?;
        following::order_assessment(c, office, &worker, &case, case.version, "走路有明显变化")?;
        let case = case::find(c, id)?;
        assert_eq!(number(following::order_assessment(c, office, &worker, &case, case.version, "再次要求")), 32010);
        Ok(views::case(c, office, &case)?.assessment_reason)
    });
    assert!(sentence.await.unwrap().contains("走路有明显变化"));
    assert_eq!(number(t.take(1, id, Deed::Approve).await), 32004);
    t.enter(id, Some(Level::Two)).await.unwrap();
    t.take(1, id, Deed::Approve).await.unwrap();
}

#[tokio::test]
async fn minors_and_guarded_categories_are_applied_for_by_their_guardian_alone() {
    let own = town("1980-01-01", Category::Mental, GrantedBy::Hospital, "self").await;
    assert_eq!(number(own.filed("pickup").await), 32002);
    let kin = town("2012-01-01", Category::Physical, GrantedBy::Hospital, "kin").await;
    assert_eq!(number(kin.filed("pickup").await), 32002);
    let parent = town("2012-01-01", Category::Physical, GrantedBy::Hospital, "child").await;
    let id = parent.filed("pickup").await.unwrap();
    assert_eq!(number(parent.filed("pickup").await), 20006);
    let line = parent.at(NOON, move |c, office| {
        let case = case::find(c, id)?;
        Certificate.public_line(c, office, &case)
    });
    assert_eq!(line.await.unwrap(), "未成年人（不公示姓名），残疾人证到期换证");
}

#[tokio::test]
async fn lapsed_cards_are_frozen_and_later_cancelled_unless_a_renewal_was_filed() {
    let t = town("1980-01-01", Category::Physical, GrantedBy::Hospital, "self").await;
    let status_after = async |now: Moment| {
        for _ in 0..10 {
            t.at(now, expiry::tick).await.unwrap();
        }
        t.cards().await[0].card.status
    };
    assert_eq!(status_after(NOON).await, CertificateStatus::Valid);
    let id = t.filed("pickup").await.unwrap();
    let expired = NOON.saturating_add(100 * DAY); // after 1 June 2026
    assert_eq!(status_after(expired).await, CertificateStatus::Valid);
    let account = t.account;
    t.at(expired, move |c, office| {
        let actor = Actor::Applicant(account);
        act(c, office, id, Act::new(actor, Deed::Withdraw))
    })
    .await
    .unwrap();
    // The round of that day is over; the next day's finds it.
    assert_eq!(status_after(expired).await, CertificateStatus::Valid);
    assert_eq!(status_after(expired.saturating_add(DAY)).await, CertificateStatus::Frozen);
    assert_eq!(status_after(expired.saturating_add(300 * DAY)).await, CertificateStatus::Cancelled);
}
