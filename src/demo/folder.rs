//! The marker file of a demo folder, so that no command mistakes it for the real thing.

use std::path::Path;

use serde::{Deserialize, Serialize};

use zhucan::entry::cli::place::DEMO_MARKER as FILE;
use zhucan::platform::error::{Error, Result};

/// What `demo.json` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Marker {
    /// When the demo was made, RFC 3339.
    pub created_at: String,
    /// Where the running demo answers (`http://127.0.0.1:8080`); the last place when it does not run.
    pub address: String,
    /// Where its stand-in for WeChat answers.
    pub wechat: String,
}

/// The marker of a folder; None when the folder is no demo's.
///
/// # Errors
/// When the marker is there and cannot be read.
pub fn marker(folder: &Path) -> Result<Option<Marker>> {
    match std::fs::read(folder.join(FILE)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| Error::internal(format!("{FILE}: {e}"))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(Error::internal(format!("{FILE}: {e}"))),
    }
}

/// Writes the marker.
///
/// # Errors
/// When the folder cannot be written.
pub fn mark(folder: &Path, marker: &Marker) -> Result<()> {
    let text = serde_json::to_string_pretty(marker).map_err(Error::internal)?;
    std::fs::write(folder.join(FILE), text).map_err(|e| Error::internal(format!("{FILE}: {e}")))
}
