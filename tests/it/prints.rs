//! Papers that the office hands out: the notice, the decisions and the file, as PDF that can be read aloud.

use diesel::prelude::*;
use lopdf::Document;
use serde_json::{Value, json};
use zhucan::rules::lifecycle::Role;

use crate::journeys::{tried, worker};
use crate::world::World;
use crate::world::client::Reply;
use crate::world::renewal::{Applicant, Case, MINUTES_11, days, picture};

stories![
    one_notice_tells_everything_and_says_the_same_when_it_is_printed_again,
    an_acceptance_and_a_refusal_are_proven_on_paper,
    a_rejection_names_the_reason_and_the_way_to_object,
    the_file_of_a_case_is_masked_unless_a_purpose_is_written_down,
    a_name_with_rare_characters_is_printed_as_it_is,
    papers_of_others_and_papers_that_are_not_there_are_not_found,
    the_form_of_each_service_can_be_printed,
];

/// The words of a PDF answer, without line ends and spaces; it must be one that a screen reader can walk through.
pub fn words(reply: &Reply) -> String {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some("application/pdf")));
    assert!(reply.header("content-disposition").unwrap().starts_with("attachment; filename=\""));
    assert!(reply.header("cache-control").unwrap().contains("no-store"));
    let document = Document::load_mem(&reply.bytes).unwrap();
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"zh-CN");
    assert!(catalog.get(b"StructTreeRoot").is_ok() && catalog.get(b"Outlines").is_ok());
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    document.extract_text(&pages).unwrap().replace(['\n', ' '], "")
}

#[track_caller]
pub fn holds(text: &str, wanted: &[&str]) {
    for one in wanted {
        assert!(text.contains(one), "{one} is not in: {text}");
    }
}

pub async fn print(world: &World, token: &str, path: &str) -> Reply {
    world.get(path).token(token).send().await
}

/// 2026-03-24 as `2026年3月24日`.
fn spoken(date: &str) -> String {
    let parts: Vec<u32> = date.split('-').map(|p| p.parse().unwrap()).collect();
    format!("{}年{}月{}日", parts[0], parts[1], parts[2])
}

async fn asked(world: &World, town: &str, case: &Case) -> Value {
    let items = json!([
        { "target": "material:photo", "reason": "unclear", "note": "请用白色背景，不戴帽子。" },
        { "target": "section:delivery", "reason": "unclear", "note": null },
    ]);
    let body = json!({ "version": case.version, "items": items });
    world.post(&case.staff("/actions/request-correction")).token(town).json(&body).send().await.data(200)
}

async fn one_notice_tells_everything_and_says_the_same_when_it_is_printed_again(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let view = asked(&world, &town, &case).await;
    let path = case.path("/corrections/1/notice");
    let due = view["summary"]["due_on"].as_str().unwrap().to_owned();
    let notice = print(&world, &zhao.token, &path).await;
    let text = words(&notice);
    let number = view["summary"]["number"].as_str().unwrap();
    holds(
        &text,
        &["一次性告知书", "赵铁柱", number, "2026年3月10日", "领证方式", "请用白色背景，不戴帽子。", "请核对后重新填写"],
    );
    holds(&text, &[&format!("请在{}", spoken(&due)), "还有下面2项", "第三十二条", "残疾人联合会", "0990-0000001"]);
    let listed = zhao.get(&case.path("/documents")).await;
    assert_eq!(
        (&listed[0]["document"]["value"], &listed[0]["path"]),
        (&json!("correction_notice"), &json!("/corrections/1/notice"))
    );
    assert_eq!(listed.as_array().unwrap().len(), 1);

    world.pass(days(1));
    zhao.sign_in_again().await;
    let materials = zhao.view(&case).await["materials"].clone();
    let photo = materials.as_array().unwrap().iter().find(|m| m["code"] == "photo").unwrap()["papers"][0]["id"].clone();
    let path_of_photo = format!("/api/v1/papers/{}", photo.as_str().unwrap());
    world.delete(&path_of_photo).token(&zhao.token).send().await.data(200);
    zhao.upload(&case, "photo", picture()).send().await.data(201);
    let delivery = json!({ "version": 1, "way": "pickup", "place": "town" });
    zhao.put(&case.certificate("/sections/delivery"), &delivery).send().await.data(200);
    let open = Case::of(&zhao.view(&case).await);
    zhao.act(&open, "resubmit").await.data(200);
    let again = print(&world, &zhao.token, &path).await;
    assert_eq!(again.bytes, notice.bytes);
    let handed_over = print(&world, &world.worker(&[Role::TownOfficer]).await, &case.staff("/corrections/1/notice")).await;
    assert_eq!(handed_over.bytes, notice.bytes);
}

