//! The demo's past: the first county shows its report's figures, its histories verify, and no desk of today is empty.

use std::sync::Arc;
use std::time::Duration;

use crate::demo::past;
use crate::demo::province::figures::COUNTIES;
use crate::demo::province::figures_counted::{self, Figure};
use crate::demo::province::{areas_of_the_province, lay};
use crate::demo::shop;
use crate::demo::walks::Walker;
use serde_json::Value;
use zhucan::office::cases::anchors;
use zhucan::office::cases::service::Spine;
use zhucan::platform::app::App;
use zhucan::platform::outbox;
use zhucan::rules::calendar::beijing_date;
use zhucan::services;

use crate::world::client::overhear;
use crate::world::{MORNING_MS, World};

stories!(
    the_first_county_shows_its_report_though_its_load_was_cut_off_and_tells_nobody_of_it,
    a_newcomer_finds_work_on_every_desk,
);

/// Of the three counties only the first: the others take too long without optimisation; `zhucan demo figures` counts all.
async fn lay_first_county(app: &App) {
    lay::people(app, &COUNTIES[0], &areas_of_the_province().unwrap(), beijing_date(MORNING_MS)).await.unwrap();
    shop::open(app).await.unwrap();
}

async fn counted(app: &App) -> Vec<Figure> {
    let spine = Spine::of(app, &services::all());
    let all = app.db.read(move |c| figures_counted::all(c, &spine)).await.unwrap();
    all.into_iter().filter(|f| f.name.starts_with("甲区")).collect()
}

async fn the_first_county_shows_its_report_though_its_load_was_cut_off_and_tells_nobody_of_it(world: World) {
    let app = world.app.clone();
    lay_first_county(&app).await;
    // Cut off in the middle, wherever that is, and begun again.
    let cut_off = tokio::time::timeout(Duration::from_millis(1500), past::load_counties(&app, &[0])).await;
    assert!(cut_off.is_err(), "too fast to be cut off");
    past::load_counties(&app, &[0]).await.unwrap();
    let figures = counted(&app).await;
    assert!(figures.len() == 18 && figures.iter().all(|f| f.counted == f.reported), "{figures:#?}");
    assert!(figures.iter().any(|f| f.name.contains("合计") && f.counted == 396));
    assert!(figures.iter().any(|f| f.name.contains("帮助人数") && f.counted == 21));

    let found = anchors::verify(&app.db, app.keys.clone()).await.unwrap();
    assert!(found.faults.is_empty() && found.cases > 430 && found.lines > 4000, "{found:?}");
    // Only the live cases have something to tell, and nobody has agreed to a message by WeChat.
    let waiting = app.db.read(outbox::count).await.unwrap();
    assert!(waiting.iter().all(|(state, n)| state == "waiting" && *n < 200), "{waiting:?}");
    world.work().await;
    assert!(world.wechat.sent().is_empty());

    past::load_counties(&app, &[0]).await.unwrap();
    let again = anchors::verify(&app.db, app.keys.clone()).await.unwrap();
    assert_eq!((again.cases, counted(&app).await), (found.cases, figures));
}

async fn a_newcomer_finds_work_on_every_desk(world: World) {
    let (app, base, server) = world.demo_server(Duration::ZERO);
    lay_first_county(&app).await;
    past::load_counties(&app, &[0]).await.unwrap();
    let walker = Walker::heard_by(&base, &world.wechat_address, Arc::new(overhear));
    for (who, path) in [
        ("village", "/staff/queue"),
        ("town", "/staff/queue"),
        ("county", "/staff/queue"),
        ("finance", "/staff/queue"),
        ("assessor", "/staff/certificate/assessments"),
        ("keeper", "/staff/device-rental/loans"),
        ("keeper2", "/staff/device-rental/loans"),
    ] {
        let hand = walker.worker(who).await.unwrap();
        let page = walker.get(&hand, path).await.unwrap();
        let items = page.get("items").and_then(Value::as_array).map_or(0, Vec::len);
        assert!(items > 0, "{who} finds nothing to do");
    }
    drop(walker);
    server.drain().await;
}
