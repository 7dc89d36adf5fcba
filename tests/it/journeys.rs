//! The three journeys, each from the first screen to the end, by the demo's own walks over HTTP; each answer held against
//! the document, and the order of calls against the guide.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use crate::demo::shop;
use crate::demo::walks::{self, Heard, Walker};
use uuid::Uuid;
use zhucan::office::cases::anchors;

use crate::world::World;
use crate::world::client::overhear;

stories!(
    education_aid_from_the_first_screen_to_the_money,
    device_rental_for_a_child_from_reservation_to_disinfection,
    certificate_renewal_from_the_window_to_the_new_card,
);

async fn walk(world: World, name: &str) {
    let (app, base, server) = world.demo_server(Duration::ZERO);
    shop::open(&app).await.unwrap();
    let calls: Rc<RefCell<Vec<String>>> = Rc::default();
    let noted = calls.clone();
    let listener = move |heard: &Heard| {
        overhear(heard);
        let call = line(heard);
        // A page for each paper, and the questions while a clock acts, are one step.
        if heard.path.starts_with("/api/") && noted.borrow().last() != Some(&call) {
            noted.borrow_mut().push(call);
        }
    };
    let mut walker = Walker::heard_by(&base, &world.wechat_address, Arc::new(listener));
    if let Err(stop) = walks::take(&mut walker, name).await {
        panic!("{name}: {}", stop.0);
    }
    drop(walker);
    let found = anchors::verify(&app.db, app.keys.clone()).await.unwrap();
    assert!(found.faults.is_empty() && found.cases >= 1 && found.lines > 3, "{found:?}");
    server.drain().await;
    assert_eq!(guide(name), calls.take(), "docs/guides/{name}.md tells another order of calls than the walk (right) takes");
}

/// A call as the guides write it.
fn line(heard: &Heard) -> String {
    let path = heard.path.split('?').next().unwrap_or_default();
    let named = |word: &str| if Uuid::parse_str(word).is_ok() { "{id}".to_owned() } else { word.to_owned() };
    let path: Vec<String> = path.split('/').map(named).collect();
    format!("- `{} {}` → {}", heard.method, path.join("/"), heard.status)
}

/// The calls of a guide, in its order.
fn guide(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("{}/docs/guides/{name}.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    text.lines().filter(|l| l.starts_with("- `")).map(str::to_owned).collect()
}

async fn education_aid_from_the_first_screen_to_the_money(world: World) {
    walk(world, "education-aid").await;
}

async fn device_rental_for_a_child_from_reservation_to_disinfection(world: World) {
    walk(world, "device-rental").await;
}

async fn certificate_renewal_from_the_window_to_the_new_card(world: World) {
    walk(world, "certificate-renewal").await;
}
