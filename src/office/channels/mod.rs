//! The ways to a person: the inbox in the app, WeChat and text messages, and what comes back by them.

pub mod inbox; // notices in the app
pub mod undelivered; // what surely did not arrive
pub mod sms; // one text message, once
pub mod sms_codes;
pub mod wechat_credits; // how many WeChat messages a resident still allows
pub mod wechat; // one subscribe message, once
pub mod wechat_events; // what WeChat tells about its users // codes that prove a phone number
