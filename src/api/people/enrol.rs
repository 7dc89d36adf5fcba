//! A worker finds somebody by the ID card in hand, or writes them into the register of persons.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::office::accounts::guards::{AreaOfficer, DeskOfficer};
use crate::office::accounts::person_desk;
use crate::office::frame::{Save, Write};
use crate::office::people::codes;
use crate::office::people::persons::{self, NewPerson};
use crate::platform::code;
use crate::platform::error::Result;
use crate::platform::http::{Answer, Created, Operations};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::identity::{CitizenId, PhoneNumber};
use crate::rules::moments::Moment;
use crate::rules::names::PersonName;
use crate::rules::text::PlainText;
use crate::rules::typed::blank_is_none;
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
    #[schema(value_type = String, min_length = 18, max_length = 40, example = "990101198005060115")]
    id_number: CitizenId,
}

form!(FindPerson { id_number: "身份证号码" });

#[utoipa::path(post, path = "/staff/persons/actions/find", tag = "people", operation_id = "findPerson", summary = "按身份证号查人",
    description = "窗口或上门时，按身份证号在您负责的区域内查人。查到的会记录一次，供审计。号码放在正文里，不会出现在日志中。",
    responses((status = 200, description = "查到的人")))]
async fn find_person(who: DeskOfficer, call: Save<FindPerson>) -> Result<Answer<FoundPerson>> {
    let hash = persons::id_hash(&call.app.keys, &call.sent.id_number);
    let log = call.app.clock.id();
    call.save(move |c, office, _| {
        let found = person_desk::find(c, &who, &hash, log, office.now)?;
        Ok(FoundPerson { id: found.id, name_masked: found.name_masked })
    })
    .await
}

/// A person who stands before the worker, by their papers.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddPerson {
    #[schema(value_type = String, min_length = 2, max_length = 40, example = "王小四")]
    name: PersonName,
    #[schema(value_type = String, min_length = 18, max_length = 40, example = "990101198005060115")]
    id_number: CitizenId,
    /// Where the household register is: a village or community of yours.
    #[schema(value_type = String, min_length = 12, max_length = 12, pattern = "^[0-9]{12}$", example = "990101100200")]
    area: AreaCode,
    #[schema(value_type = Option<String>, min_length = 11, max_length = 30, example = "19100000001")]
    #[serde(default, deserialize_with = "blank_is_none")]
    phone: Option<PhoneNumber>,
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "甲区宋疃镇宋疃村1组1号")]
    #[serde(default, deserialize_with = "blank_is_none")]
    address: Option<PlainText<1, 100>>,
    /// Number of the household register; members of one are one family.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 30, example = "99010100000001")]
    #[serde(default, deserialize_with = "blank_is_none")]
    household: Option<PlainText<1, 30>>,
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
    let new = call.sent.clone().person(call.app.clock.id(), call.office.now);
    call.once(who.id, move |c, office, _| {
        let id = person_desk::add(c, &office.keys, &who, &new, office.now)?;
        Ok(FoundPerson { id, name_masked: new.name.masked() })
    })
    .await
}

impl AddPerson {
    fn person(self, id: Id, at: Moment) -> NewPerson {
        NewPerson {
            id,
            area: self.area,
            name: self.name,
            id_number: self.id_number,
            phone: self.phone,
            address: self.address.map(PlainText::into_string),
            household: self.household.map(PlainText::into_string),
            at,
        }
    }
}
