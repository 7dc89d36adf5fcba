//! What users rely on: the right amount, every reason told, and no minor on the board.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::rules::*;
use super::super::terms::*;
use crate::office::people::kin::KinKind;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::moments::Moment;
use crate::rules::money::Fen;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn terms() -> Terms {
    serde_json::from_str(
        r#"{ "standards": [
               { "beneficiary": "disabled_student", "stage": "undergraduate", "amount_fen": 300000 },
               { "beneficiary": "child_of_disabled", "stage": "compulsory", "amount_fen": 30000 }],
             "kinships": ["parent", "guardian"], "parent_must_be_severe": true, "low_income_required": true,
             "certificate_valid_on": "review", "household_register_on": "exam_date",
             "two_stage_evidence": { "stages": ["undergraduate"], "enrolment_proof_due": "12-15", "remind_days": 7, "lapse_days": 10 },
             "second_government_aid_excluded": true, "kin_card_allowed": false }"#,
    )
    .unwrap()
}

pub fn season(standards: Vec<Standard>) -> Season {
    let id = Id::at(Moment::of_ms(1_793_000_000_000));
    Season {
        id,
        county: AreaCode::parse("990101000000").unwrap(),
        year: 2026,
        code: super::super::seasons::code_of(2026, id),
        name: "2026年教育救助".into(),
        notice_no: "甲残联〔2026〕12号".into(),
        opens_on: day("2026-11-01"),
        closes_on: day("2026-12-31"),
        review_on: day("2026-12-31"),
        exam_on: Some(day("2026-06-07")),
        second_evidence_due: second_evidence_due(&terms(), 2026),
        budget_fen: Fen(1_000_000),
        quota: 5,
        committed_fen: Fen::ZERO,
        committed_count: 0,
        standards,
        targets: Vec::new(),
        status: SeasonStatus::Published,
        version: 1,
    }
}

fn good() -> Applied {
    Applied {
        beneficiary: Beneficiary::Child,
        on: day("2026-11-21"),
        twice: false,
        stage: Some(Stage::Compulsory),
        student_certified: false,
        parent: Some(ParentFacts { relation: KinKind::Parent, kin: true, certified: true, severe: true }),
        declared: Some(Declared { other_aid: false, committed: true }),
        kin_card: false,
    }
}

fn standard() -> impl Strategy<Value = Standard> {
    (0..2_usize, 0..7_usize, 1..1_000_000_i64).prop_map(|(b, s, amount_fen)| Standard {
        beneficiary: Beneficiary::ALL[b],
        stage: Stage::ALL[s],
        amount_fen: Fen(amount_fen),
    })
}

proptest! {
    #[test]
    fn a_season_pays_exactly_what_its_standards_say(all in proptest::collection::vec(standard(), 0..20)) {
        let season = season(all.clone());
        for &b in Beneficiary::ALL {
            for &s in Stage::ALL {
                let listed: Vec<Fen> = all.iter().filter(|t| t.beneficiary == b && t.stage == s).map(|t| t.amount_fen).collect();
                prop_assert_eq!(season.amount(b, s), listed.first().copied());
                if listed.len() > 1 {
                    prop_assert!(!season.faults(&terms()).is_empty(), "two standards for one group can be announced");
                }
            }
        }
    }

    #[test]
    fn every_reason_against_an_application_is_told(bits in any::<[bool; 8]>()) {
        let [closed, twice, stage, unrelated, lapsed, aid, promise, kin_card] = bits;
        let mut a = good();
        if closed { a.on = day("2027-01-01"); }
        a.twice = twice;
        if stage { a.stage = Some(Stage::Postgraduate); }
        let parent = ParentFacts { relation: if unrelated { KinKind::Spouse } else { KinKind::Parent }, kin: true, certified: !lapsed, severe: true };
        a.parent = Some(parent);
        a.declared = Some(Declared { other_aid: aid, committed: !promise });
        a.kin_card = kin_card;
        let told = ineligible(&season(terms().standards), &terms(), &a);
        prop_assert_eq!(told.len(), bits.iter().filter(|b| **b).count());
    }
}

#[test]
fn a_child_whose_parent_is_not_severe_enough_is_told_so() {
    let mut a = good();
    assert_eq!(ineligible(&season(terms().standards), &terms(), &a), []);
    a.parent = Some(ParentFacts { relation: KinKind::Parent, kin: true, certified: true, severe: false });
    assert_eq!(ineligible(&season(terms().standards), &terms(), &a), [Ineligible::ParentNotSevere]);
    a.parent = None;
    assert_eq!(ineligible(&season(terms().standards), &terms(), &a), [Ineligible::ParentMissing]);
}

#[test]
fn only_a_new_student_before_the_day_may_bring_the_proof_later() {
    let s = season(terms().standards);
    let t = terms();
    assert!(evidence_follows(&t, &s, Stage::Undergraduate, 2026, day("2026-12-15")));
    assert!(!evidence_follows(&t, &s, Stage::Undergraduate, 2026, day("2026-12-16")));
    assert!(!evidence_follows(&t, &s, Stage::Undergraduate, 2025, day("2026-12-15")));
    assert!(!evidence_follows(&t, &s, Stage::Vocational, 2026, day("2026-12-15")));
}

#[test]
fn either_admission_letter_or_proof_of_enrolment_is_asked_for() {
    for follows in [true, false] {
        let facts = PaperFacts {
            beneficiary: Beneficiary::Student,
            stage: Some(Stage::Undergraduate),
            evidence_follows: follows,
            parent_claimed: false,
            kin_card: true,
        };
        let asked = conditions(&terms(), &facts);
        assert_eq!(asked.contains(&"newly_admitted".to_owned()), follows);
        assert_eq!(asked.contains(&"in_school".to_owned()), !follows);
        assert!(asked.contains(&"kinship_to_prove".to_owned()) && !asked.contains(&"low_income_required".to_owned()));
    }
}

#[test]
fn the_board_names_a_parent_or_nobody_for_a_minor() {
    assert_eq!(
        public_line(Some(&NamedAdult::Student("王*四".into())), Beneficiary::Student, Stage::Undergraduate),
        "王*四，残疾学生，本科"
    );
    assert_eq!(
        public_line(Some(&NamedAdult::Parent("李*".into())), Beneficiary::Child, Stage::Compulsory),
        "李*的子女，残疾人家庭子女，义务教育"
    );
    assert_eq!(public_line(None, Beneficiary::Student, Stage::Compulsory), "一名未成年学生，残疾学生，义务教育");
}
