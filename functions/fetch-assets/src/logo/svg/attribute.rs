//! The attributes that are not properties: geometry, transforms, gradients. A value that is not completely of its grammar is
//! rejected: renderers differ in what they make of the rest.

use svgtypes::{AspectRatio, NumberListParser, PathParser, Transform, ViewBox};

use super::{
    grammar::{length, word},
    value::{ValueError, is_in, number},
};

/// Attributes that change nothing that is drawn.
const IGNORED: &str = "version baseProfile contentScriptType contentStyleType zoomAndPan role focusable lang tabindex pathLength type";

const LENGTHS: &str = "x y cx cy x1 y1 x2 y2 fx fy";
const POSITIVE_LENGTHS: &str = "width height r rx ry fr";

/// Whether an attribute of this name may be in an SVG.
pub(super) fn is_known(name: &str) -> bool {
    let others = "d points viewBox preserveAspectRatio offset transform gradientTransform gradientUnits spreadMethod \
        clipPathUnits maskUnits maskContentUnits";
    [IGNORED, LENGTHS, POSITIVE_LENGTHS, others].iter().any(|list| is_in(name, list))
}

/// The value as the renderer reads it; `None` if it stands for the default or has no effect.
///
/// # Errors
/// If the renderer might not read it as browsers do.
pub(super) fn parse(name: &str, value: &str) -> Result<Option<String>, ValueError> {
    const UNITS: [&str; 2] = ["userSpaceOnUse", "objectBoundingBox"];
    let valid =
        |is_valid: bool| if is_valid { Ok(Some(value.to_owned())) } else { Err(ValueError::Unsupported) };
    match name {
        _ if is_in(name, IGNORED) => Ok(None),
        _ if is_in(name, LENGTHS) => length(value, false).map(Some),
        "width" | "height" | "rx" | "ry" if value.trim() == "auto" => Ok(None),
        _ if is_in(name, POSITIVE_LENGTHS) => length(value, true).map(Some),
        "offset" => valid(number(value.trim().trim_end_matches('%')).is_some()),
        "d" => valid(value.trim() == "none" || PathParser::from(value).all(|segment| segment.is_ok())),
        "points" => {
            let numbers: Option<Vec<f64>> = NumberListParser::from(value).map(Result::ok).collect();
            valid(numbers.is_some_and(|numbers| numbers.len().is_multiple_of(2)))
        }
        "viewBox" => valid(value.parse::<ViewBox>().is_ok()),
        "preserveAspectRatio" => valid(value.trim().parse::<AspectRatio>().is_ok()),
        "transform" | "gradientTransform" => transform(value),
        "gradientUnits" | "clipPathUnits" | "maskUnits" | "maskContentUnits" => {
            word(value, &UNITS).map(|word| Some(word.into()))
        }
        "spreadMethod" => word(value, &["pad", "reflect", "repeat"]).map(|word| Some(word.into())),
        _ => Err(ValueError::Unsupported),
    }
}

fn transform(value: &str) -> Result<Option<String>, ValueError> {
    if value.trim() == "none" {
        return Ok(None);
    }
    let Transform { a, b, c, d, e, f } = value.parse().map_err(|_| ValueError::Unsupported)?;
    let is_finite = [a, b, c, d, e, f].iter().all(|part| part.is_finite());
    if is_finite {
        Ok(Some(format!("matrix({a} {b} {c} {d} {e} {f})")))
    } else {
        Err(ValueError::Unsupported)
    }
}
