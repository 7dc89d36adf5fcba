//! Reads a pushed event, tolerant of the shapes in which WeChat really sends it.

use std::fmt;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::CallbackFault;
use crate::rules::text::Code;
use crate::rules::typed::Typed;

/// What WeChat tells us about a user. Events about authorisation must be acted on by law: they erase data.
#[derive(Clone, PartialEq, Eq)]
pub enum PushEvent {
    /// The user answered a subscription request on the phone: (template id, accepted).
    SubscribePopup {
        /// Whose answer it is.
        openid: String,
        /// One line for each template asked about.
        items: Vec<(String, bool)>,
    },
    /// The user changed subscriptions in the service notices (WeChat sends only refusals): (template id, accepted).
    SubscribeChange {
        /// Whose subscriptions changed.
        openid: String,
        /// One line for each template.
        items: Vec<(String, bool)>,
    },
    /// WeChat delivered a message, or failed to after taking it.
    SubscribeSent,
    /// The user took back the right to named items, WeChat's numbers: 6 nickname and avatar, 8 phone, 13 location, 14 picture, 15 file …
    AuthorizationRevoked {
        /// Who took it back.
        openid: String,
        /// Numbers as text.
        revoke_info: Vec<String>,
    },
    /// The user closed the account.
    AuthorizationCancelled {
        /// Who closed it.
        openid: String,
    },
    /// Nickname or avatar changed: what we hold is stale.
    UserInfoModified {
        /// Whose it is.
        openid: String,
    },
    /// Nothing that concerns us: answer `success` and forget it.
    Other,
}

impl fmt::Debug for PushEvent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::SubscribePopup { .. } => "SubscribePopup",
            Self::SubscribeChange { .. } => "SubscribeChange",
            Self::SubscribeSent => "SubscribeSent",
            Self::AuthorizationRevoked { .. } => "AuthorizationRevoked",
            Self::AuthorizationCancelled { .. } => "AuthorizationCancelled",
            Self::UserInfoModified { .. } => "UserInfoModified",
            Self::Other => "Other",
        })
    }
}

/// One push, ready to be acted on once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// What happened.
    pub event: PushEvent,
    /// Equal for the repeats of one push (WeChat sends up to three). A hash, so it may be stored.
    pub dedup_key: String,
}

impl Push {
    /// Reads the JSON of a push: the body in plain mode, the opened message in safe mode.
    ///
    /// # Errors
    /// `Malformed` when it is no JSON object or an event that concerns us names nobody.
    pub fn parse(message: &[u8]) -> Result<Self, CallbackFault> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(message) else {
            return Err(CallbackFault::Malformed);
        };
        Ok(Self { event: event_of(&fields)?, dedup_key: dedup_key_of(&fields) })
    }
}

fn event_of(fields: &Map<String, Value>) -> Result<PushEvent, CallbackFault> {
    if !text(fields, "MsgType").eq_ignore_ascii_case("event") {
        return Ok(PushEvent::Other);
    }
    Ok(match text(fields, "Event").to_ascii_lowercase().as_str() {
        "subscribe_msg_popup_event" => PushEvent::SubscribePopup {
            openid: named(fields, "FromUserName")?,
            items: items_of(fields, "SubscribeMsgPopupEvent"),
        },
        "subscribe_msg_change_event" => PushEvent::SubscribeChange {
            openid: named(fields, "FromUserName")?,
            items: items_of(fields, "SubscribeMsgChangeEvent"),
        },
        "subscribe_msg_sent_event" => PushEvent::SubscribeSent,
        // In these three, FromUserName is WeChat's own sender and the user stands in OpenID.
        "user_authorization_revoke" => PushEvent::AuthorizationRevoked {
            openid: named(fields, "OpenID")?,
            revoke_info: numbers_of(fields.get("RevokeInfo")),
        },
        "user_authorization_cancellation" => PushEvent::AuthorizationCancelled { openid: named(fields, "OpenID")? },
        "user_info_modified" => PushEvent::UserInfoModified { openid: named(fields, "OpenID")? },
        _ => PushEvent::Other,
    })
}

/// WeChat names MsgId, or FromUserName and CreateTime for events. The rest tells apart two users, or two items, in one second.
fn dedup_key_of(fields: &Map<String, Value>) -> String {
    let mut hash = Sha256::new();
    for key in ["MsgId", "FromUserName", "CreateTime", "Event", "OpenID", "RevokeInfo", "List"] {
        let part = fields.get(key).map(|value| scalar(value).unwrap_or_else(|| value.to_string())).unwrap_or_default();
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}

/// A string, or a number as a string.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn text(fields: &Map<String, Value>, key: &str) -> String {
    fields.get(key).and_then(scalar).unwrap_or_default()
}

/// A code of WeChat's: an openid, a template.
fn code(fields: &Map<String, Value>, key: &str) -> Option<String> {
    Code::<1, 128>::read(&text(fields, key)).ok().map(Code::into_string)
}

