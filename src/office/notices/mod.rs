//! Notices: in the app first, then by WeChat, text message or a worker's call; what a resident is told and when.

pub mod reach; // who is told how
pub mod words; // what notices say, a county's own words first
pub mod dispatch; // from a case's event to notices
