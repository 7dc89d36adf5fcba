//! The figures that the invented counties must show, from the yearly reports (domain.md §6).

use crate::rules::certificate::Category;

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
    /// Of the holders, so many are still without a card when the province is laid: demo cases give it to them.
    pub waiting: usize,
    /// Of the cards, so many expire in the year of the report: demo cases renew them.
    pub renewing: usize,
    /// Whom the education aid of the report year went to.
    pub students: &'static [Students],
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
        waiting: 0,
        renewing: 0,
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
        waiting: 578,
        renewing: 283,
        students: &[],
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
        waiting: 0,
        renewing: 0,
        students: &[
            students(CHILD, "vocational", 44),
            students(CHILD, "junior_college", 16),
            students(CHILD, "undergraduate", 15),
        ],
    },
];
