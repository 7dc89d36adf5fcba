//! A worker finds somebody by the ID card in hand, or writes them into the register of persons.

use actix_web::{post, web};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use validator::Validate;

use super::staff::in_scope;
use crate::form;
use crate::office::accounts::guards::{AreaOfficer, DeskOfficer};
use crate::office::accounts::identity;
use crate::office::people::codes;
use crate::office::people::persons::{self, NewPerson};
use crate::office::people::reveals::{self, Reveal};
use crate::office::policy::areas;
use crate::platform::app::App;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::http::{Answer, Body, Envelope, Failure, Once};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::names::PersonName;

/// The operations of this file.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(find_person).service(add_person);
}

/// The ID card in hand.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindPerson {
    #[schema(example = "99010119800506011X")]
    id_number: String,
}

form!(FindPerson { id_number: "身份证号码" });

#[utoipa::path(tag = "people", operation_id = "findPerson", summary = "按身份证号查人",
    description = "窗口或上门时，按身份证号在您负责的区域内查人。查到的会记录一次，供审计。号码放在正文里，不会出现在日志中。",
    request_body = FindPerson,
    responses((status = 200, description = "查到的人", body = Envelope<FoundPerson>),
        (status = 404, description = "10006 您负责的区域内没有这个人", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/persons/actions/find")]
async fn find_person(who: DeskOfficer, body: Body<FindPerson>, app: web::Data<App>) -> Result<Answer<FoundPerson>> {
    let (worker, now) = (who.0, app.clock.now_ms());
    let id_number = CitizenId::parse(&body.value.id_number, beijing_date(now))
        .map_err(|e| Error::invalid(vec![fault("/id_number", "身份证号码", e.code(), e.reason(), e.suggestion())]))?;
    let (hash, reveal) = (persons::id_hash(&app.keys, &id_number), app.clock.id());
    let found = app.db.write(move |c| {
        let found = persons::find_by_id_hash(c, &hash)?.filter(|p| in_scope(&worker, &p.area));
        let found = found.ok_or_else(Error::not_found)?;
        let (worker, purpose) = (worker.id, "按身份证号查人".to_owned());
        let at_ms = now;
        reveals::record(c, &Reveal { id: reveal, at_ms, worker, person: found.id, case: None, fields: Vec::new(), purpose })?;
        Ok(FoundPerson { id: found.id, name_masked: found.name_masked })
    });
    Ok(Answer::ok(found.await?))
}

/// A person who stands before the worker, by their papers.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddPerson {
    #[schema(example = "王小四")]
    name: String,
    #[schema(example = "99010119800506011X")]
    id_number: String,
    /// Where the household register is: a village or community of yours.
    #[schema(example = "990101100200")]
    area: String,
    #[schema(example = "19100000001")]
    phone: Option<String>,
    #[schema(example = "甲区宋疃镇宋疃村1组1号")]
    #[validate(length(max = 100, message = "住址太长，最多 100 个字。"))]
    address: Option<String>,
    /// Number of the household register; members of one are one family.
    #[schema(example = "99010100000001")]
    #[validate(length(max = 30, message = "户号太长。"))]
    household: Option<String>,
}

form!(AddPerson {
    name: "姓名", id_number: "身份证号码", area: "户籍地", phone: "手机号码", address: "住址", household: "户号"
});

/// Somebody in the register.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
struct FoundPerson {
    id: Id,
    #[schema(example = "王*四")]
    name_masked: String,
}

#[utoipa::path(tag = "people", operation_id = "addPerson", summary = "登记人员",
    description = "把名册里没有的人登记进来（例如还没有残疾人证的学生）。请核对身份证和户口簿原件。",
    params(("Idempotency-Key" = String, Header, description = "防重复标识（UUID），重试时不变")), request_body = AddPerson,
    responses((status = 201, description = "已登记", body = Envelope<FoundPerson>),
        (status = 409, description = "12006 这个人已经登记过", body = Failure)),
    security(("staff" = [])))]
#[post("/staff/persons")]
async fn add_person(who: AreaOfficer, once: Once, body: Body<AddPerson>, app: web::Data<App>) -> Result<Answer<FoundPerson>> {
    let now = app.clock.now_ms();
    let new = body.value.read(app.clock.id(), now, beijing_date(now))?;
    let (worker, keys) = (who.0, app.keys.clone());
    let done = once.write(&app, worker.id, body.fingerprint, move |c| {
        // Outside the worker's areas nothing is told, not even whether the area exists.
        if !in_scope(&worker, &new.area) || areas::find(c, &new.area)?.is_none() {
            return Err(Error::invalid(vec![fault(
                "/area",
                "户籍地",
                "area_not_yours",
                "这个区域不归您负责。",
                "请选择您负责的村（社区）。",
            )]));
        }
        if persons::find_by_id_hash(c, &persons::id_hash(&keys, &new.id_number))?.is_some() {
            return Err(Error::new(&codes::PERSON_KNOWN));
        }
        let id = persons::insert(c, &keys, &new)?;
        identity::person_recorded(c, &keys, &new.id_number, now)?;
        Ok(FoundPerson { id, name_masked: new.name.masked() })
    });
    let done = done.await?;
    Ok(Answer::created(done.value).replayed(done.replayed))
}

fn fault(field: &str, label: &str, code: &str, reason: &str, suggestion: &str) -> Detail {
    Detail::new(field, label, code, reason, suggestion)
}

impl AddPerson {
    /// Everything that is wrong comes back at once, in the order of the form.
    fn read(&self, id: Id, at_ms: i64, today: NaiveDate) -> Result<NewPerson> {
        let mut faults = Faults::new();
        let name =
            PersonName::parse(&self.name).map_err(|e| faults.add(fault("/name", "姓名", e.code(), e.reason(), e.suggestion())));
        let id_number = CitizenId::parse(&self.id_number, today)
            .map_err(|e| faults.add(fault("/id_number", "身份证号码", e.code(), e.reason(), e.suggestion())));
        let area =
            AreaCode::parse(&self.area).map_err(|e| faults.add(fault("/area", "户籍地", e.code(), e.reason(), e.suggestion())));
        let phone = self.phone.as_deref().map(PhoneNumber::parse).transpose();
        let phone = phone.map_err(|e| faults.add(fault("/phone", "手机号码", e.code(), e.reason(), e.suggestion())));
        match (name, id_number, area, phone) {
            (Ok(name), Ok(id_number), Ok(area), Ok(phone)) => {
                let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
                let (address, household) = (given(&self.address), given(&self.household));
                Ok(NewPerson { id, area, name, id_number, phone, address, household, at_ms })
            }
            _ => Err(Error::invalid(faults.into_details())),
        }
    }
}
