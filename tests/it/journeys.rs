//! The program as a newcomer tries it: `zhucan demo` on each database, work on every desk, the figures of the report, and the
//! three journeys from the first screen to the end, each answer held against the document.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell};

use crate::world::program::{Demo, Said, run};
use crate::world::proxy::Proxy;
use crate::world::{Kind, World, grounds};

stories!(
    the_first_county_shows_its_report_and_tells_nobody_of_the_past,
    a_newcomer_finds_work_on_every_desk,
    what_a_county_works_with_is_refused,
    education_aid_from_the_first_screen_to_the_money,
    device_rental_for_a_child_from_reservation_to_disinfection,
    certificate_renewal_from_the_window_to_the_new_card,
);

/// One demo of each kind serves all stories, since it takes long to load.
static TRIED: [OnceCell<Mutex<Tried>>; 2] = [const { OnceCell::const_new() }; 2];

/// Who has work from the first day, and where they look for it.
const DESKS: [(&str, &str); 7] = [
    ("village", "/staff/queue"),
    ("town", "/staff/queue"),
    ("county", "/staff/queue"),
    ("finance", "/staff/queue"),
    ("assessor", "/staff/certificate/assessments"),
    ("keeper", "/staff/device-rental/loans"),
    ("keeper2", "/staff/device-rental/loans"),
];

/// A running demo, and what was seen in it before anybody did anything.
pub struct Tried {
    /// With the folder of its files; gone when it has ended.
    running: Option<(Demo, tempfile::TempDir)>,
    seen: Seen,
    database: Option<String>,
    /// What the walks said that were taken so far.
    walked: BTreeMap<&'static str, String>,
}

#[derive(Clone)]
struct Seen {
    /// How many things wait on each desk.
    work: BTreeMap<&'static str, usize>,
    /// What was sent by WeChat.
    sent: Value,
}

/// The demo of this story's database.
pub async fn tried(world: &World) -> &'static Mutex<Tried> {
    let place = usize::from(world.kind == Kind::Postgres);
    TRIED[place].get_or_init(|| Tried::begin(world)).await
}

impl Tried {
    async fn begin(world: &World) -> Mutex<Tried> {
        let folder = tempfile::tempdir().unwrap();
        let kind = world.kind;
        let data = folder.path().join("demo");
        let started = tokio::task::spawn_blocking(move || {
            let database = grounds::empty_database(kind);
            let more: Vec<&str> = database.iter().flat_map(|url| ["--database-url", url]).collect();
            (Demo::start(&data, &more), database)
        });
        let (demo, database) = started.await.unwrap();
        let sent = world.before(&demo.wechat).get("/__fake/sent").send().await.json["sent"].clone();
        let mut work = BTreeMap::new();
        for (who, path) in DESKS {
            let here = world.before(&demo.base);
            let token = worker(&here, who).await;
            let page = here.get(&format!("/api/v1{path}")).token(&token).send().await.data(200);
            work.insert(who, page["items"].as_array().map_or(0, Vec::len));
        }
        let seen = Seen { work, sent };
        Mutex::new(Tried { running: Some((demo, folder)), seen, database, walked: BTreeMap::new() })
    }

    fn demo(&self) -> &Demo {
        &self.running.as_ref().unwrap().0
    }

    /// The same client before the demo.
    pub fn before(&self, world: &World) -> World {
        world.before(&self.demo().base)
    }

    /// Runs a command of the program on this demo.
    async fn run(&self, words: &'static [&'static str], data: PathBuf) -> Said {
        tokio::task::spawn_blocking(move || run(words, &data)).await.unwrap()
    }

    /// Takes a walk unless it was taken; the id of its case.
    pub async fn walk(&mut self, words: &'static [&'static str; 3]) -> String {
        if let Some(said) = self.walked.get(words[2]) {
            return case_of(said);
        }
        let proxy = Proxy::before(&self.demo().base);
        let marked = self.demo().data.with_file_name(words[2]);
        // The walk calls the proxy instead of the demo.
        std::fs::create_dir_all(&marked).unwrap();
        let mut marker: Value = serde_json::from_slice(&std::fs::read(self.demo().data.join("demo.json")).unwrap()).unwrap();
        marker["address"] = proxy.address.as_str().into();
        std::fs::write(marked.join("demo.json"), marker.to_string()).unwrap();
        let said = self.run(words, marked).await;
        let calls = proxy.calls();
        let faults = proxy.end().await;
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(said.well && said.text.contains("走完了。"), "{}", said.text);
        assert_eq!(guide(words[2]), calls, "docs/guides/{}.md tells another order of calls than the walk (right)", words[2]);
        let case = case_of(&said.text);
        self.walked.insert(words[2], said.text);
        case
    }
}

