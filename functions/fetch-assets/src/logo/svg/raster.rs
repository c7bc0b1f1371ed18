//! Renders an SVG as PNG if Mastercard sent none, for apps that cannot show SVG.

use resvg::tiny_skia::{Pixmap, Transform};

use super::{super::RejectionReason, read};

/// Width and height in pixels; Mastercard's logos have the same size.
pub(crate) const SIDE: u16 = 192;

/// Renders an SVG that [`super::rewrite`] wrote, scaled to fit and centered on a transparent square of `side` pixels. Equal
/// SVGs give equal bytes.
pub(crate) fn rasterize(svg: &str, side: u16) -> Result<Vec<u8>, RejectionReason> {
    let tree = read(svg)?;
    let mut canvas = Pixmap::new(side.into(), side.into()).ok_or(RejectionReason::Damaged)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let side = f32::from(side);
    let scale = side / width.max(height);
    let centered = Transform::from_translate((side - width * scale) / 2.0, (side - height * scale) / 2.0);
    resvg::render(&tree, centered.pre_scale(scale, scale), &mut canvas.as_mut());
    if canvas.pixels().iter().all(|pixel| pixel.alpha() == 0) {
        return Err(RejectionReason::Blank);
    }
    canvas.encode_png().map_err(|_| RejectionReason::Damaged)
}
