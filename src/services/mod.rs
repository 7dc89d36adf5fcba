//! Floor 3, the slices: one folder a service, and none knows another.

pub mod device_rental; // reserving, lending, taking back and cleaning assistive devices
