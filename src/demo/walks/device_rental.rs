//! Device rental, by a guardian for her child: what is free where, reserve, pickup code, hand-out, extension, damage report,
//! return, inspection, disinfection, available again.

use serde_json::{Value, json};

use super::walker::{Stop, Walker, text};

pub async fn walk(w: &mut Walker) -> Result<(), Stop> {
    w.say("陈秀英用微信登录，为女儿借轮椅：哪个网点现在有");
    let chen = w.resident("chen-xiuying").await?;
    let me = w.get(&chen, "/me").await?;
    let links = me.get("links").and_then(Value::as_array).cloned().unwrap_or_default();
    let child = links.iter().find(|l| l.pointer("/relation/value") == Some(&json!("child")));
    let child = text(child.unwrap_or(&Value::Null), "/person")?;
    let points = w.get(&chen, "/device-rental/points?county=990101000000").await?;
    let free = w.get(&chen, "/device-rental/availability?county=990101000000").await?;
    let all = free.as_array().cloned().unwrap_or_default();
    let wheelchair = all.iter().find(|f| f.get("model_kind") == Some(&json!("wheelchair")) || f.to_string().contains("轮椅"));
    let wheelchair = wheelchair.ok_or_else(|| Stop("目录里没有轮椅。".into()))?;
    let point = text(wheelchair, "/point_id")?;
    let model = text(wheelchair, "/model_id")?;
    drop(points);

    w.say("预约：选网点、选日子、留电话，提交就是预约成功");
    let draft = w.post(&chen, "/device-rental/drafts", json!({ "person_id": child })).await?;
    let case = text(&draft, "/summary/id")?;
    let today = text(&w.get(&chen, "/bootstrap").await?, "/now")?.get(..10).unwrap_or_default().to_owned();
    let sections = format!("/device-rental/cases/{case}/sections");
    let body = json!({ "version": 0, "point_id": point, "model_id": model, "pickup_on": today });
    w.put(&chen, &format!("{sections}/choice"), body).await?;
    let body = json!({ "version": 0, "name": "陈秀英", "phone": "13800000002", "delivery": "pickup" });
    w.put(&chen, &format!("{sections}/contact"), body).await?;
    w.get(&chen, &format!("/cases/{case}/check")).await?;
    let version = w.version(&chen, &case).await?;
    let body = json!({ "version": version, "consent": "2026-11" });
    w.post(&chen, &format!("/cases/{case}/actions/submit"), body).await?;
    let rental = w.get(&chen, &format!("/device-rental/cases/{case}")).await?;
    let code = text(&rental, "/loan/pickup_code")?;

    w.say("网点管理员：看预约，核对取件码，交出一辆轮椅（这时才确定是哪一辆）");
    let keeper = w.worker("keeper").await?;
    w.get(&keeper, "/staff/device-rental/loans").await?;
    let units = w.get(&keeper, "/staff/device-rental/units?state=available&limit=100").await?;
    let of_model = |u: &&Value| u.get("model_id") == Some(&json!(model));
    let unit = units.get("items").and_then(Value::as_array).and_then(|all| all.iter().find(of_model)).cloned();
    let unit = unit.ok_or_else(|| Stop("网点没有可以交出的轮椅。".into()))?;
    let tag = text(&unit, "/asset_tag")?;
    let unit_id = text(&unit, "/id")?;
    let loan =
        w.post(&keeper, "/staff/device-rental/loans/actions/hand-out", json!({ "pickup_code": code, "asset_tag": tag })).await?;
    let loan = text(&loan, "/id")?;

    w.say("陈秀英：续借一次；刹车松了，报告一下");
    let version = w.version(&chen, &case).await?;
    w.post(&chen, &format!("/device-rental/cases/{case}/extension"), json!({ "version": version })).await?;
    let version = w.version(&chen, &case).await?;
    let body = json!({ "version": version, "kind": "damaged", "text": "左边的刹车松了。" });
    w.post(&chen, &format!("/device-rental/cases/{case}/damage-reports"), body).await?;

    w.say("归还，检查，消毒：两项都签字以后才能再借给别人");
    let version = w.version(&chen, &case).await?;
    let body = json!({ "version": version, "condition": "worn", "asset_tag": tag });
    w.post(&keeper, &format!("/staff/device-rental/loans/{loan}/actions/return"), body).await?;
    let version = unit_version(w, &keeper, &unit_id).await?;
    let inspect = format!("/staff/device-rental/units/{unit_id}/actions/inspect");
    w.post(&keeper, &inspect, json!({ "version": version, "passed": true })).await?;
    let version = unit_version(w, &keeper, &unit_id).await?;
    w.post(&keeper, &format!("/staff/device-rental/units/{unit_id}/actions/disinfect"), json!({ "version": version })).await?;
    w.get(&chen, "/device-rental/availability?county=990101000000").await?;
    w.get(&chen, &format!("/cases/{case}")).await?;
    w.say("辅具租赁走完了。");
    Ok(())
}

async fn unit_version(w: &Walker, keeper: &super::walker::Hand, unit: &str) -> Result<Value, Stop> {
    let units = w.get(keeper, "/staff/device-rental/units?limit=100").await?;
    let all = units.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let found = all.iter().find(|u| u.get("id") == Some(&json!(unit))).and_then(|u| u.get("version")).cloned();
    found.ok_or_else(|| Stop("找不到这件辅具。".into()))
}
