//! The end of a server: not ready first, requests in flight finish, nobody listens afterwards.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::world::World;
use crate::world::cast::APPID;

stories![the_end_is_told_first_and_a_request_in_flight_is_answered];

async fn the_end_is_told_first_and_a_request_in_flight_is_answered(world: World) {
    let (base, server) = world.slow_to_stop(Duration::from_secs(1));
    let address = base.trim_start_matches("http://").to_owned();
    let code = world.wechat.issue_login_code(APPID, "lin-xiaoyu").unwrap();
    let first = "{\"code\":";
    let second = format!("\"{code}\"}}");
    let there = address.clone();
    let rest = second.len();
    let begun = tokio::task::spawn_blocking(move || begin(&there, first, rest));
    let mut slow = begun.await.unwrap();

    let ending = actix_web::rt::spawn(server.drain());
    tokio::task::yield_now().await;
    let ready = reqwest::get(format!("{base}/readyz")).await.unwrap();
    assert_eq!(ready.status().as_u16(), 503, "still listening, and no longer ready");

    let answered = tokio::task::spawn_blocking(move || {
        slow.write_all(second.as_bytes()).unwrap();
        let mut text = String::new();
        slow.read_to_string(&mut text).unwrap();
        text
    });
    let text = answered.await.unwrap();
    assert!(text.contains("HTTP/1.1 200") && text.contains("\"access_token\":"), "{text}");
    ending.await.unwrap();
    assert!(TcpStream::connect(&address).is_err(), "nobody listens any more");
}

/// Sends the head and half of the body; the server has taken the request when this returns.
fn begin(address: &str, first: &str, rest: usize) -> TcpStream {
    let mut slow = TcpStream::connect(address).unwrap();
    slow.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let length = first.len() + rest;
    let head = "POST /api/v1/auth/wechat/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close";
    write!(slow, "{head}\r\ncontent-length: {length}\r\nexpect: 100-continue\r\n\r\n").unwrap();
    let mut told = String::new();
    BufReader::new(&slow).read_line(&mut told).unwrap();
    assert!(told.starts_with("HTTP/1.1 100"), "{told}");
    slow.write_all(first.as_bytes()).unwrap();
    slow
}
