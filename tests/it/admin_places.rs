//! Areas, working days, desks and the words of notices, as the administrator keeps them.

use serde_json::{Value, json};
use uuid::Uuid;
use zhucan::rules::lifecycle::Role;

use crate::world::World;
use crate::world::client::Call;
use crate::world::people::COUNTY;
use crate::world::renewal::Applicant;

stories![
    a_list_of_areas_is_shown_before_it_is_imported,
    working_days_are_imported_by_who_has_the_whole_installation,
    an_imported_day_off_moves_the_limits_of_running_cases,
    a_file_that_is_too_large_is_refused,
    desks_that_nobody_serves_come_first,
    a_county_has_its_own_words_for_notices,
];

const AREAS: &str = "/api/v1/staff/admin/areas";
const CALENDARS: &str = "/api/v1/staff/admin/calendars";
const HEAD: &str = "code,level,parent,name,valid_from,valid_to\n";

fn csv(w: &World, path: &str, token: &str, text: &str) -> Call {
    w.post(path).token(token).raw("text/csv", text.as_bytes().to_vec())
}

async fn province(w: &World) -> String {
    w.worker_who_is(&[Role::Administrator], "990000000000", None).await
}

async fn a_list_of_areas_is_shown_before_it_is_imported(world: World) {
    let w = &world;
    let admin = w.worker(&[Role::Administrator]).await;
    let preview = format!("{AREAS}/preview");
    let import = format!("{AREAS}/import");
    let list = format!(
        "{HEAD}990101000000,county,990100000000,甲区,2020-01-01,\n990101100000,town,990101000000,宋疃新镇,2020-01-01,\n\
         990101100999,village,990101100000,新村,2026-01-01,\n"
    );
    let names = async || {
        let path = "/api/v1/public/areas?parent=990101000000";
        let all = w.get(path).send().await.data(200);
        all.as_array().unwrap().iter().map(|a| a["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let shown = csv(w, &preview, &admin, &list).send().await.data(200);
    assert_eq!((&shown["lines"], &shown["added"], &shown["changed"]), (&json!(3), &json!(1), &json!(1)));
    assert_eq!((&shown["changes"][0]["name_before"], &shown["changes"][0]["name"]), (&json!("宋疃镇"), &json!("宋疃新镇")));
    assert!(names().await.contains(&"宋疃镇".to_owned()), "a preview changes nothing");
    let key = Uuid::new_v4();
    let done = csv(w, &import, &admin, &list).key(key).send().await.data(200);
    assert_eq!(done, shown);
    assert_eq!(csv(w, &import, &admin, &list).key(key).send().await.data(200), shown);
    assert!(names().await.contains(&"宋疃新镇".to_owned()));
    assert_eq!(csv(w, &preview, &admin, &list).send().await.data(200)["changes"], json!([]));

    // What lies elsewhere is not changed; every fault is told, and then nothing is imported.
    let elsewhere = format!("{HEAD}990102000000,county,990100000000,乙区,2020-01-01,\n");
    let refused = csv(w, &import, &admin, &elsewhere).send().await.refused(422, 10002);
    assert_eq!(refused.json["details"][0]["code"], "areas_elsewhere");
    csv(w, &import, &province(w).await, &elsewhere).send().await.data(200);
    let faulty =
        format!("{HEAD}990101100998,town,990101100000,错村,2026-01-01,\n990101100997,village,990101100000,,2026-01-01,\n");
    for path in [&preview, &import] {
        let refused = csv(w, path, &admin, &faulty).send().await.refused(422, 10002);
        assert_eq!(refused.json["details"].as_array().unwrap().len(), 2);
    }
    let gbk = w.post(&preview).token(&admin).raw("text/csv", vec![0xBC, 0xD7]).send().await.refused(422, 10002);
    assert_eq!(gbk.json["details"][0]["code"], "not_utf8");
    let auditor = w.worker(&[Role::Auditor]).await;
    let events = w.get("/api/v1/staff/audit/admin-events?action=areas_imported").token(&auditor).send().await.data(200);
    assert_eq!(events["items"][0]["after"], "新增 1，修改 1");
}

const NOTICE_2027: &str = "# 国务院办公厅关于2027年部分节假日安排的通知（测试用）\ndate,working,name\n2027-01-01,false,元旦\n2027-01-03,true,元旦调休上班\n";

async fn working_days_are_imported_by_who_has_the_whole_installation(world: World) {
    let w = &world;
    let county = w.worker(&[Role::Administrator]).await;
    let admin = province(w).await;
    let preview = format!("{CALENDARS}/preview");
    let import = format!("{CALENDARS}/import");
    for path in [&preview, &import] {
        csv(w, path, &county, NOTICE_2027).send().await.refused(403, 27004);
        let faulty = NOTICE_2027.replace("true", "maybe");
        csv(w, path, &admin, &faulty).send().await.refused(422, 10002);
    }
    let on_record = async || w.get(CALENDARS).token(&county).send().await.data(200);
    let before = on_record().await;
    assert!(before["warning"].as_str().unwrap().starts_with("2027 年"), "{before}");
    let shown = csv(w, &preview, &admin, NOTICE_2027).send().await.data(200);
    assert_eq!((&shown["years"], shown["set"].as_array().unwrap().len(), &shown["removed"]), (&json!([2027]), 2, &json!([])));
    assert_eq!(on_record().await, before, "a preview changes nothing");
    csv(w, &import, &admin, NOTICE_2027).send().await.data(200);
    let after = on_record().await;
    assert_eq!(
        (&after["warning"], after["years"].as_array().unwrap().len()),
        (&json!(null), before["years"].as_array().unwrap().len() + 1)
    );

    // A corrected notice: one day differs, one is gone.
    let corrected = NOTICE_2027.replace("2027-01-03,true,元旦调休上班\n", "").replace("元旦", "元旦节");
    let shown = csv(w, &preview, &admin, &corrected).send().await.data(200);
    assert_eq!((&shown["set"][0]["name"], &shown["removed"][0]["date"]), (&json!("元旦节"), &json!("2027-01-03")));
    csv(w, &import, &admin, &corrected).send().await.data(200);
    let year = w.get("/api/v1/public/calendar?year=2027").send().await.data(200);
    assert_eq!((year["days"].as_array().unwrap().len(), &year["loaded"]), (1, &json!(true)));
    let auditor = w.worker(&[Role::Auditor]).await;
    let events = w.get("/api/v1/staff/audit/admin-events?action=calendar_imported").token(&auditor).send().await.data(200);
    assert_eq!((&events["items"][0]["area"], &events["items"][0]["target"]), (&json!(null), &json!("2027")));
}

async fn an_imported_day_off_moves_the_limits_of_running_cases(world: World) {
    let w = &world;
    let zhao = Applicant::zhao(w).await;
    let admin = province(w).await;
    let case = zhao.submitted("renewal").await;
    assert_eq!(zhao.view(&case).await["summary"]["due_on"], "2026-03-17");
    let notice = concat!(include_str!("../../assets/calendars/2026.csv"), "2026-03-16,false,测试放假\n");
    let shown = csv(w, &format!("{CALENDARS}/preview"), &admin, notice).send().await.data(200);
    assert_eq!((shown["set"].as_array().unwrap().len(), &shown["removed"]), (1, &json!([])));
    csv(w, &format!("{CALENDARS}/import"), &admin, notice).send().await.data(200);
    w.work().await;
    assert_eq!(zhao.view(&case).await["summary"]["due_on"], "2026-03-18");
    w.history_is_whole().await;
}

async fn a_file_that_is_too_large_is_refused(world: World) {
    let w = &world;
    let admin = province(w).await;
    let large = "x".repeat(513 * 1024);
    for path in
        [format!("{AREAS}/preview"), format!("{AREAS}/import"), format!("{CALENDARS}/preview"), format!("{CALENDARS}/import")]
    {
        csv(w, &path, &admin, &large).send().await.refused(413, 10004);
    }
}

async fn desks_of(w: &World, token: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/staff/admin/desks?county={COUNTY}&limit=7{cursor}");
        let page = w.get(&path).token(token).send().await.data(200);
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

async fn desks_that_nobody_serves_come_first(world: World) {
    let w = &world;
    let admin = w.worker(&[Role::Administrator]).await;
    let served = |all: &[Value], desk: &str, area: &str| {
        let found = all.iter().find(|d| d["desk"]["value"] == desk && d["area"] == area);
        found.unwrap_or_else(|| panic!("no {desk} {area}"))["workers"].as_u64().unwrap()
    };
    let all = desks_of(w, &admin).await;
    let counts: Vec<bool> = all.iter().map(|d| d["workers"].as_u64().unwrap() > 0).collect();
    assert!(counts.is_sorted() && counts.contains(&true) && counts.contains(&false), "{counts:?}");
    assert_eq!((served(&all, "town", "990101100000"), served(&all, "town", "990101001000")), (1, 0));
    assert_eq!((served(&all, "county", COUNTY), served(&all, "finance", COUNTY)), (1, 1));

    // An officer of the whole county serves every town of it, and one who is banned serves none.
    w.worker(&[Role::TownOfficer]).await;
    let list = w.get("/api/v1/staff/admin/workers?role=town_officer&area=990101100000").token(&admin).send().await.data(200);
    let ban = format!("/api/v1/staff/admin/workers/{}/actions/ban", list["items"][0]["id"].as_str().unwrap());
    let seen = json!({ "version": list["items"][0]["version"] });
    w.post(&ban).token(&admin).json(&seen).send().await.data(200);
    let all = desks_of(w, &admin).await;
    assert_eq!((served(&all, "town", "990101100000"), served(&all, "town", "990101001000")), (1, 1));
    let other = w.worker_who_is(&[Role::Administrator], "990102000000", None).await;
    w.get(&format!("/api/v1/staff/admin/desks?county={COUNTY}")).token(&other).send().await.refused(404, 10006);
}

async fn a_county_has_its_own_words_for_notices(world: World) {
    let w = &world;
    let admin = w.worker(&[Role::Administrator]).await;
    let other = w.worker_who_is(&[Role::Administrator], "990102000000", None).await;
    let templates = format!("/api/v1/staff/admin/notice-templates?county={COUNTY}");
    let list = w.get(&templates).token(&admin).send().await.data(200);
    let submitted = list.as_array().unwrap().iter().find(|t| t["event"]["value"] == "submitted").unwrap();
    assert_eq!((&submitted["version"], &submitted["title"]), (&json!(0), &json!("{service}：已提交")));
    let change = |token: &str, event: &str, version: i64, title: &str, body: &str| {
        let words = json!({ "county": COUNTY, "version": version, "title": title, "body": body });
        w.put(&format!("/api/v1/staff/admin/notice-templates/{event}")).token(token).json(&words)
    };
    let body = "您的{service}申请收到了。请在{day}前不用做什么。";
    let changed = change(&admin, "submitted", 0, "收到：{service}", body).send().await.data(200);
    assert_eq!((&changed["version"], &changed["shipped_title"]), (&json!(1), &submitted["title"]));
    change(&admin, "submitted", 0, "收到", "收到了。").send().await.refused(409, 10030);
    for (title, body) in
        [("{name}", "收到了。"), ("收到", "证号{id_number}。"), ("{day}", "收到了。"), ("收到", "请在{day}前办理。")]
    {
        change(&admin, "submitted", 1, title, body).send().await.refused(422, 10002);
    }
    change(&admin, "none-such", 0, "收到", "收到了。").send().await.refused(404, 10006);
    change(&other, "submitted", 1, "收到", "收到了。").send().await.refused(404, 10006);
    w.get(&templates).token(&other).send().await.refused(404, 10006);

    let zhao = Applicant::zhao(w).await;
    zhao.submitted("renewal").await;
    w.work().await;
    let notices = zhao.get("/api/v1/me/notices").await;
    let notice = &notices["items"][0];
    assert_eq!(
        (notice["title"].as_str().unwrap(), notice["body"].as_str().unwrap()),
        ("收到：残疾人证", "您的残疾人证申请收到了。请在3月17日前不用做什么。")
    );
    let back = change(&admin, "submitted", 1, submitted["title"].as_str().unwrap(), submitted["body"].as_str().unwrap());
    assert_eq!(back.send().await.data(200)["version"], 2);
    let auditor = w.worker(&[Role::Auditor]).await;
    let events = w.get("/api/v1/staff/audit/admin-events?action=notice_words_changed").token(&auditor).send().await.data(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 2);
}
