//! What the value of an attribute or a property may say: it may call few functions, and refer only into the drawing.

use super::super::Refused;

/// Colors, transforms, and references.
const CALLS: [&str; 11] =
    ["url", "rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewx", "skewy"];
/// Escapes and at-rules: ways to say something else than one reads.
const OBSCURE: [char; 3] = ['\\', '@', '<'];

/// The ids that a value refers to, `url(#id)`, if it says nothing that is in doubt.
pub(super) fn references(value: &str) -> Result<Vec<&str>, Refused> {
    if value.contains(OBSCURE) {
        return Err(Refused::ActiveContent);
    }
    let mut found = Vec::new();
    for (at, _) in value.match_indices('(') {
        let (before, after) = (value.get(..at).unwrap_or_default(), value.get(at + 1..).unwrap_or_default());
        let before = before.trim_end();
        let name = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').len();
        let name = before.get(name..).unwrap_or_default().to_ascii_lowercase();
        if !CALLS.contains(&name.as_str()) {
            return Err(Refused::ActiveContent);
        }
        if name == "url" {
            let (inside, _) = after.split_once(')').ok_or(Refused::ActiveContent)?;
            found.push(fragment(unquoted(inside.trim()))?);
        }
    }
    Ok(found)
}

/// The id behind `#`, of a reference into the same drawing.
pub(super) fn fragment(reference: &str) -> Result<&str, Refused> {
    reference.strip_prefix('#').filter(|id| is_name(id)).ok_or(Refused::ActiveContent)
}

/// Whether this may be an id or a list of classes: letters, digits and few signs, so that it means nothing else anywhere.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.: ".contains(c))
}

fn unquoted(text: &str) -> &str {
    let within = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    within('\'').or_else(|| within('"')).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_into_the_drawing_is_found() {
        assert_eq!(references("url(#a) url( '#b' ) rgb(1,2,3)"), Ok(vec!["a", "b"]));
        assert_eq!(references("translate (1 2) rotate(3)"), Ok(vec![]));
    }

    #[test]
    fn a_reference_to_anywhere_else_is_refused() {
        for value in
            ["url(https://elsewhere.example/a.svg#a)", "url(//e.example)", "url(a.svg#a)", "url(#a", "url()"]
        {
            assert_eq!(references(value), Err(Refused::ActiveContent), "{value}");
        }
    }

    #[test]
    fn a_call_of_anything_else_is_refused() {
        for value in
            ["expression(alert(1))", "image(#a)", "src(#a)", "(1)", "var(--a)", r"u\72l(#a)", "@import 'a'"]
        {
            assert_eq!(references(value), Err(Refused::ActiveContent), "{value}");
        }
    }
}
