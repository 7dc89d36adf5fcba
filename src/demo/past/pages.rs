//! The pages of the past: many cases in one write each, with a marker in the same write, so that a load that was cut off
//! goes on where it was and a second one does nothing.

use chrono::NaiveDate;

use zhucan::platform::app::App;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Error, Result};
use zhucan::platform::facts;
use zhucan::platform::outbox;
use zhucan::rules::calendar::start_of_day;

const NAME: &str = "demo_past";
const ALL: &str = "all";

/// Writes pages in their order, each once.
pub struct Pages<'a> {
    app: &'a App,
    /// Pages that an earlier load wrote.
    written: u64,
    next: u64,
}

/// The pages to be written; none when all are there.
pub async fn open(app: &App) -> Result<Option<Pages<'_>>> {
    let written = app.db.read(written).await?;
    Ok((written < u64::MAX).then_some(Pages { app, written, next: 0 }))
}

/// How many pages are written; as many as there can be when all are.
fn written(c: &mut AnyConn) -> Result<u64> {
    match facts::get(c, NAME)?.as_deref() {
        Some(ALL) => Ok(u64::MAX),
        Some(count) => count.parse().map_err(|e| Error::internal(format!("fact {NAME}: {e}"))),
        None => Ok(0),
    }
}

impl Pages<'_> {
    /// The next page. What its cases would have told, long ago, is settled unsent.
    pub async fn write(&mut self, work: impl Fn(&mut AnyConn) -> Result<()> + Send + 'static) -> Result<()> {
        let page = self.next;
        self.next = page.saturating_add(1);
        if page < self.written {
            return Ok(());
        }
        let done = self.next.to_string();
        let told = start_of_day(end_of_the_past());
        self.app
            .db
            .write(move |c| {
                // A load that was cut off may have finished it meanwhile.
                if written(c)? > page {
                    return Ok(());
                }
                work(c).map_err(|e| {
                    let cause = format!("page {page} of the past: {e:?}");
                    e.because(cause)
                })?;
                outbox::forget_due_before(c, told)?;
                facts::set(c, NAME, &done)
            })
            .await
    }

    /// All pages are written.
    pub async fn close(self) -> Result<()> {
        self.app.db.write(|c| facts::set(c, NAME, ALL)).await
    }
}

/// The day after the last one of the report years with their payments; nothing of before is told to anybody.
fn end_of_the_past() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 7, 1).unwrap_or_default()
}
