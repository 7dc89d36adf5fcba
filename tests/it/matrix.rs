//! The whole matrix of states, actors and actions as a snapshot for reviewers; an action that is not listed is refused.

use zhucan::rules::lifecycle::{Desk, Role, Standing, State, allowed};

plain![nothing_but_the_matrix_can_happen];

const NOBODY: Standing = Standing {
    role: Role::Auditor,
    desk: Some(Desk::Town),
    first: false,
    last: false,
    held: false,
    lead: false,
    decider: false,
    appealed: false,
};

/// Whoever may stand before a case, at a desk in the middle of the chain unless it says otherwise.
fn actors() -> Vec<(&'static str, Standing)> {
    let officer = Standing { role: Role::TownOfficer, ..NOBODY };
    vec![
        ("applicant", Standing { role: Role::Applicant, ..NOBODY }),
        ("applicant, appealed before", Standing { role: Role::Applicant, appealed: true, ..NOBODY }),
        ("officer of the first desk", Standing { first: true, ..officer }),
        ("officer of a middle desk", officer),
        ("officer of the last desk", Standing { last: true, ..officer }),
        ("officer of the last desk, put off", Standing { last: true, held: true, ..officer }),
        ("leader of a middle desk", Standing { lead: true, ..officer }),
        ("who decided last, at another desk", Standing { role: Role::CountyOfficer, decider: true, ..NOBODY }),
        ("any other worker of the area", NOBODY),
        ("system", Standing { role: Role::System, ..NOBODY }),
        ("system, at the last desk", Standing { role: Role::System, last: true, ..NOBODY }),
    ]
}

fn nothing_but_the_matrix_can_happen() {
    let mut lines = String::new();
    for state in State::ALL {
        lines.push_str(&format!("{}\n", state.code()));
        for (name, who) in actors() {
            let may: Vec<&str> = allowed(*state, who).iter().map(|a| a.code()).collect();
            if !may.is_empty() {
                lines.push_str(&format!("  {name}: {}\n", may.join(", ")));
            }
        }
    }
    insta::assert_snapshot!("lifecycle", lines);
}
