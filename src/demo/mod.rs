//! The demo: an invented province in one folder, under area codes that no real person has, with a clock that can be moved.

pub mod banner; // what it prints when it is ready
#[cfg(test)]
mod bench; // an instance for its tests
pub mod cast; // residents and workers to try it as
pub mod command; // the command line
pub mod control; // moving the clock, a worker's code
pub mod earlier; // an instance whose clock stands in the past
pub mod folder; // the marker of a demo folder
pub mod past; // the cases of the report years, and live ones of today
pub mod province; // invented areas, people, cards and policies
pub mod shop; // seasons, points and devices
pub mod walks; // whole journeys, printed call by call
