//! What people see of a person's cards and home: the same words for residents and workers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::register::Card;
use crate::labelled;
use crate::office::people::register::CertificateStatus;
use crate::office::policy::areas;
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::http::Labelled;
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::certificate::{Category, Level};

/// An area with its name in full.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AreaView {
    #[schema(example = "990101100200")]
    pub code: String,
    /// County, town and village in one.
    #[schema(example = "甲区宋疃镇宋疃村")]
    pub name: String,
}

/// A disability certificate without its number.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CardView {
    pub id: Id,
    /// visual, hearing, speech, physical, intellectual, mental, multiple.
    pub category: Labelled<Category>,
    /// Of a multiple disability its categories.
    pub components: Vec<Labelled<Category>>,
    /// level_1 (most severe) to level_4.
    pub level: Labelled<Level>,
    /// Level 1 or 2 (重度).
    pub severe: bool,
    #[schema(example = "2017-03-08", format = Date)]
    pub issued_on: String,
    /// The last valid day.
    #[schema(example = "2027-03-08", format = Date)]
    pub expires_on: String,
    /// Days from today to the last valid day; negative when it is past.
    #[schema(example = 106)]
    pub days_left: i64,
    /// valid, frozen, cancelled, superseded.
    pub status: Labelled<CertificateStatus>,
}

impl CardView {
    /// A card as it stands on that day.
    pub fn of(card: &Card, today: NaiveDate) -> CardView {
        CardView {
            id: card.id,
            category: labelled!(card.category),
            components: card.components.iter().map(|c| labelled!(*c)).collect(),
            level: labelled!(card.level),
            severe: card.level.severe(),
            issued_on: card.issued_on.to_string(),
            expires_on: card.expires_on.to_string(),
            days_left: card.expires_on.signed_duration_since(today).num_days(),
            status: labelled!(card.status),
        }
    }
}

/// Looks each area up once for a whole list.
#[derive(Default)]
pub struct AreaNames(BTreeMap<AreaCode, String>);

impl AreaNames {
    pub fn view(&mut self, c: &mut AnyConn, code: &AreaCode) -> Result<AreaView> {
        let name = match self.0.get(code) {
            Some(known) => known.clone(),
            None => areas::full_name(c, code)?,
        };
        self.0.insert(*code, name.clone());
        Ok(AreaView { code: code.to_string(), name })
    }
}
