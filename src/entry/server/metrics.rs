//! Numbers for Prometheus, on a listener of their own: requests, latency, waiting writes, effects by state.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{App as Actix, HttpResponse, HttpServer, web};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::platform::app::App;
use crate::platform::error::{Error, Result};
use crate::platform::outbox;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: String,
}

/// All instruments of this process; cheap to clone.
#[derive(Clone)]
pub struct Board(Arc<Instruments>);

struct Instruments {
    registry: Registry,
    requests: Family<Request, Counter>,
    seconds: Family<Route, Histogram, fn() -> Histogram>,
    waiting: Gauge,
    effects: Family<State, Gauge>,
    database: Gauge,
}

fn buckets() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0])
}

impl Board {
    pub fn new() -> Board {
        let mut registry = Registry::with_prefix("zhucan");
        let requests = Family::<Request, Counter>::default();
        let seconds = Family::<Route, Histogram, fn() -> Histogram>::new_with_constructor(buckets);
        let waiting = Gauge::default();
        let database = Gauge::default();
        let effects = Family::<State, Gauge>::default();
        registry.register("requests", "Requests answered, by route, method and class of status", requests.clone());
        registry.register("request_seconds", "Time to answer, by route", seconds.clone());
        registry.register("waiting_writes", "Writes that wait for the database", waiting.clone());
        registry.register("outbox_effects", "Side effects by state", effects.clone());
        registry.register("database_up", "1 when the database answered the last scrape", database.clone());
        Board(Arc::new(Instruments { registry, requests, seconds, waiting, effects, database }))
    }
}

/// Counts one request. Paths that no route knows share one label.
pub async fn count<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> std::result::Result<ServiceResponse<B>, actix_web::Error> {
    let begun = Instant::now();
    let method = word(req.method());
    let board = req.app_data::<web::Data<Board>>().cloned();
    let outcome = next.call(req).await;
    let (route, status) = match &outcome {
        Ok(answer) => (answer.request().match_pattern(), answer.status()),
        Err(e) => (None, e.as_response_error().status_code()),
    };
    if let Some(board) = board {
        let route = route.unwrap_or_else(|| "none".to_owned());
        let class = ["1xx", "2xx", "3xx", "4xx"].get(usize::from(status.as_u16() / 100).wrapping_sub(1)).unwrap_or(&"5xx");
        board.0.seconds.get_or_create(&Route { route: route.clone() }).observe(begun.elapsed().as_secs_f64());
        board.0.requests.get_or_create(&Request { route, method, status: class }).inc();
    }
    outcome
}

fn word(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// The listener for Prometheus; it knows `/metrics` and nothing else.
pub fn serve(app: App, board: Board, listener: TcpListener) -> Result<Server> {
    let factory = move || {
        Actix::new()
            .app_data(web::Data::new(app.clone()))
            .app_data(web::Data::new(board.clone()))
            .route("/metrics", web::get().to(scrape))
    };
    let server = HttpServer::new(factory).workers(1).disable_signals().shutdown_timeout(1).listen(listener);
    Ok(server.map_err(Error::internal)?.run())
}

async fn scrape(app: web::Data<App>, board: web::Data<Board>) -> HttpResponse {
    let all = &board.0;
    all.waiting.set(i64::try_from(app.db.waiting_writes()).unwrap_or(i64::MAX));
    match app.db.read(outbox::count).await {
        Ok(states) => {
            all.database.set(1);
            all.effects.clear();
            for (state, count) in states {
                all.effects.get_or_create(&State { state: state.code().to_owned() }).set(count);
            }
        }
        Err(_) => {
            all.database.set(0);
        }
    }
    let mut text = String::new();
    match encode(&mut text, &all.registry) {
        Ok(()) => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
