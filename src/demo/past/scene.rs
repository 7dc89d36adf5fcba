//! What the past cases of a county need: its workers, its working days, and the tools of an instance whose clock can be set.

use std::ops::Deref;
use std::sync::Arc;

use chrono::NaiveDate;

use super::staff::Staff;
use crate::demo::earlier;
use zhucan::office::cases::filing::papers::Paper;
use zhucan::office::cases::service::Office;
use zhucan::platform::app::App;
use zhucan::platform::crypto::Keyring;
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::{WorkCalendar, start_of_day};
use zhucan::services;

/// A scene before its cases are written: people sign in through an instance, which no write may hold.
pub struct Setting {
    app: App,
    pub scene: Arc<Scene>,
}

impl Deref for Setting {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.scene
    }
}

impl Setting {
    pub fn new(app: &App, area: AreaCode, staff: Staff, days: WorkCalendar, picture: Paper) -> Setting {
        let scene = Scene { keys: app.keys.clone(), area, staff, days, picture };
        Setting { app: app.clone(), scene: Arc::new(scene) }
    }

    /// The instance at eight in the morning of a day.
    pub fn instance_on(&self, day: NaiveDate) -> App {
        earlier::at(&self.app, start_of_day(day).saturating_add(8 * 3_600_000))
    }
}

/// What writing a county's past cases needs: its workers, its working days, and an instance whose clock can be set.
pub struct Scene {
    pub keys: Arc<Keyring>,
    pub area: AreaCode,
    pub staff: Staff,
    pub days: WorkCalendar,
    /// The one picture that is used as every paper.
    pub picture: Paper,
}

impl Scene {
    /// What the office's functions need, at a minute of a day.
    pub fn office(&self, day: NaiveDate, minute: u32) -> Office {
        let now = start_of_day(day).saturating_add(i64::from(minute).saturating_mul(60_000));
        Office { keys: self.keys.clone(), services: services::all(), now }
    }

    /// The n-th working day before a day.
    pub fn working_days_before(&self, day: NaiveDate, n: u32) -> NaiveDate {
        let mut left = n;
        let mut at = day;
        while left > 0 {
            at = at.pred_opt().unwrap_or(at);
            left = left.saturating_sub(u32::from(self.days.is_working(at)));
        }
        at
    }
}
