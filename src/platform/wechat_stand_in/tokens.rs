//! Access tokens: the stable one with its overlap and forced refresh, the old kind that makes its predecessor invalid, and their checks.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::exchange::{Refused, refuse, serve};
use super::issued::{AppTokens, Issued};
use super::state::{State, text};
use super::{Shared, object};

const LIFE_MS: i64 = 7_200_000;
const OVERLAP_MS: i64 = 300_000;
const FORCED_GAP_MS: i64 = 30_000;
const FORCED_PER_DAY: u32 = 20;
const BEIJING_OFFSET_MS: i64 = 8 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

impl AppTokens {
    fn knows(&self, token: &str, now: i64) -> Option<bool> {
        let live = [&self.stable, &self.before, &self.old_style];
        let issued = live.into_iter().flatten().find(|issued| issued.value == token);
        let outcome = issued.map(|issued| now < issued.expires);
        outcome.or_else(|| self.retired.iter().any(|gone| gone == token).then_some(false))
    }

    fn retire(&mut self, issued: Option<Issued>) {
        self.retired.extend(issued.map(|issued| issued.value));
    }

    /// Counts one forced refresh, if the limits allow it.
    fn force(&mut self, now: i64) -> Result<(), Refused> {
        let day = now.saturating_add(BEIJING_OFFSET_MS).div_euclid(DAY_MS);
        if day != self.forced_day {
            (self.forced_day, self.forced) = (day, 0);
        }
        if self.forced >= FORCED_PER_DAY {
            return refuse(45009, "reach max api daily quota limit");
        }
        if self.forced_at.is_some_and(|last| now.saturating_sub(last) < FORCED_GAP_MS) {
            return refuse(45011, "api minute-quota reach limit  mustslower  retry next minute");
        }
        self.forced_at = Some(now);
        self.forced = self.forced.saturating_add(1);
        Ok(())
    }
}

/// `POST /cgi-bin/stable_token`
pub(super) async fn stable_token(shared: web::Data<Shared>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    let fields = object(&body);
    serve(&shared, request.path(), |state| {
        check_app(state, text(&fields, "appid"), text(&fields, "secret"))?;
        check_grant(text(&fields, "grant_type"))?;
        let forced = fields.get("force_refresh").and_then(Value::as_bool).unwrap_or(false);
        give_stable(state, text(&fields, "appid").unwrap_or_default(), forced)
    })
    .await
}

/// `/cgi-bin/stable_token` takes POST only.
pub(super) async fn must_be_post(shared: web::Data<Shared>, request: HttpRequest) -> HttpResponse {
    serve(&shared, request.path(), |_| refuse(43002, "require POST method")).await
}

/// `GET /cgi-bin/token`
pub(super) async fn token(
    shared: web::Data<Shared>,
    request: HttpRequest,
    query: web::Query<HashMap<String, String>>,
) -> HttpResponse {
    let given = |key: &str| query.get(key).map(String::as_str).filter(|value| !value.is_empty());
    serve(&shared, request.path(), |state| {
        check_app(state, given("appid"), given("secret"))?;
        check_grant(given("grant_type"))?;
        let issued = mint_token(state);
        let answer = token_answer(&issued, state.now());
        if let Some(app) = state.apps.get_mut(given("appid").unwrap_or_default()) {
            // The new token makes the old one invalid at once.
            app.tokens.old_style = Some(issued);
        }
        Ok(answer)
    })
    .await
}

/// Whether a call may go on under this access token; gives the appid that it stands for.
pub(super) fn check_token(state: &State, token: Option<&str>) -> Result<String, Refused> {
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return refuse(41001, "access_token missing");
    };
    let now = state.now();
    let known = state.apps.iter().find_map(|(appid, app)| Some((appid, app.tokens.knows(token, now)?)));
    match known {
        Some((appid, true)) => Ok(appid.clone()),
        Some((_, false)) => refuse(42001, "access_token expired"),
        None => refuse(40001, "invalid credential, access_token is invalid or not latest"),
    }
}

/// Appid and secret, in the order in which WeChat complains of them.
pub(super) fn check_app(state: &State, appid: Option<&str>, secret: Option<&str>) -> Result<(), Refused> {
    let Some(appid) = appid else { return refuse(41002, "appid missing") };
    let Some(secret) = secret else { return refuse(41004, "appsecret missing") };
    let Some(app) = state.apps.get(appid) else { return refuse(40013, "invalid appid") };
    if app.secret != secret {
        return refuse(40125, "invalid appsecret");
    }
    if app.frozen { refuse(40243, "AppSecret frozen") } else { Ok(()) }
}

fn check_grant(grant_type: Option<&str>) -> Result<(), Refused> {
    if grant_type == Some("client_credential") { Ok(()) } else { refuse(40002, "invalid grant_type") }
}

/// The same token until its last 300 s; then a new one, and both work until the old one ends. Forced: the old one is invalid at once.
fn give_stable(state: &mut State, appid: &str, forced: bool) -> Result<Map<String, Value>, Refused> {
    let now = state.now();
    let fresh = mint_token(state);
    let Some(app) = state.apps.get_mut(appid) else { return refuse(40013, "invalid appid") };
    let tokens = &mut app.tokens;
    if forced {
        tokens.force(now)?;
        (tokens.stable, tokens.before) = (Some(fresh.clone()), None);
        return Ok(token_answer(&fresh, now));
    }
    if let Some(current) = tokens.stable.as_ref().filter(|current| current.expires.saturating_sub(now) > OVERLAP_MS) {
        return Ok(token_answer(current, now));
    }
    let ended = tokens.before.take();
    tokens.retire(ended);
    tokens.before = tokens.stable.replace(fresh.clone());
    Ok(token_answer(&fresh, now))
}

/// As long as WeChat asks us to make room for: 512 characters.
fn mint_token(state: &mut State) -> Issued {
    let value = format!("99_{}", state.mint("token").repeat(8)).chars().take(512).collect();
    Issued { value, expires: state.now().saturating_add(LIFE_MS) }
}

fn token_answer(issued: &Issued, now: i64) -> Map<String, Value> {
    let left = issued.expires.saturating_sub(now).div_euclid(1_000);
    Map::from_iter([("access_token".to_owned(), json!(issued.value)), ("expires_in".to_owned(), json!(left))])
}
