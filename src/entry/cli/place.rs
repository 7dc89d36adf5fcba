//! Where an installation lives: data folder, database, keys.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::office::policy::calendar;
use crate::platform::app::{App, Tools};
use crate::platform::clock::Clock;
use crate::platform::crypto::{KeyFault, Keyring};
use crate::platform::db::{Bounds, Db, migrate};
use crate::platform::error::Error;
use crate::platform::facts;
use crate::platform::files::{FileDesk, PdfWorker, Vault};
use crate::platform::print::Press;
use crate::platform::settings::Settings;
use crate::platform::sms::{self, Sms, SmsAccount};
use crate::platform::wechat::{Callback, Timeouts, WeChat, WeChatApp};

#[derive(Args, Clone)]
pub struct Place {
    #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "数据文件夹")]
    pub data: PathBuf,
    #[arg(
        long,
        env = "ZHUCAN_DATABASE_URL",
        hide_env_values = true,
        help = "sqlite://文件 或 postgres://…；不填则用数据文件夹里的 zhucan.db"
    )]
    pub database_url: Option<String>,
    #[arg(long, env = "ZHUCAN_KEYS", help = "密钥文件；不填则用数据文件夹里的 keys.json")]
    pub keys: Option<PathBuf>,
}

/// Marks a folder of invented people; it says where the demo runs.
pub const DEMO_MARKER: &str = "demo.json";

/// The outside services of this installation; none for commands that only read or repair.
#[derive(Default)]
pub struct Outside {
    pub programs: Vec<WeChatApp>,
    pub callbacks: Vec<Callback>,
    pub sms: Option<SmsAccount>,
}

impl Place {
    /// A place whose database and keys stand in one folder.
    pub fn folder(data: PathBuf) -> Place {
        Place { data, database_url: None, keys: None }
    }

    pub fn database_url(&self) -> String {
        let usual = || format!("sqlite://{}", self.data.join("zhucan.db").display());
        self.database_url.clone().unwrap_or_else(usual)
    }

    pub fn keys_file(&self) -> PathBuf {
        self.keys.clone().unwrap_or_else(|| self.data.join("keys.json"))
    }

    pub fn read_keys(&self) -> Result<Keyring, String> {
        let file = self.keys_file();
        Keyring::read(&file).map_err(|fault| match fault {
            KeyFault::Io(e) if e.kind() == std::io::ErrorKind::NotFound => format!(
                "没有密钥文件 {}。首次安装请运行：zhucan keys generate --data {}；否则请恢复备份的密钥文件。",
                file.display(),
                self.data.display()
            ),
            fault => format!("{}：{fault}", file.display()),
        })
    }

    pub fn open_database(&self, bounds: Bounds) -> Result<Db, String> {
        Db::open(&self.database_url(), bounds).map_err(|e| format!("打不开数据库：{}", cause(&e)))
    }

    /// Opens everything that a running instance works with.
    pub fn app(&self, db: Db, clock: Clock, keys: Keyring, settings: Settings, outside: Outside) -> Result<App, String> {
        let vault = Vault::in_folder(&self.data.join("papers")).map_err(|e| format!("不能使用材料文件夹：{e}"))?;
        let pdf = PdfWorker::of_this_program().map_err(|e| format!("找不到本程序自己的位置：{e}"))?;
        let papers = FileDesk::new(pdf);
        let mut wechat = Vec::new();
        for program in outside.programs {
            let at = clock.clone();
            let client = WeChat::new(program, Timeouts::default(), Arc::new(move || at.now_ms()));
            wechat.push(client.map_err(|e| format!("不能建立微信连接：{e}"))?);
        }
        let at = clock.clone();
        let sms = outside.sms.map(|account| Sms::new(account, sms::Timeouts::default(), Arc::new(move || at.now_ms())));
        let sms = sms.transpose().map_err(|e| format!("不能建立短信连接：{e}"))?;
        let keys = Arc::new(keys);
        let callbacks = outside.callbacks;
        Ok(App::new(Tools { db, clock, keys, vault, papers, press: Press::default(), settings, wechat, callbacks, sms }))
    }

    /// Fails when the folder belongs to a demo.
    pub fn refuse_demo_folder(&self) -> Result<(), String> {
        match self.data.join(DEMO_MARKER).try_exists() {
            Ok(false) => Ok(()),
            Ok(true) => Err(format!(
                "{} 是演示用的文件夹，里面都是虚构的人，不能用于正式服务。请用 --data 指定另一个文件夹；要看演示请运行 zhucan demo。",
                self.data.display()
            )),
            Err(e) => Err(format!("不能读取数据文件夹 {}：{e}", self.data.display())),
        }
    }
}

/// Fails when a demo was ever loaded into this database.
pub async fn refuse_demo_database(db: &Db) -> Result<(), String> {
    match db.read(|c| facts::get(c, facts::DEMO)).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err("这个数据库里装的是演示数据，不能用于正式服务。请换一个数据库。".to_owned()),
        Err(e) => Err(format!("数据库没有回答：{}", cause(&e))),
    }
}

/// Brings the schema up to date; refuses one that a newer program made.
pub async fn migrate(db: &Db) -> Result<Vec<String>, String> {
    let applied = migrate::up(db).await.map_err(|e| format!("数据库升级失败，没有改动任何内容：{}", cause(&e)))?;
    let (_, unknown) = migrate::state(db).await.map_err(|e| cause(&e))?;
    if unknown.is_empty() {
        // The working days that this program ships, once each; a year that was imported stays as it is.
        let now = Clock::system().now();
        db.write(move |c| calendar::seed(c, now)).await.map_err(|e| format!("不能装入放假安排：{}", cause(&e)))?;
        return Ok(applied);
    }
    Err(format!("数据库由更新的程序升级过（{}）。请使用新版本的 zhucan。", unknown.join("、")))
}

/// The cause of a fault, for the operator.
pub fn cause(e: &Error) -> String {
    e.cause().map_or_else(|| e.to_string(), str::to_owned)
}
