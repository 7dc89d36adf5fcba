//! Whom guards let in, in one place for the guards themselves, for the document, and for the test of wrong callers.

use super::faults;
use super::worker::Worker;
use crate::platform::http::operation::Description;
use crate::rules::lifecycle::Role;

/// Whom a guard lets in. The guard itself, the document's security and codes, and the test of wrong callers ask this, and
/// nothing else names roles.
pub trait Guard {
    /// Residents may come.
    const RESIDENTS: bool;
    /// Which workers may come.
    const WORKERS: Workers;
}

/// Workers whom a guard lets in.
#[derive(Clone, Copy)]
pub enum Workers {
    Nobody,
    Everybody,
    /// Who holds a post of such a role; the second says that the post leads its desk.
    With(fn(Role, bool) -> bool),
}

impl Workers {
    pub(super) fn admit(self, worker: &Worker) -> bool {
        match self {
            Workers::Nobody => false,
            Workers::Everybody => true,
            Workers::With(may) => worker.posts.iter().any(|p| may(p.role, p.lead)),
        }
    }

    /// The roles that may come, with a post that leads where it takes one.
    pub fn roles(self) -> Vec<&'static str> {
        match self {
            Workers::With(may) => Role::all().into_iter().filter(|role| may(*role, true)).map(Role::code).collect(),
            Workers::Nobody | Workers::Everybody => Vec::new(),
        }
    }
}

/// What a guard says in the document.
pub(super) fn describe<G: Guard>(name: &'static str, to: &mut Description) {
    to.refuses(name, &[&faults::SIGN_IN, &faults::EXPIRED, &faults::SESSION_ENDED]);
    if G::RESIDENTS {
        to.admits("resident", &[]);
    }
    match G::WORKERS {
        Workers::Nobody => {}
        workers => to.admits("staff", &workers.roles()),
    }
    if !(G::RESIDENTS && matches!(G::WORKERS, Workers::Everybody)) {
        to.refuses(name, &[&faults::WRONG_ROLE]);
    }
}