async fn an_acceptance_and_a_refusal_are_proven_on_paper(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    print(&world, &zhao.token, &case.path("/documents/acceptance")).await.refused(404, 10006);
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    world.decided(&town, &case, "accept").await;
    let text = words(&print(&world, &zhao.token, &case.path("/documents/acceptance")).await);
    holds(&text, &["受理通知书", "赵铁柱", "2026年3月10日", "已经受理", "个工作日", "（盖章）"]);
    print(&world, &zhao.token, &case.path("/documents/refusal")).await.refused(404, 10006);
    let listed = world.get(&case.staff("/documents")).token(&town).send().await.data(200);
    assert_eq!(listed[0]["document"]["label"], "受理通知书");

    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let case = lin.submitted("change").await;
    world.pass(MINUTES_11);
    let body = json!({ "version": case.version, "reason": "not_resident", "note": "请到户籍所在地办理。" });
    let declined = world.post(&case.staff("/actions/decline")).token(&town).json(&body).send().await.data(200);
    let text = words(&print(&world, &lin.token, &case.path("/documents/refusal")).await);
    holds(&text, &["不予受理通知书", "请到户籍所在地办理。", "六十日内申请行政复议", "重新申请"]);
    let same = print(&world, &town, &case.staff("/documents/refusal")).await;
    assert_eq!(words(&same), text);
    // A decision that was taken back cannot be printed.
    world.decided(&town, &Case::of(&declined), "take-back").await;
    print(&world, &lin.token, &case.path("/documents/refusal")).await.refused(404, 10006);
}

async fn a_rejection_names_the_reason_and_the_way_to_object(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let case = world.decided(&town, &case, "accept").await;
    let case = world.decided(&town, &case, "forward").await;
    let body = json!({ "version": case.version, "reason": "not_resident", "note": "户籍不在本县。" });
    world.post(&case.staff("/actions/reject")).token(&county).json(&body).send().await.data(200);
    let paper = print(&world, &zhao.token, &case.path("/documents/rejection")).await;
    holds(
        &words(&paper),
        &[
            "不予批准决定书",
            "甲区残疾人联合会",
            "户籍不在本县。",
            "六十日",
            "2026年3月24日（星期二）当天或之前申诉一次",
            "办理依据",
        ],
    );
    let listed = zhao.get(&case.path("/documents")).await;
    let codes: Vec<&str> = listed.as_array().unwrap().iter().map(|d| d["document"]["value"].as_str().unwrap()).collect();
    assert_eq!(codes, ["acceptance", "rejection"]);
}

