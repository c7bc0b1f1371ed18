//! A PNG of a drawing, for those who show no SVG, when Mastercard sent none.

use resvg::tiny_skia::{Pixmap, Transform};

use super::{super::Refused, read};

/// Pixels each way: the size in which token requestors' logos come.
pub(crate) const SIDE: u32 = 192;

/// Draws what [`super::rewrite`] wrote, whole and in the middle, on a transparent square. The same drawing is the same
/// PNG, byte for byte.
pub(crate) fn raster(drawing: &str) -> Result<Vec<u8>, Refused> {
    let tree = read(drawing)?;
    let mut canvas = Pixmap::new(SIDE, SIDE).ok_or(Refused::Damaged)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let side = f32::from(192_u16);
    let scale = side / width.max(height);
    let middle = Transform::from_translate((side - width * scale) / 2.0, (side - height * scale) / 2.0);
    resvg::render(&tree, middle.pre_scale(scale, scale), &mut canvas.as_mut());
    if canvas.pixels().iter().all(|pixel| pixel.alpha() == 0) {
        return Err(Refused::Blank);
    }
    canvas.encode_png().map_err(|_| Refused::Damaged)
}
