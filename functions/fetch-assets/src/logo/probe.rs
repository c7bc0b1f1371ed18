//! A way into the sanitizer for `fuzz/`, for the replay of its seeds and for the corpus in the tests. It checks what
//! must hold for any bytes, in words of its own: it shares no list with the sanitizer.

use super::{
    Refused,
    svg::{raster, rewrite},
};

/// Whatever comes out holds nothing that could act, and can be drawn by the same rules.
pub fn svg(bytes: &[u8]) {
    let Ok(written) = rewrite(bytes) else { return };
    assert_harmless(&written);
    let drawn = raster(&written);
    assert!(matches!(drawn, Ok(_) | Err(Refused::Blank)), "what was written is refused: {drawn:?}");
}

/// Panics at anything in an SVG that could act or lead elsewhere.
pub(crate) fn assert_harmless(svg: &str) {
    let text = svg.to_ascii_lowercase();
    assert!(text.starts_with("<svg viewbox="), "something stands before the drawing");
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
        let quoted = text.find(word).map(|at| text.get(at.saturating_sub(40)..).unwrap_or_default());
        // The words alone may be part of an id.
        let in_id = word.starts_with(char::is_alphabetic) && !word.ends_with(':');
        assert!(quoted.is_none() || in_id, "{word}");
    }
    for (word, inside) in [
        ("href=\"", "#"),
        ("url(", "#"),
        ("xmlns=\"", "http://www.w3.org/2000/svg\""),
        ("xmlns:xlink=\"", "http://www.w3.org/1999/xlink\""),
    ] {
        let mut parts = text.split(word).skip(1);
        assert!(parts.all(|part| part.starts_with(inside)), "{word}");
    }
    assert_eq!(text.matches("://").count(), text.matches("xmlns").count(), "an address");
    let mut names =
        text.split(|c: char| c.is_whitespace() || c == '"' || c == '/').filter(|word| word.contains('='));
    assert!(!names.any(|name| name.starts_with("on")), "an event handler");
    assert!(text.ends_with("</svg>") || text.ends_with("/>"), "something stands after the drawing");
}
