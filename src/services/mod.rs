//! Floor 3, the slices: one folder a service, and their registry. A new service is one line here.

pub mod certificate; // the disability certificate: renewal, first issue, change
pub mod device_rental; // reserving, lending, taking back and cleaning assistive devices
pub mod education_aid; // seasons, applications, awards, payment batches

use crate::office::cases::service::{Service, Services};

/// All services of this program, in the order in which residents see them.
pub static ALL: &[&dyn Service] = &[&education_aid::EducationAid, &device_rental::DeviceRental, &certificate::Certificate];

/// The registry.
pub fn all() -> Services {
    Services::new(ALL)
}
