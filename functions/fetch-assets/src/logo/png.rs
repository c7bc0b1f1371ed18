//! PNG: every chunk is looked at, every pixel decoded, nothing but the picture is kept.

use std::io::Cursor;

use png::{DecodeOptions, Decoder, Limits};

use super::Refused;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// Pixels each way, at most.
const LARGEST_SIDE: u32 = 4096;
/// Bytes of the decoded picture, at most: the largest side each way at 8 bits a channel.
const LARGEST_DECODED: u64 = 64 * 1024 * 1024;
/// Bytes that decoding may hold at a time; it goes row by row.
const DECODER: usize = 1024 * 1024;
/// Chunks that make the picture. Others (texts, times, profiles) do not go on.
const PICTURE: [&[u8; 4]; 8] = [b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND"];
const ANIMATION: [&[u8; 4]; 3] = [b"acTL", b"fcTL", b"fdAT"];

/// A picture and its size in pixels.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) bytes: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The picture alone, once all of it has been decoded with checksums.
pub(super) fn picture(data: &[u8]) -> Result<Picture, Refused> {
    let chunks = data.strip_prefix(SIGNATURE).ok_or(Refused::Mislabeled)?;
    let bytes = picture_chunks(chunks)?;
    let (width, height) = decode(&bytes)?;
    Ok(Picture { bytes, width, height })
}

fn picture_chunks(mut rest: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut kept = SIGNATURE.to_vec();
    loop {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(Refused::Damaged)?;
        let (kind, _) = after.split_first_chunk::<4>().ok_or(Refused::Damaged)?;
        // Length, kind and checksum take twelve bytes.
        let whole =
            usize::try_from(u32::from_be_bytes(*length)).ok().and_then(|length| length.checked_add(12));
        let (chunk, next) = rest.split_at_checked(whole.ok_or(Refused::Damaged)?).ok_or(Refused::Damaged)?;
        if ANIMATION.contains(&kind) {
            return Err(Refused::Animated);
        }
        if PICTURE.contains(&kind) {
            kept.extend_from_slice(chunk);
        } else if kind[0].is_ascii_uppercase() {
            return Err(Refused::Damaged);
        }
        match (kind, next) {
            (b"IEND", []) => return Ok(kept),
            // Another file after the end of this one.
            (b"IEND", _) => return Err(Refused::Mislabeled),
            _ => rest = next,
        }
    }
}

fn decode(bytes: &[u8]) -> Result<(u32, u32), Refused> {
    let mut options = DecodeOptions::default();
    options.set_ignore_checksums(false);
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(Limits { bytes: DECODER });
    let mut reader = decoder.read_info().map_err(refused)?;
    let info = reader.info();
    let (width, height) = info.size();
    let sides = 1..=LARGEST_SIDE;
    let pixel = u64::try_from(info.bytes_per_pixel()).unwrap_or(u64::MAX);
    let decoded = pixel.saturating_mul(u64::from(width)).saturating_mul(u64::from(height));
    if !sides.contains(&width) || !sides.contains(&height) || decoded > LARGEST_DECODED {
        return Err(Refused::TooLarge);
    }
    while reader.next_interlaced_row().map_err(refused)?.is_some() {}
    reader.finish().map_err(refused)?;
    Ok((width, height))
}

fn refused(error: png::DecodingError) -> Refused {
    match error {
        png::DecodingError::LimitsExceeded => Refused::TooLarge,
        _ => Refused::Damaged,
    }
}
