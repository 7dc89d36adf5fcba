//! What the document says before its operations: conventions, tags, ways to sign in.

use utoipa::openapi::extensions::{Extensions, ExtensionsBuilder};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, ContactBuilder, Header, InfoBuilder, LicenseBuilder, ObjectBuilder, OpenApi, OpenApiBuilder,
    RefOr, ServerBuilder, Type, tag::TagBuilder,
};

use crate::office::cases::service::Services;
use crate::platform::http::{Tag, tag};

const TITLE: &str = "助残：县残联移动服务接口";

/// The contract's own version, apart from the program's: the first number stands in the path (`/api/v1`), the second moves
/// with every addition, the third with words and examples. CHANGELOG.md says for each what changed, and when.
pub const VERSION: &str = "1.2.0";

const ABOUT: &str = "\
残疾人教育补助、辅助器具租借、残疾人证换领三项服务的接口，供微信小程序等前端使用。

### 回答的外层
每个回答（不论 HTTP 状态是多少）都是同一种 JSON：`{\"errcode\":0,\"errmsg\":\"ok\",\"data\":…,\"request_id\":\"…\"}`。
成功是指 HTTP 状态为 2xx 并且 `errcode` 为 0。失败时 `errcode` 是固定的五位编号，`errmsg` 是一句可以直接给用户看的话，`details` 按表单顺序列出
每一处需要修改的内容。全部编号见 `GET /api/v1/public/error-codes`。例外：文件内容、本文档、`/healthz`、`/readyz`、`/metrics`、微信回调。
每个回答都有 `X-Request-Id` 响应头。没有这个路径是 404（10006）；路径对、方法不对是 405（10005，见 `components/responses/WrongMethod`），`Allow` 响应头列出
可以用的方法：每个路径都这样，所以不在各操作下重复。
不合 HTTP 格式的请求和超过 128 KiB 的请求头到不了本系统，由网络层直接以 400 拒绝并断开，没有这层 JSON。

### 请求
只用 GET、POST、PUT、DELETE；GET 和 DELETE 没有请求体；请求体是 UTF-8 的 JSON（上传文件用 multipart/form-data），不认识的字段会被拒绝。
编号（id）是字符串；金额是整数，单位为分（`amount_fen`）；时间为 RFC 3339，一律带 `+08:00`；日期为 `YYYY-MM-DD`；每个枚举值旁边都有中文名称。
可以自带 `X-Request-Id`（1 到 64 位字母、数字或连字符），回答的同名响应头和 `request_id` 会原样返回；没有则由系统生成。报告问题时请提供它。

### 防重复标识
凡是新建、提交、审批、上传、发送的 POST 都要带 `Idempotency-Key`（UUID）。没有收到回答时，用同一个标识、同样的内容重试，就不会办两次；重复的回答带 `meta.replayed`。
标识按调用者、方法、路径分别计算，保存 72 小时；只保存成功的回答，失败后可以直接重试。

### 版本
办件和草稿带 `version`。修改时送回看到的 `version`；如果已经变化，返回 409（10030），`current` 说明现在的情况。

### 列表
`limit` 为 1 到 100，`cursor` 用上一页的 `next_cursor`，最后一页为 null。`cursor` 只对同一个列表、同样的筛选条件有效。顺序固定。

### 登录
`Authorization: Bearer <access token>`。残疾人及家属用微信、短信验证码或工作人员给的登录码登录，工作人员用账号、密码和动态口令。别人的内容一律当作不存在（404）。

### 代办
窗口和上门代办用的是居民的同一套操作，得到的是同一件申请：工作人员先用 `POST /api/v1/staff/mandates` 登记谁同意代办（13003 表示还没有登记或者已经到期），
期限内就可以为这个人调用标有 `resident` 和 `staff` 的操作。`GET /api/v1/cases` 对工作人员列出的是其代办的办件。代办的人不能审批同一件申请。

### 忙和限流
429 和 503 带 `Retry-After`（秒）和 `meta.retry_after_seconds`；请等待后用同一个防重复标识重试。

### 变化
v1 只增加，不删除也不改变含义；将要取消的操作会提前带 `Deprecation` 和 `Sunset` 响应头。客户端应忽略不认识的回答字段。
本文档的版本（`info.version`）：第二个数随每次增加而变，第三个数随文字和示例而变；每一版改了什么、在哪一天，见 CHANGELOG.md 的“接口文档”一节。

### 缓存和压缩
不登录就能看的目录类内容（错误码、区划、指南、规定、日历、年度通知、公示栏）带 `ETag`，五分钟内可以直接用手里的；之后带上 `If-None-Match` 再问，没有变化就是
304，没有正文。接口文档本身也一样。这些内容支持 `Accept-Encoding: gzip`；个人的内容一律 `no-store`，也不压缩。

