//! Consent to handling personal data: which text, for what, when; asked for before anything is submitted.

use diesel::prelude::*;

use crate::office::cases::record::actor::Actor;
use crate::office::cases::service::Office;
use crate::platform::db::AnyConn;
use crate::platform::error::{Error, Result};
use crate::platform::id::Id;
use crate::rules::coded::coded_enum;

crate::codes! { CONSENT;
    NEEDED = 13001, 403, "提交前需要您同意个人信息处理说明，请阅读后勾选同意。", "Send consent with the version that bootstrap names.";
    CHANGED = 13002, 403, "个人信息处理说明已经更新，请重新阅读并同意。", "The text has a new version; show it and send that version.";
}

diesel::table! {
    consents (id) {
        id -> Binary,
        account_id -> Binary,
        person_id -> Nullable<Binary>,
        purpose -> Text,
        text_version -> Text,
        given_at -> BigInt,
        withdrawn_at -> Nullable<BigInt>,
    }
}

coded_enum! {
    /// What personal data is handled for.
    pub enum Purpose as "ConsentPurpose" {
        Submit = "submit", "提交申请时处理个人信息";
    }
}

crate::text_columns!(Purpose);

/// The privacy text in force.
pub const TEXT_VERSION: &str = "2026-11";

/// Refuses any other text than the one in force. Errors: 13001 no consent, 13002 another version.
pub fn of_text(version: Option<&str>) -> Result<()> {
    match version {
        None | Some("") => Err(Error::new(&NEEDED)),
        Some(TEXT_VERSION) => Ok(()),
        Some(_) => Err(Error::new(&CHANGED)),
    }
}

/// Records the consent of an applicant's account. The consent that an officer obtained is stored with the mandate, so that
/// only the version of the text is checked then. Errors: 13001 no consent, 13002 another version.
pub fn record(c: &mut AnyConn, office: &Office, who: &Actor, person: Id, version: Option<&str>) -> Result<()> {
    of_text(version)?;
    let Actor::Applicant(account) = who else { return Ok(()) };
    use consents::dsl as k;
    let row = (
        k::id.eq(Id::at(office.now)),
        k::account_id.eq(*account),
        k::person_id.eq(person),
        k::purpose.eq(Purpose::Submit),
        k::text_version.eq(TEXT_VERSION),
        k::given_at.eq(office.now),
    );
    diesel::insert_into(k::consents).values(row).execute(c)?;
    Ok(())
}

/// The version that an account agreed to last, `Some(None)` when it never did; `None` when it agreed to the text in force.
pub fn pending(c: &mut AnyConn, account: Id) -> Result<Option<Option<String>>> {
    use consents::dsl as k;
    let given = k::consents.filter(k::account_id.eq(account).and(k::purpose.eq(Purpose::Submit)).and(k::withdrawn_at.is_null()));
    let current: i64 = given.filter(k::text_version.eq(TEXT_VERSION)).count().get_result(c)?;
    if current > 0 {
        return Ok(None);
    }
    let last = given.select(k::text_version).order((k::given_at.desc(), k::id.desc())).limit(1);
    Ok(Some(last.get_result(c).optional()?))
}
