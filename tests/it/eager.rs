//! A random walk in which most do what brings a case on, so that decisions, corrections, cards and ratings surely occur: what
//! the reports count is then something.

use std::collections::btree_map::Entry;

use serde_json::{Value, json};
use zhucan::rules::calendar::beijing_date;
use zhucan::services::certificate::desk::ASSESSOR;

use crate::wandering::Walk;
use crate::world::World;
use crate::world::renewal::Case;

/// Verbs that officers choose from at random; one that is listed more often is chosen more often.
pub const WORKER_VERBS: &[&str] = &[
    "accept",
    "accept",
    "accept",
    "forward",
    "forward",
    "forward",
    "approve",
    "approve",
    "approve",
    "resume",
    "request-correction",
    "send-back",
    "reject",
    "decline",
    "take-back",
    "claim",
    "escalate",
    "hold",
];

pub const OWN_VERBS: &[&str] =
    &["submit", "submit", "submit", "resubmit", "resubmit", "resubmit", "undo", "withdraw", "urge", "appeal", "appeal"];

const GRADES: &[&str] = &["very_good", "good", "fair", "poor", "very_poor"];

impl Walk {
    pub async fn begin_eager(world: World, seed: u64) -> Walk {
        Walk { eager: true, ..Walk::begin(world, seed).await }
    }

    pub async fn eager_step(&mut self) {
        match self.dice.roll(20) {
            0..2 => self.one_more().await,
            2..4 => self.minutes_pass().await,
            4..6 => self.days_pass().await,
            _ if self.cases.is_empty() => self.one_more().await,
            6 => {
                let (who, case) = self.any_case();
                self.applicant_acts(who, case).await;
            }
            7 => {
                let (_, case) = self.any_case();
                self.officer_acts(case).await;
            }
            _ => self.next_act().await,
        }
    }

    /// Whoever must act on a case acts.
    async fn next_act(&mut self) {
        let (who, case) = self.any_case();
        let state = self.applicants[who].view(&case).await["summary"]["state"]["value"].clone();
        match state.as_str().unwrap() {
            "draft" | "correction_requested" | "not_accepted" | "rejected" => self.applicant_acts(who, case).await,
            "submitted" => self.officer_acts(case).await,
            "in_review" if self.dice.roll(3) > 0 => self.officer_acts(case).await,
            _ => self.card_goes_on(who, case).await,
        }
    }

    /// The place of an officer who may bring the case on now; anybody when nobody may.
    pub async fn whose_turn(&mut self, case: &Case) -> usize {
        let first = self.dice.roll(self.tokens.len());
        for at in (0..self.tokens.len()).map(|n| (first + n) % self.tokens.len()) {
            let seen = self.world.get(&case.staff("")).token(&self.tokens[at]).send().await;
            let offered = seen.json["data"]["allowed_actions"].as_array().cloned().unwrap_or_default();
            let moves = |a: &Value| ["accept", "forward", "approve", "resume"].iter().any(|verb| a["value"] == *verb);
            if offered.iter().any(moves) {
                return at;
            }
        }
        first
    }

    /// A step of the service: the hospital enters a result, a card is made or handed out, or the holder rates.
    async fn card_goes_on(&mut self, who: usize, case: Case) {
        let applicant = &self.applicants[who];
        let summary = applicant.view(&case).await["summary"].clone();
        let state = &summary["state"]["value"];
        let card = applicant.get(&case.certificate("")).await;
        let staff = |path: &str| format!("/api/v1/staff/certificate/cases/{}/{path}", case.id);
        let version = &card["version"];
        let awaited = matches!(card["assessment"]["value"].as_str(), Some("needed" | "ordered"));
        match (state.as_str().unwrap(), card["card"]["value"].as_str().unwrap()) {
            ("in_review", _) if awaited => {
                let today = beijing_date(self.world.app.clock.now()).to_string();
                let found = json!({ "version": version, "category": "physical", "components": [], "level": "level_2",
                    "assessed_on": today, "hospital": "甲区人民医院", "at_home": self.dice.roll(2) == 0 });
                let doctor = self.world.worker(&[ASSESSOR]).await;
                let reply = self.world.post(&staff("assessments")).token(&doctor).json(&found).send().await;
                // What is put off is taken up again before anything is entered.
                drop(reply.data(201));
            }
            ("approved", step @ ("to_be_made" | "made")) => {
                let verb = if step == "made" { "hand-out" } else { "make-card" };
                let mut body = json!({ "version": version });
                if step == "made" {
                    body["receiver"] = json!("赵铁柱");
                }
                // One at each desk, of whom one has the case; a colleague may hold it.
                for at in [3, 0] {
                    let path = staff(&format!("actions/{verb}"));
                    let reply = self.world.post(&path).token(&self.tokens[at]).json(&body).send().await;
                    if reply.status == 200 {
                        break;
                    }
                    assert!(matches!(reply.status, 403 | 404 | 409), "{}", String::from_utf8_lossy(&reply.bytes));
                }
            }
            ("completed", _) => {
                let grade = *self.dice.of(GRADES);
                let body = json!({ "version": version, "grade": grade, "comment": null });
                let reply = self.applicants[who].post(&case.path("/actions/rate"), &body).send().await;
                // At most once for each case.
                match self.grades.entry(case.id) {
                    Entry::Occupied(_) => drop(reply.refused(409, 20011)),
                    Entry::Vacant(none) => {
                        reply.data(200);
                        none.insert(grade);
                    }
                }
            }
            _ => {}
        }
    }
}
