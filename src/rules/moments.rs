//! A moment: epoch milliseconds in a type of their own, so that no count, version or sum of money is taken for one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment, kept as milliseconds since 1 January 1970, 00:00 UTC. JSON and the database hold the integer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub(crate) i64);

impl Moment {
    /// The first millisecond of 1970: before everything that happens here.
    pub const EPOCH: Moment = Moment(0);

    /// The moment of so many epoch milliseconds.
    pub const fn of_ms(epoch_ms: i64) -> Moment {
        Moment(epoch_ms)
    }

    /// Epoch milliseconds, for what is no moment to others: signatures, sort keys, foreign clocks.
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// So many milliseconds later; the last moment that exists when there is none.
    pub const fn saturating_add(self, ms: i64) -> Moment {
        Moment(self.0.saturating_add(ms))
    }

    /// So many milliseconds earlier; the first moment that exists when there is none.
    pub const fn saturating_sub(self, ms: i64) -> Moment {
        Moment(self.0.saturating_sub(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative when it is later.
    pub const fn since(self, earlier: Moment) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_moves_and_never_wraps() {
        let noon = Moment::of_ms(1_773_104_400_000);
        assert_eq!(noon.saturating_add(5).since(noon), 5);
        assert_eq!(noon.since(noon.saturating_add(5)), -5);
        assert_eq!(Moment::of_ms(i64::MAX).saturating_add(1), Moment::of_ms(i64::MAX));
        assert_eq!(serde_json::to_string(&noon).ok().as_deref(), Some("1773104400000"));
    }
}
