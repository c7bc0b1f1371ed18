//! The grammars of values. Each writes a value in the one form that the renderer is sure to read.

use svgtypes::{Length, LengthUnit};

use super::{
    color::Color,
    value::{ValueError, fragment, number, unquoted},
};

/// The word as it is in the list, whatever its case.
pub(super) fn word(value: &str, words: &[&'static str]) -> Result<&'static str, ValueError> {
    let word = words.iter().find(|word| word.eq_ignore_ascii_case(value));
    word.copied().ok_or(ValueError::Unsupported)
}

/// `none`, a color, or a gradient with a fallback.
pub(super) fn paint(value: &str) -> Result<String, ValueError> {
    let Some((gradient, fallback)) = url(value)? else { return none_or_color(value) };
    let fallback = if fallback.is_empty() { String::new() } else { none_or_color(fallback)? };
    Ok(format!("url(#{gradient}) {fallback}").trim_end().into())
}

fn none_or_color(value: &str) -> Result<String, ValueError> {
    if value.eq_ignore_ascii_case("none") { Ok("none".into()) } else { color(value) }
}

/// A color, or that of the property `color`.
pub(super) fn color(value: &str) -> Result<String, ValueError> {
    if value.eq_ignore_ascii_case("currentColor") {
        return Ok("currentColor".into());
    }
    value.parse::<Color>().map(|color| color.to_string())
}

/// `none`, or a reference to an element.
pub(super) fn reference(value: &str) -> Result<String, ValueError> {
    match url(value)? {
        Some((id, "")) => Ok(format!("url(#{id})")),
        None if value.eq_ignore_ascii_case("none") => Ok("none".into()),
        _ => Err(ValueError::Unsupported),
    }
}

/// The id of `url(#id)`, and what follows.
fn url(value: &str) -> Result<Option<(&str, &str)>, ValueError> {
    let Some(function) = value.get(..4).filter(|function| function.eq_ignore_ascii_case("url(")) else {
        return Ok(None);
    };
    let (inside, after) =
        value.strip_prefix(function).and_then(|rest| rest.split_once(')')).ok_or(ValueError::Unsupported)?;
    let id = fragment(unquoted(inside.trim())).map_err(|_| ValueError::Unsupported)?;
    Ok(Some((id, after.trim())))
}

/// A number or a percentage, limited to 0 to 1.
pub(super) fn opacity(value: &str) -> Result<String, ValueError> {
    let opacity = match value.strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0),
        None => number(value),
    };
    opacity.map(|opacity| opacity.clamp(0.0, 1.0).to_string()).ok_or(ValueError::Unsupported)
}

/// The order of fill, stroke and markers.
pub(super) fn paint_order(value: &str) -> Result<String, ValueError> {
    let value = value.to_ascii_lowercase();
    let layers: Vec<&str> = value.split_ascii_whitespace().collect();
    let is_layer = |layer: &&str| ["fill", "stroke", "markers"].contains(layer);
    let is_unique = |layer: &&str| layers.iter().filter(|other| *other == layer).count() == 1;
    let is_order = !layers.is_empty() && layers.iter().all(|layer| is_layer(layer) && is_unique(layer));
    if is_order || layers == ["normal"] { Ok(layers.join(" ")) } else { Err(ValueError::Unsupported) }
}

/// A length in a unit that does not depend on a font.
pub(super) fn length(value: &str, is_positive: bool) -> Result<String, ValueError> {
    let value = value.trim().to_ascii_lowercase();
    match value.parse::<Length>() {
        Ok(Length { unit: LengthUnit::Em | LengthUnit::Ex, .. }) | Err(_) => Err(ValueError::Unsupported),
        Ok(length) if !length.number.is_finite() || is_positive && length.number < 0.0 => {
            Err(ValueError::Unsupported)
        }
        Ok(_) => Ok(value),
    }
}

/// A number of at least 1.
pub(super) fn miter_limit(value: &str) -> Result<String, ValueError> {
    let limit = number(value).filter(|limit| *limit >= 1.0);
    limit.map(|limit| limit.to_string()).ok_or(ValueError::Unsupported)
}
