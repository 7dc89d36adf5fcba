//! Settings of the ways to reach people, as `serve` and `doctor` take them: text messages, and what WeChat pushes.

use clap::Args;

use crate::platform::sms::{Secret, SmsAccount, TENCENT_SMS_BASE_URL, USUAL_REGION};
use crate::platform::wechat::Callback;

#[derive(Args)]
pub struct SmsFlags {
    #[arg(long, env = "ZHUCAN_SMS_SECRET_ID", help = "腾讯云短信：API 密钥的 SecretId；六项都不填则不开通短信")]
    sms_secret_id: Option<String>,
    #[arg(long, env = "ZHUCAN_SMS_SECRET_KEY", hide_env_values = true, help = "腾讯云短信：API 密钥的 SecretKey")]
    sms_secret_key: Option<String>,
    #[arg(long, env = "ZHUCAN_SMS_APP_ID", help = "腾讯云短信：应用的 SdkAppId")]
    sms_app_id: Option<String>,
    #[arg(long, env = "ZHUCAN_SMS_SIGN_NAME", help = "腾讯云短信：审核通过的签名，不带括号")]
    sms_sign_name: Option<String>,
    #[arg(long, env = "ZHUCAN_SMS_TEMPLATE_SIGN_IN", help = "验证码模板的编号；变量：{1} 验证码，{2} 有效分钟数")]
    sms_template_sign_in: Option<String>,
    #[arg(long, env = "ZHUCAN_SMS_TEMPLATE_PROGRESS", help = "办理进展模板的编号；变量：{1} 事项，{2} 进展")]
    sms_template_progress: Option<String>,
    #[arg(long, env = "ZHUCAN_SMS_REGION", default_value = USUAL_REGION, help = "腾讯云短信：地域")]
    sms_region: String,
    #[arg(long, env = "ZHUCAN_SMS_BASE_URL", default_value = TENCENT_SMS_BASE_URL, help = "腾讯云短信接口的地址")]
    pub sms_base_url: String,
}

impl SmsFlags {
    /// The account; `None` when SMS is not set up.
    ///
    /// # Errors
    /// When only a part of it is.
    pub fn account(&self) -> Result<Option<SmsAccount>, String> {
        let parts = [
            ("--sms-secret-id", &self.sms_secret_id),
            ("--sms-secret-key", &self.sms_secret_key),
            ("--sms-app-id", &self.sms_app_id),
            ("--sms-sign-name", &self.sms_sign_name),
            ("--sms-template-sign-in", &self.sms_template_sign_in),
            ("--sms-template-progress", &self.sms_template_progress),
        ];
        let given = |text: &&Option<String>| text.as_deref().is_some_and(|t| !t.trim().is_empty());
        let missing: Vec<&str> = parts.iter().filter(|(_, text)| !given(text)).map(|(name, _)| *name).collect();
        if missing.len() == parts.len() {
            return Ok(None);
        }
        if !missing.is_empty() {
            return Err(format!("短信的设置不完整，还缺 {}。要么填全，要么都不填。", missing.join("、")));
        }
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Ok(Some(SmsAccount {
            secret_id: text(&self.sms_secret_id),
            secret_key: Secret::new(text(&self.sms_secret_key)),
            app_id: text(&self.sms_app_id),
            sign_name: text(&self.sms_sign_name),
            sign_in_template: text(&self.sms_template_sign_in),
            progress_template: text(&self.sms_template_progress),
            region: self.sms_region.clone(),
            base_url: self.sms_base_url.trim_end_matches('/').to_owned(),
        }))
    }
}

#[derive(Args)]
pub struct PushFlags {
    #[arg(
        long,
        env = "ZHUCAN_WECHAT_PUSH_TOKEN",
        hide_env_values = true,
        help = "消息推送的 Token，与 appid 一一对应；地址是 网址/wechat/callback/appid，选 JSON 和安全模式"
    )]
    wechat_push_token: Vec<String>,
    #[arg(long, env = "ZHUCAN_WECHAT_PUSH_KEY", hide_env_values = true, help = "消息推送的 EncodingAESKey，与 Token 一一对应")]
    wechat_push_key: Vec<String>,
}

impl PushFlags {
    /// What opens the pushes of these mini-programs; none when it is not set up.
    ///
    /// # Errors
    /// When the numbers differ, or a key is none.
    pub fn callbacks(&self, appids: &[String]) -> Result<Vec<Callback>, String> {
        let tokens = &self.wechat_push_token;
        let keys = &self.wechat_push_key;
        if tokens.is_empty() && keys.is_empty() {
            return Ok(Vec::new());
        }
        if tokens.len() != appids.len() || keys.len() != appids.len() {
            return Err("每个 --wechat-appid 都要有一个 --wechat-push-token 和一个 --wechat-push-key，或者都不填。".to_owned());
        }
        let each = appids.iter().zip(tokens.iter().zip(keys));
        each.map(|(appid, (token, key))| {
            Callback::new(Secret::new(token.clone()), &Secret::new(key.clone()), appid.clone())
                .map_err(|_| format!("{appid} 的 --wechat-push-key 不是 43 位的 EncodingAESKey，请从微信后台复制。"))
        })
        .collect()
    }
}
