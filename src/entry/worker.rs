//! The worker: carries out the effects of the outbox and what is due by time. One round does all that is due.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::office::accounts::sessions;
use crate::office::alarms::{self, recount};
use crate::office::cases::filing::papers;
use crate::office::cases::record::anchors;
use crate::office::cases::record::history::{CASE_EVENT, CaseEvent};
use crate::office::cases::service::{Office, Services};
use crate::office::channels::{inbox, sms, sms_codes, undelivered, wechat, wechat_events};
use crate::office::desks::claims;
use crate::office::notices::dispatch;
use crate::office::people::name_filling;
use crate::office::tickets;
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::http::once;
use crate::platform::id::Id;
use crate::platform::outbox::{self, Claimed, Settled};
use crate::rules::moments::Moment;

/// Pause between rounds when nothing was due.
const PAUSE: Duration = Duration::from_millis(500);
/// Effects taken at once; all of them leave within the lease.
const TAKE: usize = 16;

/// Tells a worker to stop before the next effect.
pub type Stop = Arc<AtomicBool>;

/// Runs rounds until it is told to stop.
pub async fn run(app: App, services: Services, stop: Stop) {
    let mut swept_at = Moment::EPOCH;
    while !stop.load(Ordering::Acquire) {
        match one_round(&app, &services, &stop).await {
            Ok(0) => tokio::time::sleep(PAUSE).await,
            Ok(_) => {}
            Err(e) => {
                tracing::warn!(error = ?e, "the worker could not finish a round");
                tokio::time::sleep(PAUSE).await;
            }
        }
        let now = app.clock.now();
        if now.since(swept_at) > 3_600_000 {
            swept_at = now;
            if let Err(e) = sweep(&app).await {
                tracing::warn!(error = ?e, "the hourly sweep failed");
            }
        }
    }
}

/// Everything that is due now; answers how much was done. Tests call it until it answers 0.
pub async fn round(app: &App, services: &Services) -> Result<usize> {
    one_round(app, services, &Stop::default()).await
}

async fn one_round(app: &App, services: &Services, stop: &Stop) -> Result<usize> {
    let mut done = alarms::cases::ring(app, services).await?;
    done = done.saturating_add(tickets::clock::ring(app, services).await?);
    done = done.saturating_add(claims::keep_absences(app, services).await?);
    for service in services.all() {
        let office = Office::of(app, services);
        match app.db.write(move |c| service.tick(c, &office)).await {
            Ok(rows) => done = done.saturating_add(rows),
            // A fault in one service's tick must not stop the notices of the others.
            Err(e) => tracing::error!(service = service.code(), error = ?e, "a clock could not be served"),
        }
    }
    done = done.saturating_add(name_filling::fill(app).await?);
    let taken = outbox::claim(app, TAKE).await?;
    done = done.saturating_add(taken.len());
    // Side by side, each of a lane of its own: a slow provider must not hold up somebody's sign-in code.
    let leaving = taken.into_iter().map(|effect| settle(app, services, stop, effect));
    for settled in futures_util::future::join_all(leaving).await {
        settled?;
    }
    Ok(done)
}

/// Carries out an effect and stores its outcome; puts it back when the process is about to end.
async fn settle(app: &App, services: &Services, stop: &Stop, effect: Claimed) -> Result<()> {
    if stop.load(Ordering::Acquire) {
        return effect.put_back(app).await;
    }
    let settled = match leave(app, services, &effect).await {
        Ok(settled) => settled,
        Err(e) => Settled::Later(format!("{e:?}")),
    };
    if let Err(e) = effect.settle(app, settled).await {
        tracing::error!(error = ?e, "an effect could not be settled; its lease will run out");
    }
    Ok(())
}

/// Carries out one effect.
async fn leave(app: &App, services: &Services, effect: &Claimed) -> Result<Settled> {
    match effect.kind.as_str() {
        CASE_EVENT => {
            let event: CaseEvent = effect.body(&app.keys)?;
            dispatch::tell(app, services, event).await?;
            Ok(Settled::Done)
        }
        inbox::INFORMED => {
            dispatch::pass_on(app, services, effect.body(&app.keys)?).await?;
            Ok(Settled::Done)
        }
        undelivered::UNDELIVERED => {
            dispatch::go_on(app, services, effect.body(&app.keys)?).await?;
            Ok(Settled::Done)
        }
        recount::RECOUNT => {
            recount::run(app, services, effect.body(&app.keys)?).await?;
            Ok(Settled::Done)
        }
        tickets::recount::RECOUNT => {
            tickets::recount::run(app, services, effect.body(&app.keys)?).await?;
            Ok(Settled::Done)
        }
        wechat::MESSAGE => {
            let message: wechat::Message = effect.body(&app.keys)?;
            wechat::send(app, &message).await
        }
        sms::TEXT => {
            let text: sms::Text = effect.body(&app.keys)?;
            sms::send(app, &text).await
        }
        other => Ok(Settled::Park(format!("no effect {other}"))),
    }
}

/// What is kept for a time only.
async fn sweep(app: &App) -> Result<()> {
    let now = app.clock.now();
    app.db.write(move |c| once::forget_expired(c, now)).await?;
    app.db.write(move |c| sessions::tidy(c, now)).await?;
    app.db.write(move |c| sms_codes::tidy(c, now)).await?;
    app.db.write(move |c| wechat_events::tidy(c, now)).await?;
    anchors::set_when_due(app).await?;
    sweep_files(app).await
}

/// Files that no row names, a day after they were written: uploads that were cut off or refused.
async fn sweep_files(app: &App) -> Result<()> {
    // Files carry the machine's time, which a demo's clock runs ahead of.
    let today = app.clock.now().saturating_sub(app.clock.offset_ms());
    let old = today.saturating_sub(24 * 3_600_000);
    app.vault.sweep_staging(old.ms()).await.map_err(Error::internal)?;
    for (file, variant) in app.vault.list_older_than(old.ms()).await.map_err(Error::internal)? {
        let id = Id::from_bytes(*file.as_bytes());
        if !app.db.read(move |c| papers::names_file(c, id)).await? {
            app.vault.delete(file, variant).await.map_err(Error::internal)?;
        }
    }
    Ok(())
}
