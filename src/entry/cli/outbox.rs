//! `zhucan outbox`: effects that were parked because they kept failing.

use clap::{Args, Subcommand};

use super::Outcome;
use super::place::{Place, cause};
use super::running::block_on;
use crate::platform::clock::Clock;
use crate::platform::db::Bounds;
use crate::platform::outbox;

#[derive(Args)]
pub struct Outbox {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[command(about = "重新发送停放的消息；结果不明的不会重发")]
    Retry(#[command(flatten)] Place),
}

impl Outbox {
    pub fn run(self) -> Outcome {
        let What::Retry(place) = self.what;
        block_on(async move {
            let db = place.open_database(Bounds::default())?;
            let now = Clock::system().now();
            let set_going = db.write(move |c| outbox::retry_parked(c, now)).await.map_err(|e| cause(&e))?;
            println!("已重新排队 {set_going} 条。");
            db.close();
            Ok(())
        })
    }
}
