//! Floor 3, the slices: one folder a service, and their registry. A new service is one line here.

pub mod certificate;

use crate::office::cases::service::{Service, Services};

/// All services of this program, in the order in which residents see them.
pub static ALL: &[&dyn Service] = &[&certificate::Certificate];

/// The registry.
pub fn all() -> Services {
    Services::new(ALL)
}
