//! Who may know of a case, and by which post: whoever serves the desk where it lies, or a post over its area.

use crate::office::accounts::guards::{Post, Worker};
use crate::rules::areas::AreaCode;
use crate::rules::desks::Reach;
use crate::rules::lifecycle::{Desk, Role, State};

use super::case::Case;

impl Case {
    /// The role in which this worker serves the desk where the case lies, if any.
    pub fn desk_role(&self, worker: &Worker) -> Option<Role> {
        let role = self.place.desk?.role();
        self.posts_at_desk(worker).next().is_some().then_some(role)
    }

    /// The worker leads the desk where the case lies.
    pub fn led_by(&self, worker: &Worker) -> bool {
        self.posts_at_desk(worker).any(|p| p.lead)
    }

    /// The post by which a worker may look at the case's papers: at the desk where it lies, or in the county's office.
    pub fn post_for_papers<'a>(&'a self, worker: &'a Worker) -> Option<&'a Post> {
        // After the applicant took the submission back, the papers are again theirs alone.
        let area = Some(self.area).filter(|_| self.state != State::Draft);
        let county = worker.posts_of(Role::CountyOfficer).find(|p| area.is_some_and(|a| p.area.contains(&a)));
        self.posts_at_desk(worker).next().or(county)
    }

    /// The worker may oversee this case: leads a desk in whose area it is, or audits there.
    pub fn overseen_by(&self, worker: &Worker) -> bool {
        let oversees = |p: &Post| p.lead && p.role.desk().is_some() || p.role == Role::Auditor;
        self.state != State::Draft && worker.posts.iter().any(|p| oversees(p) && self.knows(p, &self.area))
    }

    /// The worker's posts that serve the desk where the case lies.
    fn posts_at_desk<'a>(&'a self, worker: &'a Worker) -> impl Iterator<Item = &'a Post> {
        let area = self.place.desk_area;
        let posts = worker.posts.iter().filter(move |p| self.place.desk.is_some_and(|d| d.role() == p.role));
        posts.filter(move |post| match self.place.desk_point {
            Some(point) if self.place.desk.is_some_and(Desk::at_points) => post.point == Some(point),
            _ => area.is_some_and(|area| post.area.contains(&area)),
        })
    }

    /// In what role a worker knows of this case: that of its desk first, else that of a post over its area.
    pub fn role_in_scope(&self, worker: &Worker) -> Option<Role> {
        self.desk_role(worker).or_else(|| worker.posts.iter().find(|p| self.knows(p, &self.area)).map(|p| p.role))
    }

    /// The worker may know of this case: it lies on a desk of theirs, or in an area of theirs.
    pub fn in_scope_of(&self, worker: &Worker) -> bool {
        self.role_in_scope(worker).is_some()
    }

    fn knows(&self, post: &Post, area: &AreaCode) -> bool {
        match post.role.reach() {
            Reach::Area => post.area.contains(area),
            Reach::Point => post.point.is_some() && post.point == self.place.desk_point,
            // What lies on the desk itself is known by `posts_at_desk`.
            Reach::Handed => false,
        }
    }
}
