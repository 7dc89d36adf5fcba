//! The segments of a JPEG: whether the file is complete, and which segments are picture data and which are metadata.
//!
//! Source: ITU-T T.81, annex B.

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const COM: u8 = 0xFE;

/// One marker with its payload (without the length), and how much of the file it takes, marker included.
struct Segment<'a> {
    marker: u8,
    whole: &'a [u8],
    rest: &'a [u8],
}

/// The segment at the start of `bytes`; fill bytes before the marker are passed over.
fn next_segment(bytes: &[u8]) -> Option<Segment<'_>> {
    let fill = bytes.iter().take_while(|byte| **byte == 0xFF).count();
    // At least one 0xFF, then the marker; the last 0xFF belongs to it.
    let start = bytes.get(fill.checked_sub(1)?..)?;
    let marker = *start.get(1)?;
    let length = match marker {
        SOI | EOI | 0x01 | 0xD0..=0xD7 => 2,
        0x00 | 0xFF => return None,
        _ => {
            let (size, _) = start.get(2..)?.split_first_chunk::<2>()?;
            usize::from(u16::from_be_bytes(*size)).checked_add(2).filter(|all| *all >= 4)?
        }
    };
    let (whole, rest) = start.split_at_checked(length)?;
    Some(Segment { marker, whole, rest })
}

/// Where the coded picture data at the start of `bytes` ends: at a marker that is neither a stuffed byte nor a restart.
fn after_scan(bytes: &[u8]) -> Option<&[u8]> {
    let at = bytes.windows(2).position(|pair| matches!(pair, [0xFF, next] if !matches!(next, 0x00 | 0xD0..=0xD7 | 0xFF)))?;
    bytes.get(at..)
}

/// True when the segments run from SOI through at least one scan to EOI. Decoders fill a truncated photo with grey without an
/// error, and a worker would then see half of the paper.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let mut scans = 0_usize;
    while let Some(segment) = next_segment(rest) {
        rest = segment.rest;
        match segment.marker {
            EOI => return scans > 0,
            SOS => {
                scans = scans.saturating_add(1);
                match after_scan(rest) {
                    Some(after) => rest = after,
                    None => return false,
                }
            }
            _ => {}
        }
    }
    false
}

/// A copy without EXIF, GPS, XMP, ICC, embedded thumbnails and comments, and without anything behind the end; for
/// photos inside PDF, which are kept as they are coded. JFIF (APP0) and Adobe's colour transform (APP14) stay, since
/// decoding depends on them. `None` when the segments before the first scan do not parse.
pub(super) fn without_metadata(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    loop {
        let segment = next_segment(rest)?;
        rest = segment.rest;
        if !matches!(segment.marker, 0xE1..=0xED | 0xEF | COM) {
            kept.extend_from_slice(segment.whole);
        }
        if segment.marker == EOI {
            return Some(kept);
        }
        if segment.marker == SOS {
            let Some(after) = after_scan(rest) else {
                kept.extend_from_slice(rest);
                return Some(kept);
            };
            let scan = rest.len().checked_sub(after.len())?;
            kept.extend_from_slice(rest.get(..scan)?);
            rest = after;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::super::image::samples;
    use super::*;

    #[test]
    fn a_photo_cut_anywhere_is_not_whole() {
        let whole = samples::jpeg(64, 48);
        assert!(is_whole(&whole));
        for length in 0..whole.len() {
            assert!(!is_whole(&whole[..length]), "{length}");
        }
    }

    #[test]
    fn what_phones_append_behind_the_end_does_not_matter_and_is_dropped() {
        let whole = samples::jpeg(64, 48);
        let longer = [&whole[..], b"ftypmp42 motion photo CANARY"].concat();
        assert!(is_whole(&longer));
        assert_eq!(without_metadata(&longer), Some(whole));
    }

    #[test]
    fn metadata_goes_and_the_picture_stays() {
        let plain = samples::jpeg(64, 48);
        let marked = samples::jpeg_with_metadata(64, 48);
        assert!(samples::holds_canary(&marked));
        assert_eq!(without_metadata(&marked), Some(plain));
    }

    #[test]
    fn rubbish_is_neither_whole_nor_cleaned() {
        for bytes in [&b""[..], b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xe1\x00\x00", b"\xff\xd8\xff\xe1\xff\xff", b"\x00\xff\xd8"] {
            assert!(!is_whole(bytes) && without_metadata(bytes).is_none());
        }
    }
}
