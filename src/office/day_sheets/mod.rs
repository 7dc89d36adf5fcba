//! Day sheets: whom a commissioner should see in a village today, taken along, and handed in afterwards with the times at
//! which things happened.

pub mod api; // over HTTP
mod errands; // why somebody should be seen
mod handing_in; // what happened on the way
mod sheets; // what was taken along
mod views; // what the worker sees

pub use api::routes;
pub use sheets::carried_until;
