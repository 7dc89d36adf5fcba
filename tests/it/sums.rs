//! What the reports say after a walk of random acts is what the details of the cases, the queues and the walkers themselves say:
//! counted twice, here from what everybody sees over HTTP.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::cases::record::history::case_events;
use zhucan::platform::id::Id;
use zhucan::rules::lifecycle::{Desk, Role, State};

use crate::reports::{report, sum};
use crate::wandering::Walk;
use crate::world::World;

stories![whatever_happened_the_sums_of_the_reports_are_what_details_queues_and_walkers_say];

const STEPS: usize = 360;
/// What a worker decides.
const DECISIONS: &[&str] = &["decline", "forward", "send_back", "escalate", "request_correction", "approve", "reject"];

/// A line of the timeline as the applicant reads it.
struct Line {
    case: String,
    month: String,
    action: String,
    state: String,
    /// The state before.
    from: String,
    reason: String,
}

async fn whatever_happened_the_sums_of_the_reports_are_what_details_queues_and_walkers_say(world: World) {
    let seed = std::env::var("ZHUCAN_WALK_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(26_031_026);
    let mut walk = Walk::begin_eager(world, seed).await;
    for step in 1..=STEPS {
        walk.eager_step().await;
        if step % 120 == 0 {
            let token = walk.world.worker(&[Role::CountyOfficer, Role::Administrator]).await;
            let details = details(&walk).await;
            let lines = lines(&details);
            the_present(&walk, &token, &details).await;
            volumes(&walk.world, &token, &lines).await;
            returns(&walk.world, &token, &details, &lines).await;
            workload(&walk, &token, &lines).await;
            satisfaction(&walk, &token, &lines).await;
            desks(&walk.world, &token).await;
        }
    }
    enough_happened(&walk, &lines(&details(&walk).await));
}

/// Each case as its applicant sees it.
async fn details(walk: &Walk) -> Vec<Value> {
    let mut all = Vec::new();
    for (who, case) in &walk.cases {
        all.push(walk.applicants[*who].view(case).await);
    }
    all
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn lines(details: &[Value]) -> Vec<Line> {
    let mut all = Vec::new();
    for case in details {
        let mut from = String::new();
        for line in case["timeline"].as_array().unwrap() {
            let state = text(&line["state"]["value"]);
            all.push(Line {
                case: text(&case["summary"]["id"]),
                month: text(&line["at"])[..7].to_owned(),
                action: text(&line["action"]["value"]),
                reason: text(&line["reason"]),
                from: std::mem::replace(&mut from, state.clone()),
                state,
            });
        }
    }
    all
}

fn count(lines: &[Line], actions: &[&str]) -> usize {
    lines.iter().filter(|l| actions.contains(&l.action.as_str())).count()
}

/// Checks that enough happened on the walk to compare.
fn enough_happened(walk: &Walk, lines: &[Line]) {
    let happened = [
        ("decisions", count(lines, DECISIONS), 15),
        ("forwarded", count(lines, &["forward"]), 2),
        ("approved", count(lines, &["approve"]), 1),
        ("refused", count(lines, &["decline", "reject"]), 1),
        ("corrections asked for", count(lines, &["request_correction"]), 1),
        ("sent back", count(lines, &["send_back"]), 1),
        ("mended", count(lines, &["resubmit"]), 1),
        ("completed", count(lines, &["complete"]), 1),
        ("rated", walk.grades.len(), 1),
    ];
    println!("the walk of {} cases: {happened:?}", walk.cases.len());
    assert!(happened.iter().all(|(_, n, least)| n >= least), "too little happened: {happened:?}");
}

/// What lies on desks: the queues list it, the details say what is on notice.
async fn the_present(walk: &Walk, token: &str, details: &[Value]) {
    let world = &walk.world;
    let ages = report(world, token, "ages", "").await["rows"].clone();
    let mut listed = Vec::new();
    let mut counted = BTreeMap::<&str, i64>::new();
    // One officer of each level sees a whole level.
    for at in [0, 3, 5] {
        let token = &walk.tokens[at];
        let counts = world.get("/api/v1/staff/queue/counts").token(token).send().await.data(200);
        for view in ["total", "at_risk", "overdue", "waiting"] {
            *counted.entry(view).or_default() += counts[view].as_i64().unwrap();
        }
        let page = world.get("/api/v1/staff/queue?limit=100&view=all").token(token).send().await.data(200);
        listed.extend(page["items"].as_array().unwrap().clone());
    }
    let state = |d: &&Value| text(&d["summary"]["state"]["value"]);
    let on_notice = details.iter().filter(|d| state(d) == "public_notice").count() as i64;
    let paced = |pace: &str| listed.iter().filter(|i| i["pace"]["value"] == pace).count() as i64;
    for pace in ["on_time", "at_risk", "overdue", "open"] {
        assert_eq!(sum(&ages, pace), paced(pace), "{pace}");
    }
    assert_eq!(sum(&ages, "standing"), paced("standing") + on_notice);
    for view in ["at_risk", "overdue", "waiting"] {
        assert_eq!(sum(&ages, view), counted[view], "{view}");
    }
    let lying = ["submitted", "in_review", "correction_requested", "public_notice", "approved"];
    let lying: Vec<&Value> = details.iter().filter(|d| lying.contains(&state(d).as_str())).collect();
    assert_eq!(sum(&ages, "total"), lying.len() as i64);
    assert_eq!(sum(&ages, "total"), counted["total"] + counted["waiting"] + on_notice);
    let by_age: i64 = ["up_to_5", "from_6_to_10", "from_11_to_20", "over_20"].iter().map(|age| sum(&ages, age)).sum();
    assert_eq!(by_age, sum(&ages, "total"));
    let oldest = lying.iter().map(|d| text(&d["summary"]["submitted_at"])[..10].to_owned()).min();
    let told = ages.as_array().unwrap().iter().map(|row| text(&row["oldest_submitted_on"])).min();
    assert_eq!(told, oldest);
}

/// The month's field that a line counts in.
fn volume(line: &Line) -> Option<&'static str> {
    let taken_back = ["not_accepted", "rejected"].contains(&line.from.as_str());
    Some(match line.action.as_str() {
        "begin" => "begun",
        "submit" => "submitted",
        "undo" => "undone",
        "accept" | "deem_accepted" => "accepted",
        "decline" | "reject" => "refused",
        "take_back" if taken_back => "refusals_taken_back",
        "appeal" => "appealed",
        "complete" => "completed",
        "withdraw" | "merge" => "withdrawn",
        "lapse" => "lapsed",
        "expire" => "expired",
        "approve" | "end_notice" if line.state == "approved" => "approved",
        _ => return None,
    })
}

async fn volumes(world: &World, token: &str, lines: &[Line]) {
    let told = report(world, token, "volumes", "").await;
    let fields: Vec<String> = told["total"].as_object().unwrap().keys().cloned().collect();
    let none = || fields.iter().map(|f| (f.clone(), 0)).collect::<BTreeMap<String, i64>>();
    let mut months = BTreeMap::new();
    let mut total = none();
    for (month, field) in lines.iter().filter_map(|l| Some((l.month.clone(), volume(l)?))) {
        *months.entry(month).or_insert_with(none).get_mut(field).unwrap() += 1;
        *total.get_mut(field).unwrap() += 1;
    }
    assert_eq!(told["total"], json!(total));
    let rows = told["rows"].as_array().unwrap().iter().map(|row| (text(&row["month"]), row["counts"].clone()));
    let counted = months.into_iter().map(|(month, counts)| (month, json!(counts)));
    assert_eq!(rows.collect::<Vec<_>>(), counted.collect::<Vec<_>>());
    // A report about another service or another month is empty.
    for query in ["service=device_rental", "from=2025-01-01&to=2025-12-31"] {
        assert_eq!(report(world, token, "volumes", query).await["rows"], json!([]), "{query}");
        assert_eq!(report(world, token, "desks", query).await["rows"], json!([]), "{query}");
    }
}

async fn returns(world: &World, token: &str, details: &[Value], lines: &[Line]) {
    let returns = report(world, token, "returns", "").await;
    let mut expected: BTreeMap<(String, String), i64> = BTreeMap::new();
    for item in details.iter().flat_map(|d| d["corrections"].as_array().unwrap()) {
        *expected.entry(("correction".to_owned(), text(&item["reason"]["label"]))).or_default() += 1;
    }
    for line in lines {
        let kind = match line.action.as_str() {
            "send_back" => "send_back",
            "decline" | "reject" => "refusal",
            _ => continue,
        };
        *expected.entry((kind.to_owned(), line.reason.clone())).or_default() += 1;
    }
    let rows = returns["reasons"].as_array().unwrap().iter();
    let told = rows.map(|r| ((text(&r["kind"]["value"]), text(&r["reason"]["label"])), r["count"].as_i64().unwrap()));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), expected);
    let with = |actions: &[&str]| -> BTreeSet<&str> {
        lines.iter().filter(|l| actions.contains(&l.action.as_str())).map(|l| l.case.as_str()).collect()
    };
    let submitted = with(&["submit"]);
    let returned = with(&["send_back", "request_correction"]).intersection(&submitted).count();
    assert_eq!(sum(&returns["shares"], "submitted"), submitted.len() as i64);
    assert_eq!(sum(&returns["shares"], "returned"), returned as i64);
}

