//! The properties of an element by the cascade of CSS (CSS Cascading 4, section 6.1): attributes, then style sheets by their
//! specificity and order, then the attribute `style`. Inheritance is left to the renderer.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::{
    super::RejectionReason,
    attribute,
    css::{self, Rule},
    property,
    value::own_attribute,
};

/// Whether it is important, where it was declared, and how specific its selector is.
type Rank = (bool, u8, [usize; 3]);

/// The properties of an element and their values.
///
/// # Errors
/// [`RejectionReason::Unsupported`] for a value without a form that the renderer reads.
pub(super) fn properties(
    node: Node<'_, '_>,
    rules: &[Rule],
) -> Result<Vec<(&'static str, String)>, RejectionReason> {
    let attributes = attributes(node)?;
    let style = css::declarations(own_attribute(node, "style").unwrap_or_default())?;

    let mut winners: BTreeMap<&'static str, (Rank, Option<&str>)> = BTreeMap::new();
    let mut apply = |name, rank: Rank, value| {
        if winners.get(name).is_none_or(|winner| winner.0 <= rank) {
            winners.insert(name, (rank, value));
        }
    };
    for &(name, ref value) in &attributes {
        apply(name, (false, 0, [0; 3]), value.as_deref());
    }
    for rule in rules {
        let Some(specificity) = rule.specificity(node) else { continue };
        for it in rule.declarations.iter() {
            apply(it.property.name, (it.important, 1, specificity), it.value.as_deref());
        }
    }
    for it in &style {
        apply(it.property.name, (it.important, 2, [0; 3]), it.value.as_deref());
    }
    Ok(winners.into_iter().filter_map(|(name, (_, value))| Some((name, value?.to_owned()))).collect())
}

/// The attributes that are properties.
fn attributes(node: Node<'_, '_>) -> Result<Vec<(&'static str, Option<String>)>, RejectionReason> {
    let mut found = Vec::new();
    for attribute in node.attributes().filter(|attribute| attribute.namespace().is_none()) {
        let name = attribute.name();
        // These are no attributes in browsers, but styles only. A transform as an attribute has a grammar of its own.
        let is_style = matches!(name, "mix-blend-mode" | "isolation" | "marker") || attribute::is_known(name);
        if !is_style && let Ok(Some(property)) = property::find(name) {
            found.push((property.name, property.parse(attribute.value())?));
        }
    }
    Ok(found)
}
