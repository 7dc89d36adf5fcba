//! Who one is and for whom one may act: claimed, proven, dated, and ended.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::office::accounts::bench::{Bench, bench};
use crate::office::accounts::guards::{Post, Worker};
use crate::office::accounts::identity::{self, Claimed, Occasion};
use crate::office::accounts::link_desk::{Decision, Verdict, decide, in_state};
use crate::office::accounts::residents::{Account, Identity, WeChatName};
use crate::rules::identity::{PhoneNumber, invent};
use crate::rules::lifecycle::Role;

const PHONE: &str = "13800001234";
const HERE: &str = "110105001002";
const TODAY: &str = "2026-03-02";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn citizen(serial: u16) -> CitizenId {
    invent("990105", day("1980-01-01"), serial).unwrap()
}

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

fn worker(app: &Bench, area: &str, person: Option<Id>) -> Worker {
    let post = Post { role: Role::TownOfficer, area: area.parse().unwrap(), point: None, lead: false };
    Worker { id: app.clock.id(), name: "王丽".into(), session: app.clock.id(), person, posts: vec![post] }
}

fn number<T>(answer: Result<T>) -> u32 {
    answer.err().map_or(0, |e| e.code().number)
}

async fn account(app: &Bench, openid: &str) -> Id {
    let name = WeChatName::new(app, "wx1", openid, None).unwrap();
    app.db.write(move |c| Ok(name.account(c)?.0.id)).await.unwrap()
}

fn moment(app: &Bench) -> Occasion {
    Occasion { now: app.clock.now(), link: app.clock.id() }
}

async fn say(app: &Bench, account: Id, who: &str, id: &CitizenId) -> Result<Account> {
    let keys = app.keys.clone();
    let at = moment(app);
    let who = name(who);
    let id = id.clone();
    app.db
        .write(move |c| {
            let version = residents_version(c, account)?;
            identity::claim(c, &keys, account, Claimed { name: &who, id_number: &id }, version, at)
        })
        .await
}

fn residents_version(c: &mut AnyConn, account: Id) -> Result<i64> {
    Ok(crate::office::accounts::residents::find(c, account)?.version)
}

async fn ring(app: &Bench, account: Id, phone: &str) -> Account {
    let keys = app.keys.clone();
    let at = moment(app);
    let phone = PhoneNumber::parse(phone).unwrap();
    app.db.write(move |c| identity::set_phone(c, &keys, account, &phone, at)).await.unwrap()
}

async fn mine(app: &Bench, account: Id, on: NaiveDate) -> Vec<(Id, Relation)> {
    app.db.read(move |c| persons_of(c, account, on)).await.unwrap()
}

async fn ask(app: &Bench, account: Id, id: &CitizenId, relation: Relation) -> Result<Link> {
    let keys = app.keys.clone();
    let now = app.clock.now();
    let link = app.clock.id();
    let today = day(TODAY);
    let area = HERE.parse().unwrap();
    let new = NewLink {
        id: link,
        account,
        name: name("王小五"),
        id_number: id.clone(),
        relation,
        evidence: "户口簿".into(),
        area,
        today,
        now,
    };
    app.db.write(move |c| new.claim(c, &keys)).await
}

async fn settle(app: &Bench, worker: &Worker, link: &Link, verdict: Verdict, last_day: Option<&str>) -> Result<Link> {
    let worker = worker.clone();
    let id = link.id;
    let now = app.clock.now();
    let today = day(TODAY).to_string();
    let what = Decision { verdict, version: link.version, last_day: last_day.map(str::to_owned), today, now };
    app.db.write(move |c| decide(c, &worker, id, &what)).await
}

#[tokio::test]
async fn name_number_and_phone_on_record_confirm_in_either_order() {
    let app = bench().await;
    let id = citizen(1);
    let person = app.person("王四", &id, PHONE, HERE).await;
    for (openid, phone_first) in [("o-1", true), ("o-2", false)] {
        let account = account(&app, openid).await;
        if phone_first {
            assert_eq!(ring(&app, account, PHONE).await.identity, Identity::Unknown);
        }
        let said = say(&app, account, "王四", &id).await.unwrap();
        let now = if phone_first { said } else { ring(&app, account, PHONE).await };
        assert_eq!((now.identity, now.person_id), (Identity::Confirmed, Some(person)));
        assert_eq!(mine(&app, account, day(TODAY)).await, [(person, Relation::Own)]);
        assert_eq!(number(say(&app, account, "王四", &id).await), 11020);
    }
}

#[tokio::test]
async fn without_the_phone_on_record_everyone_gets_the_same_answer() {
    let app = bench().await;
    app.person("王四", &citizen(1), PHONE, HERE).await;
    for (openid, who, id, phone) in
        [("o-1", "王四", citizen(1), "13900001234"), ("o-2", "王五", citizen(1), PHONE), ("o-3", "王四", citizen(2), PHONE)]
    {
        let account = account(&app, openid).await;
        ring(&app, account, phone).await;
        let said = say(&app, account, who, &id).await.unwrap();
        assert_eq!((said.identity, said.person_id, said.version), (Identity::Claimed, None, 3));
        assert_eq!(mine(&app, account, day(TODAY)).await, []);
    }
}

