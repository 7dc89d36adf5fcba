//! The persons for whom a resident may act, with their certificates.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::guards::Resident;
use crate::office::accounts::links::{self, Relation};
use crate::office::frame::Call;
use crate::office::people::views::{AreaNames, AreaView, CardView};
use crate::office::people::{persons, register};
use crate::platform::crypto::Keyring;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::http::{Answer, Labelled, List, Operations, PathId};
use crate::platform::id::Id;
use crate::{labelled, operations};

/// The operations of this file.
pub fn routes(to: &mut Operations) {
    operations!(to; my_persons, my_certificates);
}

/// Somebody for whom the caller may act.
#[derive(Serialize, Deserialize, ToSchema)]
struct MyPerson {
    /// Send it as `person_id`.
    id: Id,
    /// self, child, ward, kin, proxy.
    relation: Labelled<Relation>,
    #[schema(example = "王*四")]
    name_masked: String,
    #[schema(example = 2012)]
    birth_year: i32,
    area: AreaView,
    /// The card that is valid today; null when there is none.
    certificate: Option<CardView>,
}

#[utoipa::path(get, path = "/me/persons", tag = "people", operation_id = "listMyPersons", summary = "我可以替谁办事",
    description = "您本人和已核实关系的人，以及各自现在有效的残疾人证。还没核实的关系不在这里。人数有限，一次全部列出。",
    responses((status = 200, description = "可以办事的人")))]
async fn my_persons(who: Resident, call: Call) -> Result<Answer<List<MyPerson>>> {
    call.read(move |c, office| {
        let today = office.today();
        let linked = links::persons_of(c, who.account, today)?.into_iter();
        linked.map(|(id, relation)| my_person(c, &office.keys, id, relation, today)).collect::<Result<Vec<MyPerson>>>().map(List)
    })
    .await
}

fn my_person(c: &mut AnyConn, keys: &Keyring, id: Id, relation: Relation, today: NaiveDate) -> Result<MyPerson> {
    let person = persons::open(c, keys, id)?;
    let card = register::valid_certificate(c, id, today)?;
    Ok(MyPerson {
        id,
        relation: labelled!(relation),
        name_masked: person.name.masked(),
        birth_year: person.birth_date.year(),
        area: AreaNames::default().view(c, &person.area)?,
        certificate: card.map(|card| CardView::of(&card, today)),
    })
}

/// A card of somebody for whom the caller may act.
#[derive(Serialize, Deserialize, ToSchema)]
struct MyCertificate {
    /// Ends of the ID number and the re-issue mark only.
    #[schema(example = "9****************X**")]
    number_masked: String,
    card: CardView,
}

#[utoipa::path(get, path = "/me/persons/{id}/certificates", tag = "people", operation_id = "listPersonCertificates", summary = "残疾人证记录",
    description = "您可以替其办事的人的全部残疾人证，早办的在前，证号已遮盖。一个人的证不多，一次全部列出。",
    params(("id" = Id, Path, description = "人员编号")),
    responses((status = 200, description = "残疾人证")))]
async fn my_certificates(who: Resident, id: PathId, call: Call) -> Result<Answer<List<MyCertificate>>> {
    call.read(move |c, office| {
        let today = office.today();
        links::may_act(c, who.account, id.0, today)?.ok_or_else(Error::not_found)?;
        let cards = register::certificates_of(c, &office.keys, id.0)?.into_iter();
        let card =
            |k: register::Certificate| MyCertificate { number_masked: k.number.masked(), card: CardView::of(&k.card, today) };
        Ok(List(cards.map(card).collect()))
    })
    .await
}
