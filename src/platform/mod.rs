//! Floor 1, the tools: they know nothing of cases.

pub mod app;
mod broken; // how a stand-in breaks an answer
pub mod chinese;
pub mod clock;
#[macro_use]
pub mod code;
pub mod crypto;
pub mod db;
pub mod error;
pub mod facts;
pub mod files;
#[macro_use]
pub mod http;
pub mod id;
pub mod outbox;
mod outgoing;
pub mod print;
mod secret;
pub mod settings;
pub mod sheets;
pub mod sms;
pub mod sms_stand_in; // a labelled stand-in for Tencent Cloud SMS
pub mod wechat;
pub mod wechat_stand_in; // a labelled stand-in for WeChat
