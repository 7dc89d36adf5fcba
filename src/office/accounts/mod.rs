//! Who is calling and for whom they may act: residents, workers, their sessions and links.

#[cfg(test)]
mod bench;
pub mod faults;
pub mod guards;
pub mod identity;
pub mod links;
pub mod passwords;
mod register;
pub mod residents;
pub mod serving;
pub mod sessions;
pub mod sign_in;
pub mod staff;
mod tables;
pub mod tokens;
pub mod watch;

pub use guards::{
    Administrator, AreaOfficer, Assessor, Auditor, Caller, CountyOfficer, DeskOfficer, FinanceOfficer, PointKeeper, Post,
    Resident, Worker,
};
pub use sign_in::{Rates, SignIn};
pub use watch::RevocationWatch;
