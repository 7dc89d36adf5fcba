//! What every paper of a case says the same way: whom it is about, what was applied for, which office, which day.

use chrono::{Datelike, NaiveDate, Weekday};

use crate::office::accounts::residents;
use crate::office::cases::record::case::Case;
use crate::office::cases::record::history::{self, Event};
use crate::office::cases::service::{Office, Service};
use crate::office::cases::showing::views;
use crate::office::people::persons;
use crate::office::policy::areas;
use crate::office::policy::county::{self, Pinned};
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::print::Block;
use crate::rules::calendar::beijing_date;
use crate::rules::lifecycle::Desk;
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;

/// A case as its papers need it.
pub struct Facts {
    pub case: Case,
    pub service: &'static dyn Service,
    pub policy: Pinned,
    pub lines: Vec<Event>,
    /// The person whom the case is about, in full: the paper is for them.
    pub person: String,
    /// The resident who applied, in full; none when a worker filed it.
    pub applicant: Option<String>,
}

/// Reads the case with its history.
pub fn load(c: &mut AnyConn, office: &Office, case: Case) -> Result<Facts> {
    let applicant = match case.filing.applicant_id {
        Some(account) => residents::name_of(c, &office.keys, account)?,
        None => None,
    };
    Ok(Facts {
        service: office.services.get(&case.service)?,
        policy: county::pinned(c, case.policy_id)?,
        lines: history::of(c, case.id)?,
        person: persons::open(c, &office.keys, case.person_id)?.name.reveal().to_owned(),
        applicant,
        case,
    })
}

impl Facts {
    /// `残疾人证（到期换证）`.
    pub fn matter(&self) -> String {
        let kind = views::of_list(self.service.kinds(), &self.case.kind).label;
        format!("{}（{kind}）", self.service.label())
    }

    /// The terms at the head of a paper that goes to the applicant.
    pub fn head(&self, number: &str, day: &str) -> Block {
        let applicant = self.applicant.clone().unwrap_or_else(|| "由工作人员代为提交".to_owned());
        Block::facts([
            ("文书编号", number.to_owned()),
            ("办件编号", self.case.number.clone()),
            ("申请事项", self.matter()),
            ("为谁申请", self.person.clone()),
            ("申请人", applicant),
            ("日期", day.to_owned()),
        ])
    }

    /// The office on whose desk the case lay just before this line: the decision is theirs.
    pub fn office(&self, c: &mut AnyConn, seq: i64) -> Result<String> {
        let before = self.lines.iter().rfind(|l| l.seq < seq && l.desk.is_some());
        let at = before.and_then(|l| Some((l.desk?, l.desk_area?)));
        let Some((desk, area)) = at else { return Ok(self.policy.owner.clone()) };
        let area = areas::full_name(c, &area)?;
        Ok(match desk {
            Desk::County | Desk::Finance => self.policy.owner.clone(),
            Desk::City => format!("{area}残疾人联合会"),
            Desk::Town => format!("{area}残疾人联合会"),
            Desk::Village => format!("{area}残疾人专职委员"),
            Desk::Own(own) => format!("{}{}", self.policy.owner, own.signs_as),
        })
    }

    /// Where to ask, as far as the county's policy says it.
    pub fn ask(&self) -> String {
        let place = self.policy.common.facts.places.first();
        let told = |text: &str, usual: &str| if text.is_empty() { usual.to_owned() } else { text.to_owned() };
        let address = place.map_or_else(|| "当地残联窗口".to_owned(), |p| told(&p.address, "当地残联窗口"));
        match place.map(|p| p.phone.as_str()).filter(|phone| !phone.is_empty()) {
            None => format!("有不清楚的，请到{address}询问。"),
            Some(phone) => format!("有不清楚的，请打电话 {phone}，或到{address}询问。"),
        }
    }

    /// Lines for the office's seal and the date, filled in by hand.
    pub fn closing(&self, office: String, day: String) -> Block {
        Block::Closing(vec![office, "（盖章）".to_owned(), day])
    }
}

/// `2026年3月24日（星期二）`.
pub fn day(date: NaiveDate) -> String {
    let week = match date.weekday() {
        Weekday::Mon => "一",
        Weekday::Tue => "二",
        Weekday::Wed => "三",
        Weekday::Thu => "四",
        Weekday::Fri => "五",
        Weekday::Sat => "六",
        Weekday::Sun => "日",
    };
    format!("{}年{}月{}日（星期{week}）", date.year(), date.month(), date.day())
}

/// The day of an instant.
pub fn day_of(epoch_ms: Moment) -> String {
    day(beijing_date(epoch_ms))
}

/// `2026-03-10 09:00`.
pub fn minute(epoch_ms: Moment) -> String {
    let text = crate::rules::calendar::rfc3339(epoch_ms);
    text.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}

/// A name with stars; a text that is no name shows nothing.
pub fn masked(name: &str) -> String {
    PersonName::parse(name).map(|n| n.masked()).unwrap_or_default()
}
