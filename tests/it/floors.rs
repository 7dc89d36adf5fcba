//! The house rules, read from the sources: floors, first lines, lengths, names, one door for time, one owner a table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

plain![
    a_file_uses_only_its_own_floor_and_those_below,
    services_never_meet,
    each_file_says_in_its_first_line_what_it_is_for,
    no_file_is_longer_than_four_hundred_lines,
    no_folder_or_file_is_a_drawer_for_odds_and_ends,
    time_comes_through_the_clock_only,
    each_table_is_declared_by_one_store,
    no_handler_speaks_to_the_database_itself,
    every_list_of_codes_is_in_the_table,
    operations_are_mounted_so_that_the_document_knows_them,
    neither_the_library_nor_tests_nor_benches_know_the_demo,
    shared_code_names_no_service_and_no_desk_role_or_word_of_one,
];

/// Of the library, from the bottom up; the demo stands above them, in the program.
const FLOORS: &[&str] = &["rules", "platform", "office", "services", "api", "entry"];

pub struct Source {
    /// Relative to the repository, with forward slashes.
    pub path: String,
    pub text: String,
}

impl Source {
    /// The floor's place, None for `lib.rs`, `main.rs` and the demo.
    fn floor(&self) -> Option<usize> {
        let first = self.path.strip_prefix("src/")?.split('/').next()?;
        FLOORS.iter().position(|floor| *floor == first)
    }

    /// The service that the file belongs to.
    fn service(&self) -> Option<&str> {
        let (service, _) = self.path.strip_prefix("src/services/")?.split_once('/')?;
        Some(service)
    }

    /// Lines of code with their numbers; comments are free to name anything.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(n, l)| (n + 1, l.split("//").next().unwrap_or_default()))
    }

    /// What the code names behind `crate::`, word by word.
    fn names(&self) -> Vec<(usize, Vec<String>)> {
        let mut found = Vec::new();
        for (number, line) in self.code() {
            for part in line.split("crate::").skip(1) {
                for one in grouped(part) {
                    found.push((number, one));
                }
            }
        }
        found
    }
}

/// `a::b` is one path; `{a::x, b}` directly after `crate::` is several.
fn grouped(part: &str) -> Vec<Vec<String>> {
    let words = |text: &str| {
        text.split("::").map(|w| w.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()).collect()
    };
    match part.strip_prefix('{') {
        Some(group) => group.split([',', '}']).map(|p| words(p.trim())).collect(),
        None => vec![words(part)],
    }
}

/// The Rust files of a folder.
pub fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    let relative = |file: &PathBuf| file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    files.iter().map(|file| Source { path: relative(file), text: std::fs::read_to_string(file).unwrap() }).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn settle(faults: Vec<String>) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn a_file_uses_only_its_own_floor_and_those_below() {
    let mut faults = Vec::new();
    let all = sources("src");
    assert!(all.len() > 50, "the sources were not found");
    for source in &all {
        let Some(own) = source.floor() else { continue };
        for (line, name) in source.names() {
            let used = FLOORS.iter().position(|floor| Some(*floor) == name.first().map(String::as_str));
            if used.is_some_and(|used| used > own) {
                faults.push(format!("{}:{line} uses {}, which lies above it", source.path, name.join("::")));
            }
        }
        // A path that leaves its floor by `super`, once more often than the file is deep.
        let depth = source.path.matches('/').count() - 1;
        for (line, code) in source.code() {
            if code.contains(&"super::".repeat(depth + 1)) {
                faults.push(format!("{}:{line} leaves its floor by super::", source.path));
            }
        }
    }
    settle(faults);
}

fn services_never_meet() {
    let all = sources("src");
    let services: BTreeSet<&str> = all.iter().filter_map(Source::service).collect();
    let mut faults = Vec::new();
    for source in &all {
        for (line, name) in source.names() {
            let [floor, service, ..] = name.as_slice() else { continue };
            let foreign = source.service().is_some_and(|own| own != service);
            if floor == "services" && foreign && services.contains(service.as_str()) {
                faults.push(format!("{}:{line} uses the service {service}", source.path));
            }
        }
        for (line, code) in source.code() {
            for other in services.iter().filter(|other| Some(**other) != source.service()) {
                if source.service().is_some() && code.contains(&format!("super::{other}")) {
                    faults.push(format!("{}:{line} uses the service {other}", source.path));
                }
            }
        }
    }
    settle(faults);
}

