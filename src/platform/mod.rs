//! Floor 1, the tools: they know nothing of cases.

pub mod app;
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
pub mod wechat;
