//! The order of rooms: each folder's `mod.rs` lists its rooms in reading order, and a room uses only those before it.

use std::collections::BTreeMap;

use crate::floors::{Source, sources};

plain![a_room_uses_only_rooms_that_its_folder_lists_before_it];

/// The rooms of one folder in their order; those that are compiled for tests only may use anything.
struct Folder {
    rooms: Vec<String>,
    for_tests: Vec<String>,
}

/// The folders of the library by their module path: `office`, `office::cases`.
fn folders(all: &[Source]) -> BTreeMap<Vec<String>, Folder> {
    let mut found = BTreeMap::new();
    for source in all.iter().filter(|s| s.path.ends_with("/mod.rs")) {
        let mut folder = Folder { rooms: Vec::new(), for_tests: Vec::new() };
        let mut test_only = false;
        for line in source.code().map(|(_, line)| line.trim()) {
            if let Some(name) = declared(line) {
                if test_only { &mut folder.for_tests } else { &mut folder.rooms }.push(name.to_owned());
            }
            test_only = line == "#[cfg(test)]";
        }
        found.insert(module(&source.path), folder);
    }
    found
}

/// The name in `pub mod name;`.
fn declared(line: &str) -> Option<&str> {
    let rest = line.strip_suffix(';')?;
    let (visibility, name) = rest.split_once("mod ").or_else(|| rest.strip_prefix("mod ").map(|n| ("", n)))?;
    (visibility.is_empty() || visibility.starts_with("pub")).then_some(name)
}

/// `src/office/cases/act.rs` is `office::cases::act`; a `mod.rs` is its folder.
fn module(path: &str) -> Vec<String> {
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    inside.split('/').map(str::to_owned).collect()
}

/// Every path that begins with `crate::` or `super::`, with its line; a group in braces is several.
fn paths(source: &Source) -> Vec<(usize, Vec<String>)> {
    let code: String = source.code().map(|(_, line)| format!("{line}\n")).collect();
    let mut found = Vec::new();
    for word in ["crate::", "super::"] {
        for (at, _) in code.match_indices(word) {
            if code[..at].ends_with("::") {
                continue;
            }
            let line = 1 + code[..at].matches('\n').count();
            let mut text = &code[at..];
            found.extend(tree(&mut text).into_iter().map(|words| (line, words)));
        }
    }
    found
}

/// Reads one path, or one group of paths, off the front of the text.
fn tree(text: &mut &str) -> Vec<Vec<String>> {
    let mut words = Vec::new();
    loop {
        *text = text.trim_start();
        let length = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        let (word, rest) = text.split_at(length);
        words.push(word.to_owned());
        *text = rest;
        let Some(rest) = text.strip_prefix("::") else { return vec![words] };
        *text = rest.trim_start();
        let Some(inside) = text.strip_prefix('{') else { continue };
        *text = inside;
        let mut all = Vec::new();
        loop {
            for ending in tree(text) {
                all.push(words.iter().cloned().chain(ending).collect());
            }
            // Skips an alias or a star, up to the next path of the group or its end.
            let Some(at) = text.find([',', '}']) else { return all };
            let last = text[at..].starts_with('}');
            *text = &text[at + 1..];
            if last {
                return all;
            }
        }
    }
}

/// Where a path of words leads from this module, as words from the root.
fn resolved(own: &[String], name: &[String]) -> Vec<String> {
    let ups = name.iter().take_while(|word| *word == "super").count();
    if ups == 0 {
        return name.iter().skip(1).cloned().collect();
    }
    own.iter().take(own.len().saturating_sub(ups)).chain(name.iter().skip(ups)).cloned().collect()
}

fn a_room_uses_only_rooms_that_its_folder_lists_before_it() {
    let all = sources("src");
    let folders = folders(&all);
    assert!(folders.len() > 20, "the folders were not found");
    let mut faults = Vec::new();
    // A test file that another file includes by `#[cfg(test)]` has a name that ends with `_tests`.
    let beside = |own: &[String]| own.last().is_some_and(|file| file.ends_with("_tests"));
    let for_tests = |own: &[String]| {
        own.last().is_some_and(|file| file.ends_with("_tests")) || {
            folders.iter().any(|(folder, listed)| {
                own.starts_with(folder) && own.get(folder.len()).is_some_and(|room| listed.for_tests.contains(room))
            })
        }
    };
    for source in all.iter().filter(|s| !s.path.ends_with("/mod.rs")) {
        let own = module(&source.path);
        if beside(&own) || for_tests(&own) {
            continue;
        }
        for (line, name) in paths(source) {
            let used = resolved(&own, &name);
            for (folder, listed) in &folders {
                let depth = folder.len();
                let (Some(from), Some(to)) = (own.get(depth), used.get(depth)) else { continue };
                if !own.starts_with(folder) || !used.starts_with(folder) {
                    continue;
                }
                let place = |room: &String| listed.rooms.iter().position(|r| r == room);
                if let (Some(from), Some(to)) = (place(from), place(to))
                    && to > from
                {
                    faults.push(format!(
                        "{}:{line} uses {}, which {} lists after it",
                        source.path,
                        used.join("::"),
                        folder.join("::")
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{} places\n{}", faults.len(), faults.join("\n"));
}
