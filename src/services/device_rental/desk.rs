//! The desk of a rental point, and the guard of whoever keeps it.

use crate::office::accounts::guards::{DeskOfService, Serves};
use crate::rules::areas::AreaLevel;
use crate::rules::desks::{OwnDesk, Reach};
use crate::rules::lifecycle::{Desk, Role};

static POINT: OwnDesk = OwnDesk {
    code: "point",
    label: "辅具租赁网点",
    role_code: "point_keeper",
    role_label: "辅具网点管理员",
    level: AreaLevel::County,
    reach: Reach::Point,
    signs_as: "辅具租赁网点",
};

/// All desks that only this service has.
pub const ALL: &[&OwnDesk] = &[&POINT];
/// Where devices are handed out and taken back.
pub const AT_POINT: Desk = Desk::Own(&POINT);
/// The role of whoever works at a point.
pub const POINT_KEEPER: Role = Role::Own(&POINT);

/// Keeps a rental point.
pub type PointKeeper = Serves<RentalPoint>;

/// The desk as a type.
pub struct RentalPoint;

impl DeskOfService for RentalPoint {
    const DESK: &'static OwnDesk = &POINT;
}
