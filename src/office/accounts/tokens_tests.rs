//! Forged and foreign tokens are refused, whatever the forger tries.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use super::*;
use crate::office::accounts::bench::bench;

fn refused(app: &App, token: &str) -> u32 {
    read(app, token).unwrap_err().code().number
}

fn claims(app: &App) -> Value {
    let now = app.clock.now_ms() / 1000;
    json!({ "iss": app.settings.public_url, "aud": AUDIENCE, "sub": app.clock.id(), "sid": app.clock.id(),
            "role": "resident", "iat": now, "exp": now + ACCESS_LIFE_S })
}

/// Signs with our key and key id, whatever the claims say.
fn signed(app: &App, claims: &Value) -> String {
    let (kid, key) = app.keys.token_key().unwrap();
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(key.bytes())).unwrap()
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}.", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[tokio::test]
async fn our_own_token_is_read_until_its_time_and_leeway_are_over() {
    let app = bench().await;
    let account = app.clock.id();
    let session = app.clock.id();
    let token = issue(&app, Holder::Staff, account, session).unwrap();
    let claims = read(&app, &token).unwrap();
    assert_eq!((claims.sub, claims.sid, claims.role), (account, session, Holder::Staff));
    app.clock.advance_ms((ACCESS_LIFE_S + LEEWAY_S - 1) * 1000);
    assert!(read(&app, &token).is_ok());
    app.clock.advance_ms(1000);
    assert_eq!(refused(&app, &token), 11002);
}

#[tokio::test]
async fn a_token_without_a_signature_is_refused() {
    let app = bench().await;
    let (kid, _) = app.keys.token_key().unwrap();
    for alg in ["none", "None", "NONE"] {
        assert_eq!(refused(&app, &unsigned(&json!({ "alg": alg, "typ": "JWT", "kid": kid }), &claims(&app))), 11001);
    }
    let stripped = signed(&app, &claims(&app)).rsplit_once('.').unwrap().0.to_owned();
    assert_eq!(refused(&app, &format!("{stripped}.")), 11001);
    assert_eq!(refused(&app, &stripped), 11001);
}

#[tokio::test]
async fn another_key_another_algorithm_and_an_unknown_key_id_are_refused() {
    let app = bench().await;
    let (kid, key) = app.keys.token_key().unwrap();
    let good = EncodingKey::from_secret(key.bytes());
    let with = |alg, kid: Option<&str>, key: &EncodingKey| {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(alg) };
        jsonwebtoken::encode(&header, &claims(&app), key).unwrap()
    };
    assert!(read(&app, &with(Algorithm::HS256, Some(kid), &good)).is_ok());
    assert_eq!(
        refused(&app, &with(Algorithm::HS256, Some(kid), &EncodingKey::from_secret(b"another key of some length"))),
        11001
    );
    assert_eq!(refused(&app, &with(Algorithm::HS512, Some(kid), &good)), 11001);
    assert_eq!(refused(&app, &with(Algorithm::HS256, Some("k9"), &good)), 11001);
    assert_eq!(refused(&app, &with(Algorithm::HS256, None, &good)), 11001);
}

#[tokio::test]
async fn wrong_and_missing_claims_are_refused() {
    let app = bench().await;
    assert!(read(&app, &signed(&app, &claims(&app))).is_ok());
    for (name, value) in [("iss", "https://elsewhere"), ("aud", "another-api"), ("role", "admin"), ("sub", "1"), ("sid", "x")] {
        let mut c = claims(&app);
        c[name] = json!(value);
        assert_eq!(refused(&app, &signed(&app, &c)), 11001, "{name}");
    }
    for name in ["iss", "aud", "sub", "sid", "role", "exp", "iat"] {
        let mut c = claims(&app);
        c.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&app, &signed(&app, &c)), 11001, "{name}");
    }
}

#[tokio::test]
async fn an_overlong_or_foreign_text_is_refused_unread() {
    let app = bench().await;
    let mut c = claims(&app);
    c["padding"] = json!("x".repeat(4096));
    assert_eq!(refused(&app, &signed(&app, &c)), 11001);
    for text in ["", ".", "..", "a.b.c", "😀.😀.😀", &crate::platform::crypto::random_token().unwrap()] {
        assert_eq!(refused(&app, text), 11001, "{text}");
    }
}
