//! What can go wrong at sign-in, with an account, or for want of a right (110xx, 120xx, 510xx, 520xx).

codes! { ACCOUNTS;
    SIGN_IN = 11001, 401, "您还没有登录，请先登录。", "Send Authorization: Bearer with an access token; sign in to get one.";
    EXPIRED = 11002, 401, "登录状态已到期，正在为您续期，请稍候再试。", "Call POST /auth/refresh and repeat the request.";
    SESSION_ENDED = 11003, 401, "登录已经退出，请重新登录。已填写的内容不会丢失。", "The session was ended; sign in again.";
    REFRESH_INVALID = 11004, 401, "登录时间太久了，请重新登录。已填写的内容不会丢失。", "The refresh token is unknown or over; sign in again.";
    REFRESH_REUSED = 11005, 401, "为了您的账号安全，登录已经退出，请重新登录。", "A refresh token came back after its successor was used; the session is over.";
    CODE_INVALID = 11006, 401, "微信授权已失效，请重新操作一次。", "Ask for a new code (wx.login, or the phone-number button) and send it once.";
    CODE_USED = 11007, 401, "微信授权已用过，请重新操作一次。", "Each code works once; ask for a new one.";
    BLOCKED = 11008, 403, "微信暂时不能为您登录，请用短信验证码登录，或请村（社区）工作人员给您登录码。", "WeChat holds the user for high-risk; offer POST /auth/sms/codes and POST /auth/code/login.";
    BANNED = 11009, 403, "这个账号已停用，如有疑问请拨打残联电话或到窗口询问。", "The account is banned or closed.";
    STAFF_REFUSED = 11010, 401, "用户名、密码或动态码不正确，请检查后重试。", "One answer for every wrong part, and for a used one-time code.";
    LOCKED = 11011, 403, "连续输错次数过多，请半小时后再试，或联系管理员。", "Five failures lock the worker's sign-in for 30 minutes; see Retry-After.";
    FOREIGN_PHONE = 11012, 422, "只支持中国大陆的手机号，请换一个或到窗口登记。", "The number is not a mainland mobile number.";
    APPID_UNKNOWN = 11013, 422, "这个小程序还没有接入，请联系残联。", "appid is not configured on this server.";
    THIS_SESSION = 11014, 409, "这是您现在正在用的登录，要退出请点“退出登录”。", "current is true; sign out with POST /auth/logout.";
    IDENTITY_SETTLED = 11020, 409, "您的身份已经核实，如需更改请到窗口办理。", "A confirmed identity changes only at the window.";
    IDENTITY_MISSING = 11021, 409, "请先填写本人姓名和身份证号，再继续办理。", "PUT /me/identity first.";
    LINK_EXISTS = 11022, 409, "您已经登记过与这个人的关系，请在“我的”中查看。", "A claimed or confirmed link to this person exists.";
    PERSON_UNREGISTERED = 11023, 409, "人员名册中还没有这个人，请先登记再确认关系。", "Add the person to the register, then confirm the link.";
    IDENTITY_UNCONFIRMED = 11024, 409, "请先核实申请人本人的身份，再确认这个关系。", "POST /staff/residents/{id}/actions/confirm-identity first.";
    CODE_REFUSED = 11040, 401, "验证码不正确或已失效，请核对后再试，或重新获取。", "One answer for every wrong part; five wrong tries end a code. Ask for a new one.";
    CODE_SENT = 11041, 429, "验证码刚刚发出，请稍等再试；收不到的可到窗口办理。", "One code a minute for a number; see Retry-After.";
    CODES_SPENT = 11042, 429, "今天的验证码次数已用完，请明天再试，或到窗口办理。", "The day's codes for this number, or for all, are used up.";
    COUNTER_REFUSED = 11043, 401, "登录码不正确或已失效，请核对，或请工作人员重新给您一个。", "One answer for every wrong part, and for a used or ended code.";
    TOO_YOUNG = 11044, 409, "未满十四周岁的由监护人登录，请给监护人办理登录码。", "Issue the code for the guardian, and confirm the guardian's link.";
    WRONG_ROLE = 12001, 403, "您没有办理这项工作的权限，如有需要请联系管理员。", "The token belongs to another kind of caller or lacks the role.";
    OWN_AFFAIR = 12005, 403, "不能办理与您本人有关的事项，请由其他工作人员办理。", "The worker is the resident or the person in question.";
    ALREADY_AWAY = 12007, 409, "这段时间已经登记过请假，请先结束原来的登记。", "One absence at a time: end the other, or take other days.";
    NO_MANDATE = 13003, 403, "请先登记本人或监护人同意由您代为办理，再继续。", "POST /staff/mandates for this person first; a mandate lasts for the days that were stated.";
    WECHAT_BUSY = 51001, 503, "微信服务正忙，请稍后再试，或拨打残联电话。", "WeChat is busy or cannot be reached; nothing was done. Take a new code.";
    WECHAT_CONFIG = 51003, 503, "微信登录暂时不能使用，请拨打残联电话或到窗口办理。", "The operator must mend the mini-program's configuration.";
    WECHAT_UNKNOWN = 51004, 503, "微信没有回应，请重新操作一次。", "The outcome is unknown and the code may be used up; take a new code.";
    SMS_OFF = 52003, 503, "短信登录暂时不能使用，请用微信登录，或到窗口办理。", "The operator has not set up SMS.";
}
