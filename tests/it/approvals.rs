//! The approval on paper: what was approved, what happens next and what to do against it, in each service.

use serde_json::json;
use zhucan::rules::lifecycle::Role;

use crate::device_rental::{Stock, guardian, submit};
use crate::education_aid::Office;
use crate::prints::{holds, print, words};
use crate::world::World;
use crate::world::renewal::{Applicant, Case, MINUTES_11, days};

stories![
    an_approved_card_is_proven_on_paper_and_says_the_same_when_it_is_printed_again,
    an_award_is_on_paper_when_its_notice_has_ended,
    a_reservation_is_approved_by_rule_and_says_how_it_goes_on,
];

const EACH: [&str; 4] = ["批准决定书", "甲区残疾人联合会", "如果您不同意", "六十日"];

async fn codes(world: &World, token: &str, path: &str) -> Vec<String> {
    let listed = world.get(path).token(token).send().await.data(200);
    listed.as_array().unwrap().iter().map(|d| d["document"]["value"].as_str().unwrap().to_owned()).collect()
}

async fn an_approved_card_is_proven_on_paper_and_says_the_same_when_it_is_printed_again(world: World) {
    let mut zhao = Applicant::zhao(&world).await;
    let case = zhao.submitted("renewal").await;
    world.pass(MINUTES_11);
    let town = world.worker(&[Role::TownOfficer]).await;
    let county = world.worker(&[Role::CountyOfficer]).await;
    let case = world.decided(&town, &case, "accept").await;
    let case = world.decided(&town, &case, "forward").await;
    print(&world, &zhao.token, &case.path("/documents/approval")).await.refused(404, 10006);
    print(&world, &county, &case.staff("/documents/approval")).await.refused(404, 10006);
    let case = world.decided(&county, &case, "approve").await;
    let paper = print(&world, &zhao.token, &case.path("/documents/approval")).await;
    let text = words(&paper);
    holds(&text, &EACH);
    holds(&text, &["赵铁柱", "2026年3月10日", "残疾类别", "肢体", "三级", "请到县（区）残联窗口领取", "原证作废", "办理依据"]);
    assert_eq!(print(&world, &county, &case.staff("/documents/approval")).await.bytes, paper.bytes);
    assert_eq!(codes(&world, &zhao.token, &case.path("/documents")).await, ["acceptance", "approval"]);
    assert_eq!(codes(&world, &county, &case.staff("/documents")).await, ["acceptance", "approval"]);
    let lin = Applicant::of(&world, "lin-xiaoyu").await;
    print(&world, &lin.token, &case.path("/documents/approval")).await.refused(404, 10006);

    // The same words after the card was made.
    let made = json!({ "version": case.version });
    let path = format!("/api/v1/staff/certificate/cases/{}/actions/make-card", case.id);
    world.post(&path).token(&county).json(&made).send().await.data(200);
    world.pass(days(1));
    zhao.sign_in_again().await;
    assert_eq!(print(&world, &zhao.token, &case.path("/documents/approval")).await.bytes, paper.bytes);
}

async fn an_award_is_on_paper_when_its_notice_has_ended(world: World) {
    let office = Office::open(world.clone()).await;
    let case = office.applied(2025).await;
    let case = office.approved(case).await;
    let path = format!("/api/v1/cases/{}/documents/approval", case.id);
    let token = world.resident("lin-xiaoyu").await;
    print(&world, &token, &path).await.refused(404, 10006);
    let approved = Case::of(&office.noticed(case).await);
    let token = world.resident("lin-xiaoyu").await;
    let text = words(&print(&world, &token, &path).await);
    holds(&text, &EACH);
    holds(&text, &["林小雨", "经过审核和公示", "残疾学生", "本科", "3000.00元", "由银行转入您申请时填写的账户"]);
    // What is given up gives nothing any more.
    let withdrawn = world.post(&approved.path("/actions/withdraw")).token(&token).json(&json!({ "version": approved.version }));
    withdrawn.send().await.data(200);
    print(&world, &token, &path).await.refused(404, 10006);
}

async fn a_reservation_is_approved_by_rule_and_says_how_it_goes_on(world: World) {
    let stock = Stock::of(&world, 1).await;
    let (token, child) = guardian(&world).await;
    let (id, version) = stock.draft(&world, &token, &child).await;
    let path = format!("/api/v1/cases/{id}/documents/approval");
    print(&world, &token, &path).await.refused(404, 10006);
    submit(&world, &token, &id, version).await.data(200);
    let text = words(&print(&world, &token, &path).await);
    holds(&text, &EACH[..1]);
    holds(&text, &["刘朵朵", "示例网点一", "普通轮椅", "2026-03-11", "凭小程序里的取件码", "借用60天", "最多120天", "六十日"]);
    let printed = print(&world, &stock.keepers[0], &format!("/api/v1/staff/cases/{id}/documents/approval")).await;
    assert_eq!(words(&printed), text);
}
