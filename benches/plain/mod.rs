//! A service without rules of its own, so that a submit costs only what the shared office costs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;
use std::time::Instant;

use crate::cast::{self, APPID};
use chrono::NaiveDate;
use futures_util::future::join_all;
use zhucan::office::accounts::guards::Filer;
use zhucan::office::accounts::links;
use zhucan::office::accounts::residents::WeChatName;
use zhucan::office::cases::access::consents::TEXT_VERSION;
use zhucan::office::cases::filing::drafts::{self, NewDraft};
use zhucan::office::cases::moving::act::act;
use zhucan::office::cases::record::actor::{Act, Actor, Deed};
use zhucan::office::cases::record::case::Case;
use zhucan::office::cases::service::figures::{ReportTable, Scope};
use zhucan::office::cases::service::{Offer, Office, OnPaper, PrintedSection, Service, Services};
use zhucan::office::policy::county::{self, NewPolicy};
use zhucan::platform::app::App;
use zhucan::platform::code::Code;
use zhucan::platform::db::AnyConn;
use zhucan::platform::error::{Detail, Result};
use zhucan::platform::http::{Labelled, Operations};
use zhucan::platform::id::Id;
use zhucan::platform::wechat_stand_in::Shared;
use zhucan::rules::areas::AreaCode;
use zhucan::rules::calendar::beijing_date;
use zhucan::rules::lifecycle::Action;

use super::Run;

struct Plain;

impl Service for Plain {
    fn code(&self) -> &'static str {
        "plain"
    }
    fn label(&self) -> &'static str {
        "测量"
    }
    fn letters(&self) -> &'static str {
        "CL"
    }
    fn kinds(&self) -> &'static [(&'static str, &'static str)] {
        &[("plain", "测量")]
    }
    fn sections(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
    fn codes(&self) -> &'static [&'static Code] {
        &[]
    }
    fn mount(&self, _: &mut Operations) {}
    fn check_terms(&self, _: &serde_json::Value) -> Vec<Detail> {
        Vec::new()
    }
    fn condition_codes(&self) -> &'static [&'static str] {
        &[]
    }
    fn offers(&self, _: &mut AnyConn, _: &Office, _: Id) -> Result<Vec<Offer>> {
        Ok(Vec::new())
    }
    fn check(&self, _: &mut AnyConn, _: &Office, _: &Case) -> Result<Vec<Detail>> {
        Ok(Vec::new())
    }
    fn conditions(&self, _: &mut AnyConn, _: &Office, _: &Case) -> Result<Vec<String>> {
        Ok(Vec::new())
    }
    fn follow(&self, _: &mut AnyConn, _: &Office, _: &Case, _: Action) -> Result<()> {
        Ok(())
    }
    fn flags(&self, _: &mut AnyConn, _: &Case) -> Result<Vec<Labelled>> {
        Ok(Vec::new())
    }
    fn public_line(&self, _: &mut AnyConn, _: &Office, _: &Case) -> Result<String> {
        Ok(String::new())
    }
    fn printed(&self, _: &mut AnyConn, _: &Office, _: &Case, _: OnPaper) -> Result<Vec<PrintedSection>> {
        Ok(Vec::new())
    }
    fn report_tables(&self, _: &mut AnyConn, _: &Scope) -> Result<Vec<ReportTable>> {
        Ok(Vec::new())
    }

    fn tick(&self, _: &mut AnyConn, _: &Office) -> Result<usize> {
        Ok(0)
    }
}

/// Submits `callers × each` drafts. Each submit checks the version, finds the desk, sets the clock, writes history and outbox, and is
/// on disk when it is answered.
pub async fn submits(app: &App, callers: usize, each: usize) -> Run {
    let services = Services::new(&[&Plain]);
    let office = Office::of(app, &services);
    let (account, person) = somebody(app).await;
    let new = policy(app).await;
    app.db.write(move |c| county::publish(c, &new).map(drop)).await.unwrap();
    let ids: Vec<Id> = (0..callers * each).map(|_| app.clock.id()).collect();
    for chunk in ids.chunks(100) {
        let chunk = chunk.to_vec();
        let office = office.clone();
        app.db
            .write(move |c| {
                for id in &chunk {
                    let filer = Filer::Resident(account);
                    let new = NewDraft { filer, person, kind: "plain".into(), period: id.to_string() };
                    drafts::begin(c, &office, &Plain, *id, &new)?;
                }
                Ok(())
            })
            .await
            .unwrap();
    }
    let begun = Instant::now();
    let all = ids.chunks(each).map(|mine| {
        let mine = mine.to_vec();
        let office = office.clone();
        let app = app.clone();
        async move {
            let mut times = Vec::with_capacity(mine.len());
            for id in mine {
                let call = Instant::now();
                let office = office.clone();
                let submit = Act::new(Actor::Applicant(account), Deed::Submit { consent: Some(TEXT_VERSION.to_owned()) });
                app.db.write(move |c| act(c, &office, id, submit.clone()).map(drop)).await.unwrap();
                times.push(call.elapsed());
            }
            times
        }
    });
    let each = join_all(all).await.concat();
    (each, begun.elapsed())
}

async fn policy(app: &App) -> NewPolicy {
    let county = AreaCode::parse("990101000000").unwrap();
    let like =
        app.db.read(move |c| county::current(c, &county, "certificate", NaiveDate::from_ymd_opt(2026, 1, 1).unwrap())).await;
    NewPolicy {
        id: app.clock.id(),
        county,
        service: "plain".into(),
        effective_from: NaiveDate::from_ymd_opt(2022, 1, 1).unwrap(),
        owner: "测量".into(),
        source: "测量".into(),
        common: (*like.unwrap().unwrap().common).clone(),
        terms: serde_json::json!({}),
        at: app.clock.now(),
        by: None,
    }
}

/// An account of the cast and the person that it is.
async fn somebody(app: &App) -> (Id, Id) {
    let at = app.clock.clone();
    let stand_in = Shared::new(Arc::new(move || at.now_ms()));
    cast::introduce(&stand_in);
    cast::load(app, &stand_in).await;
    let who = WeChatName::new(app, APPID, &stand_in.openid_of(APPID, "zhao-tiezhu"), None).unwrap();
    let today = beijing_date(app.clock.now());
    let found = app.db.write(move |c| {
        let (account, _) = who.account(c)?;
        Ok((account.id, links::persons_of(c, account.id, today)?[0].0))
    });
    found.await.unwrap()
}