/// The calls of a guide, in its order.
fn guide(name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(format!("{}/docs/guides/{name}.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    text.lines().filter(|l| l.starts_with("- `")).map(str::to_owned).collect()
}

/// The id in the first path of a case.
fn case_of(said: &str) -> String {
    said.split("/api/v1/cases/").nth(1).unwrap()[..36].to_owned()
}

/// Signs a worker of the demo in. The clock goes on by half a minute first, since a one-time code serves once.
pub async fn worker(demo: &World, username: &str) -> String {
    demo.post("/demo/clock").json(&json!({ "forward_ms": 31_000 })).send().await.data(200);
    let code = demo.get(&format!("/demo/totp/{username}")).send().await.data(200)["code"].clone();
    let body = json!({ "username": username, "password": "demo-only-password", "totp": code });
    let session = demo.post("/api/v1/auth/staff/login").json(&body).send().await.data(200);
    session["access_token"].as_str().unwrap().to_owned()
}

async fn the_first_county_shows_its_report_and_tells_nobody_of_the_past(world: World) {
    let tried = tried(&world).await.lock().await;
    assert_eq!(tried.seen.sent, json!([]), "nobody has agreed to a message by WeChat");
    let said = tried.run(&["demo", "figures"], tried.demo().data.clone()).await;
    assert!(said.well && said.text.contains("18 项数字都与年报一致。"), "{}", said.text);
    let shows = |name: &str, figure: &str| {
        said.text.lines().any(|l| l.starts_with("一致") && l.contains(name) && l.contains(&format!(" {figure} ")))
    };
    assert!(shows("合计", "396") && shows("帮助人数", "21"), "{}", said.text);
}

async fn a_newcomer_finds_work_on_every_desk(world: World) {
    let work = tried(&world).await.lock().await.seen.work.clone();
    assert!(work.len() == DESKS.len() && work.values().all(|n| *n > 0), "{work:?}");
}

/// A folder that a county works in, and on PostgreSQL its database.
async fn what_a_county_works_with_is_refused(world: World) {
    let folder = tempfile::tempdir().unwrap();
    let made = run(&["keys", "generate"], folder.path());
    assert!(made.well, "{}", made.text);
    let demo = ["demo", "--listen", "127.0.0.1:0"];
    let used = folder.path().to_owned();
    let fresh = folder.path().join("fresh");
    let url = (world.kind == Kind::Postgres).then(|| world.database.clone());
    let said = tokio::task::spawn_blocking(move || match url {
        Some(url) => run(&[demo.as_slice(), &["--database-url", &url]].concat(), &fresh),
        None => run(&demo, &used),
    });
    let said = said.await.unwrap();
    assert!(!said.well && said.text.contains("里已有正式数据，演示不会使用它。"), "{}", said.text);
}

async fn education_aid_from_the_first_screen_to_the_money(world: World) {
    tried(&world).await.lock().await.walk(&["demo", "walk", "education-aid"]).await;
}

async fn device_rental_for_a_child_from_reservation_to_disinfection(world: World) {
    tried(&world).await.lock().await.walk(&["demo", "walk", "device-rental"]).await;
}

async fn certificate_renewal_from_the_window_to_the_new_card(world: World) {
    tried(&world).await.lock().await.walk(&["demo", "walk", "certificate-renewal"]).await;
}

/// Ends the demos; false when one did not end well, or when a history does not verify afterwards.
pub fn end() -> bool {
    TRIED.iter().filter_map(OnceCell::get).all(|tried| {
        let mut tried = tried.blocking_lock();
        let Some((demo, _folder)) = tried.running.take() else { return true };
        let data = demo.data.clone();
        let well = demo.stop();
        let more: Vec<&str> = tried.database.iter().flat_map(|url| ["--database-url", url]).collect();
        let said = run(&[["history", "verify"].as_slice(), &more].concat(), &data);
        let cases = said.text.split(" 件").next().and_then(|t| t.rsplit(' ').next()).and_then(|n| n.parse().ok()).unwrap_or(0);
        let whole = said.well && cases > 430;
        if !well || !whole {
            eprintln!("the demo ended well: {well}; its history:\n{}", said.text);
        }
        well && whole
    })
}
