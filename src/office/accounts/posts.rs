//! A post as people see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::worker::Post;
use crate::labelled;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::lifecycle::Role;

/// What the worker may do, and where.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct PostView {
    role: Labelled<Role>,
    /// Twelve-digit area code; the post holds for all areas below it.
    #[schema(example = "110105001000")]
    area: String,
    /// The point that the post serves, where its role serves one.
    point: Option<Id>,
    /// Leads the desk: may take over what a colleague has claimed.
    lead: bool,
}

impl From<&Post> for PostView {
    fn from(p: &Post) -> PostView {
        PostView { role: labelled!(p.role), area: p.area.to_string(), point: p.point, lead: p.lead }
    }
}