#[tokio::test]
async fn a_worker_confirms_in_person_only_what_the_card_says_and_only_here() {
    let app = bench().await;
    let id = citizen(1);
    let person = app.person("王四", &id, PHONE, HERE).await;
    let account = account(&app, "o-1").await;
    let confirm = async |worker: Worker, card: CitizenId| {
        let keys = app.keys.clone();
        let at = moment(&app);
        let job = move |c: &mut AnyConn| {
            let version = residents_version(c, account)?;
            identity::confirm_in_person(c, &keys, &worker, account, &card, version, at)
        };
        number(app.db.write(job).await)
    };
    let here = worker(&app, "110105001000", None);
    assert_eq!(confirm(here.clone(), id.clone()).await, 11021);
    say(&app, account, "王四", &id).await.unwrap();
    assert_eq!(confirm(worker(&app, "110105002000", None), id.clone()).await, 10006);
    assert_eq!(confirm(worker(&app, "110105001000", Some(person)), id.clone()).await, 12005);
    assert_eq!(confirm(here.clone(), citizen(2)).await, 10002);
    assert_eq!(confirm(here.clone(), id.clone()).await, 0);
    assert_eq!(confirm(here, id).await, 11020);
    assert_eq!(mine(&app, account, day(TODAY)).await, [(person, Relation::Own)]);
}

#[tokio::test]
async fn somebody_recorded_after_the_confirmation_is_linked_then() {
    let app = bench().await;
    let id = citizen(1);
    let account = account(&app, "o-1").await;
    let here = worker(&app, "110105000000", None);
    say(&app, account, "王四", &id).await.unwrap();
    let keys = app.keys.clone();
    let at = moment(&app);
    let card = id.clone();
    app.db.write(move |c| identity::confirm_in_person(c, &keys, &here, account, &card, 2, at).map(|_| ())).await.unwrap();
    assert_eq!(mine(&app, account, day(TODAY)).await, []);
    let person = app.person("王四", &id, PHONE, HERE).await;
    for _ in 0..2 {
        let keys = app.keys.clone();
        let id = id.clone();
        let now = app.clock.now();
        app.db.write(move |c| identity::person_recorded(c, &keys, &id, now)).await.unwrap();
    }
    assert_eq!(mine(&app, account, day(TODAY)).await, [(person, Relation::Own)]);
}

#[tokio::test]
async fn a_link_gives_rights_from_the_workers_word_to_its_last_day() {
    let app = bench().await;
    let child = citizen(9);
    let account = account(&app, "o-1").await;
    app.person("王四", &citizen(1), PHONE, HERE).await;
    let link = ask(&app, account, &child, Relation::Child).await.unwrap();
    assert_eq!(number(ask(&app, account, &child, Relation::Kin).await), 11022);
    let here = worker(&app, "110105001000", None);
    assert_eq!(number(settle(&app, &here, &link, Verdict::Confirm, None).await), 11024);
    say(&app, account, "王四", &citizen(1)).await.unwrap();
    ring(&app, account, PHONE).await;
    assert_eq!(number(settle(&app, &here, &link, Verdict::Confirm, None).await), 11023);
    let person = app.person("王小五", &child, "13700001234", HERE).await;
    assert_eq!(number(settle(&app, &worker(&app, "110105002000", None), &link, Verdict::Confirm, None).await), 10006);
    assert_eq!(number(settle(&app, &worker(&app, HERE, Some(person)), &link, Verdict::Confirm, None).await), 12005);
    assert_eq!(number(settle(&app, &here, &link, Verdict::End, None).await), 10030);
    let link = settle(&app, &here, &link, Verdict::Confirm, Some("2026-03-31")).await.unwrap();
    let may = async |on| app.db.read(move |c| may_act(c, account, person, day(on))).await.unwrap();
    let told = async || app.db.read(move |c| recipients_for(c, person, day(TODAY))).await.unwrap();
    assert_eq!(may("2026-03-01").await, None);
    assert_eq!(may("2026-03-02").await, Some(Relation::Child));
    assert_eq!(may("2026-03-31").await, Some(Relation::Child));
    assert_eq!(may("2026-04-01").await, None);
    assert_eq!(told().await, [(account, Relation::Child)]);
    settle(&app, &here, &link, Verdict::End, None).await.unwrap();
    assert_eq!(may("2026-03-02").await, None);
    assert_eq!(told().await, []);
}

#[tokio::test]
async fn a_refused_link_gives_nothing_and_may_be_asked_for_again() {
    let app = bench().await;
    let account = account(&app, "o-1").await;
    app.person("王小五", &citizen(9), PHONE, HERE).await;
    let link = ask(&app, account, &citizen(9), Relation::Ward).await.unwrap();
    let here = worker(&app, HERE, None);
    let refused = settle(&app, &here, &link, Verdict::Refuse, None).await.unwrap();
    assert_eq!(refused.state, LinkState::Refused);
    assert_eq!(number(settle(&app, &here, &refused, Verdict::Confirm, None).await), 10030);
    assert_eq!(mine(&app, account, day(TODAY)).await, []);
    assert!(ask(&app, account, &citizen(9), Relation::Ward).await.is_ok());
}

#[tokio::test]
async fn workers_see_the_links_of_their_areas_page_by_page() {
    let app = bench().await;
    for n in 0..5 {
        let account = account(&app, &format!("o-{n}")).await;
        ask(&app, account, &citizen(9), Relation::Child).await.unwrap();
    }
    let list = async |worker: Worker, after, limit| {
        app.db.read(move |c| in_state(c, &worker, LinkState::Claimed, after, limit)).await.unwrap()
    };
    let here = worker(&app, "110105001000", None);
    let all = list(here.clone(), None, 20).await;
    assert_eq!(all.len(), 5);
    let after = all.get(1).map(|l| crate::platform::http::paging::After { at: l.created_at.ms(), id: l.id });
    let rest: Vec<Id> = list(here, after, 20).await.iter().map(|l| l.id).collect();
    assert_eq!(rest, all[2..].iter().map(|l| l.id).collect::<Vec<_>>());
    assert!(list(worker(&app, "110105002000", None), None, 20).await.is_empty());
}
