//! Where a worker's "done with it" leads, as a pure rule: by kind, state, and what came of it.

use super::ticket::{Kind, Outcome, TicketState};

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leads {
    Ended,
    /// Nobody was reached: again after some days.
    Again,
    /// Nobody was reached too often: somebody goes there.
    BecomesVisit,
}

/// Where an outcome leads; none when it does not fit. `tries` are the attempts before this one, `most` the county's.
pub(crate) fn close(kind: Kind, state: TicketState, outcome: Outcome, tries: i64, most: u32) -> Option<Leads> {
    match (state, outcome) {
        (TicketState::Answered, Outcome::Solved | Outcome::Explained) => Some(Leads::Ended),
        (TicketState::Open | TicketState::InProgress, outcome) if kind.reaches() => match outcome {
            Outcome::Reached if kind == Kind::PhoneCall => Some(Leads::Ended),
            Outcome::Visited if kind == Kind::Visit => Some(Leads::Ended),
            Outcome::NotReached if kind == Kind::PhoneCall && tries.saturating_add(1) >= i64::from(most) => {
                Some(Leads::BecomesVisit)
            }
            Outcome::NotReached => Some(Leads::Again),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_ends_only_after_an_answer() {
        for kind in [Kind::Unresolved, Kind::Problem, Kind::BadRating] {
            for state in [TicketState::Open, TicketState::InProgress, TicketState::Closed] {
                for outcome in Outcome::ALL {
                    assert_eq!(close(kind, state, *outcome, 0, 3), None, "{kind:?} {state:?} {outcome:?}");
                }
            }
            assert_eq!(close(kind, TicketState::Answered, Outcome::Explained, 0, 3), Some(Leads::Ended));
        }
    }

    #[test]
    fn the_third_call_in_vain_becomes_a_visit_and_a_visit_is_tried_again() {
        let call = |tries| close(Kind::PhoneCall, TicketState::InProgress, Outcome::NotReached, tries, 3);
        assert_eq!([call(0), call(1), call(2)], [Some(Leads::Again), Some(Leads::Again), Some(Leads::BecomesVisit)]);
        let visit = |tries| close(Kind::Visit, TicketState::Open, Outcome::NotReached, tries, 3);
        assert_eq!([visit(0), visit(9)], [Some(Leads::Again); 2]);
        assert_eq!(close(Kind::PhoneCall, TicketState::Open, Outcome::Visited, 0, 3), None);
    }
}
