//! The elements and attributes of an SVG without active content. Everything else is rejected, so that this list does not have
//! to follow what SVG can do. Which of their values can be shown is checked later, in `normalize.rs`.

use roxmltree::{Attribute, Document, Node};

use super::{
    super::RejectionReason,
    attribute::is_known,
    property,
    value::{fragment, is_in, references},
};

pub(super) const SVG: &str = "http://www.w3.org/2000/svg";
pub(super) const XLINK: &str = "http://www.w3.org/1999/xlink";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// Namespaces whose elements and attributes can do something. Those of other namespaces, such as editors', are left out.
const ACTIVE: [&str; 3] = [
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2001/xml-events",
    "http://www.w3.org/1998/Math/MathML",
];

/// Elements that are drawn or used by those that are drawn.
const DRAWN: &str = "svg g defs symbol use path rect circle ellipse line polyline polygon \
    linearGradient radialGradient stop clipPath mask";
const NOT_DRAWN: &str = "title desc metadata style";
/// Elements that are not active: text (its font is not in the file), and others of which a few bytes can keep a renderer busy
/// for very long.
const UNSUPPORTED: &str = "text tspan textPath filter pattern marker";

/// Rejects an SVG with anything that is not in the lists.
pub(super) fn check(document: &Document<'_>) -> Result<(), RejectionReason> {
    if !document.root_element().has_tag_name((SVG, "svg")) {
        return Err(RejectionReason::Mislabeled);
    }
    document.descendants().try_for_each(node)
}

fn node(node: Node<'_, '_>) -> Result<(), RejectionReason> {
    if node.pi().is_some_and(|instruction| instruction.target == "xml-stylesheet") {
        return Err(RejectionReason::ActiveContent);
    }
    if !node.is_element() {
        return Ok(());
    }
    match node.tag_name().namespace() {
        Some(SVG) if is_in(node.tag_name().name(), UNSUPPORTED) => Err(RejectionReason::Unsupported),
        // What is not drawn could still be referred to.
        Some(SVG) if is_drawn(node) && node.parent_element().is_some_and(|parent| !is_drawn(parent)) => {
            Err(RejectionReason::Unsupported)
        }
        Some(SVG) if [DRAWN, NOT_DRAWN].iter().any(|list| is_in(node.tag_name().name(), list)) => {
            node.attributes().try_for_each(|each| attribute(node, each))
        }
        Some(namespace) if namespace != SVG && !ACTIVE.contains(&namespace) => Ok(()),
        _ => Err(RejectionReason::ActiveContent),
    }
}

/// Whether an element is drawn or used by one that is drawn.
pub(super) fn is_drawn(node: Node<'_, '_>) -> bool {
    node.tag_name().namespace() == Some(SVG) && is_in(node.tag_name().name(), DRAWN)
}

fn attribute(node: Node<'_, '_>, attribute: Attribute<'_, '_>) -> Result<(), RejectionReason> {
    let (name, value) = (attribute.name(), attribute.value());
    let element = node.tag_name().name();
    match (attribute.namespace(), name) {
        (None | Some(XLINK), "href") if may_refer(element) => fragment(value).map(drop),
        (Some(XML), "space" | "lang") => Ok(()),
        (None, "type") if element == "style" && value != "text/css" => Err(RejectionReason::ActiveContent),
        (None, "id" | "class") => Ok(()),
        (None, _) if name.starts_with("data-") || name.starts_with("aria-") => Ok(()),
        (None, "style") => references(value).map(drop),
        (None, _) if is_known(name) => references(value).map(drop),
        (None, _) => property::find(name).and_then(|_| references(value)).map(drop),
        (Some(XLINK | XML), _) => Err(RejectionReason::ActiveContent),
        (Some(namespace), _) if ACTIVE.contains(&namespace) => Err(RejectionReason::ActiveContent),
        (Some(_), _) => Ok(()),
    }
}

/// Whether an element of this name may have a `href`.
fn may_refer(element: &str) -> bool {
    matches!(element, "use" | "linearGradient" | "radialGradient")
}
