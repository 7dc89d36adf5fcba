//! What a failed text message means for the caller, and which of the provider's codes mean it.

use std::time::Duration;

const HALF_MINUTE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_secs(3600);

/// Why a message was not sent, by what the caller does about it. Never holds a number, a word of the message or a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmsFault {
    /// The number cannot be served or does not want our messages: take another channel.
    #[error("the number is refused")]
    RefusedNumber,
    /// Too many messages to this number, or in all, just now: try later.
    #[error("a rate at the provider is used up")]
    TooOften {
        /// Earliest sensible time for the next try.
        retry_after: Duration,
    },
    /// The day's messages for this number, or for all, are used up: take another channel.
    #[error("the day's messages are used up")]
    DayLimit,
    /// The provider says that it is busy and did nothing: try later.
    #[error("the provider is busy")]
    Busy,
    /// No connection came about: surely nothing was sent.
    #[error("the provider cannot be reached")]
    Unreachable,
    /// The request left, and its answer is lost or makes no sense. It may have been delivered: never send it again.
    #[error("the outcome at the provider is unknown")]
    Unknown,
    /// Refused for a reason that no retry mends (key, signature, template, words, money): alert, with the provider's code.
    #[error("the provider refuses our configuration ({0})")]
    Config(String),
}

/// Reads a code that is not `Ok` (source: 错误码 of SendSms, version 2021-01-11, and 公共错误码). A code that is not
/// listed is a definite refusal, so it goes to `Config`; what the provider calls an internal error may have left.
pub(super) fn fault_of(code: &str) -> SmsFault {
    match code {
        "FailedOperation.PhoneNumberInBlacklist"
        | "FailedOperation.PhoneNumberParseFail"
        | "InvalidParameterValue.IncorrectPhoneNumber"
        | "UnsupportedOperation.ChineseMainlandTemplateToGlobalPhone" => SmsFault::RefusedNumber,
        "LimitExceeded.PhoneNumberThirtySecondLimit" | "LimitExceeded.DeliveryFrequencyLimit" => {
            SmsFault::TooOften { retry_after: HALF_MINUTE }
        }
        "LimitExceeded.PhoneNumberOneHourLimit" => SmsFault::TooOften { retry_after: HOUR },
        "LimitExceeded.PhoneNumberDailyLimit"
        | "LimitExceeded.PhoneNumberSameContentDailyLimit"
        | "LimitExceeded.AppDailyLimit"
        | "LimitExceeded.AppMainlandChinaDailyLimit"
        | "LimitExceeded.DailyLimit" => SmsFault::DayLimit,
        "RequestLimitExceeded" | "ServiceUnavailable" | "ResourceUnavailable" => SmsFault::Busy,
        // The provider refuses the time stamp: this machine's clock is wrong. Nothing was sent.
        "InternalError.RequestTimeException" => SmsFault::Config(code.to_owned()),
        _ if code == "InternalError" || code.starts_with("InternalError.") => SmsFault::Unknown,
        _ => SmsFault::Config(plain(code)),
    }
}

/// Only what looks like a code is kept for the log.
fn plain(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.' || *c == '_').take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_what_to_do_and_a_strange_one_is_never_repeated() {
        let is = |code: &str| fault_of(code);
        assert_eq!(is("LimitExceeded.PhoneNumberDailyLimit"), SmsFault::DayLimit);
        assert_eq!(is("RequestLimitExceeded"), SmsFault::Busy);
        assert_eq!(is("InternalError.Timeout"), SmsFault::Unknown);
        assert_eq!(
            is("FailedOperation.InsufficientBalanceInSmsPackage"),
            SmsFault::Config(is_code("InsufficientBalanceInSmsPackage"))
        );
        assert_eq!(is("New.Code +8613800000001"), SmsFault::Config("New.Code8613800000001".to_owned()));
    }

    fn is_code(tail: &str) -> String {
        format!("FailedOperation.{tail}")
    }
}
