//! The guides of `docs/guides` as pages: the order of calls of each service, told from the walks.

use pulldown_cmark::{Options, Parser, html};

use crate::office::cases::service::Services;

const LIST: &str = include_str!("../../../docs/guides/README.md");
const FRAME: &str = include_str!("../../../assets/docs/guide.html");

/// Each guide as HTML, by its name in the address; the empty name is their list.
pub fn pages(services: &Services) -> impl Iterator<Item = (&'static str, String)> {
    let of_services = services.all().flat_map(|service| service.flow_guides().iter().copied());
    std::iter::once(("", LIST)).chain(of_services).map(|(name, text)| (name, page(text)))
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