/// By worker: what the walkers remember to have done, in the order of the timelines.
async fn workload(walk: &Walk, token: &str, lines: &[Line]) {
    let mut expected: BTreeMap<String, [i64; 3]> = BTreeMap::new();
    let id = |at: usize| walk.officers[at].1.id.to_string();
    for (at, token) in walk.tokens.iter().enumerate() {
        let counts = walk.world.get("/api/v1/staff/queue/counts").token(token).send().await.data(200);
        expected.entry(id(at)).or_default()[0] = counts["mine"].as_i64().unwrap();
    }
    for case in lines.chunk_by(|a, b| a.case == b.case) {
        let decided = |verb: &str| DECISIONS.contains(&verb) || verb == "take_back";
        let own = walk.done.iter().filter(|(id, ..)| *id == case[0].case);
        let mut remembered = own.map(|(_, at, verb)| (*at, verb.replace('-', "_"))).filter(|(_, verb)| decided(verb));
        // Who passed it on, the last on top; and what the line before did to that.
        let mut passed: Vec<Option<usize>> = Vec::new();
        let mut before: (&str, Option<usize>) = ("", None);
        for line in case {
            let action = line.action.as_str();
            let who = decided(action).then(|| {
                let (who, verb) = remembered.next().unwrap_or_else(|| panic!("nobody remembers {action}"));
                assert_eq!(verb, action);
                who
            });
            if let Some(who) = who.filter(|_| action != "take_back") {
                expected.entry(id(who)).or_default()[1] += 1;
            }
            let mut returned = None;
            match (action, before.0) {
                ("forward" | "escalate" | "climb", _) => passed.push(who),
                ("send_back", _) => {
                    returned = passed.pop().flatten();
                    returned.into_iter().for_each(|who| expected.entry(id(who)).or_default()[2] += 1);
                }
                ("take_back", "forward" | "escalate") => drop(passed.pop()),
                ("take_back", "send_back") => {
                    passed.push(before.1);
                    before.1.into_iter().for_each(|who| expected.entry(id(who)).or_default()[2] -= 1);
                }
                _ => {}
            }
            // Asking, reminding and counting anew do not come between a decision and its taking back.
            if !["urge", "remind", "recount"].contains(&action) {
                before = (action, returned);
            }
        }
        assert_eq!(remembered.next(), None, "remembered, but not in the timeline");
    }
    expected.retain(|_, figures| *figures != [0; 3]);
    let rows = report(&walk.world, token, "workload", "").await["rows"].clone();
    let figures = |r: &Value| ["open_claims", "decided", "returned"].map(|field| r[field].as_i64().unwrap());
    let told = rows.as_array().unwrap().iter().map(|r| (text(&r["worker"]["id"]), figures(r)));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), expected);
}

