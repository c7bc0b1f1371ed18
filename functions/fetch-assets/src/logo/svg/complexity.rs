//! Limits the size and depth of an SVG after all its references are resolved. A kilobyte of `use` elements, masks or clip
//! paths that refer to each other can stand for more shapes than any machine can render.

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId};

use super::{
    super::{MAX_BYTES, RejectionReason},
    value::{fragment, references},
};

/// The deepest nesting of elements, with references resolved. A deeper SVG and circular references are rejected.
pub(super) const MAX_DEPTH: u32 = 48;
/// Bytes of an element in addition to its attributes: about the size of the path that a circle becomes.
const ELEMENT_BYTES: usize = 100;

/// Rejects a normalized SVG that is deeper than [`MAX_DEPTH`] or larger than [`MAX_BYTES`] with all references resolved.
pub(super) fn check(document: &Document<'_>) -> Result<(), RejectionReason> {
    let ids = document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let total = Estimator { ids, estimated: HashMap::new() }.estimate(document.root_element(), 0)?;
    if total.bytes > MAX_BYTES { Err(RejectionReason::TooComplex) } else { Ok(()) }
}

/// The estimated size of an element with all that it contains and refers to.
#[derive(Clone, Copy, Default)]
struct Size {
    bytes: usize,
    /// Levels of elements below it.
    height: u32,
}

struct Estimator<'a, 'input> {
    ids: HashMap<&'a str, Node<'a, 'input>>,
    estimated: HashMap<NodeId, Size>,
}

impl<'a, 'input> Estimator<'a, 'input> {
    /// Estimates every element once. Circular references end at [`MAX_DEPTH`].
    fn estimate(&mut self, node: Node<'a, 'input>, depth: u32) -> Result<Size, RejectionReason> {
        let cached = self.estimated.get(&node.id()).copied();
        if depth + cached.map_or(0, |size| size.height) > MAX_DEPTH {
            return Err(RejectionReason::TooComplex);
        }
        if let Some(cached) = cached {
            return Ok(cached);
        }
        let values: usize = node.attributes().map(|attribute| attribute.value().len()).sum();
        let mut size = Size { bytes: ELEMENT_BYTES + values, height: 0 };
        let referenced = self.referenced(node)?;
        for part in node.children().filter(Node::is_element).chain(referenced) {
            let Size { bytes, height } = self.estimate(part, depth + 1)?;
            size.bytes = size.bytes.saturating_add(bytes);
            size.height = size.height.max(height + 1);
        }
        self.estimated.insert(node.id(), size);
        Ok(size)
    }

    /// The elements that an element refers to.
    fn referenced(&self, node: Node<'a, 'input>) -> Result<Vec<Node<'a, 'input>>, RejectionReason> {
        let mut ids = Vec::new();
        for attribute in node.attributes() {
            match attribute.name() {
                "href" => ids.push(fragment(attribute.value())?),
                _ if attribute.value().contains("url") => ids.extend(references(attribute.value())?),
                _ => {}
            }
        }
        Ok(ids.into_iter().filter_map(|id| self.ids.get(id).copied()).collect())
    }
}
