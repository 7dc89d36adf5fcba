//! Areas, working days and the policies of the three invented counties, read from the files in `assets`.

use std::path::Path;

use zhucan::entry::cli::policy::PolicyFile;
use zhucan::office::policy::county::{self, NewPolicy};
use zhucan::office::policy::{areas, calendar};
use zhucan::platform::app::App;

/// Writes them into an empty database.
pub async fn lay(app: &App) {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    let list = std::fs::read_to_string(assets.join("areas.csv")).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(assets.join("policies")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let read = |file| PolicyFile::parse(&std::fs::read_to_string(file).unwrap()).unwrap().decided(&app.clock);
    let policies: Vec<NewPolicy> = files.iter().map(read).collect();
    let now = app.clock.now();
    let written = app.db.write(move |c| {
        areas::import(c, &list)?;
        calendar::seed(c, now)?;
        policies.iter().try_for_each(|policy| county::publish(c, policy).map(drop))
    });
    written.await.unwrap();
}
