//! How stories are named once and run on each database.

use std::future::Future;
use std::pin::Pin;

use crate::world::World;

/// A story with a world of its own.
pub type Story = fn(World) -> Pin<Box<dyn Future<Output = ()>>>;
/// A check that needs no world.
pub type Plain = fn();

/// The stories of a module.
macro_rules! stories {
    ($($name:ident),* $(,)?) => {
        pub const STORIES: &[(&str, $crate::registry::Story)] = &[$((stringify!($name), |world| Box::pin($name(world)))),*];
    };
}

/// The checks of a module that need no world.
macro_rules! plain {
    ($($name:ident),* $(,)?) => {
        pub const PLAIN: &[(&str, $crate::registry::Plain)] = &[$((stringify!($name), $name)),*];
    };
}
