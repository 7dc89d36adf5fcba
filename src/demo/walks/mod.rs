//! Walks: a whole journey against a running demo over HTTP, each call printed as a curl line with its answer.

mod walker;
mod certificate_renewal;
mod device_rental;
mod education_aid;

pub use walker::{Stop, Walker};

use zhucan::office::cases::service::Service;
use zhucan::services;
use zhucan::services::certificate::Certificate;
use zhucan::services::device_rental::DeviceRental;
use zhucan::services::education_aid::EducationAid;

/// Names of the walks, as they are typed, each with the service that it shows.
const WALKS: [(&str, &dyn Service); 3] =
    [("education-aid", &EducationAid), ("device-rental", &DeviceRental), ("certificate-renewal", &Certificate)];

/// Names of the walks with the words of their services, in the order of the registry.
pub fn listed() -> Vec<(&'static str, &'static str)> {
    let of = |service: &'static dyn Service| {
        let shown = WALKS.iter().filter(move |(_, walked)| walked.code() == service.code());
        shown.map(move |(name, _)| (*name, service.label()))
    };
    services::all().all().flat_map(of).collect()
}

/// Takes the walk of this name.
///
/// # Errors
/// A sentence that says at which call it stopped and why.
pub async fn take(walker: &mut Walker, name: &str) -> Result<(), Stop> {
    match name {
        "education-aid" => education_aid::walk(walker).await,
        "device-rental" => device_rental::walk(walker).await,
        "certificate-renewal" => certificate_renewal::walk(walker).await,
        _ => {
            let names: Vec<&str> = listed().into_iter().map(|(name, _)| name).collect();
            Err(Stop(format!("没有这个过程：{name}。可选：{}。", names.join("、"))))
        }
    }
}
