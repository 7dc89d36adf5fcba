//! `zhucan migrate`: brings the schema up to date without serving.

use clap::Args;

use super::Outcome;
use super::place::{self, Place};
use super::running::block_on;
use crate::platform::db::Bounds;

#[derive(Args)]
pub struct Migrate {
    #[command(flatten)]
    place: Place,
}

impl Migrate {
    pub fn run(self) -> Outcome {
        block_on(async move {
            let db = self.place.open_database(Bounds::default())?;
            let applied = place::migrate(&db).await?;
            match applied.as_slice() {
                [] => println!("数据库已是最新。"),
                applied => println!("已升级：{}", applied.join("、")),
            }
            db.close();
            Ok(())
        })
    }
}