async fn satisfaction(walk: &Walk, token: &str, lines: &[Line]) {
    let report = report(&walk.world, token, "satisfaction", "").await;
    let mut months: BTreeMap<String, BTreeMap<&str, i64>> = BTreeMap::new();
    for line in lines.iter().filter(|l| l.action == "rate") {
        let month = months.entry(line.month.clone()).or_default();
        *month.entry(walk.grades[&line.case]).or_default() += 1;
    }
    let rows = report["rows"].as_array().unwrap();
    assert_eq!(rows.iter().map(|r| text(&r["month"])).collect::<Vec<_>>(), months.keys().cloned().collect::<Vec<_>>());
    for (row, grades) in rows.iter().zip(months.values()) {
        for grade in ["very_good", "good", "fair", "poor", "very_poor"] {
            assert_eq!(row[grade].as_i64().unwrap(), grades.get(grade).copied().unwrap_or(0), "{grade}");
        }
        assert_eq!(row["total"].as_i64().unwrap(), grades.values().sum::<i64>());
    }
    let bad = walk.grades.values().filter(|grade| ["poor", "very_poor"].contains(grade)).count() as i64;
    assert_eq!((sum(&report["work_orders"], "opened"), sum(&report["work_orders"], "open")), (bad, bad));
}

/// A stay ends where the next line lies elsewhere, or on the same desk after the approval. No detail tells the desk of a past
/// line, so that this one is read from the stored lines.
async fn desks(world: &World, token: &str) {
    type Lies = (Id, Option<Desk>, State);
    let stored = world.app.db.read(|c| {
        use case_events::dsl as e;
        let all = e::case_events.order((e::case_id, e::seq)).select((e::case_id, e::desk, e::to_state));
        Ok(all.load::<Lies>(c)?)
    });
    let stored = stored.await.unwrap();
    let lies = |l: &Lies| l.1.map(|desk| (desk, l.2 == State::Approved));
    let left = |pair: &[Lies]| pair[0].0 == pair[1].0 && lies(&pair[0]).is_some() && lies(&pair[0]) != lies(&pair[1]);
    let rows = report(world, token, "desks", "").await["rows"].clone();
    assert_eq!(sum(&rows, "stays"), stored.windows(2).filter(|pair| left(pair)).count() as i64);
}
