//! No handler is longer than 25 lines: rules and queries belong into other floors.

use crate::floors::sources;

plain![no_handler_is_longer_than_twenty_five_lines];

/// Name and lines of each handler, from `async fn` to its last brace.
fn handlers(text: &str) -> Vec<(String, usize)> {
    let of = |part: &str| {
        let start = part.find("async fn ")?;
        let body = part.get(start..)?.split("\n}\n").next()?;
        let name = body.trim_start_matches("async fn ").split(['(', '<']).next()?;
        Some((name.to_owned(), body.lines().count() + 1))
    };
    text.split("#[utoipa::path(").skip(1).filter_map(of).collect()
}

fn no_handler_is_longer_than_twenty_five_lines() {
    let mut all = Vec::new();
    for source in sources("src") {
        all.extend(handlers(&source.text).into_iter().map(|(name, lines)| (lines, format!("{name} in {}", source.path))));
    }
    all.sort();
    let median = all[all.len() / 2].0;
    println!("{} handlers, median {median} lines, longest {:?}", all.len(), all.last());
    assert!(all.len() > 200 && median <= 10, "{} handlers, median {median}", all.len());
    let long: Vec<_> = all.iter().filter(|(lines, _)| *lines > 25).collect();
    assert!(long.is_empty(), "longer than 25 lines: {long:#?}");
}
