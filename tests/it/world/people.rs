//! Callers with tokens: any resident, and workers with the posts that a story wants.

use crate::world::cast;
use diesel::prelude::*;
use serde_json::json;
use zhucan::office::accounts::sessions::Beginning;
use zhucan::office::accounts::staff::{Standing, assignments, workers};
use zhucan::office::accounts::tokens::Holder;
use zhucan::platform::id::Id;
use zhucan::rules::lifecycle::Role;

use super::World;

/// The county of the stories.
pub const COUNTY: &str = "990101000000";

/// A worker with a session.
pub struct Officer {
    pub id: Id,
    pub token: String,
}

impl World {
    /// The access token of a resident whom nothing belongs to.
    pub async fn stranger(&self) -> String {
        self.session(Holder::Resident, self.app.clock.id()).await
    }

    /// The access token of a worker with these posts in the whole county.
    pub async fn worker(&self, roles: &[Role]) -> String {
        self.officer(roles, COUNTY, None, false).await.token
    }

    /// The same for another area, or for a worker who is a person of the register.
    pub async fn worker_who_is(&self, roles: &[Role], area: &'static str, person: Option<Id>) -> String {
        self.officer(roles, area, person, false).await.token
    }

    /// A worker whom the story names again; `lead` leads every desk that the posts serve.
    pub async fn officer(&self, roles: &[Role], area: &'static str, person: Option<Id>, lead: bool) -> Officer {
        let id = self.app.clock.id();
        let now = self.app.clock.now();
        let roles = roles.to_vec();
        let posts: Vec<Id> = roles.iter().map(|_| self.app.clock.id()).collect();
        let store = self.app.db.write(move |c| {
            use workers::dsl as w;
            diesel::insert_into(w::workers)
                .values((
                    (w::id.eq(id), w::username.eq(id.to_string()), w::name.eq("测试员"), w::password.eq("-")),
                    (w::totp.eq(b"-".as_slice()), w::totp_step.eq(0), w::failures.eq(0), w::locked_until.eq(0)),
                    (w::status.eq(Standing::Active), w::created_at.eq(now), w::version.eq(1), w::person_id.eq(person)),
                ))
                .execute(c)?;
            use assignments::dsl as a;
            for (post, role) in posts.iter().zip(&roles) {
                let held = (a::id.eq(*post), a::worker_id.eq(id), a::role.eq(*role), a::area.eq(area), a::valid_from.eq(0));
                diesel::insert_into(a::assignments).values((held, a::lead.eq(lead))).execute(c)?;
            }
            Ok(())
        });
        store.await.unwrap();
        Officer { id, token: self.session(Holder::Staff, id).await }
    }

    /// The access token of a worker who signs in again.
    pub async fn on_duty(&self, officer: &Officer) -> String {
        self.session(Holder::Staff, officer.id).await
    }

    /// Signs a resident of the cast in, as a phone does; the access token.
    pub async fn resident(&self, handle: &str) -> String {
        let code = self.wechat.issue_login_code(cast::APPID, handle).unwrap();
        let reply = self.post("/api/v1/auth/wechat/login").json(&json!({ "code": code })).send().await;
        reply.data(200)["access_token"].as_str().unwrap().to_owned()
    }

    async fn session(&self, holder: Holder, account: Id) -> String {
        let beginning = Beginning::new(&self.app, holder).unwrap();
        let stored = beginning.clone();
        self.app.db.write(move |c| stored.store(c, account)).await.unwrap();
        beginning.pair(&self.app, account).unwrap().access_token
    }
}
