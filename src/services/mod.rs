//! Floor 3, the slices: one folder a service, and their registry. A new service is one line here.

pub mod device_rental; // reserving, lending, taking back and cleaning assistive devices

use crate::office::cases::service::{Service, Services};

/// All services of this program, in the order in which residents see them.
pub static ALL: &[&dyn Service] = &[&device_rental::DeviceRental];

/// The registry.
pub fn all() -> Services {
    Services::new(ALL)
}
