//! Values of attributes: escaped, quoted or in hexadecimal.

/// The value without escapes, in lower case, each run of spaces as one. `None` if it is malformed or empty.
pub(super) fn normalized(raw: &str) -> Option<String> {
    let raw = trimmed(raw);
    let bytes = match raw.strip_prefix('#') {
        Some(hex) => der_string(&hex_bytes(hex)?)?.to_vec(),
        None => unescaped(raw)?,
    };
    let text = String::from_utf8(bytes).ok()?.to_lowercase();
    let words: Vec<_> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Without the spaces around it; one that is escaped belongs to the value.
fn trimmed(raw: &str) -> &str {
    let raw = raw.trim_start();
    let end = raw.trim_end();
    let backslashes = end.bytes().rev().take_while(|byte| *byte == b'\\').count();
    let length = end.len().saturating_add(backslashes % 2);
    raw.get(..length).unwrap_or(end)
}

/// RFC 4514, section 2.4: a backslash precedes a special character or two hexadecimal digits of a byte. RFC 2253 also has
/// quotes around a value.
fn unescaped(raw: &str) -> Option<Vec<u8>> {
    let raw = match raw.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"')?,
        None => raw,
    };
    let (mut bytes, mut value) = (raw.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next()? {
                first if first.is_ascii_hexdigit() => value.push(hex_byte(first, bytes.next()?)?),
                other => value.push(other),
            },
            b'"' => return None,
            other => value.push(other),
        }
    }
    Some(value)
}

fn hex_bytes(hex: &str) -> Option<Vec<u8>> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [first, second] => hex_byte(*first, *second),
            _ => None,
        })
        .collect()
}

fn hex_byte(first: u8, second: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(first)? * 16 + digit(second)?).ok()
}

/// The content of a DER string of less than 128 bytes: UTF8String, PrintableString, TeletexString or IA5String.
fn der_string(der: &[u8]) -> Option<&[u8]> {
    match der {
        [0x0c | 0x13 | 0x14 | 0x16, length, content @ ..]
            if *length < 0x80 && usize::from(*length) == content.len() =>
        {
            Some(content)
        }
        _ => None,
    }
}
