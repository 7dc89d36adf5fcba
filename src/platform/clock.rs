//! The only source of the present time, and of identifiers that contain it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::id::Id;
use crate::rules::moments::Moment;

/// Wall clock, epoch milliseconds. A demo or a test may move it forward.
#[derive(Clone)]
pub struct Clock {
    offset_ms: Arc<AtomicI64>,
    fixed_ms: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Clock {
        Clock { offset_ms: Arc::new(AtomicI64::new(0)), fixed_ms: None }
    }

    /// A clock that stands still until it is moved.
    pub fn standing_at(at: Moment) -> Clock {
        Clock { offset_ms: Arc::new(AtomicI64::new(0)), fixed_ms: Some(Arc::new(AtomicI64::new(at.ms()))) }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        Moment::of_ms(self.now_ms())
    }

    /// Now, in epoch milliseconds, for clients of foreign services.
    pub fn now_ms(&self) -> i64 {
        let base = match &self.fixed_ms {
            Some(at) => at.load(Ordering::Acquire),
            None => chrono::Utc::now().timestamp_millis(),
        };
        base.saturating_add(self.offset_ms.load(Ordering::Acquire))
    }

    /// Moves the clock forward.
    pub fn advance_ms(&self, ms: i64) {
        self.offset_ms.fetch_add(ms, Ordering::AcqRel);
    }

    /// Sets how far the clock is ahead of its base.
    pub fn set_offset_ms(&self, ms: i64) {
        self.offset_ms.store(ms, Ordering::Release);
    }

    /// How far the clock is ahead of its base.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Acquire)
    }

    /// A new identifier that sorts by this clock.
    pub fn id(&self) -> Id {
        Id::at(self.now())
    }
}
