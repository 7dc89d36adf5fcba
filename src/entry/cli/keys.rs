//! `zhucan keys generate`: makes the key file of a new installation.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Outcome;
use super::place::Place;
use crate::platform::crypto::Keyring;

#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    #[command(about = "生成新的密钥文件；已有的绝不覆盖")]
    Generate {
        #[arg(long, env = "ZHUCAN_DATA", default_value = "./data", help = "数据文件夹")]
        data: PathBuf,
        #[arg(long, env = "ZHUCAN_KEYS", help = "密钥文件；不填则用数据文件夹里的 keys.json")]
        keys: Option<PathBuf>,
    },
}

impl Keys {
    pub fn run(self) -> Outcome {
        let What::Generate { data, keys } = self.what;
        let place = Place { data, database_url: None, keys };
        place.refuse_demo_folder()?;
        let file = place.keys_file();
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(|e| format!("不能建立文件夹 {}：{e}", folder.display()))?;
        }
        let ring = Keyring::generate().map_err(|e| e.to_string())?;
        ring.write_new(&file).map_err(|e| e.to_string())?;
        println!(
            "已生成密钥文件 {}。\n请立即备份到另一处并妥善保管：丢失后，已保存的个人信息再也无法读出；泄露后，任何人都能读出。",
            file.display()
        );
        Ok(())
    }
}
