//! Photos: checked from the header, decoded, turned upright and encoded anew, so that only pixels are kept.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader};

use super::limits::{MAX_IMAGE_EDGE, MAX_IMAGE_PIXELS, THUMBNAIL_EDGE};
use super::photo::{PhotoHint, two_inch_photo_check};
use super::{FileFault, Kind};

/// JPEG quality of stored papers: small print stays legible.
const PAPER_QUALITY: u8 = 88;
/// JPEG quality of thumbnails.
const THUMBNAIL_QUALITY: u8 = 75;
/// Most bytes of a decoded image: the most pixels at four bytes, so that 16-bit images may have half as many.
const MAX_DECODED_BYTES: u64 = MAX_IMAGE_PIXELS * 4;

/// A photo that holds nothing but pixels: no EXIF, GPS, colour profile, comment or trailing bytes.
pub(super) struct CleanImage {
    /// JPEG, or PNG when something in it is transparent.
    pub(super) kind: Kind,
    pub(super) bytes: Vec<u8>,
    /// JPEG with no edge over [`THUMBNAIL_EDGE`].
    pub(super) thumbnail: Vec<u8>,
    /// After turning upright.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) photo_hints: Vec<PhotoHint>,
}

/// Cleans an image of the given kind.
///
/// # Errors
/// [`FileFault::ImageTooManyPixels`] before anything is decoded, [`FileFault::ImageDamaged`].
pub(super) fn clean(bytes: &[u8], kind: Kind) -> Result<CleanImage, FileFault> {
    let upright = flatten(decode(bytes, kind)?);
    let (kind, encoded) = match &upright {
        DynamicImage::ImageRgba8(_) => (Kind::Png, png(&upright)?),
        _ => (Kind::Jpeg, jpeg(&upright, PAPER_QUALITY)?),
    };
    let small = if upright.width().max(upright.height()) > THUMBNAIL_EDGE {
        upright.thumbnail(THUMBNAIL_EDGE, THUMBNAIL_EDGE)
    } else {
        upright.clone()
    };
    Ok(CleanImage {
        kind,
        bytes: encoded,
        thumbnail: jpeg(&on_white(&small), THUMBNAIL_QUALITY)?,
        width: upright.width(),
        height: upright.height(),
        photo_hints: two_inch_photo_check(&upright),
    })
}

fn decode(bytes: &[u8], kind: Kind) -> Result<DynamicImage, FileFault> {
    let format = match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Png => ImageFormat::Png,
        Kind::Webp => ImageFormat::WebP,
        Kind::Pdf => return Err(FileFault::WrongKind),
    };
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(MAX_IMAGE_EDGE);
    limits.max_image_height = Some(MAX_IMAGE_EDGE);
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| fault_of(&e))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if width.max(height) > MAX_IMAGE_EDGE || pixels > MAX_IMAGE_PIXELS || decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(FileFault::ImageTooManyPixels);
    }
    if pixels == 0 {
        return Err(FileFault::ImageDamaged);
    }
    // A broken EXIF block is no reason to refuse the photo: it is kept without being turned.
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| fault_of(&e))?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn fault_of(error: &image::ImageError) -> FileFault {
    match error {
        image::ImageError::Limits(_) => FileFault::ImageTooManyPixels,
        _ => FileFault::ImageDamaged,
    }
}

/// Eight bits a channel; grey stays grey; transparency is kept only where something is transparent.
fn flatten(image: DynamicImage) -> DynamicImage {
    if image.color().has_alpha() {
        let rgba = image.into_rgba8();
        if rgba.pixels().any(|pixel| pixel.0.last() != Some(&u8::MAX)) {
            return DynamicImage::ImageRgba8(rgba);
        }
        return DynamicImage::ImageRgb8(DynamicImage::ImageRgba8(rgba).into_rgb8());
    }
    if image.color().has_color() {
        DynamicImage::ImageRgb8(image.into_rgb8())
    } else {
        DynamicImage::ImageLuma8(image.into_luma8())
    }
}

/// Transparent parts shown as paper: JPEG would turn them black.
fn on_white(image: &DynamicImage) -> DynamicImage {
    let DynamicImage::ImageRgba8(rgba) = image else {
        return image.clone();
    };
    let mut flat = image::RgbImage::new(rgba.width(), rgba.height());
    for (to, from) in flat.pixels_mut().zip(rgba.pixels()) {
        let [red, green, blue, alpha] = from.0;
        let alpha = u16::from(alpha);
        let blend = |channel: u8| {
            let ink = u16::from(channel).saturating_mul(alpha);
            let paper = 255_u16.saturating_mul(255_u16.saturating_sub(alpha));
            u8::try_from(ink.saturating_add(paper) / 255).unwrap_or(u8::MAX)
        };
        to.0 = [blend(red), blend(green), blend(blue)];
    }
    DynamicImage::ImageRgb8(flat)
}

fn jpeg(image: &DynamicImage, quality: u8) -> Result<Vec<u8>, FileFault> {
    let mut out = Vec::new();
    image.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).map_err(|e| fault_of(&e))?;
    Ok(out)
}

fn png(image: &DynamicImage) -> Result<Vec<u8>, FileFault> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Png).map_err(|e| fault_of(&e))?;
    Ok(out.into_inner())
}

#[cfg(test)]
#[path = "image_samples.rs"]
pub(super) mod samples;

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
