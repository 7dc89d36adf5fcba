//! A worker finds somebody by the ID card in hand, or writes them into the register of persons.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::staff::in_scope;
use crate::office::accounts::guards::{AreaOfficer, DeskOfficer};
use crate::office::accounts::identity;
use crate::office::frame::{Save, Write};
use crate::office::people::codes;
use crate::office::people::persons::{self, NewPerson};
use crate::office::people::reveals::{self, Reveal};
use crate::office::policy::areas;
use crate::platform::code;
use crate::platform::error::{Detail, Error, Faults, Result};
use crate::platform::http::{Answer, Created, Operations};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::beijing_date;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::names::PersonName;
use crate::{form, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to;
        find_person: [code::NOT_FOUND],
        add_person: [codes::PERSON_KNOWN],
    );
}

/// The ID card in hand.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct FindPerson {
    #[schema(example = "99010119800506011X")]
    id_number: String,
}

form!(FindPerson { id_number: "身份证号码" });

#[utoipa::path(post, path = "/staff/persons/actions/find", tag = "people", operation_id = "findPerson", summary = "按身份证号查人",
    description = "窗口或上门时，按身份证号在您负责的区域内查人。查到的会记录一次，供审计。号码放在正文里，不会出现在日志中。",
    responses((status = 200, description = "查到的人")))]
async fn find_person(who: DeskOfficer, call: Save<FindPerson>) -> Result<Answer<FoundPerson>> {
    let worker = who.0;
    let id_number = CitizenId::parse(&call.sent.id_number, beijing_date(call.office.now))
        .map_err(|e| Error::invalid(vec![fault("/id_number", "身份证号码", e.code(), e.reason(), e.suggestion())]))?;
    let (hash, reveal) = (persons::id_hash(&call.app.keys, &id_number), call.app.clock.id());
    call.save(move |c, office, _| {
        let found = persons::find_by_id_hash(c, &hash)?.filter(|p| in_scope(&worker, &p.area));
        let found = found.ok_or_else(Error::not_found)?;
        let (worker, purpose) = (worker.id, "按身份证号查人".to_owned());
        let at_ms = office.now;
        reveals::record(c, &Reveal { id: reveal, at_ms, worker, person: found.id, case: None, fields: Vec::new(), purpose })?;
        Ok(FoundPerson { id: found.id, name_masked: found.name_masked })
    })
    .await
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

#[utoipa::path(post, path = "/staff/persons", tag = "people", operation_id = "addPerson", summary = "登记人员",
    description = "把名册里没有的人登记进来（例如还没有残疾人证的学生）。请核对身份证和户口簿原件。",
    responses((status = 201, description = "已登记")))]
async fn add_person(who: AreaOfficer, call: Write<AddPerson>) -> Result<Created<FoundPerson>> {
    let new = call.sent.read(call.app.clock.id(), call.office.now, beijing_date(call.office.now))?;
    let worker = who.0;
    call.once(worker.id, move |c, office, _| {
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
        if persons::find_by_id_hash(c, &persons::id_hash(&office.keys, &new.id_number))?.is_some() {
            return Err(Error::new(&codes::PERSON_KNOWN));
        }
        let id = persons::insert(c, &office.keys, &new)?;
        identity::person_recorded(c, &office.keys, &new.id_number, office.now)?;
        Ok(FoundPerson { id, name_masked: new.name.masked() })
    })
    .await
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
