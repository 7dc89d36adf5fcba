//! What everybody is told when the app starts: announcements and maintenance windows, managed by administrators.

pub mod store; // rows, and what is in force
