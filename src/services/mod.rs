//! Floor 3, the slices: one folder a service; they never meet each other.

pub mod education_aid; // 教育救助
