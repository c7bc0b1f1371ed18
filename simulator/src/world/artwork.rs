//! Generated logos: three rings in a color derived from the asset id, as SVG and as PNG of 192 x 192 pixels with alpha,
//! the two formats of token requestors' logos. Large PNG files contain noise instead.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use png::Compression;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::rng::Rng;

const SIZE: u16 = 192;
/// Outer and inner radius of each ring, in pixels.
const RINGS: [(i32, i32); 3] = [(90, 76), (60, 46), (30, 0)];

/// `mediaContents` of `getAsset` (step 4). Sizes are strings, as documented. With `noise` the PNG contains noise and
/// has about this many bytes.
pub(crate) fn media_contents(asset_id: &str, noise: Option<usize>) -> Result<Value, png::EncodingError> {
    let digest = Sha256::digest(asset_id);
    let color = [digest[0] / 2, digest[1] / 2 + 64, digest[2] / 2 + 96];
    let (png, size) = match noise {
        Some(bytes) => draw_noise(&digest, bytes)?,
        None => (encode(&rings(color), SIZE, Compression::Balanced)?, SIZE),
    };
    let size = size.to_string();
    Ok(json!({"mediaContents": [
        {"type": "image/svg+xml", "data": STANDARD.encode(svg(color))},
        {"type": "image/png", "data": STANDARD.encode(png), "height": size, "width": size},
    ]}))
}

fn svg(color: [u8; 3]) -> String {
    let color = hex::encode(color);
    let rings: String = RINGS
        .iter()
        .map(|(outer, inner)| {
            let (radius, width) = ((outer + inner) / 2, outer - inner);
            format!(r#"<circle cx="96" cy="96" r="{radius}" stroke-width="{width}"/>"#)
        })
        .collect();
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"><g fill="none" stroke="#{color}">{rings}</g></svg>"##
    )
}

fn rings([red, green, blue]: [u8; 3]) -> Vec<u8> {
    let axis = || (0..SIZE).map(|at| i32::from(at) - i32::from(SIZE) / 2);
    axis()
        .flat_map(|y| axis().map(move |x| x * x + y * y))
        .flat_map(|distance| {
            let in_ring =
                RINGS.iter().any(|(outer, inner)| (inner * inner..=outer * outer).contains(&distance));
            [red, green, blue, if in_ring { 255 } else { 0 }]
        })
        .collect()
}

/// A square PNG, its pixels of four bytes stored uncompressed, and its side in pixels.
fn draw_noise(seed: &[u8], bytes: usize) -> Result<(Vec<u8>, u16), png::EncodingError> {
    let side = u16::try_from((bytes / 4).isqrt().max(1)).unwrap_or(u16::MAX);
    let seed = seed.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
    let mut rng = Rng::new(seed);
    let pairs = (usize::from(side) * usize::from(side)).div_ceil(2);
    let mut pixels: Vec<u8> = (0..pairs).flat_map(|_| rng.next().to_le_bytes()).collect();
    pixels.truncate(usize::from(side) * usize::from(side) * 4);
    Ok((encode(&pixels, side, Compression::NoCompression)?, side))
}

fn encode(pixels: &[u8], side: u16, compression: Compression) -> Result<Vec<u8>, png::EncodingError> {
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, u32::from(side), u32::from(side));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(compression);
    encoder.write_header()?.write_image_data(pixels)?;
    Ok(image)
}
