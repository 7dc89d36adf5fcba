//! The figures that the invented counties must show, from the yearly reports (domain.md §6).

use zhucan::platform::error::{Error, Result};
use zhucan::rules::certificate::Category;
use zhucan::services::education_aid::targets;
use zhucan::services::education_aid::terms::Stage;

/// A school stage with how many aided students of it the report counts.
pub struct Students {
    /// `disabled_student` or `child_of_disabled`.
    pub beneficiary: &'static str,
    pub stage: &'static str,
    pub count: usize,
}

/// One invented county.
pub struct County {
    pub code: &'static str,
    /// The year of its report.
    pub report_year: i32,
    /// Certificate holders: category, severe (levels 1 and 2), other.
    pub holders: &'static [(Category, usize, usize)],
    /// The report says how many there are; else they are as many as its cases need.
    pub holders_reported: bool,
    /// First cards of the report year: the holders are without a card when the province is laid, cases give it to them.
    pub new_cards: usize,
    /// Cards that expired in the report year; cases renewed them.
    pub renewals: usize,
    /// Cards that cases gave another level.
    pub changes: usize,
    /// Of the cases of new cards, changes and renewals, so many came from another province.
    pub cross_province: usize,
    /// Of the new cards, so many people were assessed at home.
    pub at_home: usize,
    /// Days on which doctors came to the villages to assess; 0 when each home was visited by itself.
    pub village_rounds: usize,
    /// Whom the education aid of the report year went to.
    pub students: &'static [Students],
    /// What the county was told to reach; what was done is counted.
    pub targets: &'static [Target],
    /// People who borrowed a device from the rental points in the report year.
    pub borrowers: usize,
}

/// How many students of some stages were to be aided (任务数).
pub struct Target {
    pub name: &'static str,
    pub stages: &'static [&'static str],
    pub planned: usize,
}

impl Target {
    /// As the season of the report year announces it.
    pub fn season(&self) -> Result<targets::Target> {
        let stage = |code: &&str| Stage::from_code(code).ok_or_else(|| Error::internal("a target of no stage"));
        let stages = self.stages.iter().map(stage).collect::<Result<_>>()?;
        let planned = i64::try_from(self.planned).unwrap_or(i64::MAX);
        Ok(targets::Target { name: self.name.to_owned(), stages, planned })
    }
}

/// Youngest and oldest age at the begin of a school year, by stage.
pub const AGES: [(&str, u64, u64); 7] = [
    ("compulsory", 6, 14),
    ("senior_high", 15, 17),
    ("vocational", 15, 17),
    ("special_school", 8, 15),
    ("junior_college", 18, 20),
    ("undergraduate", 18, 21),
    ("postgraduate", 22, 24),
];

const fn students(beneficiary: &'static str, stage: &'static str, count: usize) -> Students {
    Students { beneficiary, stage, count }
}

const STUDENT: &str = "disabled_student";
const CHILD: &str = "child_of_disabled";

/// For the season that is open on the day of laying, in every county.
pub const THIS_YEAR: [Students; 12] = [
    students(STUDENT, "compulsory", 6),
    students(STUDENT, "senior_high", 3),
    students(STUDENT, "vocational", 3),
    students(STUDENT, "special_school", 2),
    students(STUDENT, "junior_college", 2),
    students(STUDENT, "undergraduate", 2),
    students(STUDENT, "postgraduate", 1),
    students(CHILD, "compulsory", 8),
    students(CHILD, "senior_high", 4),
    students(CHILD, "vocational", 4),
    students(CHILD, "junior_college", 3),
    students(CHILD, "undergraduate", 3),
];

/// A: seed 000, first report. B: seed 000, second report. C: seed 002.
pub const COUNTIES: [County; 3] = [
    County {
        code: "990101000000",
        report_year: 2023,
        holders: &[
            (Category::Visual, 40, 30),
            (Category::Hearing, 50, 45),
            (Category::Speech, 12, 10),
            (Category::Physical, 160, 150),
            (Category::Intellectual, 60, 15),
            (Category::Mental, 60, 8),
            (Category::Multiple, 28, 2),
        ],
        holders_reported: false,
        new_cards: 0,
        renewals: 0,
        changes: 0,
        cross_province: 0,
        at_home: 0,
        village_rounds: 0,
        students: &[
            students(STUDENT, "compulsory", 60),
            students(STUDENT, "senior_high", 3),
            students(STUDENT, "vocational", 14),
            students(STUDENT, "special_school", 3),
            students(STUDENT, "junior_college", 11),
            students(STUDENT, "undergraduate", 10),
            students(STUDENT, "postgraduate", 2),
            students(CHILD, "compulsory", 231),
            students(CHILD, "senior_high", 36),
            students(CHILD, "vocational", 26),
        ],
        targets: &[],
        borrowers: 21,
    },
    County {
        code: "990102000000",
        report_year: 2023,
        holders: &[
            (Category::Visual, 85, 55),
            (Category::Hearing, 135, 80),
            (Category::Speech, 18, 12),
            (Category::Physical, 375, 330),
            (Category::Intellectual, 95, 25),
            (Category::Mental, 125, 7),
            (Category::Multiple, 55, 3),
        ],
        holders_reported: false,
        new_cards: 578,
        renewals: 283,
        changes: 289,
        cross_province: 0,
        at_home: 0,
        village_rounds: 4,
        students: &[],
        targets: &[],
        borrowers: 0,
    },
    County {
        code: "990103000000",
        report_year: 2024,
        holders: &[
            (Category::Visual, 1800, 890),
            (Category::Hearing, 2600, 1562),
            (Category::Speech, 330, 248),
            (Category::Physical, 7267, 6320),
            (Category::Intellectual, 1850, 455),
            (Category::Mental, 2450, 122),
            (Category::Multiple, 1100, 72),
        ],
        holders_reported: true,
        new_cards: 1524,
        renewals: 812,
        changes: 314,
        cross_province: 30,
        at_home: 111,
        village_rounds: 0,
        students: &[
            students(STUDENT, "vocational", 44),
            students(STUDENT, "junior_college", 16),
            students(STUDENT, "undergraduate", 15),
        ],
        targets: &[
            Target { name: "高等教育", stages: &["junior_college", "undergraduate", "postgraduate"], planned: 18 },
            Target { name: "中等职业教育", stages: &["vocational"], planned: 15 },
        ],
        borrowers: 0,
    },
];
