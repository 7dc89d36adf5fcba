//! Day sheets: whom a commissioner should see in a village today, taken along, and handed in afterwards with the times at
//! which things happened.

pub mod errands; // why somebody should be seen
pub mod handing_in; // what happened on the way
pub mod sheets; // what was taken along
pub mod views; // what the worker sees

pub use sheets::carried_until;