### 示例
每个操作有一个请求和一个回答的示例，都来自测试中真实发生的调用（人物是虚构的，令牌已替换，长列表只留前几项）。为了不让本文档太大，示例在
`/docs/openapi.json`：同一份文档，带示例，可以用来做模拟服务或导入调试工具。

### 办理顺序
各项服务从登录到办结的调用顺序、每一步用哪个版本号、什么时候多出要交的材料，见 `/docs/guides` 的流程指南。";

/// Groups of operations before those of the services, in reading order.
const TAGS_BEFORE: &[Tag] = &[
    tag("public", "公开内容", "不登录就能看的内容：服务目录、公示、错误码"),
    tag("auth", "登录", "登录、换取令牌、退出"),
    tag("me", "本人和家人", "我是谁：本人身份、手机号、家人和被监护人、偏好与同意"),
    tag("cases", "办件", "办件：草稿、提交、进度、撤回、评价"),
    tag("papers", "材料", "材料：上传、查看、再次使用"),
    tag("notices", "消息", "消息：站内通知与微信订阅"),
];

/// The same after those of the services.
const TAGS_AFTER: &[Tag] = &[
    tag("tickets", "群众反映", "群众反映：办不成事、反馈问题、差评整改、电话和上门"),
    tag("desks", "办理台", "工作人员的办理台：待办、领取、审批、退回"),
    tag("counter", "窗口和上门", "窗口和上门：登记同意代办、走访单"),
    tag("people", "残疾人信息", "残疾人基本信息与持证登记"),
    tag("staff", "工作人员", "工作人员的账号、岗位与权限"),
    tag("administration", "管理", "管理员：工作人员、政策草稿与发布、区划、放假安排、通知文字，以及管理操作记录"),
    tag("policy", "政策与区划", "政策、区划与工作日历"),
    tag("announcements", "公告", "公告和停机维护，由管理员发布"),
    tag("reports", "统计", "统计与导出"),
];

fn described(tag: &Tag) -> utoipa::openapi::Tag {
    let mut shown = TagBuilder::new().name(tag.name).description(Some(tag.text)).build();
    shown.extensions = Some(ExtensionsBuilder::new().add("x-displayName", tag.shown).build());
    shown
}

/// Info, server and tags.
pub fn document(services: &Services) -> OpenApi {
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    let contact = ContactBuilder::new().name(Some("提供本接口的县（区）残疾人联合会")).build();
    let info = InfoBuilder::new()
        .title(TITLE)
        .version(VERSION)
        .description(Some(ABOUT))
        .contact(Some(contact))
        .license(Some(license))
        .extensions(Some(packages()))
        .build();
    let server = ServerBuilder::new().url("/").description(Some("提供本文档的服务器")).build();
    let of_services = services.all().flat_map(|service| service.tags());
    let tags = TAGS_BEFORE.iter().chain(of_services).chain(TAGS_AFTER);
    let tags: Vec<_> = tags.map(described).collect();
    OpenApiBuilder::new().info(info).servers(Some([server])).tags(Some(tags)).build()
}

/// What packages made of this document may be called: its title is no name for a module.
fn packages() -> Extensions {
    ExtensionsBuilder::new()
        .add("x-package-names", serde_json::json!({ "npm": "zhucan-client", "python": "zhucan_client" }))
        .build()
}

/// The two kinds of callers, and the headers of answers.
pub fn components() -> Components {
    let bearer = |text: &str| {
        SecurityScheme::Http(
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(text)).build(),
        )
    };
    let header = |kind: Type, text: &str| {
        let mut header = Header::new(ObjectBuilder::new().schema_type(kind));
        header.description = Some(text.to_owned());
        RefOr::T(header)
    };
    let mut components = ComponentsBuilder::new()
        .security_scheme("resident", bearer("残疾人、家属或监护人：微信、短信验证码或登录码登录后得到的令牌"))
        .security_scheme("staff", bearer("工作人员：账号、密码和动态口令登录后得到的令牌"))
        .build();
    components.headers.extend([
        ("RequestId".to_owned(), header(Type::String, "这次请求的标识，与 request_id 相同；报告问题时请提供")),
        ("RetryAfter".to_owned(), header(Type::Integer, "多少秒以后可以再试，与 meta.retry_after_seconds 相同")),
        ("ETag".to_owned(), header(Type::String, "这份内容的标记，下次放在 `If-None-Match` 里")),
        ("Allow".to_owned(), header(Type::String, "这个路径可以用的方法，用逗号分开")),
    ]);
    components
}

/// Tags that no operation uses are left out.
pub fn keep_used_tags(api: &mut OpenApi) {
    let operations = api.paths.paths.values().flat_map(|item| [&item.get, &item.post, &item.put, &item.delete]);
    let used: Vec<String> = operations.flatten().flat_map(|op| op.tags.clone().unwrap_or_default()).collect();
    if let Some(tags) = api.tags.as_mut() {
        tags.retain(|tag| used.contains(&tag.name));
    }
}
