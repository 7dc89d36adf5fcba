//! The tables of the rental, its points and its models.

use diesel::prelude::*;

use super::codes;
use super::rules::OpenDays;
use super::states::InUse;
use crate::platform::db::{AnyConn, MultiBackend};
use crate::platform::error::{Error, Result, is_duplicate};
use crate::platform::id::Id;
use crate::rules::areas::AreaCode;
use crate::rules::moments::Moment;

diesel::table! {
    rental_points (id) {
        id -> Binary,
        county -> Text,
        area -> Text,
        name -> Text,
        address -> Text,
        phone -> Text,
        opening_days -> Text,
        pickups_per_day -> BigInt,
        status -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    device_models (id) {
        id -> Binary,
        county -> Text,
        code -> Text,
        name -> Text,
        kind -> Text,
        alt_text -> Text,
        service_life_months -> BigInt,
        status -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    device_units (id) {
        id -> Binary,
        model_id -> Binary,
        point_id -> Binary,
        asset_tag -> Text,
        serial -> Text,
        state -> Text,
        inspected_by -> Nullable<Binary>,
        inspected_at -> Nullable<BigInt>,
        disinfected_by -> Nullable<Binary>,
        disinfected_at -> Nullable<BigInt>,
        created_at -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    device_promises (unit_id) {
        unit_id -> Binary,
        point_id -> Binary,
        model_id -> Binary,
        kind -> Text,
        case_id -> Nullable<Binary>,
        wait_id -> Nullable<Binary>,
        made_at -> BigInt,
    }
}

diesel::table! {
    device_loans (id) {
        id -> Binary,
        case_id -> Binary,
        person_id -> Binary,
        point_id -> Binary,
        model_id -> Binary,
        state -> Text,
        unit_id -> Nullable<Binary>,
        open_unit -> Nullable<Binary>,
        pickup_code_hash -> Nullable<Binary>,
        pickup_code -> Binary,
        pickup_on -> Text,
        pickup_until -> Text,
        deposit_fen -> BigInt,
        reserved_at -> BigInt,
        out_on -> Nullable<Text>,
        due_on -> Nullable<Text>,
        extensions -> BigInt,
        remind_on -> Nullable<Text>,
        reminded -> Text,
        returned_at -> Nullable<BigInt>,
        return_point -> Nullable<Binary>,
        condition -> Nullable<Text>,
        ended_why -> Nullable<Text>,
    }
}

diesel::table! {
    device_waits (id) {
        id -> Binary,
        person_id -> Binary,
        account_id -> Binary,
        point_id -> Binary,
        model_id -> Binary,
        state -> Text,
        since -> BigInt,
        offer_until -> Nullable<BigInt>,
        live_key -> Nullable<Text>,
        version -> BigInt,
    }
}

diesel::table! {
    device_unit_events (id) {
        id -> Binary,
        unit_id -> Binary,
        at -> BigInt,
        step -> Text,
        from_state -> Text,
        to_state -> Text,
        point_id -> Binary,
        worker_id -> Nullable<Binary>,
        case_id -> Nullable<Binary>,
    }
}

diesel::table! {
    device_damage_reports (id) {
        id -> Binary,
        loan_id -> Binary,
        unit_id -> Binary,
        account_id -> Binary,
        at -> BigInt,
        kind -> Text,
        words -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(device_units, device_promises);
diesel::allow_tables_to_appear_in_same_query!(device_loans, device_models);

/// A point that lends devices and takes them back.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = rental_points, treat_none_as_default_value = false)]
pub struct Point {
    pub id: Id,
    pub county: AreaCode,
    pub area: AreaCode,
    pub name: String,
    pub address: String,
    pub phone: String,
    /// `1,2,5`; Monday is 1.
    pub opening_days: String,
    pub pickups_per_day: i64,
    pub status: InUse,
    pub created_at: Moment,
}

impl Point {
    /// The opening days.
    pub fn open_days(&self) -> Result<OpenDays> {
        OpenDays::parse(&self.opening_days).ok_or_else(|| Error::internal("stored opening days are not readable"))
    }
}

/// A model of the county's catalogue.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = device_models, treat_none_as_default_value = false)]
pub struct Model {
    pub id: Id,
    pub county: AreaCode,
    pub code: String,
    pub name: String,
    /// Kind of device (wheelchair, cane); rules count by it.
    pub kind: String,
    /// The picture in words.
    pub alt_text: String,
    /// 0 for no such rule.
    pub service_life_months: i64,
    pub status: InUse,
    pub created_at: Moment,
}

/// The point of an id; 10006 when there is none.
pub fn point(c: &mut AnyConn, id: Id) -> Result<Point> {
    let found = rental_points::table.find(id).select(<Point as Selectable<MultiBackend>>::construct_selection());
    found.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// The model of an id; 10006 when there is none.
pub fn model(c: &mut AnyConn, id: Id) -> Result<Model> {
    let found = device_models::table.find(id).select(<Model as Selectable<MultiBackend>>::construct_selection());
    found.get_result(c).optional()?.ok_or_else(Error::not_found)
}

/// The kind of a model, if there is such a model.
pub fn kind_of(c: &mut AnyConn, model: Id) -> Result<Option<String>> {
    Ok(device_models::table.find(model).select(device_models::kind).get_result(c).optional()?)
}

/// The open points of a county, by name.
pub fn points(c: &mut AnyConn, county: &AreaCode) -> Result<Vec<Point>> {
    use rental_points::dsl as p;
    let open = p::rental_points.filter(p::county.eq(county.to_owned())).filter(p::status.eq(InUse::Open));
    Ok(open.order((p::name, p::id)).select(<Point as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// The models that a county lends, by name.
pub fn models(c: &mut AnyConn, county: &AreaCode) -> Result<Vec<Model>> {
    use device_models::dsl as m;
    let open = m::device_models.filter(m::county.eq(county.to_owned())).filter(m::status.eq(InUse::Open));
    Ok(open.order((m::name, m::id)).select(<Model as Selectable<MultiBackend>>::construct_selection()).load(c)?)
}

/// Opens a point; 30014 when the county has one of that name.
pub fn add_point(c: &mut AnyConn, point: &Point) -> Result<()> {
    use rental_points::dsl as p;
    let same = p::rental_points.filter(p::county.eq(point.county)).filter(p::name.eq(point.name.clone()));
    let same: i64 = same.count().get_result(c)?;
    if same > 0 {
        return Err(Error::new(&codes::TAKEN_NAME));
    }
    once(diesel::insert_into(p::rental_points).values(point.clone()).execute(c))
}

/// Adds a model; 30014 when the county has one of that code.
pub fn add_model(c: &mut AnyConn, model: &Model) -> Result<()> {
    use device_models::dsl as m;
    let same = m::device_models.filter(m::county.eq(model.county)).filter(m::code.eq(model.code.clone()));
    let same: i64 = same.count().get_result(c)?;
    if same > 0 {
        return Err(Error::new(&codes::TAKEN_NAME));
    }
    once(diesel::insert_into(m::device_models).values(model.clone()).execute(c))
}

/// Result of an insert or update. A violated unique index means that another instance wrote first: then the whole
/// transaction runs again and reads what that instance wrote.
pub fn once(done: diesel::QueryResult<usize>) -> Result<()> {
    match done {
        Ok(_) => Ok(()),
        Err(e) if is_duplicate(&e) => Err(Error::from(e).run_again()),
        Err(e) => Err(e.into()),
    }
}
