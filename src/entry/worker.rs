//! The worker: effects that leave the outbox, and what clocks start. One round does all that is due.

use std::time::Duration;

use crate::office::cases::act::{CASE_EVENT, CaseEvent};
use crate::office::cases::service::{Services, Spine};
use crate::office::cases::{alarms, anchors};
use crate::office::notices::{telling, wechat};
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::http::once;
use crate::platform::outbox::{self, Claimed, Settled};

/// Pause between rounds when nothing was due.
const PAUSE: Duration = Duration::from_millis(500);
/// Effects taken at once.
const TAKE: usize = 64;

/// Runs rounds until the future is dropped.
pub async fn run(app: App, services: Services) {
    let mut swept_at = 0_i64;
    loop {
        match round(&app, &services).await {
            Ok(0) => tokio::time::sleep(PAUSE).await,
            Ok(_) => {}
            Err(e) => {
                tracing::warn!(error = ?e, "the worker could not finish a round");
                tokio::time::sleep(PAUSE).await;
            }
        }
        let now = app.clock.now_ms();
        if now.saturating_sub(swept_at) > 3_600_000 {
            swept_at = now;
            if let Err(e) = sweep(&app).await {
                tracing::warn!(error = ?e, "the hourly sweep failed");
            }
        }
    }
}

/// Everything that is due now; answers how much was done. Tests call it until it answers 0.
pub async fn round(app: &App, services: &Services) -> Result<usize> {
    let mut done = alarms::ring(app, services).await?;
    for service in services.all() {
        let spine = Spine::of(app, services);
        done = done.saturating_add(app.db.write(move |c| service.tick(c, &spine)).await?);
    }
    let taken = outbox::claim(app, TAKE).await?;
    done = done.saturating_add(taken.len());
    for effect in taken {
        let settled = match leave(app, services, &effect).await {
            Ok(settled) => settled,
            Err(e) => Settled::Later(format!("{e:?}")),
        };
        effect.settle(app, settled).await?;
    }
    Ok(done)
}

/// Lets one effect leave.
async fn leave(app: &App, services: &Services, effect: &Claimed) -> Result<Settled> {
    match effect.kind.as_str() {
        CASE_EVENT => {
            let event: CaseEvent = effect.body(&app.keys)?;
            telling::tell(app, services, event).await?;
            Ok(Settled::Done)
        }
        telling::INFORMED => {
            telling::pass_on(app, services, effect.body(&app.keys)?).await?;
            Ok(Settled::Done)
        }
        wechat::MESSAGE => {
            let message: wechat::Message = effect.body(&app.keys)?;
            wechat::send(app, &message).await
        }
        other => Ok(Settled::Park(format!("no effect {other}"))),
    }
}

/// What is kept for a time only.
async fn sweep(app: &App) -> Result<()> {
    let now = app.clock.now_ms();
    app.db.write(move |c| once::forget_expired(c, now)).await?;
    anchors::set_when_due(app).await?;
    // Files that were stored while their row was refused, and what a crash left half written.
    app.vault.sweep_staging(now.saturating_sub(3_600_000)).await.map_err(Error::internal)?;
    Ok(())
}
