//! What differs between counties and years, as data with dates: policies, areas, working days.

pub mod area_rows; // reads the list of areas
pub mod areas;
pub mod calendar;
pub mod county; // what a county decided about a service, in published versions
pub mod guide_facts; // what only a guide tells
pub mod guides; // office guides, from policy
pub mod terms; // the terms that all services share

#[cfg(test)]
mod tests;
