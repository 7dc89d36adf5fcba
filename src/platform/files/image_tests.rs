//! What residents rely on when they upload a photo.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use image::ExtendedColorType;

use super::samples::{self, holds_canary};
use super::*;

fn reopened(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

fn rgb_at(image: &DynamicImage, x: u32, y: u32) -> [u8; 3] {
    image.to_rgb8().get_pixel(x, y).0
}

#[test]
fn no_trace_of_place_or_person_leaves_with_the_picture() {
    let dirty = samples::jpeg_with_metadata(600, 400);
    let photo = clean(&dirty, Kind::Jpeg).unwrap();
    assert_eq!((photo.kind, photo.width, photo.height), (Kind::Jpeg, 600, 400));
    let plain = samples::png(40, 30, &[90; 40 * 30 * 3], ExtendedColorType::Rgb8);
    let dirty = samples::png_with_metadata(&plain);
    assert!(holds_canary(&dirty));
    let drawing = clean(&dirty, Kind::Png).unwrap();
    for bytes in [&photo.bytes, &photo.thumbnail, &drawing.bytes, &drawing.thumbnail] {
        assert!(!holds_canary(bytes));
        assert!(![&b"Exif"[..], b"ICC_PROFILE", b"<script"].iter().any(|mark| bytes.windows(mark.len()).any(|w| &w == mark)));
    }
}

#[test]
fn a_photo_taken_sideways_is_stored_upright() {
    // Orientation 6: the camera was turned, the picture must be turned a quarter to the right.
    let photo = clean(&samples::jpeg_with_exif(600, 400, 6), Kind::Jpeg).unwrap();
    assert_eq!((photo.width, photo.height), (400, 600));
    let picture = reopened(&photo.bytes);
    let [red, _, blue] = rgb_at(&picture, 20, 20);
    assert!(blue > 200 && red < 60, "the lower left corner is now at the upper left");
    assert_eq!(reopened(&photo.thumbnail).height(), THUMBNAIL_EDGE);
}

#[test]
fn a_promise_of_huge_pixels_is_refused_from_the_header() {
    for (width, height) in [(30_000, 30_000), (12_001, 1), (1, 12_001), (8_000, 5_001), (u32::MAX / 2, 1), (0, 0)] {
        let fault = clean(&samples::png_bomb(width, height), Kind::Png).err();
        let expected = if width == 0 { FileFault::ImageDamaged } else { FileFault::ImageTooManyPixels };
        assert_eq!(fault, Some(expected), "{width}x{height}");
    }
    let mut wide = samples::jpeg(64, 48);
    let frame = wide.windows(2).position(|w| w == [0xFF, 0xC0]).unwrap();
    wide[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(clean(&wide, Kind::Jpeg).err(), Some(FileFault::ImageTooManyPixels));
}

#[test]
fn cut_off_images_are_refused_and_never_crash() {
    let plain = samples::png(40, 30, &[90; 40 * 30 * 3], ExtendedColorType::Rgb8);
    for length in 0..plain.len() - 16 {
        assert!(clean(&plain[..length], Kind::Png).is_err(), "{length}");
    }
    let jpeg = samples::jpeg(64, 48);
    for length in 0..jpeg.len() {
        assert!(super::super::inspect(&jpeg[..length]).is_err());
        let _ = clean(&jpeg[..length], Kind::Jpeg);
    }
}

#[test]
fn transparency_is_kept_only_where_there_is_some() {
    let mut pixels = [200_u8, 10, 10, 255].repeat(20 * 20);
    let opaque = clean(&samples::png(20, 20, &pixels, ExtendedColorType::Rgba8), Kind::Png).unwrap();
    assert_eq!(opaque.kind, Kind::Jpeg);
    pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 0);
    let clear = clean(&samples::png(20, 20, &pixels, ExtendedColorType::Rgba8), Kind::Png).unwrap();
    assert_eq!(clear.kind, Kind::Png);
    assert!(reopened(&clear.bytes).color().has_alpha());
    assert!(rgb_at(&reopened(&clear.thumbnail), 10, 10).iter().all(|c| *c > 245), "shown on white, not on black");
}

#[test]
fn grey_scans_sixteen_bits_and_webp_are_read() {
    let grey = clean(&samples::png(10, 10, &[77; 100], ExtendedColorType::L8), Kind::Png).unwrap();
    assert_eq!(reopened(&grey.bytes).color(), image::ColorType::L8);
    let deep = clean(&samples::png(10, 10, &[77; 600], ExtendedColorType::Rgb16), Kind::Png).unwrap();
    assert_eq!(reopened(&deep.bytes).color(), image::ColorType::Rgb8);
    let mut webp = Vec::new();
    let picture = samples::corners(50, 40);
    image::codecs::webp::WebPEncoder::new_lossless(&mut webp).encode(&picture, 50, 40, ExtendedColorType::Rgb8).unwrap();
    assert_eq!(super::super::inspect(&webp), Ok(Kind::Webp));
    assert_eq!(clean(&webp, Kind::Webp).unwrap().kind, Kind::Jpeg);
}

#[test]
fn a_small_picture_is_not_blown_up_for_its_thumbnail() {
    let photo = clean(&samples::jpeg(64, 48), Kind::Jpeg).unwrap();
    assert_eq!((reopened(&photo.thumbnail).width(), reopened(&photo.thumbnail).height()), (64, 48));
}
