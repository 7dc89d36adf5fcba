//! Images made for tests, some with personal traces that must never come out again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder as _};

/// A text in every kind of metadata of the samples; it must not be in a cleaned file.
pub(crate) const CANARY: &[u8] = b"CANARY-110105194912310021";

pub(crate) fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY)
}

/// A picture with four different corners, so that turning it shows.
pub(crate) fn corners(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => image::Rgb([250, 10, 10]),
        (false, true) => image::Rgb([10, 250, 10]),
        (true, false) => image::Rgb([10, 10, 250]),
        (false, false) => image::Rgb([250, 250, 250]),
    })
}

pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let picture = corners(width, height);
    JpegEncoder::new_with_quality(&mut out, 90).encode(&picture, width, height, ExtendedColorType::Rgb8).unwrap();
    out
}

pub(crate) fn png(width: u32, height: u32, pixels: &[u8], color: ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    image::codecs::png::PngEncoder::new(&mut out).write_image(pixels, width, height, color).unwrap();
    out
}

fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap().to_be_bytes();
    [&[0xFF, marker][..], &length, payload].concat()
}

/// TIFF block: orientation, the camera's owner, and a GPS directory with a place name.
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\x00\x08\x00\x00\x00\x03\x00".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    let words = 50_u32;
    let gps = words + CANARY.len() as u32;
    tiff.extend(entry(0x0112, 3, 1, u32::from(orientation)));
    tiff.extend(entry(0x013B, 2, CANARY.len() as u32, words));
    tiff.extend(entry(0x8825, 4, 1, gps));
    tiff.extend([0; 4]);
    tiff.extend(CANARY);
    tiff.extend(b"\x01\x00");
    tiff.extend(entry(0x001B, 7, CANARY.len() as u32, words));
    tiff.extend([0; 4]);
    tiff
}

pub(crate) fn jpeg_with_exif(width: u32, height: u32, orientation: u8) -> Vec<u8> {
    let plain = jpeg(width, height);
    let app1 = segment(0xE1, &[b"Exif\0\0", &exif(orientation)[..]].concat());
    [&plain[..2], &app1, &plain[2..]].concat()
}

/// EXIF with GPS, XMP, ICC, Photoshop data and a comment, each with the canary.
pub(crate) fn jpeg_with_metadata(width: u32, height: u32) -> Vec<u8> {
    let plain = jpeg(width, height);
    let exif = segment(0xE1, &[b"Exif\0\0", &exif(1)[..]].concat());
    let xmp = segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>", CANARY].concat());
    let icc = segment(0xE2, &[b"ICC_PROFILE\0\x01\x01", CANARY].concat());
    let iptc = segment(0xED, &[b"Photoshop 3.0\0", CANARY].concat());
    let comment = segment(0xFE, CANARY);
    [&plain[..2], &exif, &xmp, &icc, &iptc, &comment, &plain[2..]].concat()
}

/// CRC-32 as PNG wants it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 })
    })
}

pub(crate) fn png_chunk(kind: &[u8; 4], payload: &[u8]) -> Vec<u8> {
    let body = [&kind[..], payload].concat();
    [&(payload.len() as u32).to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat()
}

/// A PNG whose header promises `width` × `height` one-bit pixels and which holds next to nothing.
pub(crate) fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[1, 0, 0, 0, 0]].concat();
    let data = png_chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01]);
    [&b"\x89PNG\r\n\x1a\n"[..], &png_chunk(b"IHDR", &header), &data, &png_chunk(b"IEND", b"")].concat()
}

/// The same PNG with text chunks, EXIF and bytes behind its end.
pub(crate) fn png_with_metadata(plain: &[u8]) -> Vec<u8> {
    let text = png_chunk(b"tEXt", &[b"Comment\0", CANARY].concat());
    let xmp = png_chunk(b"iTXt", &[b"XML:com.adobe.xmp\0\0\0\0\0", CANARY].concat());
    let exif = png_chunk(b"eXIf", &exif(1));
    [&plain[..33], &text, &xmp, &exif, &plain[33..], b"<script>", CANARY].concat()
}
