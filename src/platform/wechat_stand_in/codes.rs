//! Single-use codes: `jscode2session` and `getuserphonenumber`.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::exchange::{Refused, refuse, serve};
use super::issued::Kind;
use super::state::{LOGIN_CODE_LIFE_MS, State, openid_of, text};
use super::tokens::{check_app, check_token};
use super::{Shared, object};

const LOGINS_PER_MINUTE: usize = 100;
const MINUTE_MS: i64 = 60_000;

/// `GET /sns/jscode2session`
pub(super) async fn jscode2session(
    shared: web::Data<Shared>,
    request: HttpRequest,
    query: web::Query<HashMap<String, String>>,
) -> HttpResponse {
    let given = |key: &str| query.get(key).map(String::as_str).filter(|value| !value.is_empty());
    serve(&shared, request.path(), |state| {
        check_app(state, given("appid"), given("secret"))?;
        if given("grant_type") != Some("authorization_code") {
            return refuse(40002, "invalid grant_type");
        }
        let Some(code) = given("js_code") else { return refuse(41008, "missing code") };
        let appid = given("appid").unwrap_or_default();
        let user = redeem(state, Kind::Login, appid, code, 40029)?;
        let openid = openid_of(appid, &user);
        let now = state.now();
        let session_key = state.mint("session_key");
        state.last_visit.insert(openid.clone(), now);
        let mut answer = Map::from_iter([("openid".to_owned(), json!(openid)), ("session_key".to_owned(), json!(session_key))]);
        if let Some(unionid) = state.users.get(&user).and_then(|user| user.unionid.as_ref()) {
            answer.insert("unionid".to_owned(), json!(unionid));
        }
        Ok(answer)
    })
    .await
}

/// `POST /wxa/business/getuserphonenumber`; the code stands in the body, in the query it is 40029.
pub(super) async fn getuserphonenumber(
    shared: web::Data<Shared>,
    request: HttpRequest,
    query: web::Query<HashMap<String, String>>,
    body: web::Bytes,
) -> HttpResponse {
    let fields = object(&body);
    serve(&shared, request.path(), |state| {
        let appid = check_token(state, query.get("access_token").map(String::as_str))?;
        let Some(code) = text(&fields, "code") else { return refuse(40029, "invalid code") };
        // A phone code of another app is 40013 here: 请求appid身份与获取code的小程序appid不匹配.
        let user = redeem(state, Kind::Phone, &appid, code, 40013)?;
        let known = state.users.get(&user);
        let Some(phone) = known.and_then(|user| user.phone.clone()) else {
            return refuse(40029, "invalid code");
        };
        let country = known.and_then(|user| user.country_code.clone()).unwrap_or_else(|| "86".to_owned());
        // 国外手机号会有区号.
        let full = if country == "86" { phone.clone() } else { format!("{country}{phone}") };
        let stamp = json!({ "timestamp": state.now().div_euclid(1_000), "appid": appid });
        let info = json!({ "phoneNumber": full, "purePhoneNumber": phone, "countryCode": country, "watermark": stamp });
        Ok(Map::from_iter([
            ("errcode".to_owned(), json!(0)),
            ("errmsg".to_owned(), json!("ok")),
            ("phone_info".to_owned(), info),
        ]))
    })
    .await
}

/// Checks a code by all the rules, uses it up, and names its user.
fn redeem(state: &mut State, kind: Kind, appid: &str, code: &str, other_app: i64) -> Result<String, Refused> {
    let now = state.now();
    let Some(held) = state.codes.get(code).filter(|held| held.kind == kind) else {
        return refuse(40029, "invalid code");
    };
    if held.appid != appid {
        return refuse(other_app, "invalid code, appid mismatch");
    }
    if now.saturating_sub(held.issued) >= LOGIN_CODE_LIFE_MS {
        return refuse(40029, "invalid code");
    }
    if held.used {
        return refuse(40163, "code been used");
    }
    let user = held.user.clone();
    if kind == Kind::Login {
        count_login(state, &openid_of(appid, &user), now)?;
        if state.users.get(&user).is_some_and(|user| user.blocked) {
            return refuse(40226, "code blocked");
        }
    }
    if let Some(held) = state.codes.get_mut(code) {
        held.used = true;
    }
    Ok(user)
}

/// At most a hundred a minute for one user.
fn count_login(state: &mut State, openid: &str, now: i64) -> Result<(), Refused> {
    let recent = state.logins.entry(openid.to_owned()).or_default();
    while recent.front().is_some_and(|at| now.saturating_sub(*at) >= MINUTE_MS) {
        recent.pop_front();
    }
    if recent.len() >= LOGINS_PER_MINUTE {
        return refuse(45011, "api minute-quota reach limit  mustslower  retry next minute");
    }
    recent.push_back(now);
    Ok(())
}

/// The body of a success that says no more than that.
pub(super) fn ok() -> Map<String, Value> {
    Map::from_iter([("errcode".to_owned(), json!(0)), ("errmsg".to_owned(), json!("ok"))])
}
