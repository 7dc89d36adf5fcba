//! Stable five-digit codes: one constant a fault, with its HTTP status, its sentence for the person and the way out.

/// A fault that the contract names. Each floor declares its own beside the code that raises them.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    pub number: u32,
    pub status: u16,
    /// What happened and what to do next, one plain Chinese sentence.
    pub sentence: &'static str,
    /// The way out for a front-end developer, in English.
    pub remedy: &'static str,
}

/// Declares codes and the list of them.
#[macro_export]
macro_rules! codes {
    ($list:ident; $($name:ident = $number:literal, $status:literal, $sentence:literal, $remedy:literal;)+) => {
        $(#[doc = $remedy] pub static $name: $crate::platform::code::Code = $crate::platform::code::Code {
            number: $number, status: $status, sentence: $sentence, remedy: $remedy };)+
        /// All codes of this floor.
        pub static $list: &[&$crate::platform::code::Code] = &[$(&$name,)+];
    };
}

codes! { PLATFORM;
    BAD_JSON = 10001, 400, "程序送来的内容不完整，不是您填写的问题，请更新程序后再试。", "The body is no valid JSON; details name the place.";
    INVALID = 10002, 422, "有几处内容需要修改，请按提示改好后再提交。", "details name each field, the reason and a suggestion.";
    MEDIA = 10003, 415, "程序送来的内容类型不对，不是您填写的问题，请更新程序后再试。", "Send Content-Type: application/json (uploads: multipart/form-data).";
    TOO_LARGE = 10004, 413, "提交的内容太大，请减少内容或压缩后再试。", "details name the field and its limit; those of files stand in GET /api/v1/bootstrap.";
    METHOD = 10005, 405, "程序的操作方式不对，不是您的问题，请更新程序后再试。", "The Allow header lists the methods of this path.";
    NOT_FOUND = 10006, 404, "没有找到您要的内容，请返回上一页重试。", "It does not exist, or it is not yours.";
    BAD_CURSOR = 10007, 400, "列表已经更新，请从第一页重新查看。", "Start again without cursor.";
    KEY_MISSING = 10010, 400, "程序没有送来有效的防重复标识，不是您填写的问题，请更新程序后再试。", "Send Idempotency-Key with a UUID, and keep it for retries; details say whether it is missing or malformed.";
    KEY_REUSED = 10011, 422, "这次提交与之前的内容不一致，请刷新后重新提交。", "The key was used with another body; take a new one.";
    KEY_BUSY = 10012, 409, "上一次上传还在处理，请稍等片刻再试。", "The first call with this key still runs; repeat it later.";
    RATE = 10020, 429, "操作太频繁了，请稍后再试。", "Wait for Retry-After seconds.";
    STALE = 10030, 409, "内容已经被更新，请查看最新情况后再操作。", "Read the present state in current, show it, and send its version.";
    BAD_UPLOAD = 21005, 422, "上传的内容不完整，请重新选择文件上传。", "The upload ended in the middle, or has no part named file.";
    INTERNAL = 50000, 500, "系统出了点问题，请稍后再试，如一直不行请联系残联。", "Tell the operator the request_id.";
    BUSY = 50003, 503, "现在使用的人较多，请稍后再试。", "Repeat with the same Idempotency-Key after Retry-After seconds.";
    STORAGE = 50004, 503, "系统暂时无法保存，请稍后再试，已填写的内容不会丢失。", "The disk is full or not writable; tell the operator.";
}
