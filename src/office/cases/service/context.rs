//! What the work on a case needs: keys, the services of this installation, and the moment of the request.

use std::sync::Arc;

use super::Service;
use crate::platform::app::App;
use crate::platform::crypto::Keyring;
use crate::platform::error::Result;
use crate::rules::desks::{self, OwnDesk};
use crate::rules::moments::Moment;

/// All services of this installation.
#[derive(Clone)]
pub struct Services(Arc<[&'static dyn Service]>);

impl Services {
    /// A registry of these services, in the order in which residents see them. From now on their desks are known to whatever
    /// reads a role or a desk in this process.
    pub fn new(all: &[&'static dyn Service]) -> Services {
        all.iter().flat_map(|service| service.desks()).for_each(|own| desks::declare(own));
        Services(all.into())
    }

    /// The desks that the services declare, in the order of the registry.
    pub fn own_desks(&self) -> Vec<&'static OwnDesk> {
        self.all().flat_map(|service| service.desks().iter().copied()).collect()
    }

    pub fn all(&self) -> impl Iterator<Item = &'static dyn Service> + '_ {
        self.0.iter().copied()
    }

    /// The service of a stored code.
    pub fn get(&self, code: &str) -> Result<&'static dyn Service> {
        let found = self.all().find(|s| s.code() == code);
        found.ok_or_else(|| crate::platform::error::Error::internal(format!("no service {code}")))
    }
}

/// What a write of the office needs: keys, services, and the moment at which the request came.
#[derive(Clone)]
pub struct Office {
    pub keys: Arc<Keyring>,
    pub services: Services,
    /// Epoch milliseconds; taken before the write, so that a second run sees the same moment.
    pub now: Moment,
}

impl Office {
    pub fn of(app: &App, services: &Services) -> Office {
        Office { keys: app.keys.clone(), services: services.clone(), now: app.clock.now() }
    }

    /// Today in Beijing.
    pub fn today(&self) -> chrono::NaiveDate {
        crate::rules::calendar::beijing_date(self.now)
    }
}