async fn the_file_of_a_case_is_masked_unless_a_purpose_is_written_down(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    asked(&world, &town, &case).await;
    let masked = print(&world, &town, &case.staff("/file")).await;
    let text = words(&masked);
    holds(&text, &["案卷", "赵*柱", "填写内容：持证人信息", "领证方式", "材料", "补正", "办理记录", "一次性告知补正", "测试员"]);
    holds(&text, &["没有缺少，也没有被改动", "打印记录", "遮盖"]);
    assert!(!text.contains("赵铁柱") && !text.contains("13800000003"), "{text}");

    for purpose in ["复核", &"长".repeat(101)] {
        let path = case.staff(&format!("/file?purpose={purpose}"));
        print(&world, &town, &path).await.refused(422, 10002);
    }
    let open = print(&world, &town, &case.staff("/file?purpose=移交市残联复核")).await;
    let text = words(&open);
    holds(&text, &["赵铁柱", "13800000003", "完整", "遮盖"]);
    // Notices and files are in the record of the next print, refused ones are not.
    print(&world, &town, &case.staff("/corrections/1/notice")).await;
    let text = words(&print(&world, &town, &case.staff("/file")).await);
    let record = text.rsplit("打印记录").next().unwrap();
    assert_eq!((record.matches("测试员").count(), record.matches("一次性告知书").count()), (4, 1), "{record}");
    use zhucan::office::people::reveals::reveals;
    let revealed =
        world.app.db.read(|c| Ok(reveals::table.select(reveals::purpose).order(reveals::purpose).load::<String>(c)?));
    assert_eq!(revealed.await.unwrap(), ["打印一次性告知书", "移交市残联复核"]);
    world.history_is_whole().await;
}

async fn a_name_with_rare_characters_is_printed_as_it_is(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.drafted("renewal").await;
    let delivery =
        json!({ "version": 1, "way": "home", "address": "东村1组〇号", "recipient": "𠮷㛃·木沙", "phone": "13800000003" });
    zhao.put(&case.certificate("/sections/delivery"), &delivery).send().await.data(200);
    zhao.submit(&Case::of(&zhao.view(&case).await)).send().await.data(200);
    let town = world.worker(&[Role::TownOfficer]).await;
    let text = words(&print(&world, &town, &case.staff("/file?purpose=送证上门核对")).await);
    holds(&text, &["𠮷㛃·木沙", "东村1组〇号"]);
    assert!(!text.contains("字库里没有"), "both are in the font");
}

async fn papers_of_others_and_papers_that_are_not_there_are_not_found(world: World) {
    let zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    asked(&world, &town, &case).await;
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    let elsewhere = world.worker_who_is(&[Role::TownOfficer, Role::CountyOfficer], "990102000000", None).await;
    for rest in ["/documents", "/documents/acceptance", "/corrections/1/notice"] {
        print(&world, &lin.token, &case.path(rest)).await.refused(404, 10006);
        print(&world, &elsewhere, &case.staff(rest)).await.refused(404, 10006);
    }
    print(&world, &elsewhere, &case.staff("/file")).await.refused(404, 10006);
    for rest in ["/corrections/2/notice", "/corrections/0/notice", "/corrections/x/notice", "/documents/file"] {
        print(&world, &zhao.token, &case.path(rest)).await.refused(404, 10006);
        print(&world, &town, &case.staff(rest)).await.refused(404, 10006);
    }
}

/// The file of a case shows the form as its service prints it; the demo's walks have filled one in for each service.
async fn the_form_of_each_service_can_be_printed(world: World) {
    let mut tried = tried(&world).await.lock().await;
    let aid = tried.walk(&["demo", "walk", "education-aid"]).await;
    let rental = tried.walk(&["demo", "walk", "device-rental"]).await;
    let demo = tried.before(&world);
    let county = worker(&demo, "county").await;
    for (case, label, value) in [(aid, "银行账号", "6217000010001234567"), (rental, "联系电话", "13800000002")] {
        let path = format!("/api/v1/staff/cases/{case}/file");
        let masked = words(&print(&demo, &county, &path).await);
        let open = words(&print(&demo, &county, &format!("{path}?purpose=移交市残联复核")).await);
        assert!(masked.contains(label) && !masked.contains(value), "{masked}");
        assert!(open.contains(&format!("{label}{value}")), "{open}");
        let sections = |text: &str| text.matches("填写内容").count();
        assert!(sections(&masked) > 1 && sections(&masked) == sections(&open), "{masked}");
    }
}
