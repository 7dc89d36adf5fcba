//! Many actors do random things, legal and illegal, to many cases while days pass. Whatever they do: a case is in a state of the
//! table and on one desk, what is offered works and what is not offered is refused, lists, counts and details agree, and
//! history is whole.

use std::collections::BTreeMap;

use diesel::prelude::*;
use serde_json::{Value, json};
use zhucan::office::cases::record::case::cases;
use zhucan::office::cases::record::history::case_events;
use zhucan::platform::id::Id;
use zhucan::rules::lifecycle::{Action, Desk, Role, State, TABLE};

use crate::eager;
use crate::world::World;
use crate::world::client::Reply;
use crate::world::people::{COUNTY, Officer};
use crate::world::renewal::{Applicant, Case, picture};

stories![whatever_happens_a_case_is_somewhere_and_everybody_sees_the_same];

/// Case, state, desk, end, live key, as stored.
type Stored = (Id, State, Option<Desk>, Option<i64>, Option<String>);

const STEPS: usize = 320;
const WORKER_VERBS: &[&str] = &[
    "claim",
    "release",
    "accept",
    "decline",
    "forward",
    "send-back",
    "approve",
    "reject",
    "escalate",
    "hold",
    "resume",
    "take-back",
    "take-over",
    "stop-notice",
    "remark",
    "request-correction",
];
const OWN_VERBS: &[&str] = &["submit", "undo", "withdraw", "resubmit", "urge", "appeal"];

/// A random generator that gives the same numbers at each run (xorshift).
pub struct Dice(u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    pub fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }
}

