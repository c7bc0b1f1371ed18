//! The orientation in Exif metadata (Exif 3.0, section 4.6.5.1.6), by which browsers turn and mirror a picture.

use std::ops::RangeInclusive;

/// The tag of the orientation.
const ORIENTATION: u32 = 0x0112;
/// The orientations other than upright, which is 1.
const TURNED: RangeInclusive<u32> = 2..=8;
/// Bytes of an entry: tag, type, count and value.
const ENTRY: usize = 12;

/// Whether the first directory of the metadata says that the picture is to be turned or mirrored.
pub(super) fn is_turned(exif: &[u8]) -> bool {
    orientation(exif).is_some_and(|orientation| TURNED.contains(&orientation))
}

fn orientation(exif: &[u8]) -> Option<u32> {
    let is_little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let number = |at: usize, length: usize| {
        let bytes = exif.get(at..at.checked_add(length)?)?;
        let add = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
        Some(if is_little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    };
    let directory = usize::try_from(number(4, 4)?).ok()?;
    let entries = directory.checked_add(2)?..exif.len();
    let count = usize::try_from(number(directory, 2)?).ok()?;
    let tag = |at: &usize| number(*at, 2) == Some(ORIENTATION);
    let at = entries.step_by(ENTRY).take(count).find(tag)?;
    number(at.checked_add(8)?, 2)
}
