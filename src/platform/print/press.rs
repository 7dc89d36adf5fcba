//! Lays papers out on threads of their own: two at a time, with a short queue.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::paper::Paper;
use super::pdf;
use crate::platform::code;
use crate::platform::error::{Error, Result};

/// Papers that are set at once.
const PLACES: usize = 2;
/// Papers that may wait; more are told to come back.
const QUEUE: usize = 16;
/// Longest wait for a place.
const QUEUE_TIME: Duration = Duration::from_secs(10);

/// Sets papers in a bounded pool. Clones share the pool.
#[derive(Clone, Debug)]
pub struct Press {
    doors: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Default for Press {
    fn default() -> Press {
        let doors = Arc::new(Semaphore::new(PLACES.saturating_add(QUEUE)));
        Press { doors, places: Arc::new(Semaphore::new(PLACES)) }
    }
}

impl Press {
    /// The paper as PDF bytes. Errors: 50003 when the queue is full or too slow.
    pub async fn print(&self, paper: Paper) -> Result<Vec<u8>> {
        let busy = || Error::new(&code::BUSY).retry_after(5);
        let _door = Arc::clone(&self.doors).try_acquire_owned().map_err(|_| busy())?;
        let place = tokio::time::timeout(QUEUE_TIME, Arc::clone(&self.places).acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(busy()) };
        let task = tokio::task::spawn_blocking(move || {
            // The permit moves into the thread: when the caller gives up, it stays taken until the thread is free.
            let _place = place;
            pdf::write(&paper)
        });
        task.await.map_err(|_| Error::internal("setting a paper panicked"))?
    }
}
