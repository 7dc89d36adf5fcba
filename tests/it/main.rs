//! All stories, on SQLite and on PostgreSQL, in one binary; a last check looks at what all of them saw.
//!
//! A story is an `async fn(World)` named in its module's `stories!`; `plain!` names checks that need no database.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[macro_use]
mod registry;
mod absence;
mod accounts_desk;
mod admin_places;
mod admin_policy;
mod admin_workers;
mod approvals;
mod awaited_proofs;
mod bootstrap;
mod bulk;
mod callback;
mod cases;
mod certificate;
mod clean_text;
mod clocks;
mod consent;
mod contract;
mod served;
mod counter;
mod counter_codes;
mod day_sheet;
mod device_rental;
mod document;
mod drain;
mod eager;
mod edge;
mod education_aid;
mod examples;
mod floors;
mod fourth_service;
mod guides;
mod handlers;
mod held_back;
mod instances;
mod journeys;
mod life;
mod machine;
mod matrix;
mod notices;
mod my_sessions;
mod own_account;
mod papers;
mod plain_code;
mod prints;
mod public;
mod queue;
mod races;
mod refusals;
mod register;
mod reports;
mod rooms;
mod samples;
mod schema;
mod seam;
mod search;
mod second_lives;
mod second_thoughts;
mod service_limits;
mod sign_in;
mod sms;
mod staff_sign_in;
mod stranded;
mod sums;
mod ticket_claims;
mod tickets;
mod told;
mod unopened;
mod views;
mod wandering;
mod world;
mod year_end;
mod yearly;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

use registry::{Plain, Story};
use world::{Kind, grounds};

const STORIES: &[(&str, &[(&str, Story)])] = &[
    ("absence", absence::STORIES),
    ("accounts_desk", accounts_desk::STORIES),
    ("bootstrap", bootstrap::STORIES),
    ("callback", callback::STORIES),
    ("admin_places", admin_places::STORIES),
    ("admin_policy", admin_policy::STORIES),
    ("admin_workers", admin_workers::STORIES),
    ("approvals", approvals::STORIES),
    ("bulk", bulk::STORIES),
    ("cases", cases::STORIES),
    ("certificate", certificate::STORIES),
    ("clean_text", clean_text::STORIES),
    ("clocks", clocks::STORIES),
    ("awaited_proofs", awaited_proofs::STORIES),
    ("served", served::STORIES),
    ("instances", instances::STORIES),
    ("counter", counter::STORIES),
    ("day_sheet", day_sheet::STORIES),
    ("counter_codes", counter_codes::STORIES),
    ("device_rental", device_rental::STORIES),
    ("drain", drain::STORIES),
    ("edge", edge::STORIES),
    ("education_aid", education_aid::STORIES),
    ("fourth_service", fourth_service::STORIES),
    ("guides", guides::STORIES),
    ("journeys", journeys::STORIES),
    ("life", life::STORIES),
    ("notices", notices::STORIES),
    ("papers", papers::STORIES),
    ("prints", prints::STORIES),
    ("public", public::STORIES),
    ("queue", queue::STORIES),
    ("races", races::STORIES),
    ("refusals", refusals::STORIES),
    ("register", register::STORIES),
    ("reports", reports::STORIES),
    ("seam", seam::STORIES),
    ("search", search::STORIES),
    ("second_thoughts", second_thoughts::STORIES),
    ("sign_in", sign_in::STORIES),
    ("sms", sms::STORIES),
    ("staff_sign_in", staff_sign_in::STORIES),
    ("stranded", stranded::STORIES),
    ("sums", sums::STORIES),
    ("tickets", tickets::STORIES),
    ("told", told::STORIES),
    ("views", views::STORIES),
    ("wandering", wandering::STORIES),
    ("year_end", year_end::STORIES),
    ("consent", consent::STORIES),
    ("held_back", held_back::STORIES),
    ("machine", machine::STORIES),
    ("my_sessions", my_sessions::STORIES),
    ("own_account", own_account::STORIES),
    ("second_lives", second_lives::STORIES),
    ("service_limits", service_limits::STORIES),
    ("ticket_claims", ticket_claims::STORIES),
    ("unopened", unopened::STORIES),
    ("yearly", yearly::STORIES),
];

const PLAIN: &[(&str, &[(&str, Plain)])] = &[
    ("clean_text", clean_text::PLAIN),
    ("contract", contract::PLAIN),
    ("examples", examples::PLAIN),
    ("floors", floors::PLAIN),
    ("handlers", handlers::PLAIN),
    ("matrix", matrix::PLAIN),
    ("plain_code", plain_code::PLAIN),
    ("rooms", rooms::PLAIN),
    ("schema", schema::PLAIN),
];

fn main() -> ExitCode {
    let args = Arguments::from_args();
    let postgres = grounds::postgres_is_here();
    if !postgres && std::env::var_os("CI").is_some() {
        eprintln!("No PostgreSQL binaries (initdb, postgres) and CI is set: install them (Debian: apt-get install postgresql).");
        return ExitCode::FAILURE;
    }
    let mut trials: Vec<Trial> = Vec::new();
    for (room, checks) in PLAIN {
        trials.extend(checks.iter().map(|(name, check)| {
            Trial::test(format!("{room}::{name}"), || {
                check();
                Ok(())
            })
        }));
    }
    for (room, stories) in STORIES {
        for (name, story) in *stories {
            trials.push(Trial::test(format!("sqlite::{room}::{name}"), || {
                world::run(Kind::Sqlite, *story);
                Ok(())
            }));
            let second = Trial::test(format!("postgres::{room}::{name}"), || {
                world::run(Kind::Postgres, *story);
                Ok(())
            });
            trials.push(second.with_ignored_flag(!postgres));
        }
    }
    let everything = args.filter.is_none() && args.skip.is_empty() && !args.list && !args.ignored;
    let conclusion = libtest_mimic::run(&args, trials);
    let ended_well = journeys::end();
    grounds::end();
    examples::record();
    if !postgres && !args.list {
        eprintln!(
            "\n!!! NOT TESTED ON POSTGRESQL: no initdb in PATH or /usr/lib/postgresql/*/bin. Install PostgreSQL and run again.\n"
        );
    }
    if everything && !conclusion.has_failed() && !document::everything_was_seen() {
        return ExitCode::FAILURE;
    }
    if ended_well { conclusion.exit_code() } else { ExitCode::FAILURE }
}
