//! What differs between counties and years, as data with dates: policies, areas, working days.

pub mod area_rows; // reads the list of areas
pub mod areas;
pub mod calendar;
pub mod guide_facts; // what only a guide tells
pub mod terms; // the terms that all services share
pub mod county; // what a county decided about a service, in published versions
#[cfg(test)]
mod tests;
