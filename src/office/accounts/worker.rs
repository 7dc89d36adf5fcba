//! A worker and the posts by which the worker may do something.

use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;

/// A signed-in worker with the posts that are held now.
#[derive(Clone, Debug)]
pub struct Worker {
    pub id: Id,
    pub name: String,
    pub session: Id,
    /// The worker as a person, so that nobody decides about themselves.
    pub person: Option<Id>,
    pub posts: Vec<Post>,
}

/// What a worker may do, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub role: Role,
    pub area: AreaCode,
    /// The point that the post serves, where its role serves one.
    pub point: Option<Id>,
    /// Leads the desk: may take over what a colleague has claimed.
    pub lead: bool,
}

impl Worker {
    /// Holds a post of this role.
    pub fn has(&self, role: Role) -> bool {
        self.posts.iter().any(|p| p.role == role)
    }

    /// The posts of this role.
    pub fn posts_of(&self, role: Role) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(move |p| p.role == role)
    }

    /// The posts by which the worker meets residents in person.
    pub fn posts_among(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(|p| knows_residents(p.role))
    }

    /// Meets residents of this area in person, by this post.
    pub fn post_among(&self, area: &AreaCode) -> Option<&Post> {
        self.posts_among().find(|p| p.area.contains(area))
    }

    /// Meets residents of this area in person.
    pub fn knows_residents_of(&self, area: &AreaCode) -> bool {
        self.post_among(area).is_some()
    }

    /// Serves a desk whose area holds this one; whoever lives there is in the worker's scope.
    pub fn serves(&self, area: &AreaCode) -> bool {
        self.posts.iter().any(|p| p.role.desk().is_some() && p.area.contains(area))
    }

    /// The areas of the desks that the worker serves.
    pub fn desk_areas(&self) -> Vec<AreaCode> {
        self.posts.iter().filter(|p| p.role.desk().is_some()).map(|p| p.area).collect()
    }

    /// A post of this role whose area holds `area` (or is it).
    pub fn covers(&self, role: Role, area: &AreaCode) -> bool {
        self.posts_of(role).any(|p| p.area.contains(area))
    }
}

/// A role that meets residents in person: village, town or county.
pub fn knows_residents(role: Role) -> bool {
    matches!(role, Role::Commissioner | Role::TownOfficer | Role::CountyOfficer)
}
