//! What a failed WeChat call means for the caller, and which of WeChat's numbers mean it.

use std::time::Duration;

/// WeChat counts by the minute: after that long a minute quota is open again.
const MINUTE_QUOTA: Duration = Duration::from_secs(60);
/// A day quota opens at an hour that WeChat does not state: ask again by the hour.
const DAY_QUOTA: Duration = Duration::from_secs(3600);

/// Why a call failed, by what the caller does about it. Never holds a token, a code, an openid or a URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeChatFault {
    /// The code is wrong, older than five minutes, missing, or of another mini-program: ask the phone for a fresh one.
    #[error("the code is not valid")]
    CodeInvalid,
    /// The code was exchanged before (a double tap, or a retry of a login that did work): ask for a fresh one.
    #[error("the code was used before")]
    CodeUsed,
    /// WeChat holds this user for high-risk: offer another way to sign in.
    #[error("WeChat blocks this user")]
    Blocked,
    /// A quota is used up: back off for that long.
    #[error("a quota at WeChat is used up")]
    TooOften {
        /// Earliest sensible time for the next try.
        retry_after: Duration,
    },
    /// WeChat says that it is busy and did nothing: try later.
    #[error("WeChat is busy")]
    Busy,
    /// No connection came about: surely nothing was sent.
    #[error("WeChat cannot be reached")]
    Unreachable,
    /// WeChat refuses our access token and gave no better one: answer 503, try later.
    #[error("no access token that WeChat accepts")]
    TokenUnavailable,
    /// The request left, and its answer is lost or makes no sense. It may have taken effect: never send it again.
    #[error("the outcome at WeChat is unknown")]
    Unknown,
    /// Refused for a reason that no user and no retry mends (appid, secret, IP list, rights, template): alert, with WeChat's number.
    #[error("WeChat refuses our configuration ({0})")]
    Config(i64),
    /// A template value breaks its field's rule: mend the data, do not retry.
    #[error("a template field is refused")]
    TemplateData {
        /// The key that WeChat named, such as `thing7`.
        field: Option<String>,
    },
    /// The user has not subscribed or the one-time consent is used up: take another channel. Everyday, no alert.
    #[error("the user granted no message")]
    NoCredit,
    /// Another message to this user is under way: send one at a time, try later.
    #[error("another message to this user is under way")]
    Concurrent,
    /// The openid is not one of this mini-program: drop the address.
    #[error("the recipient is not known to WeChat")]
    BadRecipient,
    /// WeChat finds the words objectionable: a person must look at them.
    #[error("WeChat refuses the words")]
    Sensitive,
}

/// A refusal as one call sees it, before the token cache has tried to replace the access token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The access token is invalid, stale, malformed or expired.
    Token,
    /// Everything else.
    Fault(WeChatFault),
}

impl From<WeChatFault> for Refusal {
    fn from(fault: WeChatFault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Refusal> for WeChatFault {
    /// A token refusal that nobody could mend.
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Token => Self::TokenUnavailable,
            Refusal::Fault(fault) => fault,
        }
    }
}

/// Reads WeChat's non-zero `errcode` (source: the error tables of each API page). A number that is not listed is
/// a definite refusal too, so it goes to `Config`: an alert, no retry.
pub(super) fn refusal_of(errcode: i64, errmsg: &str) -> Refusal {
    Refusal::Fault(match errcode {
        40001 | 40014 | 42001 => return Refusal::Token,
        -1 => WeChatFault::Busy,
        40029 | 41008 => WeChatFault::CodeInvalid,
        40163 => WeChatFault::CodeUsed,
        40226 => WeChatFault::Blocked,
        45011 | 44991 => WeChatFault::TooOften { retry_after: MINUTE_QUOTA },
        45009 => WeChatFault::TooOften { retry_after: DAY_QUOTA },
        40003 | 43104 => WeChatFault::BadRecipient,
        43101 => WeChatFault::NoCredit,
        43108 => WeChatFault::Concurrent,
        45168 | 87014 => WeChatFault::Sensitive,
        47003 => WeChatFault::TemplateData { field: field_named(errmsg) },
        other => WeChatFault::Config(other),
    })
}

/// `argument invalid! data.thing7.value invalid rid: …` names `thing7`.
fn field_named(errmsg: &str) -> Option<String> {
    let (_, after) = errmsg.split_once("data.")?;
    let name: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect();
    (!name.is_empty()).then_some(name)
}

/// WeChat's request id at the end of `errmsg`, which its support can look up for seven days. Nothing else of the text is logged.
pub(super) fn rid_of(errmsg: &str) -> &str {
    let tail = errmsg.rsplit_once("rid:").map_or("", |(_, tail)| tail.trim_start());
    let end = tail.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(tail.len());
    tail.get(..end).filter(|rid| rid.len() <= 64).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_reference_leads_to_one_deed() {
        let minute = WeChatFault::TooOften { retry_after: MINUTE_QUOTA };
        let table: &[(&[i64], WeChatFault)] = &[
            (&[-1], WeChatFault::Busy),
            (&[40029, 41008], WeChatFault::CodeInvalid),
            (&[40163], WeChatFault::CodeUsed),
            (&[40226], WeChatFault::Blocked),
            (&[45011, 44991], minute),
            (&[45009], WeChatFault::TooOften { retry_after: DAY_QUOTA }),
            (&[40003, 43104], WeChatFault::BadRecipient),
            (&[43101], WeChatFault::NoCredit),
            (&[43108], WeChatFault::Concurrent),
            (&[45168, 87014], WeChatFault::Sensitive),
            (&[47003], WeChatFault::TemplateData { field: None }),
        ];
        for (codes, fault) in table {
            for code in *codes {
                assert_eq!(refusal_of(*code, ""), Refusal::Fault(fault.clone()), "{code}");
            }
        }
        for code in [40001, 40014, 42001] {
            assert_eq!(refusal_of(code, ""), Refusal::Token, "{code}");
        }
    }

    #[test]
    fn faults_of_configuration_keep_their_number() {
        let codes = [
            40002, 40013, 40125, 41002, 41004, 40243, 50004, 50007, 40164, 89503, 89506, 89507, 40066, 43002, 40037, 43107,
            48001, 61024, 41001, 61010, 87007, 87008, 87009, 87020, 99999,
        ];
        for code in codes {
            assert_eq!(refusal_of(code, "x rid: 1-2"), Refusal::Fault(WeChatFault::Config(code)));
        }
    }

    #[test]
    fn the_refused_field_and_the_request_id_are_read_from_the_text() {
        let text = "argument invalid! data.thing7.value invalid rid: 66f1-0a2b-3c";
        assert_eq!(field_named(text).as_deref(), Some("thing7"));
        assert_eq!(rid_of(text), "66f1-0a2b-3c");
        assert_eq!(rid_of("ok"), "");
        assert_eq!(rid_of("rid: 12 o9Ag-secret"), "12");
    }
}
