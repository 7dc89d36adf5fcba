//! The picture that is used as every paper of the past: drawn, cleaned and stored once, as an upload would be.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

use zhucan::office::cases::filing::paper_files;
use zhucan::office::cases::filing::papers::Paper;
use zhucan::office::cases::service::Office;
use zhucan::platform::app::App;
use zhucan::platform::error::{Error, Result};
use zhucan::services;

/// A sheet with a frame. Two inches at 300 dots an inch, as the photo of a certificate is wanted.
fn drawn() -> Result<Vec<u8>> {
    let inside = |x: u32, y: u32| (12..401).contains(&x) && (12..567).contains(&y);
    let sheet = RgbImage::from_fn(413, 579, |x, y| if inside(x, y) { Rgb([252, 252, 252]) } else { Rgb([210, 220, 235]) });
    let mut jpeg = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(sheet).write_to(&mut jpeg, ImageFormat::Jpeg).map_err(Error::internal)?;
    Ok(jpeg.into_inner())
}

/// Keeps it in the vault; papers of the past share the file, as re-used papers do. A load that goes on keeps another,
/// and the first one, which earlier pages name, stays.
pub async fn keep(app: &App) -> Result<Paper> {
    let clean = app.papers.process(drawn()?.into()).await.map_err(Error::internal)?;
    let nobody = app.clock.id();
    paper_files::store(app, &Office::of(app, &services::all()), nobody, "example", "示例图片", clean).await
}
