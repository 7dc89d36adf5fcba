//! Who is calling: handlers state by the type of their first argument whom they serve.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};

use super::tokens::{self, Claims, Holder};
use super::watch::RevocationWatch;
use super::{faults, staff};
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::platform::reader;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;

/// A signed-in resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resident {
    pub account: Id,
    pub session: Id,
}

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
    /// The rental point of a point keeper.
    pub point: Option<Id>,
    /// Leads the desk: may take over what a colleague holds.
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

    /// A post of this role whose area holds `area` (or is it).
    pub fn covers(&self, role: Role, area: &AreaCode) -> bool {
        self.posts_of(role).any(|p| p.area.contains(area))
    }
}

/// A resident or a worker, for what both may read.
#[derive(Clone, Debug)]
pub enum Caller {
    Resident(Resident),
    Worker(Worker),
}

impl Caller {
    /// The account or the worker.
    pub fn id(&self) -> Id {
        match self {
            Caller::Resident(r) => r.account,
            Caller::Worker(w) => w.id,
        }
    }

    /// The session of this request.
    pub fn session(&self) -> Id {
        match self {
            Caller::Resident(r) => r.session,
            Caller::Worker(w) => w.session,
        }
    }
}

/// Who fills in an application: the resident, or an officer who does it for somebody at the counter or at home. What an
/// officer may touch is decided by the mandate (`cases::mandates`).
#[derive(Clone, Debug)]
pub enum Filer {
    /// Their account.
    Resident(Id),
    Officer(Worker),
}

impl Filer {
    /// The account or the worker.
    pub fn id(&self) -> Id {
        match self {
            Filer::Resident(account) => *account,
            Filer::Officer(w) => w.id,
        }
    }
}

type Coming<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

/// The claims of the request's token, of a session that lives.
async fn claims(req: HttpRequest) -> Result<(web::Data<App>, Claims)> {
    let app = req.app_data::<web::Data<App>>().ok_or_else(|| Error::internal("no App in the server's data"))?.clone();
    let watch =
        req.app_data::<web::Data<RevocationWatch>>().ok_or_else(|| Error::internal("no watch in the server's data"))?.clone();
    let header = req.headers().get(AUTHORIZATION).and_then(|v| v.to_str().ok());
    let (scheme, token) = header.and_then(|h| h.split_once(' ')).ok_or_else(|| Error::new(&faults::SIGN_IN))?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(Error::new(&faults::SIGN_IN));
    }
    let claims = tokens::read(&app, token.trim())?;
    watch.check(&app, &claims).await?;
    if claims.role == Holder::Staff {
        reader::is_a_worker();
    }
    Ok((app, claims))
}

async fn caller(req: HttpRequest) -> Result<Caller> {
    let (app, claims) = claims(req).await?;
    match claims.role {
        Holder::Resident => Ok(Caller::Resident(Resident { account: claims.sub, session: claims.sid })),
        Holder::Staff => Ok(Caller::Worker(staff::on_duty(&app, claims.sub, claims.sid).await?)),
    }
}

async fn worker(req: HttpRequest) -> Result<Worker> {
    match caller(req).await? {
        Caller::Worker(w) => Ok(w),
        Caller::Resident(_) => Err(Error::new(&faults::WRONG_ROLE)),
    }
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Coming<Caller>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(caller(req.clone()))
    }
}

impl FromRequest for Resident {
    type Error = Error;
    type Future = Coming<Resident>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            // A worker's token is refused before the database is asked about the worker.
            match claims(req).await?.1 {
                Claims { role: Holder::Resident, sub, sid, .. } => Ok(Resident { account: sub, session: sid }),
                _ => Err(Error::new(&faults::WRONG_ROLE)),
            }
        })
    }
}

impl FromRequest for Filer {
    type Error = Error;
    type Future = Coming<Filer>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            match caller(req).await? {
                Caller::Resident(r) => Ok(Filer::Resident(r.account)),
                Caller::Worker(w) if w.posts.iter().any(|p| knows_residents(p.role)) => Ok(Filer::Officer(w)),
                Caller::Worker(_) => Err(Error::new(&faults::WRONG_ROLE)),
            }
        })
    }
}

impl FromRequest for Worker {
    type Error = Error;
    type Future = Coming<Worker>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(worker(req.clone()))
    }
}

/// A role whose posts answer for an area as a whole.
pub fn oversees(role: Role) -> bool {
    matches!(role, Role::CountyOfficer | Role::CityOfficer | Role::Administrator | Role::Auditor)
}

/// A role that meets residents in person: village, town or county.
fn knows_residents(role: Role) -> bool {
    matches!(role, Role::Commissioner | Role::TownOfficer | Role::CountyOfficer)
}

/// Declares guards that ask for one post among the worker's.
macro_rules! posts {
    ($($(#[$meta:meta])* $guard:ident: $may:expr;)+) => { $(
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $guard(pub Worker);

        impl Deref for $guard {
            type Target = Worker;

            fn deref(&self) -> &Worker {
                &self.0
            }
        }

        impl FromRequest for $guard {
            type Error = Error;
            type Future = Coming<$guard>;

            fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
                let req = req.clone();
                Box::pin(async move {
                    let may: fn(&Post) -> bool = $may;
                    let worker = worker(req).await?;
                    if worker.posts.iter().any(may) {
                        Ok($guard(worker))
                    } else {
                        Err(Error::new(&faults::WRONG_ROLE))
                    }
                })
            }
        }
    )+ };
}

posts! {
    /// Serves a desk: village, town, county, city, rental point, finance or assessment.
    DeskOfficer: |p| p.role.desk().is_some();
    /// Leads a desk, or runs the installation.
    DeskLead: |p| p.lead && p.role.desk().is_some() || p.role == Role::Administrator;
    /// Watches over what others look at: leads a desk, or reads the audit trail.
    Overseer: |p| p.lead && p.role.desk().is_some() || p.role == Role::Auditor;
    /// Knows residents in person: village, town or county.
    AreaOfficer: |p| knows_residents(p.role);
    CountyOfficer: |p| p.role == Role::CountyOfficer;
    FinanceOfficer: |p| p.role == Role::FinanceOfficer;
    PointKeeper: |p| p.role == Role::PointKeeper;
    Assessor: |p| p.role == Role::Assessor;
    Administrator: |p| p.role == Role::Administrator;
    Auditor: |p| p.role == Role::Auditor;
    /// Answers for an area as a whole: county and city officers, administrators, auditors.
    AreaOverseer: |p| oversees(p.role);
}
