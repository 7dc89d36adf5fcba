//! Live cases of the last days, so that no desk of the demo is empty for a newcomer.

use std::sync::Arc;

use super::pages::Pages;
use super::scene::Scene;
use crate::entry::demo::province::people::Family;
use crate::platform::error::Result;

/// Writes them, in one page.
pub async fn write(_pages: &mut Pages<'_>, _scene: &Arc<Scene>, _families: &[Family], _now: i64) -> Result<()> {
    Ok(())
}
