//! Sends one subscribe message (`POST /cgi-bin/message/subscribe/send`).

use serde_json::{Map, Value, json};

use super::{WeChat, WeChatFault};

const PATH: &str = "/cgi-bin/message/subscribe/send";

/// Which build of the mini-program a tap on the message opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MiniProgramState {
    /// 开发版
    Developer,
    /// 体验版
    Trial,
    /// 正式版
    Formal,
}

impl MiniProgramState {
    const fn wire(self) -> &'static str {
        match self {
            Self::Developer => "developer",
            Self::Trial => "trial",
            Self::Formal => "formal",
        }
    }
}

impl WeChat {
    /// Sends once. WeChat has no key against doubles, so after `Unknown` the message must not be sent again. The caller sends
    /// one message at a time to one openid, and passes values that went through [`super::fit`]: key (`thing7`), then value.
    ///
    /// # Errors
    /// `NoCredit`, `BadRecipient`, `Concurrent`, `TemplateData`, `Sensitive` as the names say; `Unknown` when it may have been delivered.
    pub async fn send(
        &self,
        openid: &str,
        template_id: &str,
        page: Option<&str>,
        data: &[(String, String)],
        state: MiniProgramState,
    ) -> Result<(), WeChatFault> {
        let values: Map<String, Value> = data.iter().map(|(key, value)| (key.clone(), json!({ "value": value }))).collect();
        let mut body = json!({
            "touser": openid,
            "template_id": template_id,
            "data": values,
            "miniprogram_state": state.wire(),
            "lang": "zh_CN",
        });
        if let (Some(page), Some(fields)) = (page, body.as_object_mut()) {
            fields.insert("page".to_owned(), Value::from(page));
        }
        self.post_with_token(PATH, &body, self.timeouts.send).await.map(drop)
    }
}
