//! The elements, attributes and properties of a drawing that stands still and alone. Whatever is not named here is
//! refused, so nobody has to know all that SVG can do.
//!
//! Not named although harmless to read: text (the fonts are elsewhere), filters, patterns, markers and dashes (a few
//! bytes of them can keep a renderer busy for ever).

use roxmltree::{Attribute, Document, Node};
use simplecss::{DeclarationTokenizer, StyleSheet};

use super::{
    super::Refused,
    value::{fragment, is_name, references},
};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A style sheet with more rules is refused: each is tried on each element.
const MOST_RULES: usize = 1000;

const ELEMENTS: &str = "svg g defs symbol use title desc style path rect circle ellipse line polyline polygon \
    linearGradient radialGradient stop clipPath mask";

const ATTRIBUTES: &str = "version baseProfile role focusable lang viewBox preserveAspectRatio x y width height d points \
    pathLength rx ry cx cy r x1 y1 x2 y2 fx fy fr offset gradientUnits gradientTransform spreadMethod clipPathUnits \
    maskUnits maskContentUnits";

/// Both attributes and CSS.
const PROPERTIES: &str = "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin \
    stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color clip-path clip-rule mask mask-type stop-color \
    stop-opacity display visibility overflow transform transform-origin paint-order vector-effect shape-rendering \
    color-rendering color-interpolation mix-blend-mode isolation enable-background";

fn named(name: &str, names: &str) -> bool {
    names.split_ascii_whitespace().any(|one| one == name)
}

/// Whether all of the drawing is named here.
pub(super) fn check(drawing: &Document<'_>) -> Result<(), Refused> {
    let root = drawing.root_element();
    if !root.has_tag_name((SVG, "svg")) {
        return Err(Refused::Mislabeled);
    }
    drawing.descendants().try_for_each(node)
}

fn node(node: Node<'_, '_>) -> Result<(), Refused> {
    if node.is_pi() {
        return Err(Refused::ActiveContent);
    }
    if node.is_text() {
        return text(node);
    }
    if !node.is_element() {
        return Ok(());
    }
    let name = node.tag_name();
    if name.namespace() != Some(SVG) || !named(name.name(), ELEMENTS) {
        return Err(Refused::ActiveContent);
    }
    node.attributes().try_for_each(|it| attribute(node, it))
}

fn text(node: Node<'_, '_>) -> Result<(), Refused> {
    let text = node.text().unwrap_or_default();
    match node.parent_element().map(|parent| parent.tag_name().name()) {
        Some("style") => sheet(text),
        Some("title" | "desc") => Ok(()),
        _ if text.trim().is_empty() => Ok(()),
        _ => Err(Refused::ActiveContent),
    }
}

fn attribute(node: Node<'_, '_>, attribute: Attribute<'_, '_>) -> Result<(), Refused> {
    let (name, value) = (attribute.name(), attribute.value());
    let element = node.tag_name().name();
    let referring = matches!(element, "use" | "linearGradient" | "radialGradient");
    match (attribute.namespace(), name) {
        (None | Some(XLINK), "href") if referring => fragment(value).map(drop),
        (Some(XML), "space" | "lang") => Ok(()),
        (None, "id") if is_name(value) => Ok(()),
        (None, "class") if value.is_empty() || is_name(&value.replace(char::is_whitespace, " ")) => Ok(()),
        (None, "style") => declarations(value),
        (None, "type") if element == "style" && value == "text/css" => Ok(()),
        (None, _) if name.starts_with("data-") || name.starts_with("aria-") => Ok(()),
        (None, _) if named(name, PROPERTIES) => property(name, value),
        (None, _) if named(name, ATTRIBUTES) => references(value).map(drop),
        _ => Err(Refused::ActiveContent),
    }
}

fn property(name: &str, value: &str) -> Result<(), Refused> {
    let known = named(name, PROPERTIES);
    let dashed = name == "stroke-dasharray" && value.trim() != "none";
    if known && !dashed { references(value).map(drop) } else { Err(Refused::ActiveContent) }
}

fn declarations(text: &str) -> Result<(), Refused> {
    references(text)?;
    DeclarationTokenizer::from(text).try_for_each(|it| property(it.name, it.value))
}

fn sheet(text: &str) -> Result<(), Refused> {
    references(text)?;
    let sheet = StyleSheet::parse(text);
    if sheet.rules.len() > MOST_RULES {
        return Err(Refused::TooComplex);
    }
    let mut said = sheet.rules.iter().flat_map(|rule| &rule.declarations);
    said.try_for_each(|it| property(it.name, it.value))
}
