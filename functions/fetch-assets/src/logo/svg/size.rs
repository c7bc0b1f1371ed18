//! The size of an SVG. Without a size of its own a browser takes one from the page, and the renderer from the shapes.

use svgtypes::{Length, LengthUnit, ViewBox};

use super::super::RejectionReason;

/// CSS pixels of an inch.
const DPI: f64 = 96.0;

/// Width and height in pixels: as given, or in proportion to the view box.
///
/// # Errors
/// [`RejectionReason::Unsupported`] if the size depends on the page.
pub(super) fn root_size(attributes: &[(&str, String)]) -> Result<[String; 2], RejectionReason> {
    let value = |name: &str| attributes.iter().find(|attribute| attribute.0 == name).map(|(_, value)| value);
    let side = |name: &str| value(name).map_or(Ok(None), |value| pixels(value));
    let view_box = value("viewBox").and_then(|value| value.parse::<ViewBox>().ok());
    let size = match (side("width")?, side("height")?, view_box) {
        (Some(width), Some(height), _) => [width, height],
        (Some(width), None, Some(view_box)) => [width, width * view_box.h / view_box.w],
        (None, Some(height), Some(view_box)) => [height * view_box.w / view_box.h, height],
        (None, None, Some(view_box)) => [view_box.w, view_box.h],
        _ => return Err(RejectionReason::Unsupported),
    };
    Ok(size.map(|side| side.to_string()))
}

/// A length in pixels; `None` for all of the page's space.
fn pixels(value: &str) -> Result<Option<f64>, RejectionReason> {
    let length: Length = value.parse().map_err(|_| RejectionReason::Unsupported)?;
    let unit = match length.unit {
        LengthUnit::None | LengthUnit::Px => 1.0,
        LengthUnit::In => DPI,
        LengthUnit::Cm => DPI / 2.54,
        LengthUnit::Mm => DPI / 25.4,
        LengthUnit::Pt => DPI / 72.0,
        LengthUnit::Pc => DPI / 6.0,
        LengthUnit::Percent if length.number.to_bits() == 100.0_f64.to_bits() => return Ok(None),
        LengthUnit::Percent | LengthUnit::Em | LengthUnit::Ex => return Err(RejectionReason::Unsupported),
    };
    Ok(Some(length.number * unit))
}
