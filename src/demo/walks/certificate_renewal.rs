//! Certificate renewal: my card, the window, a prefilled draft, photo, town and county, card made, handed out, register.

use serde_json::{Value, json};

use super::walker::{Stop, Walker, text};

pub async fn walk(w: &mut Walker) -> Result<(), Stop> {
    w.say("赵铁柱用微信登录，看自己的残疾人证：什么时候到期，能不能换证，要不要重新评定");
    let zhao = w.resident("zhao-tiezhu").await?;
    let me = w.get(&zhao, "/me").await?;
    let person = text(&me, "/links/0/person")?;
    w.get(&zhao, "/me/certificates").await?;
    let offers = w.get(&zhao, &format!("/me/offers?person_id={person}")).await?;
    let renewal = |o: &&Value| o.pointer("/kind/value") == Some(&json!("renewal"));
    let offered = offers.as_array().and_then(|all| all.iter().find(renewal));
    if offered.and_then(|o| o.get("possible")) != Some(&json!(true)) {
        return Err(Stop("赵铁柱现在不能换证（可能已经走过一遍）。想重来，请用 zhucan demo --data 另一个空文件夹。".into()));
    }

    w.say("开始换证。表格已经预先填好，他只要确认");
    let draft = w.post(&zhao, "/certificate/drafts", json!({ "person_id": person, "kind": "renewal" })).await?;
    let case = text(&draft, "/summary/id")?;
    w.get(&zhao, &format!("/certificate/cases/{case}/sections/holder")).await?;
    w.put(&zhao, &format!("/certificate/cases/{case}/sections/holder"), json!({ "version": 0, "changed_condition": false }))
        .await?;
    let delivery = json!({ "version": 0, "way": "pickup", "place": "county" });
    w.put(&zhao, &format!("/certificate/cases/{case}/sections/delivery"), delivery).await?;

    w.say("上传材料和照片；上传前检查一遍还缺什么");
    w.get(&zhao, &format!("/cases/{case}/check")).await?;
    for (material, alt) in [
        ("id_card", "身份证正面"),
        ("household_register", "户口簿本人页"),
        ("photo", "两寸白底照片"),
        ("old_certificate", "原残疾人证"),
    ] {
        w.upload(&zhao, &case, material, alt).await?;
    }

    w.say("提交；十分钟内可以取消");
    let version = w.version(&zhao, &case).await?;
    let body = json!({ "version": version, "consent": "2026-11" });
    w.post(&zhao, &format!("/cases/{case}/actions/submit"), body).await?;
    w.later(11 * 60_000, "十一分钟以后，镇残联可以办理了").await?;

    w.say("镇残联：看待办、领取下一件、受理、报送县残联");
    let town = w.worker("town").await?;
    w.get(&town, "/staff/queue/counts").await?;
    w.get(&town, "/staff/queue?service=certificate").await?;
    w.decide(&town, &case, "accept").await?;
    w.decide(&town, &case, "forward").await?;

    w.say("县残联：批准、制证、在窗口发放");
    let county = w.worker("county").await?;
    w.decide(&county, &case, "approve").await?;
    let version = w.staff_version(&county, &case).await?;
    w.post(&county, &format!("/staff/certificate/cases/{case}/actions/make-card"), json!({ "version": version })).await?;
    let version = w.staff_version(&county, &case).await?;
    let body = json!({ "version": version, "receiver": "赵铁柱" });
    w.post(&county, &format!("/staff/certificate/cases/{case}/actions/hand-out"), body).await?;

    w.say("赵铁柱：办结了。新证从今天起有效十年，原证已经换发作废；评价一次");
    w.get(&zhao, &format!("/cases/{case}")).await?;
    w.get(&zhao, "/me/certificates").await?;
    let version = w.version(&zhao, &case).await?;
    w.post(&zhao, &format!("/cases/{case}/actions/rate"), json!({ "version": version, "grade": "very_good" })).await?;
    w.get(&zhao, "/me/notices").await?;
    w.say("残疾人证换证走完了。");
    Ok(())
}
