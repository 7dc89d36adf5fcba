//! `zhucan admin`: the first administrator of an installation; everything else is theirs to do over the API.

use clap::{Args, Subcommand};

use super::Outcome;
use super::place::{self, Place, cause};
use super::running::block_on;
use super::staff::area;
use crate::office::accounts::{Post, staff_admin};
use crate::office::administration::events::{Change, Event};
use crate::office::administration::invitations::{Code, Purpose};
use crate::platform::clock::Clock;
use crate::platform::db::Bounds;
use crate::rules::areas::AreaCode;
use crate::rules::calendar::rfc3339;
use crate::rules::lifecycle::Role;
use crate::rules::names::PersonName;

#[derive(Args)]
pub struct Admin {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[command(about = "邀请一名管理员：打印一次性邀请码，24 小时内有效，本人用它设定用户名和密码")]
    Invite(Invite),
}

#[derive(Args)]
struct Invite {
    #[command(flatten)]
    place: Place,
    #[arg(long, value_parser = area, help = "管辖地区的十二位代码，例如整个县（区）或整个省")]
    area: AreaCode,
    #[arg(long, help = "姓名")]
    name: String,
}

impl Admin {
    pub fn run(self) -> Outcome {
        let What::Invite(invite) = self.what;
        let name = PersonName::parse(&invite.name).map_err(|e| format!("{}{}", e.reason(), e.suggestion()))?;
        let keys = invite.place.read_keys()?;
        let code = Code::draw(&keys).map_err(|e| cause(&e))?;
        let (drawn, clock) = (code.clone(), Clock::system());
        let id = clock.id();
        let now = clock.now();
        let posts = vec![Post { role: Role::Administrator, area: invite.area, point: None, lead: false }];
        block_on(async move {
            let db = invite.place.open_database(Bounds::default())?;
            place::migrate(&db).await?;
            let written = db.write(move |c| {
                staff_admin::insert(c, id, name.reveal(), None, now)?;
                staff_admin::post(c, id, &posts, now)?;
                let said = format!("系统管理员 {}", invite.area);
                let event = Event::new(now, None, Change::WorkerInvited, id, Some(invite.area)).words(None, said);
                event.record(c)?;
                drawn.issue(c, id, Purpose::Enrol, now)
            });
            let until = written.await.map_err(|e| cause(&e))?;
            println!("邀请码（只显示这一次，{} 前有效，只能用一次）：\n{}", rfc3339(until), code.text);
            println!("请本人用它设定用户名和密码：POST /api/v1/auth/staff/enrol，得到动态码的地址后即可登录。");
            db.close();
            Ok(())
        })
    }
}
