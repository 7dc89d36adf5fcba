//! Who is calling: handlers state by the type of their first argument whom they serve.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};

use super::admission::{self, Guard, Workers};
use super::tokens::{self, Claims, Holder};
use super::watch::RevocationWatch;
use super::worker::knows_residents;
pub use super::worker::{Post, Worker};
use super::{faults, staff};
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::http::operation::{Description, Takes, Tool};
use crate::platform::id::Id;
use crate::platform::reader;
use crate::rules::desks::OwnDesk;
use crate::rules::lifecycle::Role;

/// A signed-in resident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resident {
    pub account: Id,
    pub session: Id,
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

/// Whom each guard lets in, and its place in the document.
macro_rules! guards {
    ($($guard:ident: $residents:literal, $workers:expr;)+) => { $(
        impl Guard for $guard {
            const RESIDENTS: bool = $residents;
            const WORKERS: Workers = $workers;
        }

        impl Takes for $guard {
            fn describe(to: &mut Description) {
                admission::describe::<$guard>(stringify!($guard), to);
            }
        }
    )+ };
}

guards! {
    Resident: true, Workers::Nobody;
    Worker: false, Workers::Everybody;
    Caller: true, Workers::Everybody;
}

impl Guard for Filer {
    const RESIDENTS: bool = true;
    const WORKERS: Workers = Workers::With(|role, _| knows_residents(role));
}

impl Takes for Filer {
    fn describe(to: &mut Description) {
        admission::describe::<Filer>("Filer", to);
        to.refuses("Filer", &[&faults::NO_MANDATE]);
    }
}

impl Tool for App {}

impl Tool for RevocationWatch {}

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
                Caller::Worker(w) if Filer::WORKERS.admit(&w) => Ok(Filer::Officer(w)),
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

/// Declares guards that ask for one post among the worker's: of which role, and whether it leads.
macro_rules! posts {
    ($($(#[$meta:meta])* $guard:ident: $may:expr;)+) => {
        guards! { $($guard: false, Workers::With($may);)+ }
        $(
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
                    let worker = worker(req).await?;
                    if $guard::WORKERS.admit(&worker) { Ok($guard(worker)) } else { Err(Error::new(&faults::WRONG_ROLE)) }
                })
            }
        }
        )+
    };
}

posts! {
    /// Serves a desk, of the office or of a service.
    DeskOfficer: |role, _| role.desk().is_some();
    /// Leads a desk, or runs the installation.
    DeskLead: |role, lead| lead && role.desk().is_some() || role == Role::Administrator;
    /// Watches over what others look at: leads a desk, or reads the audit trail.
    Overseer: |role, lead| lead && role.desk().is_some() || role == Role::Auditor;
    /// Knows residents in person: village, town or county.
    AreaOfficer: |role, _| knows_residents(role);
    CountyOfficer: |role, _| role == Role::CountyOfficer;
    FinanceOfficer: |role, _| role == Role::FinanceOfficer;
    Administrator: |role, _| role == Role::Administrator;
    Auditor: |role, _| role == Role::Auditor;
    /// Answers for an area as a whole: county and city officers, administrators, auditors.
    AreaOverseer: |role, _| oversees(role);
}

/// A desk that a service declared, as a type: what a handler names that only whoever serves the desk may call.
pub trait DeskOfService: 'static {
    const DESK: &'static OwnDesk;
}

/// Serves this desk of a service: the guard of the role that the desk declares.
pub struct Serves<D>(pub Worker, PhantomData<D>);

impl<D> Deref for Serves<D> {
    type Target = Worker;

    fn deref(&self) -> &Worker {
        &self.0
    }
}

impl<D: DeskOfService> Guard for Serves<D> {
    const RESIDENTS: bool = false;
    const WORKERS: Workers = Workers::With(|role, _| role == Role::Own(D::DESK));
}

impl<D: DeskOfService> Takes for Serves<D> {
    fn describe(to: &mut Description) {
        admission::describe::<Serves<D>>(D::DESK.role_code, to);
    }
}

impl<D: DeskOfService> FromRequest for Serves<D> {
    type Error = Error;
    type Future = Coming<Serves<D>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let worker = worker(req).await?;
            if Self::WORKERS.admit(&worker) { Ok(Serves(worker, PhantomData)) } else { Err(Error::new(&faults::WRONG_ROLE)) }
        })
    }
}
