//! A worker gets in with all three parts and not otherwise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;
use crate::office::accounts::bench::{Bench, bench};
use crate::office::accounts::guards::Post;
use crate::office::accounts::staff::on_duty;
use crate::office::accounts::{Rates, RevocationWatch, staff_admin, tokens};
use crate::office::administration::staffing;
use crate::office::administration::staffing::NewWorker;
use crate::office::cases::service::Services;
use crate::rules::lifecycle::Role;

const PASSWORD: &str = "three pigs build a house";

async fn office() -> (Bench, SignIn, Id) {
    let app = bench().await;
    let new = NewWorker {
        username: "Wang.Li".into(),
        name: "王丽".into(),
        password: Zeroizing::new(PASSWORD.into()),
        posts: vec![Post { role: Role::TownOfficer, area: "110105001000".parse().unwrap(), point: None, lead: false }],
        person: None,
    };
    let enrolment = staffing::add(&app, new).await.unwrap();
    assert!(enrolment.otpauth_url.starts_with("otpauth://totp/"));
    (app, SignIn::new(Rates::default()).unwrap(), enrolment.worker)
}

async fn attempt(app: &App, gate: &SignIn, username: &str, password: &str, code: &str) -> Result<Pair> {
    let password = Zeroizing::new(password.to_owned());
    sign_in(app, gate, Attempt { username: username.into(), password, code: code.into() }).await.map(|(pair, _)| pair)
}

async fn right(app: &App, gate: &SignIn) -> Result<Pair> {
    let code = totp_code(app, "wang.li").await.unwrap();
    attempt(app, gate, " wang.LI ", PASSWORD, &code).await
}

fn number<T>(answer: Result<T>) -> u32 {
    answer.err().map_or(0, |e| e.code().number)
}

#[tokio::test]
async fn a_worker_with_all_three_parts_gets_in_and_each_code_works_once() {
    let (app, gate, worker) = office().await;
    let pair = right(&app, &gate).await.unwrap();
    let claims = tokens::read(&app, &pair.access_token).unwrap();
    let on_duty = on_duty(&app, worker, claims.sid).await.unwrap();
    assert!(on_duty.covers(Role::TownOfficer, &"110105001002".parse().unwrap()));
    assert!(!on_duty.covers(Role::TownOfficer, &"110105002000".parse().unwrap()));
    assert_eq!(number(right(&app, &gate).await), 11010);
    app.clock.advance_ms(30_000);
    assert_eq!(number(right(&app, &gate).await), 0);
}

#[tokio::test]
async fn every_wrong_part_and_an_unknown_name_have_one_answer_and_lock_alike() {
    let (app, gate, _) = office().await;
    let code = totp_code(&app, "wang.li").await.unwrap();
    let wrong = if code == "000000" { "111111" } else { "000000" };
    let mut known = Vec::new();
    for (password, code) in
        [("wrong password!", code.as_str()), (PASSWORD, wrong), (PASSWORD, "12345x"), ("", ""), ("x", "x"), (PASSWORD, &code)]
    {
        known.push(number(attempt(&app, &gate, "wang.li", password, code).await));
    }
    let mut unknown = Vec::new();
    for _ in 0..6 {
        unknown.push(number(attempt(&app, &gate, "nobody", PASSWORD, &code).await));
    }
    assert_eq!(known, [11010, 11010, 11010, 11010, 11010, 11011]);
    assert_eq!(unknown, known);
}

#[tokio::test]
async fn a_lock_outlives_a_restart_ends_after_half_an_hour_and_can_be_lifted() {
    let (app, gate, _) = office().await;
    let lock = async || {
        for _ in 0..5 {
            assert_eq!(number(attempt(&app, &gate, "wang.li", "wrong", "000000").await), 11010);
        }
    };
    lock().await;
    let restarted = SignIn::new(Rates::default()).unwrap();
    let refused = right(&app, &restarted).await.err().unwrap();
    assert_eq!((refused.code().number, refused.retry_seconds()), (11011, Some(1801)));
    app.clock.advance_ms(LOCK_MS);
    assert_eq!(number(right(&app, &gate).await), 0);
    lock().await;
    staff_admin::unlock(&app, "wang.li").await.unwrap();
    app.clock.advance_ms(60_000);
    assert_eq!(number(right(&app, &gate).await), 0);
}

#[tokio::test]
async fn many_guesses_at_once_do_not_outrun_the_lock() {
    let (app, gate, _) = office().await;
    let guesses = (0..12).map(|_| attempt(&app, &gate, "wang.li", "wrong", "000000"));
    let answers: Vec<u32> = futures_util::future::join_all(guesses).await.into_iter().map(number).collect();
    assert_eq!(answers.iter().filter(|n| **n == 11010).count(), 5);
    assert_eq!(number(right(&app, &gate).await), 11011);
}

#[tokio::test]
async fn a_banned_worker_is_out_at_once_and_a_moved_one_has_the_new_posts() {
    let (app, gate, worker) = office().await;
    let pair = right(&app, &gate).await.unwrap();
    let session = tokens::read(&app, &pair.access_token).unwrap().sid;
    let county = Post { role: Role::CountyOfficer, area: "110105000000".parse().unwrap(), point: None, lead: false };
    app.clock.advance_ms(1);
    staffing::assign(&app, &Services::new(&[]), "wang.li", vec![county.clone()]).await.unwrap();
    assert_eq!(on_duty(&app, worker, session).await.unwrap().posts, [county]);
    staffing::ban(&app, &Services::new(&[]), &RevocationWatch::default(), "wang.li").await.unwrap();
    assert_eq!(number(on_duty(&app, worker, session).await), 11003);
    app.clock.advance_ms(60_000);
    assert_eq!(number(right(&app, &gate).await), 11010);
}

#[tokio::test]
async fn a_taken_or_strange_user_name_is_refused() {
    let (app, _, _) = office().await;
    let new = |username: &str| NewWorker {
        username: username.into(),
        name: "王丽".into(),
        password: Zeroizing::new(PASSWORD.into()),
        posts: Vec::new(),
        person: None,
    };
    for username in ["WANG.LI", "王丽", "a", "a b c"] {
        assert_eq!(number(staffing::add(&app, new(username)).await), 10002, "{username}");
    }
}
