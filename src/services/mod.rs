//! Floor 3, the slices: one folder a service, and their registry. A new service is one line here.

pub mod certificate;
pub mod education_aid;

use crate::office::cases::service::{Service, Services};

/// All services of this program, in the order in which residents see them.
pub static ALL: &[&dyn Service] = &[&education_aid::EducationAid, &certificate::Certificate];

/// The registry.
pub fn all() -> Services {
    Services::new(ALL)
}
