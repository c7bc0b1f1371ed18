//! Properties that the SVG sanitizer has to keep for any input: for `fuzz/`, and for the tests with its seeds and the files in
//! `testdata/`. Independent of the sanitizer: it shares no list with it.

use super::{
    RejectionReason,
    svg::{SIDE, rasterize, rewrite},
};

/// Rewrites any bytes as an SVG and checks the result: it has no active content, and passes the same checks again.
///
/// # Panics
/// If a property does not hold.
pub fn svg(bytes: &[u8]) {
    let Ok(written) = rewrite(bytes) else { return };
    assert_harmless(&written);
    let rendered = rasterize(&written, SIDE);
    assert!(
        matches!(rendered, Ok(_) | Err(RejectionReason::Blank)),
        "the rewritten SVG is rejected: {rendered:?}"
    );
}

/// Checks that an SVG has no active content and no reference to another file.
///
/// # Panics
/// If it has.
pub(crate) fn assert_harmless(svg: &str) {
    let text = svg.to_ascii_lowercase();
    assert!(text.starts_with("<svg viewbox="), "there is content before the SVG");
    for word in [
        "<!",
        "<?",
        "&",
        "\\",
        "@",
        "script",
        "javascript:",
        "data:",
        "foreignobject",
        "<style",
        "<image",
        "<a ",
        "<a>",
        "<animate",
        "<set",
        "<iframe",
        "<text",
        "<handler",
        "xml:base",
    ] {
        let found = text.find(word).map(|at| text.get(at.saturating_sub(40)..).unwrap_or_default());
        // The words alone may be part of an id.
        let in_id = word.starts_with(char::is_alphabetic) && !word.ends_with(':');
        assert!(found.is_none() || in_id, "{word}: {found:?}");
    }
    for (word, next) in [
        ("href=\"", "#"),
        ("url(", "#"),
        ("xmlns=\"", "http://www.w3.org/2000/svg\""),
        ("xmlns:xlink=\"", "http://www.w3.org/1999/xlink\""),
    ] {
        let mut parts = text.split(word).skip(1);
        assert!(parts.all(|part| part.starts_with(next)), "{word}");
    }
    assert_eq!(text.matches("://").count(), text.matches("xmlns").count(), "a URL");
    let mut names =
        text.split(|c: char| c.is_whitespace() || c == '"' || c == '/').filter(|word| word.contains('='));
    assert!(!names.any(|name| name.starts_with("on")), "an event handler");
    assert!(text.ends_with("</svg>") || text.ends_with("/>"), "there is content after the SVG");
}
