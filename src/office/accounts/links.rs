//! TEMP
use crate::platform::db::AnyConn;
use crate::platform::error::Result;
use crate::platform::id::Id;
pub enum Relation {
    Own,
}
pub fn may_act(_: &mut AnyConn, _: Id, _: Id, _: chrono::NaiveDate) -> Result<Option<Relation>> {
    Ok(None)
}
pub fn accounts_for(_: &mut AnyConn, _: Id, _: chrono::NaiveDate) -> Result<Vec<Id>> {
    Ok(vec![])
}
