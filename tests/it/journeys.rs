//! The three journeys, each from the first screen to the end, by the demo's own walks over HTTP; each answer held against the document.

use std::sync::Arc;
use std::time::Duration;

use crate::demo::shop;
use crate::demo::walks::{self, Walker};
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
    let mut walker = Walker::heard_by(&base, &world.wechat_address, Arc::new(overhear));
    if let Err(stop) = walks::take(&mut walker, name).await {
        panic!("{name}: {}", stop.0);
    }
    drop(walker);
    let found = anchors::verify(&app.db, app.keys.clone()).await.unwrap();
    assert!(found.faults.is_empty() && found.cases >= 1 && found.lines > 3, "{found:?}");
    server.drain().await;
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
