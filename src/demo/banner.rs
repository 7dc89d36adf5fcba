//! What a demo prints when it is ready: where everything is, who is who, and the next step.

use std::net::SocketAddr;

use super::cast::{APPID, PASSWORD, RESIDENTS, WORKERS};
use super::walks;

/// The banner, in the words of a newcomer.
pub fn text(address: SocketAddr, wechat: &str, sms: &str) -> String {
    let mut lines = vec![
        String::new(),
        "助残演示已启动。人物和数据都是虚构的，请不要填写真实信息。".to_owned(),
        String::new(),
        format!("  接口      http://{address}/api/v1"),
        format!("  文档      http://{address}/docs"),
        format!("  微信替身  {wechat}（只是替身，不是微信；小程序 {APPID}）"),
        format!("  短信替身  {sms}（只是替身，不会真的发短信；最近一条：curl {sms}/__fake/last）"),
        String::new(),
        "演示人物（居民用微信登录）：".to_owned(),
    ];
    lines.extend(RESIDENTS.iter().map(|r| format!("  {:<14}{}，{}", r.handle, r.name, r.part)));
    lines.push(format!("工作人员（用户名 + 密码 {PASSWORD} + 动态码：zhucan demo totp 用户名）："));
    lines.extend(WORKERS.iter().map(|(user, name, role, _)| format!("  {user:<14}{name}，{}", role.label())));
    lines.extend([
        String::new(),
        "用一行命令登录：".to_owned(),
        format!("  curl -s http://{address}/api/v1/auth/wechat/login -H 'content-type: application/json' \\"),
        format!("    -d \"$(curl -s '{wechat}/__fake/login-code?user=lin-xiaoyu')\""),
        "没有微信的，用短信验证码登录：".to_owned(),
        format!("  curl -s http://{address}/api/v1/auth/sms/codes -H 'content-type: application/json' \\"),
        "    -H \"idempotency-key: $(cat /proc/sys/kernel/random/uuid)\" -d '{\"phone\":\"13800000001\"}'".to_owned(),
        format!("  curl -s '{sms}/__fake/last?phone=13800000001'   # 验证码；再调用 /auth/sms/login"),
        String::new(),
        "看一遍完整的办理过程（另开一个窗口）：".to_owned(),
    ]);
    lines.extend(walks::listed().into_iter().map(|(name, service)| format!("  zhucan demo walk {name:<21}{service}")));
    lines.extend([
        "拨快演示的时钟：zhucan demo clock +5d".to_owned(),
        String::new(),
        "按 Ctrl-C 停止；再次启动会接着用同样的数据。".to_owned(),
    ]);
    lines.join("\n")
}
