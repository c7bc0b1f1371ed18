//! Style sheets and `style` attributes: the part of CSS that logos use. Everything is read or the SVG is rejected, unlike in
//! CSS, where an unknown rule is skipped: what is skipped here might be known to a browser.

use std::rc::Rc;

use roxmltree::{Document, Node};

use super::{
    super::RejectionReason,
    allow_list::SVG,
    property::{self, Property},
    value::{ValueError, is_name, own_attribute, references},
};

/// The most rules of a style sheet. Each rule is matched with each element.
const MAX_RULES: usize = 1000;

/// A property with its value.
pub(super) struct Declaration {
    pub(super) property: &'static Property,
    /// `None`: the value is inherited.
    pub(super) value: Option<String>,
    pub(super) important: bool,
}

/// Some declarations, and the elements that they apply to.
pub(super) struct Rule {
    selector: Selector,
    pub(super) declarations: Rc<[Declaration]>,
}

impl Rule {
    /// How specific the rule is, if it applies to the element.
    pub(super) fn specificity(&self, node: Node<'_, '_>) -> Option<[usize; 3]> {
        let Selector { element, ids, classes } = &self.selector;
        let is_element = element.as_ref().is_none_or(|element| node.tag_name().name() == element);
        let is_id = ids.iter().all(|id| own_attribute(node, "id") == Some(id));
        let has_class = |class: &String| {
            own_attribute(node, "class")
                .unwrap_or_default()
                .split_ascii_whitespace()
                .any(|each| each == class)
        };
        let applies = is_element && is_id && classes.iter().all(has_class);
        applies.then(|| [ids.len(), classes.len(), usize::from(element.is_some())])
    }
}

/// A selector without relations to other elements, such as `path.a`.
#[derive(Default)]
struct Selector {
    /// The name; `None` for any.
    element: Option<String>,
    ids: Vec<String>,
    classes: Vec<String>,
}

/// The rules of all style sheets of an SVG, in their order.
///
/// # Errors
/// [`RejectionReason::Unsupported`] for nested rules, at-rules and any other selector; see [`declarations`] for the rest.
pub(super) fn rules(document: &Document<'_>) -> Result<Vec<Rule>, RejectionReason> {
    let mut rules = Vec::new();
    for sheet in document.descendants().filter(|node| node.has_tag_name((SVG, "style"))) {
        let text: String = sheet.children().filter(Node::is_text).filter_map(|text| text.text()).collect();
        let text = without_comments(&text)?;
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (selectors, after) = rest.split_once('{').ok_or(RejectionReason::Unsupported)?;
            let (block, after) = after.split_once('}').ok_or(RejectionReason::Unsupported)?;
            let declarations: Rc<[Declaration]> = declarations(block)?.into();
            for selector in selectors.split(',') {
                rules.push(Rule { selector: selector.trim().parse()?, declarations: declarations.clone() });
            }
            if rules.len() > MAX_RULES {
                return Err(RejectionReason::TooComplex);
            }
            rest = after.trim_start();
        }
    }
    Ok(rules)
}

/// The declarations of a block. A value that CSS does not know is skipped if an earlier declaration of the block has one for the
/// same property: authors put the value for all renderers first.
///
/// # Errors
/// [`RejectionReason::ActiveContent`] for unknown properties and functions, [`RejectionReason::Unsupported`] for unknown values.
pub(super) fn declarations(block: &str) -> Result<Vec<Declaration>, RejectionReason> {
    if block.contains(['{', '}']) {
        return Err(RejectionReason::Unsupported);
    }
    let block = without_comments(block)?;
    let mut found: Vec<Declaration> = Vec::new();
    // The property whose value is unknown, unless it is declared once more.
    let mut unknown: Vec<&'static Property> = Vec::new();
    for declaration in split(&block, ';').map(str::trim).filter(|text| !text.is_empty()) {
        let count = |c: char| declaration.matches(c).count();
        if !count('"').is_multiple_of(2) || !count('\'').is_multiple_of(2) || count('(') != count(')') {
            return Err(RejectionReason::Unsupported);
        }
        let (name, value) = declaration.split_once(':').ok_or(RejectionReason::Unsupported)?;
        references(value)?;
        let (value, important) = split_important(value.trim());
        let Some(property) = property::find(&name.trim().to_ascii_lowercase())? else { continue };
        match property.parse(value) {
            Ok(value) => {
                unknown.retain(|other| !std::ptr::eq(*other, property));
                found.push(Declaration { property, value, important });
            }
            Err(ValueError::Unknown) if found.iter().any(|it| std::ptr::eq(it.property, property)) => {}
            Err(_) => unknown.push(property),
        }
    }
    if unknown.is_empty() { Ok(found) } else { Err(RejectionReason::Unsupported) }
}

impl std::str::FromStr for Selector {
    type Err = RejectionReason;

    fn from_str(text: &str) -> Result<Self, RejectionReason> {
        let mut selector = Self::default();
        let mut rest = text.strip_prefix('*').unwrap_or(text);
        while !rest.is_empty() {
            let kind = rest.chars().next().filter(|c| matches!(c, '.' | '#'));
            let name = rest.strip_prefix(['.', '#']).unwrap_or(rest);
            let end = name.find(['.', '#']).unwrap_or(name.len());
            let (name, after) = name.split_at_checked(end).unwrap_or_default();
            if !is_name(name) || name.contains([':', ' ']) {
                return Err(RejectionReason::Unsupported);
            }
            match kind {
                Some('.') => selector.classes.push(name.into()),
                Some(_) => selector.ids.push(name.into()),
                None => selector.element = Some(name.into()),
            }
            rest = after;
        }
        if text.is_empty() { Err(RejectionReason::Unsupported) } else { Ok(selector) }
    }
}

fn split_important(value: &str) -> (&str, bool) {
    match value.rsplit_once('!') {
        Some((value, word)) if word.trim().eq_ignore_ascii_case("important") => (value.trim_end(), true),
        _ => (value, false),
    }
}

/// The parts between separators that are not in quotes or parentheses.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut depth, mut quote) = (0_usize, None);
    text.split(move |c| {
        match (quote, c) {
            (Some(open), _) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, _) => return c == separator && depth == 0,
        }
        false
    })
}

/// Replaces comments by spaces. A comment inside of parentheses may be part of a URL and is rejected.
fn without_comments(css: &str) -> Result<String, RejectionReason> {
    let mut text = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, comment)) = rest.split_once("/*") {
        text.push_str(before);
        let (_, after) = comment.split_once("*/").ok_or(RejectionReason::Unsupported)?;
        if text.matches('(').count() != text.matches(')').count() {
            return Err(RejectionReason::Unsupported);
        }
        text.push(' ');
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}
