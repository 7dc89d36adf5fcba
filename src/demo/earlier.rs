//! An instance over the same data whose clock stands in the past and that can reach nobody.

use zhucan::platform::app::{App, Tools};
use zhucan::platform::clock::Clock;
use zhucan::platform::settings::Settings;
use zhucan::rules::moments::Moment;

/// The instance at that moment. Its clock can be set further with `set_offset_ms`.
pub fn at(app: &App, then: Moment) -> App {
    App::new(Tools {
        db: app.db.clone(),
        clock: Clock::standing_at(then),
        keys: app.keys.clone(),
        vault: app.vault.clone(),
        papers: app.papers.clone(),
        press: app.press.clone(),
        settings: Settings { templates: Vec::new(), ..app.settings.clone() },
        wechat: Vec::new(),
        callbacks: Vec::new(),
        sms: None,
    })
}
