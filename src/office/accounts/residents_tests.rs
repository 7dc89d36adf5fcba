//! One person at WeChat is one account, however they come and however often.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;

use super::*;
use crate::office::accounts::bench::bench;

const APPID: &str = "wx1234567890abcdef";

async fn come(app: &App, appid: &str, openid: &str, unionid: Option<&str>) -> Result<(Id, bool)> {
    let name = WeChatName::new(app, appid, openid, unionid)?;
    app.db.write(move |c| name.account(c).map(|(a, is_new)| (a.id, is_new))).await
}

#[tokio::test]
async fn a_hundred_logins_at_once_make_one_account() {
    let app = bench().await;
    let all = futures_util::future::join_all((0..100).map(|_| come(&app, APPID, "o-1", None))).await;
    let all: Vec<(Id, bool)> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(all.iter().map(|(id, _)| *id).collect::<BTreeSet<_>>().len(), 1);
    assert_eq!(all.iter().filter(|(_, is_new)| *is_new).count(), 1);
    assert_ne!(come(&app, APPID, "o-2", None).await.unwrap().0, all[0].0);
}

#[tokio::test]
async fn a_unionid_that_appears_later_joins_the_same_account_from_another_mini_program() {
    let app = bench().await;
    let (account, _) = come(&app, APPID, "o-1", None).await.unwrap();
    assert_eq!(come(&app, APPID, "o-1", Some("u-1")).await.unwrap(), (account, false));
    assert_eq!(come(&app, "wx-other", "o-9", Some("u-1")).await.unwrap(), (account, false));
    assert_eq!(come(&app, "wx-other", "o-9", None).await.unwrap(), (account, false));
    assert!(come(&app, "wx-other", "o-1", None).await.unwrap().1, "an openid belongs to one mini-program");
    let keys = app.keys.clone();
    let openid = app.db.read(move |c| openid_of(c, &keys, account, "wx-other")).await.unwrap();
    assert_eq!(openid.as_deref(), Some("o-9"));
}

#[tokio::test]
async fn a_banned_account_does_not_come_in() {
    let app = bench().await;
    let (account, _) = come(&app, APPID, "o-1", None).await.unwrap();
    ban(&app, &RevocationWatch::default(), account).await.unwrap();
    assert_eq!(come(&app, APPID, "o-1", None).await.unwrap_err().code().number, 11009);
}

#[tokio::test]
async fn wishes_are_kept_and_an_older_version_does_not_overwrite_them() {
    let app = bench().await;
    let (account, _) = come(&app, APPID, "o-1", None).await.unwrap();
    let wish =
        |version| app.db.write(move |c| prefer(c, account, Channel::Visit, &[Need::LargePrint, Need::SignLanguage], version));
    let after = wish(1).await.unwrap();
    assert_eq!((after.preferred_channel, after.needs().len(), after.version), (Channel::Visit, 2, 2));
    let stale = wish(1).await.err().unwrap();
    assert_eq!((stale.code().number, stale.current().unwrap().version), (10030, 2));
}
