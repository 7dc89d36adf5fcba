// The words of Swagger UI in Chinese; it has no languages of its own.
const WORDS = {
  "Authorize": "登录令牌",
  "Available authorizations": "可用的登录方式",
  "Authorized": "已填入",
  "Logout": "清除",
  "Close": "关闭",
  "Value:": "令牌：",
  "Servers": "服务器",
  "Server": "服务器",
  "Schemas": "数据结构",
  "Parameters": "参数",
  "No parameters": "没有参数",
  "Name": "名称",
  "Description": "说明",
  "Request body": "请求体",
  "required": "必填",
  "* required": "* 必填",
  "Responses": "回答",
  "Response": "回答",
  "Server response": "服务器的回答",
  "Response body": "回答内容",
  "Response headers": "回答的头",
  "Request URL": "请求地址",
  "Request duration": "用时",
  "Curl": "curl 命令",
  "Code": "状态",
  "Details": "详情",
  "Links": "链接",
  "No links": "没有链接",
  "Media type": "内容类型",
  "Controls Accept header.": "决定请求头 Accept。",
  "Examples": "示例",
  "Examples:": "示例：",
  "Example": "示例",
  "Example:": "示例：",
  "Example Value": "示例",
  "Example Description": "示例说明",
  "Schema": "结构",
  "Model": "结构",
  "Headers:": "响应头：",
  "Type": "类型",
  "Default value": "默认值",
  "Available values": "可选值",
  "Try it out": "试一试",
  "Try it out ": "试一试",
  "Execute": "发送",
  "Cancel": "取消",
  "Clear": "清除结果",
  "Reset": "恢复",
  "Download": "下载",
  "Copy to clipboard": "复制",
  "Loading...": "正在读取……",
  "Send empty value": "发送空值",
  "No operations defined in spec!": "没有找到这样的接口。",
  "Expand all": "全部展开",
  "Collapse all": "全部收起",
  "Failed to load API definition.": "接口文档没有读出来，请刷新。",
  "Errors": "错误",
  "Hide": "收起",
  "Undocumented": "文档没有写明",
  "Unauthorized": "没有登录",
  "Deprecated": "将要取消",
  "Filter by tag": "搜索接口：名称、路径或编号，例如“补正”“/papers”“submitCase”",
  "Expand operation": "展开接口",
  "Collapse operation": "收起接口",
};

/** Puts Chinese words in the place of the English ones below an element, now and whenever it changes. */
function translate(root) {
  const chinese = (text) => WORDS[text.trim()];
  const ATTRIBUTES = ["placeholder", "aria-label", "title"];
  const put = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const code = node.parentElement && node.parentElement.closest("pre, code, textarea, .renderedMarkdown");
      const word = !code && chinese(node.data);
      if (word && node.data !== word) node.data = word;
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    for (const name of ATTRIBUTES) {
      const word = node.hasAttribute(name) && chinese(node.getAttribute(name));
      if (word) node.setAttribute(name, word);
    }
    node.childNodes.forEach(put);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") put(change.target);
      else change.addedNodes.forEach(put);
    }
  }).observe(root, { childList: true, subtree: true, characterData: true });
}
