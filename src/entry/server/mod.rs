//! The HTTP server: one builder for the product, the demo and the tests, and an orderly end.

mod wechat_callback;
mod guides;
mod pages;
mod fallback;
mod metrics;
mod probes;

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::rt::task::JoinHandle;
use actix_web::{App as Actix, HttpServer, web};

use super::routes::{BASE, mount};
use super::{docs, worker};
use crate::api::desks::search::SearchRate;
use crate::office::accounts::{Rates, RevocationWatch, SignIn};
use crate::office::cases::service::Services;
use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Operations, body, request};
use crate::services;

pub use probes::Readiness;

/// Operations beside the product's own, which the contract does not know.
#[derive(Clone, Copy)]
pub struct Extra {
    /// Path and method of each; segments in braces stand for any text.
    pub paths: &'static [(&'static str, &'static str)],
    pub routes: fn(&mut web::ServiceConfig),
}

/// How the server runs; the usual values suit one small machine.
pub struct Options {
    /// Threads that answer requests.
    pub workers: usize,
    /// Open connections, over all workers.
    pub connections: usize,
    /// The time between "not ready" and the end of listening, in which a load balancer stops sending requests.
    pub pause: Duration,
    /// Where Prometheus may read the metrics; none switches them off.
    pub metrics: Option<TcpListener>,
    /// How often somebody may sign in or claim.
    pub rates: Rates,
    /// Runs the worker in this process; tests run its rounds themselves.
    pub worker: bool,
    pub extra: Option<Extra>,
    /// What residents can apply for.
    pub services: Services,
}

impl Default for Options {
    fn default() -> Options {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Options {
            workers: cores,
            connections: 10_000,
            pause: Duration::ZERO,
            metrics: None,
            rates: Rates::default(),
            worker: true,
            extra: None,
            services: services::all(),
        }
    }
}

/// Requests that are being answered may take this long after the end was called for.
const LAST_ANSWERS_S: u64 = 30;

/// A running server.
pub struct Server {
    address: SocketAddr,
    readiness: Readiness,
    pause: Duration,
    app: App,
    listeners: Vec<(ServerHandle, JoinHandle<std::io::Result<()>>)>,
    following: JoinHandle<()>,
    working: Option<(worker::Stop, JoinHandle<()>)>,
}

/// Starts to answer on `listener`. Must be called inside an actix system.
///
/// # Errors
/// 50000 when the document cannot be made or the listener cannot be used.
pub fn start(app: App, listener: TcpListener, options: Options) -> Result<Server> {
    let address = listener.local_addr().map_err(Error::internal)?;
    let readiness = Readiness::default();
    let board = metrics::Board::new();
    let watch = web::Data::new(RevocationWatch::default());
    let sign_in = web::Data::new(SignIn::new(options.rates)?);
    let searches = web::Data::new(SearchRate::default());
    let (pages, table) = documented(options.extra, &options.services)?;
    let services = options.services;
    let factory = {
        let services = services.clone();
        let app = app.clone();
        let readiness = readiness.clone();
        let board = board.clone();
        let watch = watch.clone();
        move || {
            Actix::new()
                .service(web::scope(BASE).configure(|cfg| mount(&mut Operations::serve(cfg), &services)))
                .app_data(web::Data::new(app.clone()))
                .app_data(watch.clone())
                .app_data(sign_in.clone())
                .app_data(searches.clone())
                .app_data(web::Data::new(services.clone()))
                .app_data(web::Data::new(readiness.clone()))
                .app_data(web::Data::new(board.clone()))
                .app_data(web::Data::new(pages.clone()))
                .app_data(web::Data::new(table.clone()))
                .app_data(web::PayloadConfig::new(body::MOST_JSON))
                .configure(probes::routes)
                .configure(pages::routes)
                .configure(wechat_callback::routes)
                .configure(|cfg| {
                    if let Some(extra) = options.extra {
                        (extra.routes)(cfg)
                    }
                })
                .default_service(web::route().to(fallback::answer))
                .wrap(from_fn(fallback::limits))
                .wrap(from_fn(request::layer))
                .wrap(from_fn(metrics::count))
        }
    };
    let per_worker = options.connections.checked_div(options.workers.max(1)).unwrap_or(0).max(16);
    let main = HttpServer::new(factory)
        .workers(options.workers.max(1))
        .max_connections(per_worker)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5))
        .shutdown_timeout(LAST_ANSWERS_S)
        .disable_signals()
        .listen(listener)
        .map_err(Error::internal)?
        .run();
    let mut listeners = vec![(main.handle(), actix_web::rt::spawn(main))];
    if let Some(listener) = options.metrics {
        let scraped = metrics::serve(app.clone(), board, listener)?;
        listeners.push((scraped.handle(), actix_web::rt::spawn(scraped)));
    }
    let following = actix_web::rt::spawn({
        let app = app.clone();
        async move { watch.follow(&app).await }
    });
    let working = options.worker.then(|| {
        let stop = worker::Stop::default();
        (stop.clone(), actix_web::rt::spawn(worker::run(app.clone(), services, stop)))
    });
    Ok(Server { address, readiness, pause: options.pause, app, listeners, following, working })
}

/// The document's pages and paths, made on a thread that ends: the memory of the making goes back with it.
fn documented(extra: Option<Extra>, services: &Services) -> Result<(pages::Pages, docs::PathTable)> {
    let made = std::thread::scope(|scope| {
        let make = || {
            let api = docs::document(services);
            Ok((pages::Pages::of(&api, services)?, fallback::table(&api, extra)))
        };
        scope.spawn(make).join()
    });
    made.unwrap_or_else(|_| Err(Error::internal("the document could not be made")))
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends in order: not ready, no new connections, last answers, last writes.
    pub async fn drain(self) {
        self.readiness.drain();
        actix_web::rt::time::sleep(self.pause).await;
        for (handle, running) in self.listeners {
            handle.stop(true).await;
            if let Ok(Err(e)) = running.await {
                tracing::error!(cause = %e, "a listener ended badly");
            }
        }
        self.following.abort();
        if let Some((stop, working)) = self.working {
            // It ends after the effect that is leaving; what it took beyond that goes back.
            stop.store(true, std::sync::atomic::Ordering::Release);
            if tokio::time::timeout(Duration::from_secs(LAST_ANSWERS_S), working).await.is_err() {
                tracing::warn!("the worker did not stop in time; leases will run out");
            }
        }
        let db = self.app.db.clone();
        // Joins the writer thread: what was accepted is on disk afterwards.
        if tokio::task::spawn_blocking(move || db.close()).await.is_err() {
            tracing::error!("the database did not close");
        }
    }

    /// Serves until `stop` is ready, then drains.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        stop.await;
        tracing::info!("stopping: no new requests, finishing those in flight");
        self.drain().await;
        tracing::info!("stopped");
    }
}
