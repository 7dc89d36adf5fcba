//! Notices: in the app first, then by WeChat, text message or a worker's call; what a resident is told and when.

pub mod ledger; // how many WeChat messages a resident still allows
pub mod reach; // who is told how
pub mod sms; // one text message, once
pub mod telling; // from a case's event to notices
pub mod wechat; // one subscribe message, once
pub mod words; // what notices say, a county's own words first
