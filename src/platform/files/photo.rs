//! Advice on a two-inch photo for the certificate. Hints never refuse anything: a worker decides by eye.
//!
//! Source: a recent bare-headed two-inch photo on white ground is asked for in most places; 35 × 49 mm is the usual two
//! inches, 35 × 45 mm the passport form that some counties take. No published pixel size was confirmed.

use image::{DynamicImage, GenericImageView as _};
use serde::Serialize;

/// Width to height of 35 × 49 mm and of 35 × 45 mm, in thousandths, with room for a hand's crop on both sides.
const RATIO: std::ops::RangeInclusive<u64> = 670..=820;
/// 35 × 45 mm at 250 dpi: below this the printed card shows steps.
const LEAST_WIDTH: u32 = 340;
/// See [`LEAST_WIDTH`].
const LEAST_HEIGHT: u32 = 440;
/// Mean brightness (0..=255) that the darkest channel of a white ground still has in a room's light.
const WHITE_LEAST: u64 = 190;
/// A coloured ground differs more than this between its channels.
const TINT_MOST: u64 = 35;

/// One piece of advice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoHint {
    /// Not of the form of a two-inch photo.
    Proportions,
    /// Too few pixels to print.
    TooSmall,
    /// The ground behind the head does not look white.
    BackgroundNotWhite,
}

impl PhotoHint {
    /// A sentence for the person, in plain Chinese.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Proportions => "照片不像二寸证件照（竖版，宽 35 毫米、高 45 至 49 毫米），建议裁剪后再传",
            Self::TooSmall => "照片有点小，打印出来可能不清楚，建议换一张更清晰的",
            Self::BackgroundNotWhite => "照片背景好像不是白色，建议在白墙前重拍",
        }
    }
}

/// Compares an upright image with what a two-inch photo looks like.
pub(super) fn two_inch_photo_check(image: &DynamicImage) -> Vec<PhotoHint> {
    let (width, height) = image.dimensions();
    let ratio = u64::from(width).saturating_mul(1000).checked_div(u64::from(height)).unwrap_or(0);
    let mut hints = Vec::new();
    if !RATIO.contains(&ratio) {
        hints.push(PhotoHint::Proportions);
    }
    if width < LEAST_WIDTH || height < LEAST_HEIGHT {
        hints.push(PhotoHint::TooSmall);
    }
    if !white_behind(image) {
        hints.push(PhotoHint::BackgroundNotWhite);
    }
    hints
}

/// Looks at the two upper corners; shoulders fill the lower ones.
fn white_behind(image: &DynamicImage) -> bool {
    let (width, height) = image.dimensions();
    let across = (width / 10).max(1);
    let down = (height / 10).max(1);
    [0, width.saturating_sub(across)].into_iter().all(|left| {
        let mut sums = [0_u64; 3];
        let mut count = 0_u64;
        for (_, _, pixel) in image.view(left, 0, across.min(width), down.min(height)).pixels() {
            for (sum, channel) in sums.iter_mut().zip(pixel.0) {
                *sum = sum.saturating_add(u64::from(channel));
            }
            count = count.saturating_add(1);
        }
        let means = sums.map(|sum| sum.checked_div(count).unwrap_or(0));
        let darkest = means.iter().copied().min().unwrap_or(0);
        let brightest = means.iter().copied().max().unwrap_or(0);
        darkest >= WHITE_LEAST && brightest.saturating_sub(darkest) <= TINT_MOST
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    fn portrait(width: u32, height: u32, ground: [u8; 3]) -> DynamicImage {
        // A dark coat and head in the middle and below, as in a real portrait.
        DynamicImage::ImageRgb8(image::RgbImage::from_fn(width, height, |x, y| {
            let body = y > height * 7 / 10 || (x > width / 3 && x < width * 2 / 3 && y > height / 6);
            image::Rgb(if body { [40, 40, 60] } else { ground })
        }))
    }

    #[test]
    fn a_two_inch_photo_on_white_passes_in_both_usual_sizes() {
        for (width, height) in [(413, 579), (413, 531), (358, 441), (1_050, 1_470)] {
            assert_eq!(two_inch_photo_check(&portrait(width, height, [245, 246, 250])), []);
        }
    }

    #[test]
    fn each_departure_gets_its_hint() {
        assert_eq!(two_inch_photo_check(&portrait(413, 579, [60, 140, 220])), [PhotoHint::BackgroundNotWhite]);
        assert_eq!(two_inch_photo_check(&portrait(413, 579, [200, 30, 40])), [PhotoHint::BackgroundNotWhite]);
        assert_eq!(two_inch_photo_check(&portrait(300, 420, [255; 3])), [PhotoHint::TooSmall]);
        assert_eq!(two_inch_photo_check(&portrait(1_600, 1_200, [255; 3])), [PhotoHint::Proportions]);
        assert_eq!(two_inch_photo_check(&portrait(1, 1, [0; 3])).len(), 3);
    }
}
