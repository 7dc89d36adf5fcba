//! Floor 1, the tools: they know nothing of cases.

#[macro_use]
pub mod code;
pub mod reader;
pub mod id;
pub mod crypto;
pub mod error;
pub mod db;
pub mod files;
pub mod clock;
pub mod print;
pub mod settings;
mod outgoing;
mod secret;
pub mod sms;
pub mod wechat;
pub mod app;
#[macro_use]
pub mod http;
pub mod chinese;
mod broken; // how a stand-in breaks an answer
pub mod sms_stand_in; // a labelled stand-in for Tencent Cloud SMS
pub mod facts;
pub mod outbox;
pub mod sheets;
pub mod wechat_stand_in; // a labelled stand-in for WeChat
