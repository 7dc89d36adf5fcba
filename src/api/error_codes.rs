//! The table of all error codes, as front-end developers read it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::office::accounts::faults;
use crate::office::administration::codes as administration_codes;
use crate::office::announcements::store::ANNOUNCEMENTS;
use crate::office::cases::access::consents;
use crate::office::cases::filing::paper_files;
use crate::office::cases::record::codes;
use crate::office::cases::service::Services;
use crate::office::frame::Call;
use crate::office::people::codes as people_codes;
use crate::office::tickets::codes as ticket_codes;
use crate::operations;
use crate::platform::chinese;
use crate::platform::code::{Code, PLATFORM};
use crate::platform::http::{Answer, Operations, Public};

/// The lists of all floors.
static LISTS: &[&[&Code]] = &[
    PLATFORM,
    faults::ACCOUNTS,
    codes::CASES,
    consents::CONSENT,
    paper_files::FILES,
    people_codes::PEOPLE,
    ticket_codes::TICKETS,
    ANNOUNCEMENTS,
    administration_codes::ADMINISTRATION,
];

/// All codes of the office and of these services, in ascending order.
pub fn all(services: &Services) -> Vec<&'static Code> {
    let mut all: Vec<&'static Code> = LISTS.iter().flat_map(|list| list.iter().copied()).collect();
    all.extend(services.all().flat_map(|service| service.codes().iter().copied()));
    all.sort_by_key(|code| code.number);
    all
}

/// One stable code.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ErrorCode {
    /// The `errcode` of an answer.
    #[schema(example = 10002)]
    code: u32,
    /// The HTTP status that comes with it.
    #[schema(example = 422)]
    status: u16,
    /// The sentence that a person reads.
    #[schema(example = "有几处内容需要修改，请按提示改好后再提交。")]
    sentence: String,
    /// The way out for a front-end developer.
    #[schema(example = "details 指出每个字段、原因和办法。")]
    remedy: String,
    /// The same in English.
    #[schema(example = "details name each field, the reason and a suggestion.")]
    remedy_en: String,
}

/// The whole table.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ErrorCodes {
    items: Vec<ErrorCode>,
}

#[utoipa::path(get, path = "/public/error-codes", tag = "public", operation_id = "listErrorCodes", summary = "错误码一览",
    description = "列出全部错误码：五位编号、对应的 HTTP 状态、给用户看的一句话、给开发者的处理办法。编号一经发布不再改变含义。",
    responses((status = 200, description = "全部错误码，按编号排列")))]
async fn list_error_codes(call: Call) -> Public<ErrorCodes> {
    let item = |c: &Code| ErrorCode {
        code: c.number,
        status: c.status,
        sentence: c.sentence.into(),
        remedy: chinese::of(c.remedy).unwrap_or(c.remedy).into(),
        remedy_en: c.remedy.into(),
    };
    Answer::ok(ErrorCodes { items: all(&call.office.services).into_iter().map(item).collect() }).public()
}

pub fn routes(to: &mut Operations) {
    operations!(to; list_error_codes);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn each_code_means_one_thing_and_tells_a_way_out_in_plain_chinese() {
        let all = all(&crate::services::all());
        for pair in all.windows(2) {
            assert!(pair[0].number < pair[1].number, "{} is declared twice", pair[0].number);
        }
        for code in all {
            assert!((10_000..100_000).contains(&code.number), "{}", code.number);
            assert!((400..600).contains(&code.status), "{}", code.number);
            let length = code.sentence.chars().count();
            assert!((6..=60).contains(&length) && code.sentence.ends_with('。'), "{} {}", code.number, code.sentence);
            assert!(chinese::of(code.remedy).is_some(), "no Chinese in assets/contract/chinese.tsv: {}", code.remedy);
        }
    }
}
