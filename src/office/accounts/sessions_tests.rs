//! Sessions carry on through lost answers, and end for thieves, at log-out, and when nobody is there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use futures_util::future::join_all;

use super::*;
use crate::office::accounts::bench::{Bench, bench};

const SECOND: i64 = 1000;

async fn begin(app: &App, holder: Holder) -> (Id, Pair) {
    let account = app.clock.id();
    let beginning = Beginning::new(app, holder).unwrap();
    let stored = beginning.clone();
    app.db.write(move |c| stored.store(c, account)).await.unwrap();
    (account, beginning.pair(app, account).unwrap())
}

async fn resident() -> (Bench, RevocationWatch, Pair) {
    let app = bench().await;
    let (_, pair) = begin(&app, Holder::Resident).await;
    (app, RevocationWatch::default(), pair)
}

fn code<T>(answer: Result<T>) -> u32 {
    answer.err().map_or(0, |e| e.code().number)
}

/// As the guard sees a token.
async fn lets_in(app: &App, watch: &RevocationWatch, pair: &Pair) -> u32 {
    let claims = match tokens::read(app, &pair.access_token) {
        Ok(claims) => claims,
        Err(e) => return e.code().number,
    };
    code(watch.check(app, &claims).await)
}

#[tokio::test]
async fn each_refresh_gives_a_new_token_and_the_session_slides_for_thirty_days() {
    let (app, watch, mut pair) = resident().await;
    for _ in 0..5 {
        app.clock.advance_ms(RESIDENT_LIFE_MS - SECOND);
        let next = refresh(&app, &watch, &pair.refresh_token).await.unwrap();
        assert_ne!(next.refresh_token, pair.refresh_token);
        assert_eq!(lets_in(&app, &watch, &next).await, 0);
        pair = next;
    }
    app.clock.advance_ms(RESIDENT_LIFE_MS);
    assert_eq!(code(refresh(&app, &watch, &pair.refresh_token).await), 11004);
}

#[tokio::test]
async fn a_lost_answer_may_be_asked_for_again_for_a_minute_and_many_at_once_get_one_successor() {
    let (app, watch, pair) = resident().await;
    let all = join_all((0..16).map(|_| refresh(&app, &watch, &pair.refresh_token))).await;
    app.clock.advance_ms(GRACE_MS);
    let late = refresh(&app, &watch, &pair.refresh_token).await;
    let successors: BTreeSet<String> = all.into_iter().chain([late]).map(|p| p.unwrap().refresh_token).collect();
    assert_eq!(successors.len(), 1);
    assert!(!successors.contains(&pair.refresh_token));
}

#[tokio::test]
async fn a_token_that_comes_back_later_ends_the_whole_session() {
    let (app, watch, pair) = resident().await;
    let next = refresh(&app, &watch, &pair.refresh_token).await.unwrap();
    app.clock.advance_ms(GRACE_MS + 1);
    assert_eq!(code(refresh(&app, &watch, &pair.refresh_token).await), 11005);
    assert_eq!(code(refresh(&app, &watch, &next.refresh_token).await), 11003);
    assert_eq!(lets_in(&app, &watch, &next).await, 11003);
    let elsewhere = RevocationWatch::default();
    elsewhere.refresh(&app).await.unwrap();
    assert_eq!(lets_in(&app, &elsewhere, &next).await, 11003);
}

#[tokio::test]
async fn unknown_tokens_and_access_tokens_do_not_refresh() {
    let (app, watch, pair) = resident().await;
    for text in ["", "x", &random_token().unwrap(), &pair.access_token] {
        assert_eq!(code(refresh(&app, &watch, text).await), 11004);
    }
    assert_eq!(code(tokens::read(&app, &pair.refresh_token)), 11001);
}

#[tokio::test]
async fn log_out_holds_here_at_once_and_elsewhere_after_one_poll() {
    let (app, here, pair) = resident().await;
    let elsewhere = RevocationWatch::default();
    here.refresh(&app).await.unwrap();
    elsewhere.refresh(&app).await.unwrap();
    let session = tokens::read(&app, &pair.access_token).unwrap().sid;
    assert_eq!(lets_in(&app, &elsewhere, &pair).await, 0);
    log_out(&app, &here, session).await.unwrap();
    assert_eq!(lets_in(&app, &here, &pair).await, 11003);
    elsewhere.refresh(&app).await.unwrap();
    assert_eq!(lets_in(&app, &elsewhere, &pair).await, 11003);
    assert_eq!(code(refresh(&app, &here, &pair.refresh_token).await), 11003);
    log_out(&app, &here, session).await.unwrap();
}

