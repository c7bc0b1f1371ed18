//! The elements, attributes and properties of an SVG without active content. Everything else is rejected, so that this list
//! does not have to follow what SVG can do.
//!
//! Left out although not active: text (its font is not in the file), and filters, patterns, markers and dashes (a few bytes
//! of them can keep a renderer busy for very long).

use roxmltree::{Attribute, Document, Node};
use simplecss::{DeclarationTokenizer, StyleSheet};

use super::{
    super::RejectionReason,
    value::{fragment, is_name, references},
};

const SVG: &str = "http://www.w3.org/2000/svg";
const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// The most rules of a style sheet. Each rule is matched with each element.
const MAX_RULES: usize = 1000;

const ELEMENTS: &str = "svg g defs symbol use title desc style path rect circle ellipse line polyline polygon \
    linearGradient radialGradient stop clipPath mask";

const ATTRIBUTES: &str = "version baseProfile role focusable lang viewBox preserveAspectRatio x y width height d points \
    pathLength rx ry cx cy r x1 y1 x2 y2 fx fy fr offset gradientUnits gradientTransform spreadMethod clipPathUnits \
    maskUnits maskContentUnits";

/// Presentation attributes, which may also be CSS properties.
const PROPERTIES: &str = "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin \
    stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color clip-path clip-rule mask mask-type stop-color \
    stop-opacity display visibility overflow transform transform-origin paint-order vector-effect shape-rendering \
    color-rendering color-interpolation mix-blend-mode isolation enable-background";

fn is_in(name: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|allowed| allowed == name)
}

/// Rejects an SVG with anything that is not in the lists.
pub(super) fn check(document: &Document<'_>) -> Result<(), RejectionReason> {
    let root = document.root_element();
    if !root.has_tag_name((SVG, "svg")) {
        return Err(RejectionReason::Mislabeled);
    }
    document.descendants().try_for_each(node)
}

fn node(node: Node<'_, '_>) -> Result<(), RejectionReason> {
    if node.is_pi() {
        return Err(RejectionReason::ActiveContent);
    }
    if node.is_text() {
        return text(node);
    }
    if !node.is_element() {
        return Ok(());
    }
    let name = node.tag_name();
    if name.namespace() != Some(SVG) || !is_in(name.name(), ELEMENTS) {
        return Err(RejectionReason::ActiveContent);
    }
    node.attributes().try_for_each(|each| attribute(node, each))
}

fn text(node: Node<'_, '_>) -> Result<(), RejectionReason> {
    let text = node.text().unwrap_or_default();
    match node.parent_element().map(|parent| parent.tag_name().name()) {
        Some("style") => style_sheet(text),
        Some("title" | "desc") => Ok(()),
        _ if text.trim().is_empty() => Ok(()),
        _ => Err(RejectionReason::ActiveContent),
    }
}

fn attribute(node: Node<'_, '_>, attribute: Attribute<'_, '_>) -> Result<(), RejectionReason> {
    let (name, value) = (attribute.name(), attribute.value());
    let element = node.tag_name().name();
    let may_refer = matches!(element, "use" | "linearGradient" | "radialGradient");
    match (attribute.namespace(), name) {
        (None | Some(XLINK), "href") if may_refer => fragment(value).map(drop),
        (Some(XML), "space" | "lang") => Ok(()),
        (None, "id") if is_name(value) => Ok(()),
        (None, "class") if value.is_empty() || is_name(&value.replace(char::is_whitespace, " ")) => Ok(()),
        (None, "style") => declarations(value),
        (None, "type") if element == "style" && value == "text/css" => Ok(()),
        (None, _) if name.starts_with("data-") || name.starts_with("aria-") => Ok(()),
        (None, _) if is_in(name, PROPERTIES) => property(name, value),
        (None, _) if is_in(name, ATTRIBUTES) => references(value).map(drop),
        _ => Err(RejectionReason::ActiveContent),
    }
}

fn property(name: &str, value: &str) -> Result<(), RejectionReason> {
    let is_allowed = is_in(name, PROPERTIES);
    let is_dashed = name == "stroke-dasharray" && value.trim() != "none";
    if is_allowed && !is_dashed { references(value).map(drop) } else { Err(RejectionReason::ActiveContent) }
}

fn declarations(text: &str) -> Result<(), RejectionReason> {
    references(text)?;
    DeclarationTokenizer::from(text).try_for_each(|declaration| property(declaration.name, declaration.value))
}

fn style_sheet(text: &str) -> Result<(), RejectionReason> {
    references(text)?;
    let sheet = StyleSheet::parse(text);
    if sheet.rules.len() > MAX_RULES {
        return Err(RejectionReason::TooComplex);
    }
    let mut declarations = sheet.rules.iter().flat_map(|rule| &rule.declarations);
    declarations.try_for_each(|declaration| property(declaration.name, declaration.value))
}
