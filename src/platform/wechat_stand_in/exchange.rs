//! How the stand-in answers one call: rules first or a fault instead, WeChat's envelope, the log of calls.

use std::time::Duration;

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::Shared;
use super::issued::FaultMode;
use super::state::State;
use crate::platform::broken;

/// A refusal by the rules: WeChat's number and the text before its rid.
pub(super) struct Refused(pub(super) i64, pub(super) String);

/// Shorthand for the many refusals.
pub(super) fn refuse<T>(errcode: i64, errmsg: &str) -> Result<T, Refused> {
    Err(Refused(errcode, errmsg.to_owned()))
}

/// Runs one call through its planned fault and its rules. The rules run without a pause in between, as one step.
pub(super) async fn serve(
    shared: &Shared,
    path: &str,
    rules: impl FnOnce(&mut State) -> Result<Map<String, Value>, Refused>,
) -> HttpResponse {
    let (fault, answer) = {
        let mut state = shared.lock();
        let fault = state.take_fault(path);
        let outcome = match fault {
            Some(FaultMode::Errcode(code)) => Err(Refused(code, "fault on request".to_owned())),
            Some(FaultMode::Http502 | FaultMode::Garbage | FaultMode::Huge | FaultMode::Redirect) => {
                state.record(path, None, fault);
                return ruined(fault);
            }
            _ => rules(&mut state),
        };
        let errcode = outcome.as_ref().map_or_else(|refused| refused.0, |_| 0);
        state.record(path, Some(errcode), fault);
        (fault, enveloped(&mut state, outcome))
    };
    match fault {
        Some(FaultMode::HangMs(ms)) => tokio::time::sleep(Duration::from_millis(ms)).await,
        Some(FaultMode::DropAfterProcessing) => return broken::cut(),
        Some(FaultMode::EmptyOpenid) => return HttpResponse::Ok().json(json!({ "openid": "", "session_key": "" })),
        _ => {}
    }
    HttpResponse::Ok().json(answer)
}

fn enveloped(state: &mut State, outcome: Result<Map<String, Value>, Refused>) -> Value {
    match outcome {
        Ok(answer) => Value::Object(answer),
        Err(Refused(errcode, errmsg)) => json!({ "errcode": errcode, "errmsg": format!("{errmsg} {}", state.rid()) }),
    }
}

fn ruined(fault: Option<FaultMode>) -> HttpResponse {
    match fault {
        Some(FaultMode::Garbage) => broken::garbage(),
        Some(FaultMode::Huge) => HttpResponse::Ok().json(json!({ "openid": "o", "filler": broken::filler() })),
        Some(FaultMode::Redirect) => HttpResponse::Found().insert_header((LOCATION, "/redirected")).finish(),
        _ => broken::bad_gateway(),
    }
}

/// WeChat's paths are case-sensitive; a wrong one is 40066 with status 200. It is logged, so a followed redirect shows.
pub(super) async fn no_such_path(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    serve(&shared, request.path(), |_| refuse(40066, "invalid url")).await
}
