//! Values of attributes and properties: only few functions and references within the SVG are allowed.

use roxmltree::Node;

use super::super::RejectionReason;

/// The allowed functions: references, colors and transforms. Not all of them can be shown; see `property.rs`.
const FUNCTIONS: &str =
    "url rgb rgba hsl hsla hwb lab lch oklab oklch color matrix translate scale rotate skewx skewy";
/// Characters of escapes, at-rules and markup, which could hide something from these checks.
const FORBIDDEN: [char; 3] = ['\\', '@', '<'];

/// Why a value has no form for the renderer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueError {
    /// CSS does not know it either, or it is a color for wide-gamut screens only: an earlier value applies.
    Unknown,
    /// A browser may show it, the renderer does not.
    Unsupported,
}

impl From<ValueError> for RejectionReason {
    fn from(_: ValueError) -> Self {
        Self::Unsupported
    }
}

/// A finite number.
pub(super) fn number(value: &str) -> Option<f64> {
    value.parse::<svgtypes::Number>().ok().map(|number| number.0).filter(|number| number.is_finite())
}

/// The attribute of this name without a namespace. `Node::attribute` takes those of any namespace.
pub(super) fn own_attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let mut own = node.attributes().filter(|attribute| attribute.namespace().is_none());
    own.find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// The ids in a value's references, `url(#id)`.
///
/// # Errors
/// [`RejectionReason::ActiveContent`] for any other function, any other reference, and forbidden characters.
pub(super) fn references(value: &str) -> Result<Vec<&str>, RejectionReason> {
    if value.contains(FORBIDDEN) {
        return Err(RejectionReason::ActiveContent);
    }
    let mut found = Vec::new();
    for (at, _) in value.match_indices('(') {
        let (before, after) = (value.get(..at).unwrap_or_default(), value.get(at + 1..).unwrap_or_default());
        let before = before.trim_end();
        let name = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').len();
        let name = before.get(name..).unwrap_or_default().to_ascii_lowercase();
        if !is_in(&name, FUNCTIONS) {
            return Err(RejectionReason::ActiveContent);
        }
        if name == "url" {
            let (inside, _) = after.split_once(')').ok_or(RejectionReason::ActiveContent)?;
            found.push(fragment(unquoted(inside.trim()))?);
        }
    }
    Ok(found)
}

/// The id of a reference within the SVG, `#id`.
pub(super) fn fragment(reference: &str) -> Result<&str, RejectionReason> {
    reference.strip_prefix('#').filter(|id| is_name(id)).ok_or(RejectionReason::ActiveContent)
}

/// Whether the text may be an id or a class: letters, digits and the characters `_-.:`.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.:".contains(c))
}

/// Whether a word is in a list of words.
pub(super) fn is_in(word: &str, list: &str) -> bool {
    list.split_ascii_whitespace().any(|each| each == word)
}

/// The text without quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    let between = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    between('\'').or_else(|| between('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_within_the_svg_is_found() {
        assert_eq!(references("url(#a) url( '#b' ) rgb(1,2,3)"), Ok(vec!["a", "b"]));
        assert_eq!(references("translate (1 2) rotate(3)"), Ok(vec![]));
    }

    #[test]
    fn a_reference_to_another_file_is_rejected() {
        for value in
            ["url(https://external.example/a.svg#a)", "url(//e.example)", "url(a.svg#a)", "url(#a", "url()"]
        {
            assert_eq!(references(value), Err(RejectionReason::ActiveContent), "{value}");
        }
    }

    #[test]
    fn a_call_of_any_other_function_is_rejected() {
        for value in
            ["expression(alert(1))", "image(#a)", "src(#a)", "(1)", "var(--a)", r"u\72l(#a)", "@import 'a'"]
        {
            assert_eq!(references(value), Err(RejectionReason::ActiveContent), "{value}");
        }
    }
}