impl Dice {
    /// In two of three cases one of the offered actions, else any action.
    fn verb(&mut self, view: &Value, verbs: &[&'static str]) -> &'static str {
        let offered = view["allowed_actions"].as_array().unwrap();
        let named = |v: &&&str| offered.iter().any(|a| a["value"] == v.replace('-', "_").as_str());
        let good: Vec<&'static str> = verbs.iter().filter(named).copied().collect();
        let from = if good.is_empty() || self.roll(3) == 0 { verbs } else { good.as_slice() };
        from[self.roll(from.len())]
    }
}

pub struct Walk {
    pub world: World,
    pub dice: Dice,
    pub applicants: Vec<Applicant>,
    pub officers: Vec<(Role, Officer)>,
    /// Tokens of today, in the order of the officers.
    pub tokens: Vec<String>,
    /// Cases with whose they are.
    pub cases: Vec<(usize, Case)>,
    /// Most do what brings a case on (`eager.rs`).
    pub eager: bool,
    /// What officers did: the case, their place in the list, the verb.
    pub done: Vec<(String, usize, &'static str)>,
    /// What applicants gave, by case.
    pub grades: BTreeMap<String, &'static str>,
}

async fn whatever_happens_a_case_is_somewhere_and_everybody_sees_the_same(world: World) {
    let seed = std::env::var("ZHUCAN_WALK_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(5);
    let mut walk = Walk::begin(world, seed).await;
    for step in 0..STEPS {
        walk.step().await;
        if step % 20 == 19 {
            walk.everybody_sees_the_same(step).await;
        }
    }
    walk.world.history_is_whole().await;
    walk.has_seen_much().await;
}

impl Walk {
    pub async fn begin(world: World, seed: u64) -> Walk {
        let mut applicants = Vec::new();
        for handle in ["zhao-tiezhu", "lin-xiaoyu", "chen-xiuying"] {
            applicants.push(Applicant::of(&world, handle).await);
        }
        let family = applicants[0].person.parse().ok();
        let mut officers = Vec::new();
        for (role, area, person, lead) in [
            (Role::TownOfficer, COUNTY, None, false),
            (Role::TownOfficer, COUNTY, None, true),
            (Role::TownOfficer, COUNTY, family, false),
            (Role::CountyOfficer, COUNTY, None, false),
            (Role::CountyOfficer, COUNTY, None, true),
            (Role::CityOfficer, "990100000000", None, false),
            (Role::CountyOfficer, "990102000000", None, false),
        ] {
            officers.push((role, world.officer(&[role], area, person, lead).await));
        }
        let dice = Dice(seed);
        let tokens = Vec::new();
        let cases = Vec::new();
        let done = Vec::new();
        let grades = BTreeMap::new();
        let mut walk = Walk { world, dice, applicants, officers, tokens, cases, eager: false, done, grades };
        walk.morning().await;
        walk
    }

    /// Everybody signs in again: time has passed.
    pub async fn morning(&mut self) {
        self.world.work().await;
        for applicant in &mut self.applicants {
            applicant.sign_in_again().await;
        }
        self.tokens.clear();
        for (_, officer) in &self.officers {
            self.tokens.push(self.world.on_duty(officer).await);
        }
    }

    pub async fn step(&mut self) {
        match self.dice.roll(20) {
            0 => self.one_more().await,
            1 => self.minutes_pass().await,
            2 => self.days_pass().await,
            _ if self.cases.is_empty() => self.one_more().await,
            3..7 => {
                let (who, case) = self.any_case();
                self.applicant_acts(who, case).await;
            }
            _ => {
                let (_, case) = self.any_case();
                self.officer_acts(case).await;
            }
        }
    }

    /// A submission can no longer be undone.
    pub async fn minutes_pass(&mut self) {
        self.world.pass(std::time::Duration::from_secs(11 * 60));
        self.morning().await;
    }

    pub async fn days_pass(&mut self) {
        let days = [1, 1, 1, 2, 9][self.dice.roll(5)];
        self.world.pass(std::time::Duration::from_secs(days * 24 * 3600));
        self.morning().await;
    }

    /// A new draft, where the rules let there be one.
    pub async fn one_more(&mut self) {
        let who = self.dice.roll(self.applicants.len());
        let applicant = &self.applicants[who];
        let live = applicant.get("/api/v1/cases?live=true").await;
        if live["items"].as_array().unwrap().is_empty() {
            let renewed = self.cases.iter().any(|(whose, _)| *whose == 0) && self.eager;
            let case = applicant.drafted(if who == 0 && !renewed { "renewal" } else { "change" }).await;
            self.cases.push((who, case));
        }
    }

    /// One of the cases; the eager look at the last of each applicant only, the others have ended.
    pub fn any_case(&mut self) -> (usize, Case) {
        let last = |at: &usize| !self.eager || self.cases.iter().skip(at + 1).all(|(who, _)| *who != self.cases[*at].0);
        let all: Vec<usize> = (0..self.cases.len()).filter(last).collect();
        self.cases[*self.dice.of(&all)].clone()
    }

    pub async fn applicant_acts(&mut self, who: usize, case: Case) {
        let view = self.applicants[who].view(&case).await;
        // Five of six withdrawals become a submit, because a case that ends at once proves little.
        let verbs = if self.eager { eager::OWN_VERBS } else { OWN_VERBS };
        let verb = match self.dice.verb(&view, verbs) {
            "withdraw" if self.dice.roll(6) > 0 => "submit",
            verb => verb,
        };
        let applicant = &self.applicants[who];
        let now = Case::of(&view);
        if verb == "resubmit" && view["summary"]["state"]["value"] == "correction_requested" {
            mend(applicant, &now, &view).await;
        }
        let reply = if verb == "submit" { applicant.submit(&now).send().await } else { applicant.act(&now, verb).await };
        as_offered(&view, verb, &reply);
    }

    pub async fn officer_acts(&mut self, case: Case) {
        let who = if self.eager { self.whose_turn(&case).await } else { self.dice.roll(self.tokens.len()) };
        let token = self.tokens[who].clone();
        let seen = self.world.get(&case.staff("")).token(&token).send().await;
        let Some(view) = (seen.status == 200).then(|| seen.json["data"].clone()) else {
            return drop(self.world.decide(&token, &case, "accept").await.refused(404, 10006));
        };
        let verb = self.dice.verb(&view, if self.eager { eager::WORKER_VERBS } else { WORKER_VERBS });
        let mut body = json!({ "version": view["summary"]["version"], "note": "记下来。" });
        let reason = match verb {
            "decline" | "reject" => Some("not_resident"),
            "send-back" => Some("check_again"),
            "escalate" => Some("no_capacity"),
            "hold" => Some("home_visit"),
            _ => None,
        };
        if let Some(reason) = reason {
            body["reason"] = json!(reason);
        }
        if verb == "request-correction" {
            let item = json!({ "target": "section:delivery", "reason": "mismatch", "note": null });
            body = json!({ "version": view["summary"]["version"], "items": [item] });
        }
        // Now and then the version that is sent is stale.
        let stale = self.dice.roll(10) == 0;
        if stale {
            body["version"] = json!(view["summary"]["version"].as_i64().unwrap() - 1);
        }
        let path = case.staff(&format!("/actions/{verb}"));
        let reply = self.world.post(&path).token(&token).json(&body).send().await;
        if stale {
            assert_ne!(reply.status, 200, "{verb} on an old version");
        } else {
            as_offered(&view, verb, &reply);
            if reply.status == 200 {
                self.done.push((case.id, who, verb));
            }
        }
    }

    async fn everybody_sees_the_same(&self, step: usize) {
        let stored: Vec<Stored> = self
            .world
            .app
            .db
            .read(|c| {
                let all = cases::table.order(cases::id);
                Ok(all.select((cases::id, cases::state, cases::desk, cases::ended_at, cases::live_key)).load(c)?)
            })
            .await
            .unwrap();
        let mut listed: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        // One officer of each level sees a whole level.
        for at in [0, 3, 5] {
            let token = &self.tokens[at];
            let counts = self.world.get("/api/v1/staff/queue/counts").token(token).send().await.data(200);
            for view in ["all", "mine", "pool", "at_risk", "overdue", "urged", "held", "waiting"] {
                let path = format!("/api/v1/staff/queue?limit=100&view={view}");
                let page = self.world.get(&path).token(token).send().await.data(200);
                let items = page["items"].as_array().unwrap();
                let counted = &counts[if view == "all" { "total" } else { view }];
                assert_eq!(counted.as_u64().unwrap() as usize, items.len(), "step {step}: {view}");
                if matches!(view, "all" | "waiting") {
                    items.iter().for_each(|i| listed.entry(i["id"].as_str().unwrap().into()).or_default().push(i.clone()));
                }
            }
        }
        for (id, state, desk, ended, key) in stored {
            let whose = self.cases.iter().find(|(_, c)| c.id == id.to_string()).map(|(who, _)| *who).unwrap();
            let shown = self.applicants[whose].view(&Case { id: id.to_string(), version: 0 }).await;
            assert_eq!(shown["summary"]["state"]["value"], state.code());
            assert_eq!(
                (desk.is_some(), ended.is_some(), key.is_some()),
                (!state.ended() && state != State::Draft, state.ended(), !state.ended())
            );
            let lies = listed.remove(&id.to_string()).unwrap_or_default();
            let on_desk = !state.ended() && !matches!(state, State::Draft | State::PublicNotice);
            assert_eq!(lies.len(), usize::from(on_desk), "step {step}: a {} case lies on {} desks", state.code(), lies.len());
            if let Some(summary) = lies.first() {
                assert_eq!(summary, &shown["summary"], "step {step}");
            }
        }
        assert!(listed.is_empty(), "step {step}: {listed:?}");
        self.lines_follow_the_table().await;
    }

    /// Each line begins where the one before ended, never earlier, and moves as the table says.
    async fn lines_follow_the_table(&self) {
        let lines: Vec<(Id, i64, i64, Action, State, State)> = self
            .world
            .app
            .db
            .read(|c| {
                use case_events::dsl as e;
                let all = e::case_events.order((e::case_id, e::seq));
                Ok(all.select((e::case_id, e::seq, e::at, e::action, e::from_state, e::to_state)).load(c)?)
            })
            .await
            .unwrap();
        for pair in lines.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            let before = &pair[0];
            let after = &pair[1];
            assert_eq!((after.1, after.4), (before.1 + 1, before.5));
            assert!(after.2 >= before.2);
            assert!(TABLE.iter().any(|r| r.action == after.3 && r.from.contains(&after.4)), "{after:?}");
        }
    }
}

impl Walk {
    /// Checks that enough happened on the walk.
    async fn has_seen_much(&self) {
        let seen: Vec<Action> = self
            .world
            .app
            .db
            .read(|c| {
                use case_events::dsl as e;
                Ok(e::case_events.select(e::action).distinct().order(e::action).load(c)?)
            })
            .await
            .unwrap();
        assert!(seen.len() >= 10, "{seen:?}");
    }
}

/// What is offered works (or only lacks something that the form names); what is not offered is refused.
fn as_offered(view: &Value, verb: &str, reply: &Reply) {
    let offered = view["allowed_actions"].as_array().unwrap().iter().any(|a| a["value"] == verb.replace('-', "_").as_str());
    let told = format!("{verb} offered: {offered}, answered {} on {}", String::from_utf8_lossy(&reply.bytes), view["summary"]);
    if offered {
        assert!(reply.status == 200 || reply.status == 422, "{told}");
    } else {
        assert!(matches!(reply.status, 403 | 404 | 409 | 422), "{told}");
    }
}

async fn mend(applicant: &Applicant, case: &Case, view: &Value) {
    for item in view["corrections"].as_array().unwrap().iter().filter(|i| i["state"]["value"] == "open") {
        match item["target"].as_str().unwrap() {
            "section:delivery" => {
                let saved = applicant.get(&case.certificate("/sections/delivery")).await;
                let body = json!({ "version": saved["version"], "way": "pickup", "place": "town" });
                applicant.put(&case.certificate("/sections/delivery"), &body).send().await.data(200);
            }
            target => {
                let material = target.trim_start_matches("material:");
                applicant.upload(case, material, picture()).send().await.data(201);
            }
        }
    }
}
