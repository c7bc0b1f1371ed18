//! Checks a PNG: every pixel is decoded, and only the chunks that are needed to show it are stored.

mod orientation;

use std::io::Cursor;

use png::{DecodeOptions, Decoder, Limits};

use super::RejectionReason;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The largest width and height, in pixels. A phone may decode a logo completely, at four bytes for each pixel, however small it is
/// shown: at most 16 MiB.
const MAX_SIDE: u32 = 2048;
/// The most bytes of the decoded PNG: the largest width and height at 8 bits in each of four channels.
const MAX_DECODED_BYTES: u64 = 16 * 1024 * 1024;
/// The most bytes that the decoder may allocate. It decodes row by row.
const MAX_DECODER_BYTES: usize = 1024 * 1024;
/// The chunks that are stored: pixels, and what their colors mean. Other ancillary chunks (texts, times) are left out.
const STORED_CHUNKS: [&[u8; 4]; 12] = [
    b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"IDAT",
    b"IEND",
];
/// The chunks of an animated PNG.
const ANIMATION_CHUNKS: [&[u8; 4]; 3] = [b"acTL", b"fcTL", b"fdAT"];

/// A checked PNG and its size in pixels.
#[derive(Debug)]
pub(super) struct Png {
    pub(super) bytes: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The PNG without other chunks and without bytes after its end, after all of it was decoded and its checksums were verified.
pub(super) fn check(data: &[u8]) -> Result<Png, RejectionReason> {
    let chunks = data.strip_prefix(SIGNATURE).ok_or(RejectionReason::Mislabeled)?;
    let bytes = stored_chunks(chunks, true)?;
    let Decoded { size: (width, height), has_profile } = decode(&bytes)?;
    // Decoders ignore a color profile that they cannot read, so it is not needed either.
    let bytes = if has_profile { bytes } else { stored_chunks(chunks, false)? };
    Ok(Png { bytes, width, height })
}

fn stored_chunks(mut rest: &[u8], with_profile: bool) -> Result<Vec<u8>, RejectionReason> {
    let mut kept = SIGNATURE.to_vec();
    loop {
        let (length, after) = rest.split_first_chunk::<4>().ok_or(RejectionReason::Damaged)?;
        let (kind, _) = after.split_first_chunk::<4>().ok_or(RejectionReason::Damaged)?;
        // Length, kind and checksum take twelve bytes.
        let whole =
            usize::try_from(u32::from_be_bytes(*length)).ok().and_then(|length| length.checked_add(12));
        let (chunk, next) =
            rest.split_at_checked(whole.ok_or(RejectionReason::Damaged)?).ok_or(RejectionReason::Damaged)?;
        if ANIMATION_CHUNKS.contains(&kind) {
            return Err(RejectionReason::Animated);
        }
        // Browsers turn the picture by this chunk, which is not stored.
        if kind == b"eXIf" && orientation::is_turned(chunk.get(8..).unwrap_or_default()) {
            return Err(RejectionReason::Unsupported);
        }
        if STORED_CHUNKS.contains(&kind) && (with_profile || kind != b"iCCP") {
            kept.extend_from_slice(chunk);
        // An unknown critical chunk (PNG specification, section 5.4).
        } else if kind[0].is_ascii_uppercase() {
            return Err(RejectionReason::Damaged);
        }
        // Decoders read nothing after the end.
        if kind == b"IEND" {
            return Ok(kept);
        }
        rest = next;
    }
}

struct Decoded {
    size: (u32, u32),
    /// Whether it has a color profile that can be decompressed.
    has_profile: bool,
}

fn decode(bytes: &[u8]) -> Result<Decoded, RejectionReason> {
    let mut options = DecodeOptions::default();
    options.set_ignore_checksums(false);
    options.set_skip_ancillary_crc_failures(false);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(Limits { bytes: MAX_DECODER_BYTES });
    let mut reader = decoder.read_info().map_err(reason)?;
    let info = reader.info();
    let (width, height) = info.size();
    let has_profile = info.icc_profile.is_some();
    let allowed_sides = 1..=MAX_SIDE;
    let bytes_per_pixel = u64::try_from(info.bytes_per_pixel()).unwrap_or(u64::MAX);
    let decoded = bytes_per_pixel.saturating_mul(u64::from(width)).saturating_mul(u64::from(height));
    if !allowed_sides.contains(&width) || !allowed_sides.contains(&height) || decoded > MAX_DECODED_BYTES {
        return Err(RejectionReason::TooLarge);
    }
    while reader.next_interlaced_row().map_err(reason)?.is_some() {}
    reader.finish().map_err(reason)?;
    Ok(Decoded { size: (width, height), has_profile })
}

fn reason(error: png::DecodingError) -> RejectionReason {
    match error {
        png::DecodingError::LimitsExceeded => RejectionReason::TooLarge,
        _ => RejectionReason::Damaged,
    }
}
