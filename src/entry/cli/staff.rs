//! `zhucan staff`: adds a worker by hand; usually `zhucan admin invite` and the API do it.

use std::io::BufRead;

use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::Outcome;
use super::place::{self, Outside, Place, cause};
use super::running::block_on;
use crate::office::accounts::Post;
use crate::office::administration::staffing;
use crate::office::administration::staffing::NewWorker;
use crate::platform::clock::Clock;
use crate::platform::db::Bounds;
use crate::platform::settings::Settings;
use crate::rules::areas::AreaCode;
use crate::rules::lifecycle::Role;

#[derive(Args)]
pub struct Staff {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[command(about = "添加一名工作人员；密码从标准输入或环境变量 ZHUCAN_STAFF_PASSWORD 读取")]
    Add(Add),
}

#[derive(Args)]
struct Add {
    #[command(flatten)]
    place: Place,
    #[arg(long, env = "ZHUCAN_STAFF_USERNAME", help = "用户名：3 到 32 个小写字母、数字、点、横线或下划线")]
    username: String,
    #[arg(long, env = "ZHUCAN_STAFF_NAME", help = "姓名")]
    name: String,
    #[arg(long, env = "ZHUCAN_STAFF_ROLE", value_parser = role, help = "岗位，例如 town_officer、county_officer、administrator")]
    role: Role,
    #[arg(long, env = "ZHUCAN_STAFF_AREA", value_parser = area, help = "辖区的十二位代码")]
    area: AreaCode,
}

fn role(text: &str) -> Result<Role, String> {
    let roles = || Role::all().into_iter().filter(|r| !matches!(r, Role::Applicant | Role::System));
    let all: Vec<String> = roles().map(|r| format!("{}（{}）", r.code(), r.label())).collect();
    roles().find(|r| r.code() == text).ok_or_else(|| format!("没有这种岗位。可选：{}", all.join("、")))
}

pub fn area(text: &str) -> Result<AreaCode, String> {
    AreaCode::parse(text).map_err(|_| "辖区请填写十二位的行政区划代码。".to_owned())
}

impl Staff {
    pub fn run(self) -> Outcome {
        let What::Add(add) = self.what;
        let keys = add.place.read_keys()?;
        let password = password()?;
        block_on(async move {
            let db = add.place.open_database(Bounds::default())?;
            place::migrate(&db).await?;
            let settings = Settings { public_url: String::new(), demo: false, templates: Vec::new(), min_client: None };
            let app = add.place.app(db.clone(), Clock::system(), keys, settings, Outside::default())?;
            let posts = vec![Post { role: add.role, area: add.area, point: None, lead: false }];
            let new = NewWorker { username: add.username, name: add.name, password, posts, person: None };
            let enrolment = staffing::add(&app, new).await.map_err(|e| {
                let told: Vec<String> = e.details().iter().map(|d| format!("{}{}", d.reason, d.suggestion)).collect();
                if told.is_empty() { cause(&e) } else { told.join("\n") }
            })?;
            println!("已添加。请用验证器应用扫描或输入下面的地址（只显示这一次）：\n{}", enrolment.otpauth_url.as_str());
            db.close();
            Ok(())
        })
    }
}

fn password() -> Result<Zeroizing<String>, String> {
    if let Ok(given) = std::env::var("ZHUCAN_STAFF_PASSWORD") {
        return Ok(Zeroizing::new(given));
    }
    eprintln!("请输入密码（至少 12 个字符），回车结束：");
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).map_err(|e| format!("读不到密码：{e}"))?;
    Ok(Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned()))
}
