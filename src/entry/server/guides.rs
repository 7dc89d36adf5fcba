//! The guides of `docs/guides` as pages: the order of calls of each service, told from the walks.

use pulldown_cmark::{Options, Parser, html};

/// Name in the address, and the text; the first is the list.
pub const GUIDES: [(&str, &str); 4] = [
    ("", include_str!("../../../docs/guides/README.md")),
    ("education-aid", include_str!("../../../docs/guides/education-aid.md")),
    ("device-rental", include_str!("../../../docs/guides/device-rental.md")),
    ("certificate-renewal", include_str!("../../../docs/guides/certificate-renewal.md")),
];

const FRAME: &str = include_str!("../../../assets/docs/guide.html");

/// Each guide as HTML.
pub fn pages() -> impl Iterator<Item = (&'static str, String)> {
    GUIDES.iter().map(|(name, text)| (*name, page(text)))
}

fn page(text: &str) -> String {
    let mut body = String::new();
    html::push_html(&mut body, Parser::new_ext(text, Options::ENABLE_TABLES));
    // In the repository the guides link to each other as files, here they stand beside each other.
    let body = body
        .replace("href=\"./README.md\"", "href=\"/docs/guides\"")
        .replace("href=\"./", "href=\"/docs/guides/")
        .replace(".md\"", "\"");
    let title = text.lines().next().unwrap_or_default().trim_start_matches("# ");
    FRAME.replace("{{title}}", title).replace("{{body}}", &body)
}
