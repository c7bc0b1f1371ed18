//! How large a drawing becomes when every reference in it is followed. A kilobyte of `use` elements, masks or clip
//! paths that refer to each other can mean more shapes than any machine draws.

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId};
use simplecss::StyleSheet;

use super::{
    super::{LARGEST, Refused},
    value::{fragment, references},
};

/// Elements within elements, references followed. Deeper ones, and circles, are refused.
const DEEPEST: u32 = 48;
/// What an element weighs besides its attributes, in bytes: a circle becomes a path of about as many.
const ELEMENT: usize = 100;

/// Refuses a drawing that is deeper than [`DEEPEST`] or larger than a logo may be once references are followed.
pub(super) fn check(drawing: &Document<'_>) -> Result<(), Refused> {
    let mut ids = HashMap::new();
    for node in drawing.descendants() {
        if let Some(id) = node.attribute("id")
            && ids.insert(id, node).is_some()
        {
            return Err(Refused::ActiveContent);
        }
    }
    let classes = classes(drawing)?;
    let whole = Scale { ids, classes, weighed: HashMap::new() }.weigh(drawing.root_element(), 0)?;
    if whole.bytes > LARGEST { Err(Refused::TooComplex) } else { Ok(()) }
}

#[derive(Clone, Copy, Default)]
struct Weight {
    bytes: usize,
    height: u32,
}

struct Scale<'a, 'input> {
    ids: HashMap<&'a str, Node<'a, 'input>>,
    /// What a class refers to.
    classes: HashMap<String, Vec<&'a str>>,
    weighed: HashMap<NodeId, Weight>,
}

impl<'a, 'input> Scale<'a, 'input> {
    /// Every element is weighed once; a circle of references ends at [`DEEPEST`].
    fn weigh(&mut self, node: Node<'a, 'input>, depth: u32) -> Result<Weight, Refused> {
        let known = self.weighed.get(&node.id()).copied();
        if depth + known.map_or(0, |weight| weight.height) > DEEPEST {
            return Err(Refused::TooComplex);
        }
        if let Some(known) = known {
            return Ok(known);
        }
        let said: usize = node.attributes().map(|it| it.value().len()).sum();
        let mut weight = Weight { bytes: ELEMENT + said, height: 0 };
        let referred = self.referred(node)?;
        for part in node.children().filter(Node::is_element).chain(referred) {
            let Weight { bytes, height } = self.weigh(part, depth + 1)?;
            weight.bytes = weight.bytes.saturating_add(bytes);
            weight.height = weight.height.max(height + 1);
        }
        self.weighed.insert(node.id(), weight);
        Ok(weight)
    }

    fn referred(&self, node: Node<'a, 'input>) -> Result<Vec<Node<'a, 'input>>, Refused> {
        let mut ids = Vec::new();
        for attribute in node.attributes() {
            match attribute.name() {
                "href" => ids.push(fragment(attribute.value())?),
                "class" => {
                    let classes = attribute.value().split_whitespace();
                    ids.extend(classes.filter_map(|class| self.classes.get(class)).flatten());
                }
                _ if attribute.value().contains("url") => ids.extend(references(attribute.value())?),
                _ => {}
            }
        }
        Ok(ids.into_iter().filter_map(|id| self.ids.get(id).copied()).collect())
    }
}

/// What each class of the style sheets refers to. References under any other selector are in doubt.
fn classes<'a>(drawing: &'a Document<'_>) -> Result<HashMap<String, Vec<&'a str>>, Refused> {
    let mut classes: HashMap<String, Vec<&str>> = HashMap::new();
    let sheets = drawing.descendants().filter(|node| node.has_tag_name("style"));
    for text in sheets.flat_map(|sheet| sheet.children()).filter_map(|node| node.text()) {
        for rule in StyleSheet::parse(text).rules {
            for declaration in &rule.declarations {
                let ids = references(declaration.value)?;
                if ids.is_empty() {
                    continue;
                }
                let selector = rule.selector.to_string();
                let class = selector.strip_prefix("*[class~='").and_then(|rest| rest.strip_suffix("']"));
                let class = class.filter(|class| !class.contains(['\'', '[']));
                classes.entry(class.ok_or(Refused::ActiveContent)?.into()).or_default().extend(ids);
            }
        }
    }
    Ok(classes)
}
