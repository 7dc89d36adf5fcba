//! Walks: a whole journey against a running demo over HTTP, each call printed as a curl line with its answer.

mod certificate_renewal;
mod device_rental;
mod education_aid;
mod walker;

pub use walker::{Stop, Walker};

/// Names of the walks, as they are typed.
pub const NAMES: [&str; 3] = ["education-aid", "device-rental", "certificate-renewal"];

/// Takes the walk of this name.
///
/// # Errors
/// A sentence that says at which call it stopped and why.
pub async fn take(walker: &mut Walker, name: &str) -> Result<(), Stop> {
    match name {
        "education-aid" => education_aid::walk(walker).await,
        "device-rental" => device_rental::walk(walker).await,
        "certificate-renewal" => certificate_renewal::walk(walker).await,
        _ => Err(Stop(format!("没有这个过程：{name}。可选：{}。", NAMES.join("、")))),
    }
}
