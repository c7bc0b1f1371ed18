//! Writes an SVG anew with only what the renderer shows as browsers do: styles are resolved into attributes, and each value has
//! the form that the renderer is sure to read. What has no such form is rejected, since the renderer would draw it in black,
//! leave it out or move it without an error.

use std::{collections::HashMap, fmt::Write as _};

use roxmltree::{Document, Node};

use super::{
    super::{MAX_BYTES, RejectionReason},
    allow_list::{SVG, XLINK, is_drawn},
    attribute, cascade,
    complexity::MAX_DEPTH,
    css::{self, Rule},
    size::root_size,
    value::{is_name, own_attribute, references},
};

/// The SVG with only what the renderer shows as browsers do.
///
/// # Errors
/// [`RejectionReason::Unsupported`] for anything else, [`RejectionReason::TooComplex`] if it is too deep or too long.
pub(super) fn normalize(document: &Document<'_>) -> Result<String, RejectionReason> {
    let mut ids = HashMap::new();
    for node in document.descendants().filter(|node| is_drawn(*node)) {
        // A reference means the first element of that id.
        if let Some(id) = own_attribute(node, "id") {
            ids.entry(id).or_insert(node);
        }
    }
    let mut writer = Writer { rules: css::rules(document)?, ids, text: String::new() };
    writer.element(document.root_element(), 0)?;
    Ok(writer.text)
}

struct Writer<'a, 'input> {
    rules: Vec<Rule>,
    ids: HashMap<&'a str, Node<'a, 'input>>,
    text: String,
}

impl<'a, 'input> Writer<'a, 'input> {
    fn element(&mut self, node: Node<'a, 'input>, depth: u32) -> Result<(), RejectionReason> {
        if depth > MAX_DEPTH || self.text.len() > 2 * MAX_BYTES {
            return Err(RejectionReason::TooComplex);
        }
        let name = node.tag_name().name();
        self.push(format_args!("<{name}"))?;
        if depth == 0 {
            self.attribute("xmlns", SVG)?;
        }
        for (name, value) in self.attributes(node)? {
            self.attribute(name, &value)?;
        }
        let mut style = String::new();
        for (name, value) in cascade::properties(node, &self.rules)? {
            if self.has_effect(node, name, &value)? {
                // The renderer reads these only as styles, and browsers too.
                if matches!(name, "mix-blend-mode" | "isolation") {
                    style.push_str(&format!("{name}:{value};"));
                } else {
                    self.attribute(name, &value)?;
                }
            }
        }
        if !style.is_empty() {
            self.attribute("style", &style)?;
        }
        self.push(format_args!(">"))?;
        for child in node.children().filter(|child| is_drawn(*child)) {
            self.element(child, depth + 1)?;
        }
        self.push(format_args!("</{name}>"))
    }

    fn attribute(&mut self, name: &str, value: &str) -> Result<(), RejectionReason> {
        // No value of the grammars contains markup.
        if value.contains(['"', '<', '&']) {
            return Err(RejectionReason::Unsupported);
        }
        self.push(format_args!(r#" {name}="{value}""#))
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) -> Result<(), RejectionReason> {
        self.text.write_fmt(text).map_err(|_| RejectionReason::Damaged)
    }

    /// The attributes that are not properties.
    fn attributes(&self, node: Node<'a, 'input>) -> Result<Vec<(&'a str, String)>, RejectionReason> {
        let element = node.tag_name().name();
        let mut attributes = Vec::new();
        for attribute in node.attributes().filter(|it| it.namespace().is_none()) {
            let name = attribute.name();
            if !attribute::is_known(name) {
                continue;
            }
            let Some(value) = attribute::parse(name, attribute.value())? else { continue };
            match (element, name) {
                // The renderer takes the size of a symbol from `use` alone. A transform of these is relative to a box that
                // renderers do not agree on, or has no effect.
                ("symbol", "x" | "y" | "width" | "height")
                | ("svg" | "symbol" | "mask" | "linearGradient" | "radialGradient" | "stop", "transform") => {
                    return Err(RejectionReason::Unsupported);
                }
                _ => attributes.push((name, value)),
            }
        }
        if let Some(id) =
            own_attribute(node, "id").filter(|id| is_name(id) && self.ids.get(id) == Some(&node))
        {
            attributes.push(("id", id.into()));
        }
        let href = node.attributes().filter(|it| it.name() == "href");
        let href = href.filter(|it| it.namespace().is_none_or(|namespace| namespace == XLINK));
        // The attribute without a namespace takes precedence (SVG 2, section 16.1.6).
        let href = href.min_by_key(|it| it.namespace().is_some());
        attributes.extend(href.map(|href| ("href", href.value().to_owned())));
        if element == "svg" {
            let size =
                if node.parent_element().is_none() { root_size(&attributes)? } else { own_size(&attributes) };
            attributes.retain(|(name, _)| !matches!(*name, "width" | "height"));
            attributes.extend(["width", "height"].into_iter().zip(size));
        }
        Ok(attributes)
    }

    /// Whether a property acts on this element.
    fn has_effect(&self, node: Node<'a, 'input>, name: &str, value: &str) -> Result<bool, RejectionReason> {
        let element = node.tag_name().name();
        let is_viewport = element == "symbol" || element == "svg" && node.parent_element().is_some();
        let is_definition =
            matches!(element, "clipPath" | "mask" | "symbol" | "linearGradient" | "radialGradient" | "stop");
        let is_supported = match name {
            "overflow" if !is_viewport => return Ok(false),
            // Renderers do not agree on the others.
            "overflow" => matches!(value, "visible" | "hidden"),
            "display" if is_definition => value != "none",
            "fill" | "stroke" => {
                self.refers_to(value, &["linearGradient", "radialGradient"])?.unwrap_or(true)
            }
            "clip-path" => value == "none" || self.refers_to(value, &["clipPath"])? == Some(true),
            "mask" => value == "none" || self.refers_to(value, &["mask"])? == Some(true),
            _ => true,
        };
        if is_supported { Ok(true) } else { Err(RejectionReason::Unsupported) }
    }

    /// Whether a value refers to one of these elements; `None` without a reference to any element.
    fn refers_to(&self, value: &str, elements: &[&str]) -> Result<Option<bool>, RejectionReason> {
        let target = references(value)?.first().and_then(|id| self.ids.get(id));
        Ok(target.map(|target| elements.contains(&target.tag_name().name())))
    }
}

/// Width and height of an inner `svg`. The renderer clips it only if both are there.
fn own_size(attributes: &[(&str, String)]) -> [String; 2] {
    ["width", "height"].map(|name| {
        let side = attributes.iter().find(|attribute| attribute.0 == name);
        side.map_or_else(|| "100%".into(), |(_, value)| value.clone())
    })
}
