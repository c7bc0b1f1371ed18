//! Names that people read: of token requestors.

/// The text without invisible characters, and with single spaces in place of line breaks, tabs and repeated spaces. `None`
/// if nothing visible is left.
pub(crate) fn normalized(text: &str) -> Option<String> {
    let visible: String = text.chars().filter(|c| !is_invisible(*c)).collect();
    let words: Vec<_> = visible.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Characters that show nothing and only change the line, the direction or the width around them, and control characters
/// other than spaces. The joiners (U+200C, U+200D) are not among them: Persian, the languages of India and emoji need
/// them.
fn is_invisible(c: char) -> bool {
    let format = matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    format || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_visible_and_has_single_spaces() {
        assert_eq!(
            normalized("\u{feff}Click\u{200b} to\u{a0}\r\n Pay\u{0} ").as_deref(),
            Some("Click to Pay")
        );
        assert_eq!(normalized("می\u{200c}خواهم").as_deref(), Some("می\u{200c}خواهم"));
    }

    #[test]
    fn a_blank_name_is_no_name() {
        for raw in ["", "   ", "\u{200b}\t\u{2060}"] {
            assert_eq!(normalized(raw), None);
        }
    }
}