fn each_file_says_in_its_first_line_what_it_is_for() {
    let silent = sources("src").into_iter().chain(sources("tests")).filter(|s| !s.text.starts_with("//! "));
    settle(silent.map(|s| s.path).collect());
}

fn no_file_is_longer_than_four_hundred_lines() {
    let long = sources("src").into_iter().chain(sources("tests")).filter(|s| s.text.lines().count() > 400);
    settle(long.map(|s| format!("{}: {} lines", s.path, s.text.lines().count())).collect());
}

fn no_folder_or_file_is_a_drawer_for_odds_and_ends() {
    let drawers = ["util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "shared", "base", "stuff"];
    let named = |s: &Source| s.path.trim_end_matches(".rs").split('/').any(|part| drawers.contains(&part));
    settle(sources("src").into_iter().chain(sources("tests")).filter(named).map(|s| s.path).collect());
}

fn time_comes_through_the_clock_only() {
    let doors = ["Utc::now(", "Local::now(", "SystemTime::now(", "OffsetDateTime::now"];
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|s| s.path != "src/platform/clock.rs") {
        for (line, code) in source.code().filter(|(_, code)| doors.iter().any(|door| code.contains(door))) {
            faults.push(format!("{}:{line} {}", source.path, code.trim()));
        }
    }
    settle(faults);
}

fn each_table_is_declared_by_one_store() {
    let mut owners: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources("src") {
        let mut rest = source.text.as_str();
        while let Some(at) = rest.find("table! {") {
            rest = &rest[at + 8..];
            let name: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            owners.entry(name).or_default().push(source.path.clone());
        }
    }
    assert!(owners.len() > 5, "the tables were not found");
    settle(owners.into_iter().filter(|(_, all)| all.len() > 1).map(|(name, all)| format!("{name}: {all:?}")).collect());
}

/// Queries stand in the store that owns the table; a handler's file calls them.
fn no_handler_speaks_to_the_database_itself() {
    let of_handlers = |s: &Source| s.path.starts_with("src/api/") || s.path.ends_with("api.rs");
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|s| of_handlers(s) && !s.path.ends_with("tests.rs")) {
        for (line, code) in source.code().filter(|(_, code)| code.contains("diesel")) {
            faults.push(format!("{}:{line} {}", source.path, code.trim()));
        }
    }
    settle(faults);
}

fn every_list_of_codes_is_in_the_table() {
    let table = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/api/error_codes.rs")).unwrap();
    let mut faults = Vec::new();
    // Those of a service come through its `codes()`.
    for source in sources("src").iter().filter(|s| s.service().is_none()) {
        for (line, code) in source.code() {
            let list = code.split("codes! {").nth(1).and_then(|rest| rest.trim().strip_suffix(';'));
            if list.is_some_and(|list| !table.contains(list)) {
                faults.push(format!("{}:{line} {} is not in api/error_codes.rs", source.path, list.unwrap_or_default()));
            }
        }
    }
    settle(faults);
}

fn operations_are_mounted_so_that_the_document_knows_them() {
    let outside = [
        "src/entry/server/",
        "src/demo/",
        "src/platform/wechat_stand_in/",
        "src/platform/sms_stand_in/",
        "src/platform/http/operation.rs",
    ];
    let mut faults = Vec::new();
    let served = |s: &&Source| !outside.iter().any(|o| s.path.starts_with(o)) && !s.path.ends_with("tests.rs");
    for source in sources("src").iter().filter(served) {
        for (line, code) in source.code().filter(|(_, code)| code.contains(".route(") || code.contains("web::scope(")) {
            faults.push(format!("{}:{line} {}", source.path, code.trim()));
        }
    }
    settle(faults);
}

