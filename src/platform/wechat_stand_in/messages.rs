//! Subscribe messages and the text check.

use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use super::codes::ok;
use super::exchange::{Refused, refuse, serve};
use super::state::{Sent, State, text};
use super::tokens::check_token;
use super::{Shared, field_rules, object};

const VISIT_MS: i64 = 2 * 3_600_000;
const CONTENT_CHARS: usize = 2_500;
/// Enough to see both verdicts; WeChat's own lists are not known.
const RISKY_WORDS: [&str; 2] = ["赌博", "代开发票"];

/// Marks one message to a user as under way until its answer is out, however that ends.
struct Flight {
    shared: Shared,
    openid: String,
}

impl Flight {
    /// `None` while another one is under way.
    fn enter(shared: &Shared, openid: &str) -> Option<Self> {
        let entered = shared.lock().in_flight.insert(openid.to_owned());
        entered.then(|| Self { shared: shared.clone(), openid: openid.to_owned() })
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.shared.lock().in_flight.remove(&self.openid);
    }
}

/// `POST /cgi-bin/message/subscribe/send`
pub(super) async fn send(
    shared: web::Data<Shared>,
    request: HttpRequest,
    query: web::Query<HashMap<String, String>>,
    body: web::Bytes,
) -> HttpResponse {
    let fields = object(&body);
    let flight = Flight::enter(&shared, text(&fields, "touser").unwrap_or_default());
    serve(&shared, request.path(), |state| {
        let appid = check_token(state, query.get("access_token").map(String::as_str))?;
        let message = read_message(state, &appid, &fields)?;
        if flight.is_none() {
            return refuse(43108, "concurrent sends to the same user");
        }
        if !state.spend_credit(&message.openid, &message.template_id) {
            return refuse(43101, "user refuse to accept the msg");
        }
        state.sent.push(message);
        Ok(ok())
    })
    .await
}

fn read_message(state: &State, appid: &str, fields: &Map<String, Value>) -> Result<Sent, Refused> {
    let openid = text(fields, "touser").unwrap_or_default();
    if state.user_by_openid(appid, openid).is_none() {
        return refuse(40003, "invalid openid");
    }
    let Some(template_id) = text(fields, "template_id").filter(|id| state.templates.contains(*id)) else {
        return refuse(40037, "invalid template_id");
    };
    let Some(values) = fields.get("data").and_then(Value::as_object).filter(|values| !values.is_empty()) else {
        return refuse(47003, "argument invalid! data is empty");
    };
    let mut data = BTreeMap::new();
    for (key, value) in values {
        let Some(value) = value.get("value").and_then(Value::as_str).filter(|value| field_rules::accepts(key, value)) else {
            return refuse(47003, &format!("argument invalid! data.{key}.value invalid"));
        };
        data.insert(key.clone(), value.to_owned());
    }
    let opens = text(fields, "miniprogram_state").unwrap_or("formal");
    if !["developer", "trial", "formal"].contains(&opens) {
        return refuse(47001, "data format error");
    }
    Ok(Sent {
        openid: openid.to_owned(),
        template_id: template_id.to_owned(),
        page: text(fields, "page").map(str::to_owned),
        data,
        miniprogram_state: opens.to_owned(),
    })
}

/// `POST /wxa/msg_sec_check`, version 2: only for users who were in the mini-program within two hours.
pub(super) async fn msg_sec_check(
    shared: web::Data<Shared>,
    request: HttpRequest,
    query: web::Query<HashMap<String, String>>,
    body: web::Bytes,
) -> HttpResponse {
    let fields = object(&body);
    serve(&shared, request.path(), |state| {
        let appid = check_token(state, query.get("access_token").map(String::as_str))?;
        let openid = text(&fields, "openid").unwrap_or_default();
        if state.user_by_openid(&appid, openid).is_none() {
            return refuse(40003, "invalid openid");
        }
        let visited = state.last_visit.get(openid).is_some_and(|at| state.now().saturating_sub(*at) < VISIT_MS);
        if !visited {
            return refuse(61010, "code is expired");
        }
        let Some(content) = text(&fields, "content").filter(|content| content.chars().count() <= CONTENT_CHARS) else {
            return refuse(40129, "invalid content");
        };
        let risky = RISKY_WORDS.iter().any(|word| content.contains(word));
        let (suggest, label) = if risky { ("risky", 20_006) } else { ("pass", 100) };
        let trace_id = state.mint("trace");
        let mut answer = ok();
        answer.insert("result".to_owned(), json!({ "suggest": suggest, "label": label }));
        answer.insert("detail".to_owned(), json!([]));
        answer.insert("trace_id".to_owned(), json!(trace_id));
        Ok(answer)
    })
    .await
}
