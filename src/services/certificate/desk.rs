//! The desk of the hospital that assesses, and the guard of its doctors.

use crate::office::accounts::guards::{DeskOfService, Serves};
use crate::rules::areas::AreaLevel;
use crate::rules::desks::{OwnDesk, Reach};
use crate::rules::lifecycle::Role;

static ASSESSMENT: OwnDesk = OwnDesk {
    code: "assessment",
    label: "评残医院",
    role_code: "assessor",
    role_label: "评残医生",
    level: AreaLevel::County,
    // A doctor sees the cases that wait for a result through this service's own list, and no other case.
    reach: Reach::Handed,
    signs_as: "",
};

/// All desks that only this service has.
pub const ALL: &[&OwnDesk] = &[&ASSESSMENT];
/// The role of the doctors.
pub const ASSESSOR: Role = Role::Own(&ASSESSMENT);

/// A doctor who enters results.
pub type Assessor = Serves<Hospital>;

/// The desk as a type.
pub struct Hospital;

impl DeskOfService for Hospital {
    const DESK: &'static OwnDesk = &ASSESSMENT;
}
