//! Education aid: what can be had, draft, papers, check, submit, undo, submit again, correction of two items, village, town
//! and county, public notice, one payment batch, paid, rated.

use serde_json::{Value, json};

use super::walker::{Stop, Walker, text};

const DAY_MS: i64 = 86_400_000;

pub async fn walk(w: &mut Walker) -> Result<(), Stop> {
    w.say("林小雨用微信登录：我是谁，可以申请什么，不能申请的为什么");
    let lin = w.resident("lin-xiaoyu").await?;
    let person = text(&w.get(&lin, "/me").await?, "/links/0/person")?;
    let offers = w.get(&lin, &format!("/me/offers?person_id={person}")).await?;
    let student =
        |o: &&Value| o.pointer("/service/value") == Some(&json!("education_aid")) && o.get("possible") == Some(&json!(true));
    if offers.as_array().and_then(|all| all.iter().find(student)).is_none() {
        return Err(Stop("林小雨今年不能再申请（可能已经走过一遍）。想重来，请用 zhucan demo --data 另一个空文件夹。".into()));
    }
    let seasons = w.get(&lin, "/education-aid/seasons?county=990101000000").await?;
    let season = text(&seasons, "/items/0/id")?;

    w.say("开始填写。已经知道的都预先填好");
    let draft =
        w.post(&lin, "/education-aid/drafts", json!({ "person_id": person, "kind": "student", "season_id": season })).await?;
    let case = text(&draft, "/summary/id")?;
    w.get(&lin, &format!("/education-aid/cases/{case}/prefill")).await?;
    let year: i32 = text(&w.get(&lin, "/bootstrap").await?, "/now")?.get(..4).and_then(|y| y.parse().ok()).unwrap_or(2026);
    let sections = format!("/education-aid/cases/{case}/sections");
    let body = json!({ "version": 0, "school": "示例大学", "stage": "undergraduate", "enrolled_year": year - 2 });
    w.put(&lin, &format!("{sections}/student"), body).await?;
    let body = json!({ "version": 0, "other_government_aid": false, "commitment": true });
    w.put(&lin, &format!("{sections}/family"), body).await?;
    let body =
        json!({ "version": 0, "holder": "self", "card_number": "6217000010001234567", "bank": "示例农村商业银行宋疃支行" });
    w.put(&lin, &format!("{sections}/account"), body).await?;

    w.say("不提交，先检查还缺什么；再上传材料");
    w.get(&lin, &format!("/cases/{case}/check")).await?;
    for (material, alt) in [
        ("student_id_card", "身份证正面"),
        ("household_register", "户口簿本人页"),
        ("disability_certificate", "残疾人证"),
        ("enrolment_proof", "在读证明"),
        ("bank_card", "银行卡"),
    ] {
        w.upload(&lin, &case, material, alt).await?;
    }
    w.get(&lin, &format!("/cases/{case}/check")).await?;

    w.say("提交，十分钟内取消，再提交一次");
    submit(w, &lin, &case).await?;
    let version = w.version(&lin, &case).await?;
    w.post(&lin, &format!("/cases/{case}/actions/undo"), json!({ "version": version })).await?;
    submit(w, &lin, &case).await?;
    w.later(11 * 60_000, "十一分钟以后，村里可以办理了").await?;

    w.say("村专职委员：领取下一件，看过后受理，报送镇残联");
    let village = w.worker("village").await?;
    w.post(&village, "/staff/queue/actions/next", json!({ "service": "education_aid" })).await?;
    w.decide(&village, &case, "accept").await?;
    w.decide(&village, &case, "forward").await?;

    w.say("镇残联：两处要补正，一次全部告知");
    let town = w.worker("town").await?;
    let version = w.staff_version(&town, &case).await?;
    let items = json!([
        { "target": "material:household_register", "reason": "unclear", "note": "请拍清楚户主页。" },
        { "target": "section:student", "reason": "mismatch", "note": "学校请写全称。" },
    ]);
    let body = json!({ "version": version, "items": items });
    w.post(&town, &format!("/staff/cases/{case}/actions/request-correction"), body).await?;

    w.say("林小雨：只改这两处，补正提交");
    w.get(&lin, "/me/notices?unread=true").await?;
    w.upload(&lin, &case, "household_register", "户口簿户主页，重新拍的").await?;
    let body = json!({ "version": 1, "school": "示例大学信息学院", "stage": "undergraduate", "enrolled_year": year - 2 });
    w.put(&lin, &format!("{sections}/student"), body).await?;
    let version = w.version(&lin, &case).await?;
    w.post(&lin, &format!("/cases/{case}/actions/resubmit"), json!({ "version": version })).await?;

    w.say("镇残联报送，县残联批准；开始公示五个工作日，姓名遮盖");
    w.decide(&town, &case, "forward").await?;
    let county = w.worker("county").await?;
    w.decide(&county, &case, "approve").await?;
    w.get(&lin, "/public/notice-board?county=990101000000").await?;
    w.later(12 * DAY_MS, "公示期满").await?;
    let lin = w.resident("lin-xiaoyu").await?;
    w.settled(&lin, &case, "approved").await?;

    w.say("县残联财务：建一个发放批次，导出银行文件，登记银行结果");
    let finance = w.worker("finance").await?;
    let batch = w.post(&finance, "/staff/education-aid/batches", json!({ "season_id": season })).await?;
    let id = text(&batch, "/batch/id")?;
    let version = batch.pointer("/batch/version").cloned().unwrap_or_default();
    let exported =
        w.post(&finance, &format!("/staff/education-aid/batches/{id}/actions/export"), json!({ "version": version })).await?;
    let version = exported.pointer("/batch/version").cloned().unwrap_or_default();
    // Whoever else was to be paid is in the batch too.
    let lines = batch.get("lines").and_then(Value::as_array).cloned().unwrap_or_default();
    let paid: Vec<Value> = lines.iter().map(|l| json!({ "line_no": l.get("line_no"), "result": "paid" })).collect();
    w.post(&finance, &format!("/staff/education-aid/batches/{id}/actions/book"), json!({ "version": version, "lines": paid }))
        .await?;

    w.say("林小雨：钱到了，事项办结，评价一次");
    w.later(60_000, "一分钟以后").await?;
    w.get(&lin, &format!("/cases/{case}")).await?;
    let version = w.version(&lin, &case).await?;
    w.post(&lin, &format!("/cases/{case}/actions/rate"), json!({ "version": version, "grade": "very_good" })).await?;
    w.say("教育救助走完了。");
    Ok(())
}

async fn submit(w: &Walker, who: &super::walker::Hand, case: &str) -> Result<(), Stop> {
    let version = w.version(who, case).await?;
    let body = json!({ "version": version, "consent": "2026-11" });
    w.post(who, &format!("/cases/{case}/actions/submit"), body).await.map(drop)
}