#[tokio::test]
async fn a_watch_that_never_polled_asks_the_database() {
    let (app, watch, pair) = resident().await;
    assert_eq!(lets_in(&app, &watch, &pair).await, 0);
    let session = tokens::read(&app, &pair.access_token).unwrap().sid;
    log_out(&app, &RevocationWatch::default(), session).await.unwrap();
    assert_eq!(lets_in(&app, &watch, &pair).await, 11003);
}

#[tokio::test]
async fn log_out_everywhere_ends_all_sessions_of_that_account_only_and_a_new_one_works() {
    let app = bench().await;
    let watch = RevocationWatch::default();
    let (account, first) = begin(&app, Holder::Resident).await;
    let (_, other) = begin(&app, Holder::Resident).await;
    let again = || async {
        let beginning = Beginning::new(&app, Holder::Resident).unwrap();
        let stored = beginning.clone();
        app.db.write(move |c| stored.store(c, account)).await.unwrap();
        beginning.pair(&app, account).unwrap()
    };
    let second = again().await;
    assert_eq!(log_out_everywhere(&app, &watch, account).await.unwrap(), 2);
    let third = again().await;
    watch.refresh(&app).await.unwrap();
    let seen = [
        lets_in(&app, &watch, &first).await,
        lets_in(&app, &watch, &second).await,
        lets_in(&app, &watch, &third).await,
        lets_in(&app, &watch, &other).await,
    ];
    assert_eq!(seen, [11003, 11003, 0, 0]);
}

#[tokio::test]
async fn a_workers_session_ends_after_eight_hours_and_after_half_an_hour_idle() {
    let app = bench().await;
    let watch = RevocationWatch::default();
    let (_, idle) = begin(&app, Holder::Staff).await;
    let (_, mut busy) = begin(&app, Holder::Staff).await;
    for _ in 0..23 {
        app.clock.advance_ms(20 * MINUTE_MS);
        busy = refresh(&app, &watch, &busy.refresh_token).await.unwrap();
    }
    assert_eq!(code(refresh(&app, &watch, &idle.refresh_token).await), 11004);
    app.clock.advance_ms(20 * MINUTE_MS);
    assert_eq!(code(refresh(&app, &watch, &busy.refresh_token).await), 11004);
}

#[tokio::test]
async fn a_workers_requests_keep_the_session_awake() {
    let app = bench().await;
    let (worker, pair) = begin(&app, Holder::Staff).await;
    let session = tokens::read(&app, &pair.access_token).unwrap().sid;
    let at = |now| app.db.write(move |c| staff_session_at(c, session, worker, now).map(|_| ()));
    let start = app.clock.now();
    assert_eq!(code(at(start.saturating_add(STAFF_IDLE_MS)).await), 0);
    assert_eq!(code(at(start.saturating_add(STAFF_IDLE_MS + 1)).await), 11003);
    app.db.write(move |c| touch(c, session, start.saturating_add(STAFF_IDLE_MS))).await.unwrap();
    assert_eq!(code(at(start.saturating_add(STAFF_IDLE_MS + 1)).await), 0);
    assert_eq!(code(at(start.saturating_add(STAFF_LIFE_MS)).await), 11003);
    let stranger = app.clock.id();
    assert_eq!(code(app.db.write(move |c| staff_session_at(c, session, stranger, start)).await), 11003);
}

#[tokio::test]
async fn nothing_readable_is_stored_and_old_rows_go() {
    let (app, watch, pair) = resident().await;
    let next = refresh(&app, &watch, &pair.refresh_token).await.unwrap();
    let text = next.refresh_token.clone();
    let plain = app.db.read(move |c| {
        use refresh_tokens::dsl as t;
        let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> = t::refresh_tokens.select((t::token_hash, t::successor)).load(c)?;
        let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|w| w == text.as_bytes());
        Ok(rows.iter().any(|(hash, next)| holds(hash) || next.as_deref().is_some_and(holds)))
    });
    assert!(!plain.await.unwrap());
    let now = app.clock.now();
    assert_eq!(app.db.write(move |c| tidy(c, now)).await.unwrap(), 0);
    assert!(refresh(&app, &watch, &pair.refresh_token).await.is_ok());
    assert_eq!(app.db.write(move |c| tidy(c, now.saturating_add(3 * RESIDENT_LIFE_MS))).await.unwrap(), 1);
}
