//! The official examples of 消息推送, and pushes that must be refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use super::*;

const PAGE_ENCRYPT: &str = "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04=";

fn official() -> Callback {
    Callback::new(Secret::new("AAAAA"), &Secret::new("A".repeat(43)), "wxba5fad812f8e6fb9").unwrap()
}

fn push_of(encrypt: &str) -> Vec<u8> {
    serde_json::to_vec(&serde_json::json!({ "ToUserName": "gh_97417a04a28d", "Encrypt": encrypt })).unwrap()
}

/// Seals raw text, so that tests can break the inside; its signature is right.
fn sealed_raw(callback: &Callback, mut text: Vec<u8>) -> (String, Vec<u8>) {
    let whole = text.len();
    let sealed = cbc::Encryptor::<Aes256>::new_from_slices(&callback.key, callback.iv())
        .unwrap()
        .encrypt_padded::<NoPadding>(&mut text, whole)
        .unwrap();
    let encrypt = STANDARD.encode(sealed);
    (signature_over(["AAAAA", "1", "2", &encrypt]), push_of(&encrypt))
}

#[test]
fn the_official_url_check_and_plain_push_pass() {
    let callback = official();
    assert_eq!(callback.check("f464b24fc39322e44b38aa78f5edd27bd1441696", "1714036504", "1514711492"), Ok(()));
    assert_eq!(callback.check("899cf89e464efb63f54ddac96b0a0a235f53aa78", "1714037059", "486452656"), Ok(()));
}

#[test]
fn the_official_safe_mode_push_opens() {
    let message =
        official().open("046e02f8204d34f8ba5fa3b1db94908f3df2e9b3", "1714112445", "415670741", &push_of(PAGE_ENCRYPT)).unwrap();
    assert_eq!(message.len(), 167);
    let json: serde_json::Value = serde_json::from_slice(&message).unwrap();
    assert_eq!(json["Event"], "debug_demo");
}

#[test]
fn the_official_reply_comes_out_byte_for_byte() {
    let reply = official().seal(br#"{"demo_resp":"good luck"}"#, *b"707722b803182950", 1_713_424_427, "415670741").unwrap();
    assert_eq!(reply.encrypt, "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==");
    assert_eq!(reply.msg_signature, "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1");
    let json = serde_json::to_value(&reply).unwrap();
    assert_eq!(json["TimeStamp"], 1_713_424_427);
    assert_eq!(json["Nonce"], "415670741");
    assert_eq!(json["MsgSignature"], reply.msg_signature);
}

#[test]
fn what_is_sealed_at_any_length_opens_again() {
    let callback = official();
    for length in 0..100 {
        let message = vec![b'x'; length];
        let reply = callback.seal(&message, [7; 16], 1, "2").unwrap();
        assert_eq!(callback.open(&reply.msg_signature, "1", "2", &push_of(&reply.encrypt)).unwrap(), message, "{length}");
    }
}

#[test]
fn a_wrong_signature_is_refused_and_signature_does_not_stand_in_for_msg_signature() {
    let callback = official();
    let plain = "6c5c811b55cc85e0e1b54100749188c20beb3f5d";
    assert_eq!(callback.check(plain, "1714112445", "415670741"), Ok(()));
    assert_eq!(callback.open(plain, "1714112445", "415670741", &push_of(PAGE_ENCRYPT)), Err(CallbackFault::BadSignature));
    assert_eq!(callback.check("", "1714036504", "1514711492"), Err(CallbackFault::BadSignature));
    assert_eq!(
        callback.check("f464b24fc39322e44b38aa78f5edd27bd1441697", "1714036504", "1514711492"),
        Err(CallbackFault::BadSignature)
    );
}

#[test]
fn a_push_for_another_appid_is_refused() {
    let other = Callback::new(Secret::new("AAAAA"), &Secret::new("A".repeat(43)), "wx0000000000000000").unwrap();
    let reply = other.seal(b"{}", [7; 16], 1, "2").unwrap();
    assert_eq!(official().open(&reply.msg_signature, "1", "2", &push_of(&reply.encrypt)), Err(CallbackFault::CannotOpen));
}

#[test]
fn broken_insides_are_refused_without_a_crash() {
    let callback = official();
    let mut cases: Vec<Vec<u8>> = vec![vec![0; 32], vec![33; 64], vec![32; 32], vec![1; 32], vec![16; 16]];
    // A message length that points beyond the end.
    let mut long = vec![0; 16];
    long.extend_from_slice(&u32::MAX.to_be_bytes());
    long.extend_from_slice(&[12; 12]);
    cases.push(long);
    // A pad whose bytes differ.
    let mut uneven = vec![9; 32];
    uneven[31] = 3;
    cases.push(uneven);
    for text in cases {
        let (signature, body) = sealed_raw(&callback, text);
        assert_eq!(callback.open(&signature, "1", "2", &body), Err(CallbackFault::CannotOpen));
    }
    for (encrypt, fault) in [
        ("AAAA", CallbackFault::CannotOpen),
        ("not-base64!", CallbackFault::CannotOpen),
        ("", CallbackFault::Malformed),
        ("two words", CallbackFault::Malformed),
    ] {
        let signature = signature_over(["AAAAA", "1", "2", encrypt]);
        assert_eq!(callback.open(&signature, "1", "2", &push_of(encrypt)), Err(fault), "{encrypt}");
    }
    assert_eq!(callback.open("x", "1", "2", b"<xml/>"), Err(CallbackFault::Malformed));
}

#[test]
fn a_key_of_another_length_is_refused_and_spare_bits_are_not() {
    for key in [String::new(), "A".repeat(42), "A".repeat(44), "!".repeat(43)] {
        assert!(matches!(Callback::new(Secret::new("t"), &Secret::new(key), "wx"), Err(CallbackFault::BadKey)));
    }
    assert!(Callback::new(Secret::new("t"), &Secret::new("z".repeat(43)), "wx").is_ok());
}

#[test]
fn an_old_or_odd_timestamp_is_not_fresh() {
    let now = 1_714_112_445_000;
    assert!(is_fresh("1714112445", now) && is_fresh("1714111845", now) && is_fresh("1714113045", now));
    for old in ["1714111844", "1714113046", "", "x", "-9223372036854775808"] {
        assert!(!is_fresh(old, now), "{old}");
    }
}
