//! The properties that may style an element, each with the values that the renderer shows as browsers do. A value is written
//! in the one form that the renderer is sure to read.

use super::{
    super::RejectionReason,
    grammar::{color, length, miter_limit, opacity, paint, paint_order, reference, word},
    value::{ValueError, is_in},
};

/// A property of CSS that may also be an attribute.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    is_inherited: bool,
    grammar: Grammar,
}

#[derive(Debug)]
enum Grammar {
    Paint,
    Color,
    Opacity,
    Width,
    MiterLimit,
    /// A reference to a clip path or a mask.
    Reference,
    PaintOrder,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, each of which stands for no effect.
    NoEffect(&'static [&'static str]),
}

/// Properties that act only on text, images, filters, dashes or the page, and those of single editors.
const IGNORED: &str = "enable-background color-rendering text-rendering image-rendering color-interpolation-filters \
    stroke-dashoffset pointer-events cursor flex font font-family font-feature-settings font-size font-size-adjust font-style \
    font-variant font-variant-alternates font-variant-caps font-variant-east-asian font-variant-ligatures \
    font-variant-numeric font-variant-position font-weight font-stretch text-align text-anchor text-decoration \
    text-decoration-color text-decoration-line text-decoration-style text-indent text-orientation text-transform \
    letter-spacing word-spacing line-height writing-mode direction white-space baseline-shift dominant-baseline \
    block-progression shape-padding solid-color solid-opacity -inkscape-font-specification -inkscape-stroke";

const RULES: Grammar = Grammar::Word(&["nonzero", "evenodd"]);
const BLEND_MODES: Grammar = Grammar::Word(&[
    "normal",
    "multiply",
    "screen",
    "overlay",
    "darken",
    "lighten",
    "color-dodge",
    "color-burn",
    "hard-light",
    "soft-light",
    "difference",
    "exclusion",
    "hue",
    "saturation",
    "color",
    "luminosity",
]);

const fn own(name: &'static str, grammar: Grammar) -> Property {
    Property { name, is_inherited: false, grammar }
}

const fn inherited(name: &'static str, grammar: Grammar) -> Property {
    Property { name, is_inherited: true, grammar }
}

static PROPERTIES: [Property; 33] = [
    inherited("fill", Grammar::Paint),
    inherited("stroke", Grammar::Paint),
    inherited("color", Grammar::Color),
    own("stop-color", Grammar::Color),
    own("opacity", Grammar::Opacity),
    inherited("fill-opacity", Grammar::Opacity),
    inherited("stroke-opacity", Grammar::Opacity),
    own("stop-opacity", Grammar::Opacity),
    inherited("fill-rule", RULES),
    inherited("clip-rule", RULES),
    inherited("stroke-width", Grammar::Width),
    inherited("stroke-miterlimit", Grammar::MiterLimit),
    inherited("stroke-linecap", Grammar::Word(&["butt", "round", "square"])),
    inherited("stroke-linejoin", Grammar::Word(&["miter", "round", "bevel"])),
    inherited("stroke-dasharray", Grammar::NoEffect(&["none"])),
    own("clip-path", Grammar::Reference),
    own("mask", Grammar::Reference),
    own("mask-type", Grammar::Word(&["luminance", "alpha"])),
    own("display", Grammar::Word(&["none", "inline", "block", "inline-block"])),
    inherited("visibility", Grammar::Word(&["visible", "hidden", "collapse"])),
    own("overflow", Grammar::Word(&["visible", "hidden", "scroll", "auto"])),
    inherited("paint-order", Grammar::PaintOrder),
    inherited(
        "shape-rendering",
        Grammar::Word(&["auto", "optimizeSpeed", "crispEdges", "geometricPrecision"]),
    ),
    inherited("color-interpolation", Grammar::NoEffect(&["auto", "sRGB"])),
    own("mix-blend-mode", BLEND_MODES),
    own("isolation", Grammar::Word(&["auto", "isolate"])),
    own("transform", Grammar::NoEffect(&["none"])),
    own("vector-effect", Grammar::NoEffect(&["none"])),
    own("filter", Grammar::NoEffect(&["none"])),
    inherited("marker", Grammar::NoEffect(&["none"])),
    inherited("marker-start", Grammar::NoEffect(&["none"])),
    inherited("marker-mid", Grammar::NoEffect(&["none"])),
    inherited("marker-end", Grammar::NoEffect(&["none"])),
];

/// The property of this name; `None` if it has no effect on what an SVG may contain.
///
/// # Errors
/// [`RejectionReason::ActiveContent`] for any other name.
pub(super) fn find(name: &str) -> Result<Option<&'static Property>, RejectionReason> {
    let property = PROPERTIES.iter().find(|property| property.name == name);
    if property.is_some() || is_in(name, IGNORED) {
        Ok(property)
    } else {
        Err(RejectionReason::ActiveContent)
    }
}

impl Property {
    /// The value as the renderer reads it; `None` if it is inherited, or has no effect.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn parse(&self, value: &str) -> Result<Option<String>, ValueError> {
        let value = value.trim();
        if value.eq_ignore_ascii_case("inherit") {
            return if self.is_inherited { Ok(None) } else { Err(ValueError::Unsupported) };
        }
        let parsed = match &self.grammar {
            Grammar::Paint => paint(value)?,
            Grammar::Color => color(value)?,
            Grammar::Opacity => opacity(value)?,
            Grammar::Width => length(value, true)?,
            Grammar::MiterLimit => miter_limit(value)?,
            Grammar::Reference => reference(value)?,
            Grammar::PaintOrder => paint_order(value)?,
            Grammar::Word(words) => word(value, words)?.into(),
            Grammar::NoEffect(words) => return word(value, words).map(|_| None),
        };
        Ok(Some(parsed))
    }
}
