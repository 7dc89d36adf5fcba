//! What the three invented counties decided about the three services: files as `zhucan policy publish` takes them.

use zhucan::entry::cli::policy::PolicyFile;
use zhucan::office::policy::county::NewPolicy;
use zhucan::platform::clock::Clock;
use zhucan::platform::error::{Error, Result};

macro_rules! file {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/policies/", $name, ".json"))
    };
}

const FILES: [&str; 9] = [
    file!("a_education_aid"),
    file!("a_device_rental"),
    file!("a_certificate"),
    file!("b_education_aid"),
    file!("b_device_rental"),
    file!("b_certificate"),
    file!("c_education_aid"),
    file!("c_device_rental"),
    file!("c_certificate"),
];

/// The nine policies, in force since before the first report year.
pub fn all(clock: &Clock) -> Result<Vec<NewPolicy>> {
    let read = |text: &&str| PolicyFile::parse(text).map(|file| file.decided(clock)).map_err(Error::internal);
    FILES.iter().map(read).collect()
}
