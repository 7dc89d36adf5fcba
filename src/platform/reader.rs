//! Words the sentences of an answer for its reader: an answer to a worker does not say "go to the window".

use std::borrow::Cow;
use std::cell::Cell;
use std::future::Future;

use serde::Serializer;

tokio::task_local! {
    static AT_WORK: Cell<bool>;
}

/// What residents are told to do, and what a worker can do about the same. Sentences are written for residents; in an
/// answer to a worker these parts of them are replaced.
const WORDS: &[(&str, &str)] = &[
    ("请到窗口由工作人员录入", "请从电子证照中复制这个字，仍不行请联系系统管理员"),
    ("请到窗口由工作人员核对", "请核对证件原件，仍不行请联系系统管理员"),
    ("急用可以到窗口办理", "急用可以先收下纸质材料，稍后再上传"),
    ("，或到窗口办理。", "；您在窗口代办的，先登记监护人的同意。"),
    ("请到县（区）残联窗口咨询办理", "请按线下流程办理"),
    ("请到县（区）残联窗口办理", "请按线下流程办理"),
    ("有疑问请到窗口查询", "有疑问请查询名册"),
    ("不方便拍照的，可以到窗口办理或者请工作人员上门", "申请人不方便拍照的，可以当面代拍"),
    ("您可以到窗口咨询或者反映问题", "可以登记为群众反映"),
    ("证件有效的，请到窗口核对", "证件有效的，请核对名册"),
    ("请回户籍所在地的县（区）残联窗口办理", "请告诉申请人回户籍所在地的县（区）残联办理"),
    ("如有疑问请拨打残联电话或到窗口询问", "如有疑问请联系系统管理员"),
    ("请换一个或到窗口登记", "请换一个"),
    ("您的身份已经核实，如需更改请到窗口办理", "这位居民的身份已经核实，需要更改的请联系系统管理员"),
    ("请拨打残联电话或到窗口办理", "请联系系统管理员"),
    ("请用微信登录，或到窗口办理", "请联系系统管理员"),
    ("如一直不行请联系残联", "如一直不行请联系系统管理员"),
    ("还不行请联系残联", "还不行请联系系统管理员"),
    ("不是您填写的问题", "不是您录入的问题"),
];

/// Answers a request; `worker` when its path alone says that a worker makes it.
pub async fn answering<F: Future>(worker: bool, work: F) -> F::Output {
    AT_WORK.scope(Cell::new(worker), work).await
}

/// The guard saw that a worker makes the request.
pub fn is_a_worker() {
    // Outside a request there is no reader.
    let _ = AT_WORK.try_with(|at_work| at_work.set(true));
}

/// The sentence for whoever made the request.
pub fn told(sentence: &str) -> Cow<'_, str> {
    if !AT_WORK.try_with(Cell::get).unwrap_or(false) {
        return Cow::Borrowed(sentence);
    }
    let words = WORDS.iter().filter(|(from, _)| sentence.contains(from));
    words.fold(Cow::Borrowed(sentence), |text, (from, to)| Cow::Owned(text.replace(from, to)))
}

/// For `serialize_with` of a sentence.
///
/// # Errors
/// Those of the serializer.
pub fn sentence<S: Serializer>(text: &str, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&told(text))
}

/// The same for a list of sentences.
///
/// # Errors
/// Those of the serializer.
pub fn sentences<S: Serializer>(texts: &[String], s: S) -> Result<S::Ok, S::Error> {
    s.collect_seq(texts.iter().map(|text| told(text)))
}