fn named(fields: &Map<String, Value>, key: &str) -> Result<String, CallbackFault> {
    code(fields, key).ok_or(CallbackFault::Malformed)
}

/// `List` is an object when it holds one item and an array when it holds several; in XML's manner it stands one level down.
fn items_of(fields: &Map<String, Value>, wrapper: &str) -> Vec<(String, bool)> {
    let list = fields.get("List").or_else(|| fields.get(wrapper)?.get("List"));
    let items = match list {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items
        .iter()
        .filter_map(Value::as_object)
        .filter_map(|item| Some((code(item, "TemplateId")?, text(item, "SubscribeStatusString").starts_with("accept"))))
        .collect()
}

/// One number, several with commas, or an array of them.
fn numbers_of(value: Option<&Value>) -> Vec<String> {
    let joined = match value {
        Some(Value::Array(several)) => several.iter().filter_map(scalar).collect::<Vec<_>>().join(","),
        Some(one) => scalar(one).unwrap_or_default(),
        None => String::new(),
    };
    joined.split([',', '|', ';']).map(str::trim).filter(|number| !number.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(message: Value) -> Push {
        Push::parse(message.to_string().as_bytes()).unwrap()
    }

    fn change(msg_type: &str, time: Value, list: Value) -> Push {
        parse(
            json!({ "FromUserName": "o1", "CreateTime": time, "MsgType": msg_type, "Event": "subscribe_msg_change_event", "List": list }),
        )
    }

    #[test]
    fn one_item_as_object_or_array_and_both_kinds_of_time_are_one_event() {
        let item = json!({ "TemplateId": "T1", "SubscribeStatusString": "reject" });
        let wanted = PushEvent::SubscribeChange { openid: "o1".into(), items: vec![("T1".into(), false)] };
        let first = change("event", json!(1_620_973_045), item.clone());
        assert!(first.event == wanted);
        assert!(change("Event", json!("1620973045"), json!([item])).event == wanted);
        assert_eq!(first.dedup_key, change("event", json!("1620973045"), item).dedup_key);
    }

    #[test]
    fn a_popup_tells_what_was_accepted() {
        let list = json!([
            { "TemplateId": "T1", "SubscribeStatusString": "acceptWithAudio" },
            { "TemplateId": "T2", "SubscribeStatusString": "reject" },
        ]);
        let nested = json!({ "FromUserName": "o1", "MsgType": "event", "Event": "subscribe_msg_popup_event", "SubscribeMsgPopupEvent": { "List": list } });
        let wanted = PushEvent::SubscribePopup { openid: "o1".into(), items: vec![("T1".into(), true), ("T2".into(), false)] };
        assert!(parse(nested).event == wanted);
    }

    #[test]
    fn a_revocation_names_the_user_and_not_wechats_sender() {
        let push = |user: &str, info: Value| {
            parse(
                json!({ "FromUserName": "sender", "CreateTime": 1, "MsgType": "event", "Event": "user_authorization_revoke", "OpenID": user, "RevokeInfo": info }),
            )
        };
        let wanted = |info: &[&str]| PushEvent::AuthorizationRevoked {
            openid: "o1".into(),
            revoke_info: info.iter().map(ToString::to_string).collect(),
        };
        assert!(push("o1", json!("8")).event == wanted(&["8"]));
        assert!(push("o1", json!(8)).event == wanted(&["8"]));
        assert!(push("o1", json!("6, 8")).event == wanted(&["6", "8"]));
        assert!(push("o1", json!([6, "8"])).event == wanted(&["6", "8"]));
        let keys = [push("o1", json!("8")), push("o2", json!("8")), push("o1", json!("6"))].map(|push| push.dedup_key);
        assert!(keys[0] != keys[1] && keys[0] != keys[2] && keys[1] != keys[2]);
    }

    #[test]
    fn what_does_not_concern_us_is_other_and_what_names_nobody_is_refused() {
        assert!(parse(json!({ "MsgType": "text", "Content": "你好" })).event == PushEvent::Other);
        assert!(parse(json!({ "MsgType": "event", "Event": "debug_demo" })).event == PushEvent::Other);
        for event in ["user_authorization_cancellation", "user_info_modified", "user_authorization_revoke"] {
            let nobody = json!({ "FromUserName": "sender", "MsgType": "event", "Event": event }).to_string();
            assert_eq!(Push::parse(nobody.as_bytes()), Err(CallbackFault::Malformed));
        }
        assert_eq!(Push::parse(b"[]"), Err(CallbackFault::Malformed));
    }

    #[test]
    fn printing_an_event_shows_no_openid() {
        let event = PushEvent::AuthorizationCancelled { openid: "oSecret".into() };
        assert_eq!(format!("{event:?}"), "AuthorizationCancelled");
    }
}
