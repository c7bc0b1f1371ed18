//! Colors as CSS Color 4 writes them, in the form that the renderer reads: it knows no percentage as alpha, and no `none`.

use std::{fmt, str::FromStr};

use super::value::{ValueError, is_in, number};

/// Names of colors that depend on the reader's system, and words that stand for another value.
const DEPENDENT: &str = "accentcolor accentcolortext activetext buttonborder buttonface buttontext canvas canvastext field \
    fieldtext graytext highlight highlighttext linktext mark marktext selecteditem selecteditemtext visitedtext activeborder \
    activecaption appworkspace background buttonhighlight buttonshadow captiontext inactiveborder inactivecaption \
    inactivecaptiontext infobackground infotext menu menutext scrollbar threeddarkshadow threedface threedhighlight \
    threedlightshadow threedshadow window windowframe windowtext context-fill context-stroke initial unset revert revert-layer";

/// An sRGB color; all parts are from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Color {
    rgb: [f64; 3],
    alpha: f64,
}

impl FromStr for Color {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(digits) = text.strip_prefix('#') {
            return hexadecimal(digits).ok_or(ValueError::Unknown);
        }
        if let Some((name, arguments)) = text.split_once('(') {
            let arguments = arguments.strip_suffix(')').ok_or(ValueError::Unsupported)?;
            // Editors write it after the same color in sRGB.
            if name == "color" && arguments.trim_start().starts_with("display-p3 ") {
                return Err(ValueError::Unknown);
            }
            return function(name, arguments).ok_or(ValueError::Unsupported);
        }
        if text == "rebeccapurple" {
            return "#663399".parse();
        }
        if text.starts_with('-') || text.split_ascii_whitespace().any(|word| is_in(word, DEPENDENT)) {
            return Err(ValueError::Unsupported);
        }
        let named: svgtypes::Color = text.parse().map_err(|_| ValueError::Unknown)?;
        let [red, green, blue, alpha] =
            [named.red, named.green, named.blue, named.alpha].map(|part| f64::from(part) / 255.0);
        Ok(Self { rgb: [red, green, blue], alpha })
    }
}

/// Three, four, six or eight digits.
fn hexadecimal(digits: &str) -> Option<Color> {
    let part = |at: usize, length: usize| {
        let value = f64::from(u8::from_str_radix(digits.get(at * length..(at + 1) * length)?, 16).ok()?);
        Some(value / if length == 1 { 15.0 } else { 255.0 })
    };
    if digits.contains('+') {
        return None;
    }
    let (length, has_alpha) = match digits.len() {
        3 => (1, false),
        4 => (1, true),
        6 => (2, false),
        8 => (2, true),
        _ => return None,
    };
    let rgb = [part(0, length)?, part(1, length)?, part(2, length)?];
    Some(Color { rgb, alpha: if has_alpha { part(3, length)? } else { 1.0 } })
}

/// A call with commas, or with spaces and the alpha after a slash.
fn function(name: &str, arguments: &str) -> Option<Color> {
    let mut parts: Vec<&str> = if arguments.contains(',') {
        arguments.split(',').map(str::trim).collect()
    } else {
        let (color, alpha) =
            arguments.split_once('/').map_or((arguments, None), |(color, alpha)| (color, Some(alpha.trim())));
        let color: Vec<&str> = color.split_ascii_whitespace().collect();
        // Without commas, an alpha must follow a slash.
        (color.len() == 3).then(|| color.into_iter().chain(alpha).collect())?
    };
    let alpha = if parts.len() == 4 { unit(parts.pop()?, 1.0)? } else { 1.0 };
    let [first, second, third] = parts.as_slice() else { return None };
    let rgb = match name {
        "rgb" | "rgba" => [unit(first, 255.0)?, unit(second, 255.0)?, unit(third, 255.0)?],
        "hsl" | "hsla" => hsl_to_rgb(hue(first)?, unit(second, 100.0)?, unit(third, 100.0)?),
        "hwb" => hwb_to_rgb(hue(first)?, unit(second, 100.0)?, unit(third, 100.0)?),
        _ => return None,
    };
    Some(Color { rgb, alpha })
}

/// A percentage, or a number of which `whole` stands for 100 %; limited to 0 to 1.
fn unit(text: &str, whole: f64) -> Option<f64> {
    let value = match text.strip_suffix('%') {
        Some(percent) => number(percent)? / 100.0,
        None if text == "none" => 0.0,
        None => number(text)? / whole,
    };
    Some(value.clamp(0.0, 1.0))
}

/// An angle in turns.
fn hue(text: &str) -> Option<f64> {
    let units = [("deg", 360.0), ("grad", 400.0), ("rad", std::f64::consts::TAU), ("turn", 1.0)];
    let (angle, turn) = units
        .into_iter()
        .find_map(|(unit, turn)| text.strip_suffix(unit).map(|angle| (angle, turn)))
        .unwrap_or((text, 360.0));
    if text == "none" { Some(0.0) } else { number(angle).map(|angle| (angle / turn).rem_euclid(1.0)) }
}

/// CSS Color 4, section 7.1.
fn hsl_to_rgb(hue: f64, saturation: f64, lightness: f64) -> [f64; 3] {
    [0.0, 8.0, 4.0].map(|offset| {
        let k = (offset + hue * 12.0).rem_euclid(12.0);
        let a = saturation * lightness.min(1.0 - lightness);
        lightness - a * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    })
}

/// CSS Color 4, section 8.1.
fn hwb_to_rgb(hue: f64, white: f64, black: f64) -> [f64; 3] {
    if white + black >= 1.0 {
        return [white / (white + black); 3];
    }
    hsl_to_rgb(hue, 1.0, 0.5).map(|part| part * (1.0 - white - black) + white)
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.rgb.map(|part| (part * 255.0).round());
        if self.alpha < 1.0 {
            write!(f, "rgba({red}, {green}, {blue}, {})", self.alpha)
        } else {
            write!(f, "rgb({red}, {green}, {blue})")
        }
    }
}