/// The demo stands above the library, in the program: what it invents must not be what the product or its tests rest on.
fn neither_the_library_nor_tests_nor_benches_know_the_demo() {
    let below = |s: &Source| s.floor().is_some() || s.path == "src/lib.rs" || !s.path.starts_with("src/");
    let all: Vec<Source> = ["src", "tests", "benches"].into_iter().flat_map(sources).collect();
    assert!(all.iter().any(|s| s.path == "src/demo/mod.rs"), "the demo was not found");
    let mut faults = Vec::new();
    for source in all.iter().filter(|s| below(s)) {
        for (line, code) in source.code().filter(|(_, code)| names_demo(code)) {
            faults.push(format!("{}:{line} {}", source.path, code.trim()));
        }
    }
    settle(faults);
}

/// Words of a service that the office says too, of something of its own: a desk's reach, and the register of cards.
const ALSO_OF_THE_OFFICE: &[&str] = &["point", "Point", "certificate", "Certificate", "残疾人证"];

/// What a service is called in code and in Chinese: its folder and code, and its desks and roles. Made from the registry, so
/// that the next service is looked for as well.
fn words_of_services() -> (Vec<String>, Vec<String>) {
    let mut codes: Vec<&str> = Vec::new();
    let mut labels: Vec<&str> = Vec::new();
    for service in zhucan::services::all().all() {
        codes.push(service.code());
        labels.push(service.label());
        for own in service.desks() {
            codes.extend([own.code, own.role_code]);
            labels.extend([own.label, own.role_label]);
        }
    }
    let free = |word: &String| !ALSO_OF_THE_OFFICE.contains(&word.as_str());
    let camel = |code: &str| -> String { code.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect() };
    let kebab = |code: &str| format!("\"{}\"", code.replace('_', "-"));
    let quoted = codes.iter().filter(|code| free(&(**code).to_owned())).flat_map(|code| [format!("\"{code}\""), kebab(code)]);
    let paths = codes.iter().map(|code| format!("services::{code}"));
    let labels = labels.into_iter().map(str::to_owned).filter(free);
    let names = codes.iter().map(|code| camel(code)).filter(free).collect();
    (quoted.chain(paths).chain(labels).collect(), names)
}

fn shared_code_names_no_service_and_no_desk_role_or_word_of_one() {
    let (texts, names) = words_of_services();
    assert!(texts.iter().any(|t| t == "\"point_keeper\"") && names.contains(&"Assessor".to_owned()), "{texts:?} {names:?}");
    let free = |s: &&Source| s.service().is_some() || s.path == "src/services/mod.rs" || s.path.starts_with("src/demo/");
    let for_tests = |s: &&Source| s.path.ends_with("tests.rs");
    let mut faults = Vec::new();
    for source in sources("src").iter().filter(|s| !free(s) && !for_tests(s)) {
        let product = source.text.find("#[cfg(test)]\n#[allow").map_or(usize::MAX, |at| source.text[..at].lines().count());
        for (line, code) in source.code().take_while(|(line, _)| *line <= product) {
            // An example in the contract is of something that exists.
            let code = code.split("example = ").next().unwrap_or_default();
            let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
            if texts.iter().any(|text| code.contains(text)) || words.any(|word| names.iter().any(|name| name == word)) {
                faults.push(format!("{}:{line} {}", source.path, code.trim()));
            }
        }
    }
    settle(faults);
}

/// The module as code names it, or its files: `crate::demo`, `demo::cast`, `mod demo`, `use super::{demo, …}`, `#[path = "…/demo/…"]`.
fn names_demo(code: &str) -> bool {
    let quoted = code.split('"').nth(1).unwrap_or_default();
    let bare: String = code.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let words: Vec<&str> = bare.split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').collect();
    let path = words.iter().any(|w| w.split("::").any(|part| part == "demo") && w.contains("::"));
    let declared = words.windows(2).any(|pair| pair == ["mod", "demo"]);
    let used = words.contains(&"use") && words.contains(&"demo");
    path || declared || used || code.contains("#[path = ") && quoted.contains("demo")
}
