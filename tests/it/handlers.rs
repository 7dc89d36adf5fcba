//! No handler is longer than 25 lines: rules and queries belong into other floors.

use crate::floors::sources;

plain![no_handler_is_longer_than_twenty_five_lines, handlers_work_with_the_frame];

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

/// A handler takes the server's tools and the office by `Call`, `Save` or `Write`, never one by one; so the moment of a request
/// is taken once, and keys against repetition are handled in one place.
fn handlers_work_with_the_frame() {
    let bypasses = ["Data<App>", "Data<Services>", "once.write(", "Office::of("];
    let of_handlers = |path: &str| path.starts_with("src/api/") || path.ends_with("api.rs");
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|s| of_handlers(&s.path) && !s.path.ends_with("tests.rs")) {
        for (line, code) in source.code().filter(|(_, code)| bypasses.iter().any(|word| code.contains(word))) {
            faults.push(format!("{}:{line} {}", source.path, code.trim()));
        }
    }
    // Only an upload keeps its own order: it looks at the case before it reads the file, and at the key before it stores the file.
    faults.retain(|fault| !fault.starts_with("src/api/cases/papers.rs:") || !fault.contains("once.write("));
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
