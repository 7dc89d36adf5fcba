//! The past of the first county shows its report's figures and verifies, though its load was cut off, and tells nobody.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use super::load_counties;
use crate::demo::bench::bench;
use crate::demo::province::figures::COUNTIES;
use crate::demo::province::figures_counted::{self, Figure};
use crate::demo::province::{areas_of_the_province, lay};
use crate::demo::shop;
use zhucan::entry::worker;
use zhucan::office::cases::record::anchors;
use zhucan::office::cases::service::Office;
use zhucan::platform::app::App;
use zhucan::platform::outbox;
use zhucan::rules::calendar::beijing_date;
use zhucan::services;

async fn counted(app: &App) -> Vec<Figure> {
    let office = Office::of(app, &services::all());
    let all = app.db.read(move |c| figures_counted::all(c, &office)).await.unwrap();
    all.into_iter().filter(|f| f.name.starts_with("甲区")).collect()
}

/// Of the three counties only the first: the others take too long without optimisation.
#[tokio::test]
async fn a_load_that_was_cut_off_goes_on_shows_the_report_and_tells_nobody_of_it() {
    let app = bench().await;
    let now = app.clock.now();
    let day = beijing_date(app.clock.now());
    lay::ground(&app, day, now).await.unwrap();
    lay::people(&app, &COUNTIES[0], &areas_of_the_province().unwrap(), day).await.unwrap();
    shop::open(&app).await.unwrap();
    // Cut off in the middle, wherever that is, and begun again.
    let cut_off = tokio::time::timeout(Duration::from_millis(1500), load_counties(&app, &[0])).await;
    assert!(cut_off.is_err(), "too fast to be cut off");
    load_counties(&app, &[0]).await.unwrap();
    let figures = counted(&app).await;
    assert!(figures.len() == 18 && figures.iter().all(|f| f.counted == f.reported), "{figures:#?}");
    assert!(figures.iter().any(|f| f.name.contains("合计") && f.counted == 396));
    assert!(figures.iter().any(|f| f.name.contains("帮助人数") && f.counted == 21));

    let found = anchors::verify(&app.db, app.keys.clone()).await.unwrap();
    assert!(found.faults.is_empty() && found.cases > 430 && found.lines > 4000, "{found:?}");
    // Only the live cases have something to tell.
    let waiting = app.db.read(outbox::count).await.unwrap();
    assert!(waiting.iter().all(|(state, n)| state == "waiting" && *n < 200), "{waiting:?}");
    while worker::round(&app, &services::all()).await.unwrap() > 0 {}

    load_counties(&app, &[0]).await.unwrap();
    let again = anchors::verify(&app.db, app.keys.clone()).await.unwrap();
    assert_eq!((again.cases, counted(&app).await), (found.cases, figures));
}
