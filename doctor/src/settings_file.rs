//! The functions' settings in a file: one `NAME=value` a line, as `local --env-file` writes them and as
//! `cargo lambda --env-file` reads them. Values may be quoted, `#` begins a comment line, `export` is allowed. Editors on
//! Windows save UTF-8 with a byte order mark, or UTF-16: both are read.

use std::{io, path::Path};

use runtime::config::Settings;

/// A settings file could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SettingsFileError {
    /// It could not be read.
    #[error("the settings file cannot be read")]
    Unreadable(#[source] io::Error),
    /// The line of this number, from 1, is neither a setting nor a comment. The text of the line is not repeated,
    /// since it may be secret.
    #[error("line {0} of the settings file is not NAME=value")]
    Line(usize),
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read, or a line is neither a setting nor a comment.
pub fn read(file: &Path) -> Result<Settings, SettingsFileError> {
    let content = std::fs::read(file).map_err(SettingsFileError::Unreadable)?;
    parse(&decode(content).map_err(SettingsFileError::Unreadable)?)
}

fn decode(content: Vec<u8>) -> io::Result<String> {
    let (units, rest) = content.as_chunks::<2>();
    let read: fn([u8; 2]) -> u16 = match units.first() {
        Some([0xff, 0xfe]) if rest.is_empty() => u16::from_le_bytes,
        Some([0xfe, 0xff]) if rest.is_empty() => u16::from_be_bytes,
        _ => return String::from_utf8(content).map_err(io::Error::other),
    };
    let units: Vec<u16> = units.iter().copied().map(read).collect();
    String::from_utf16(&units).map_err(io::Error::other)
}

/// Parses the text of a settings file; of two lines with the same name, the last one counts.
///
/// # Errors
/// When a line is neither a setting nor a comment.
pub fn parse(text: &str) -> Result<Settings, SettingsFileError> {
    let lines =
        text.trim_start_matches('\u{feff}').lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let settings = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    settings.map(|(number, line)| setting(line).ok_or(SettingsFileError::Line(number))).collect()
}

fn setting(line: &str) -> Option<(String, String)> {
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, value) = line.split_once('=')?;
    let (name, value) = (name.trim(), value.trim());
    // No setting has a hyphen in its name; `doctor check` points out the setting that such a name resembles.
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let is_name = !name.is_empty() && name.bytes().all(is_plain);
    is_name.then(|| (name.to_owned(), unquoted(value).to_owned()))
}

fn unquoted(value: &str) -> &str {
    let inside = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inside('"').or_else(|| inside('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_comments_and_exports_are_parsed() {
        let text = "# keys\n\nA=\"1=2\"\nexport B='x'\r\nC = plain \nA=last\nEMPTY=\n";
        let settings = parse(text).unwrap();
        let all: Vec<_> = settings.iter().collect();
        assert_eq!(all, [("A", "last"), ("B", "x"), ("C", "plain"), ("EMPTY", "")]);
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_first_name() {
        let text = "\u{feff}TENANT=default\nDEFAULT_TOKEN_REQUESTOR_ID=50123197928\n";
        let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect();
        for content in [text.as_bytes().to_vec(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)] {
            let settings = parse(&decode(content).unwrap()).unwrap();
            let all: Vec<_> = settings.iter().collect();
            assert_eq!(all, [("DEFAULT_TOKEN_REQUESTOR_ID", "50123197928"), ("TENANT", "default")]);
        }
        assert!(decode(b"TENANT=\xff".to_vec()).is_err());
    }

    #[test]
    fn an_invalid_line_is_reported_by_its_number_and_not_repeated() {
        for bad in ["-----BEGIN PRIVATE KEY-----", "=value", "two words=1"] {
            let error = parse(&format!("A=1\n{bad}")).unwrap_err();
            assert_eq!(error.to_string(), "line 2 of the settings file is not NAME=value");
        }
    }
}
