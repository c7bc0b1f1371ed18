//! How keys and certificates are stored: PEM, DER, or either as base64 text.
//!
//! PEM is read at least as leniently as OpenSSL reads it, because editors, consoles, environment variables and scripts
//! change its line breaks. What the base64 means is then parsed strictly, so a damaged key is never accepted.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use secrecy::{SecretString, zeroize::Zeroizing};

use super::KeyProblem;

/// The first byte of every DER structure here.
const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";
/// Byte order mark, which some editors write at the start of a file.
const BOM: char = '\u{feff}';

/// Bytes that may be those of a private key.
pub(super) type Der = Zeroizing<Vec<u8>>;

/// The content of a file, decoded.
pub(super) enum Encoding {
    Der(Der),
    Pem(Vec<PemBlock>),
}

/// One PEM block.
pub(super) struct PemBlock {
    /// The text after `BEGIN`, such as `CERTIFICATE`.
    pub(super) label: String,
    pub(super) der: Der,
}

/// Decodes the content of a file; `None` if it is neither PEM nor DER nor one of them in base64.
///
/// # Errors
/// If the file has PEM blocks that cannot be read.
pub(super) fn decode(content: &[u8]) -> Result<Option<Encoding>, KeyProblem> {
    let utf8 = from_utf16(content);
    let content = utf8.as_ref().map_or(content, |text| text.as_bytes());
    if let Some(encoding) = decode_binary(content)? {
        return Ok(Some(encoding));
    }
    let text = std::str::from_utf8(content).ok();
    text.and_then(decode_base64).map_or(Ok(None), |decoded| decode_binary(&decoded))
}

/// The text in a file: UTF-8, or UTF-16 with a byte order mark, which is no part of the text; `None` for anything else.
///
/// ```
/// use push_provisioning_client::keys::decode_text;
/// use secrecy::ExposeSecret as _;
///
/// let password = decode_text(b"\xff\xfep\0w\0").unwrap();
/// assert_eq!(password.expose_secret(), "pw");
/// assert!(decode_text(b"\xff").is_none());
/// ```
pub fn decode_text(content: &[u8]) -> Option<SecretString> {
    let utf8 = from_utf16(content);
    let text = match &utf8 {
        Some(text) => text.as_str(),
        None => std::str::from_utf8(content).ok()?,
    };
    Some(text.trim_start_matches(BOM).into())
}

/// The certificates of a file in their order, as DER; other PEM blocks are ignored.
///
/// # Errors
/// If there is none.
pub(crate) fn certificates(content: &[u8]) -> Result<Vec<Der>, KeyProblem> {
    let certificates: Vec<_> = match decode(content)? {
        None => return Err(KeyProblem::NotPem),
        Some(Encoding::Der(der)) => vec![der],
        Some(Encoding::Pem(blocks)) => {
            blocks.into_iter().filter(PemBlock::is_certificate).map(|block| block.der).collect()
        }
    };
    if certificates.is_empty() { Err(KeyProblem::NotACertificate) } else { Ok(certificates) }
}

/// The version number that a DER structure begins with: 3 in PKCS#12, 0 or 1 in private keys, none in certificates.
pub(super) fn version(der: &[u8]) -> Option<u8> {
    let length = *der.get(1)?;
    let header = 2 + if length > 0x80 { usize::from(length & 0x7f) } else { 0 };
    match der.get(header..)? {
        [INTEGER, 1, version, ..] => Some(*version),
        _ => None,
    }
}

impl PemBlock {
    pub(super) fn is_certificate(&self) -> bool {
        // The second one is what old versions of OpenSSL wrote.
        ["CERTIFICATE", "X509 CERTIFICATE"].contains(&self.label.as_str())
    }
}

/// Text in UTF-16, as Windows PowerShell writes redirected output; `None` for anything else.
fn from_utf16(content: &[u8]) -> Option<Zeroizing<String>> {
    let read: fn([u8; 2]) -> u16 = match content {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    // Full capacity from the start: text that grows leaves copies that are not zeroized.
    let mut text = Zeroizing::new(String::with_capacity(2 * content.len()));
    let (units, _) = content.as_chunks::<2>();
    text.extend(char::decode_utf16(units.iter().copied().map(read)).map(|c| c.unwrap_or(' ')));
    Some(text)
}

fn decode_binary(content: &[u8]) -> Result<Option<Encoding>, KeyProblem> {
    if find(content, BEGIN).is_some() {
        return pem_blocks(content).map(Encoding::Pem).map(Some);
    }
    let is_der = content.first() == Some(&SEQUENCE) && !content.is_ascii();
    Ok(is_der.then(|| Encoding::Der(Zeroizing::new(content.to_vec()))))
}

/// All blocks in their order. Text before, between and after them is ignored, such as OpenSSL's bag attributes, comments
/// and quotation marks.
fn pem_blocks(content: &[u8]) -> Result<Vec<PemBlock>, KeyProblem> {
    let (mut blocks, mut rest) = (Vec::new(), content);
    while let Some((_, after_begin)) = split(rest, BEGIN) {
        let (label, body) = split(after_begin, DASHES).ok_or(KeyProblem::DamagedPem)?;
        let (body, ended) = split(body, END).ok_or(KeyProblem::DamagedPem)?;
        let (label, body) = std::str::from_utf8(label)
            .ok()
            .zip(std::str::from_utf8(body).ok())
            .filter(|(label, _)| ended.starts_with(label.as_bytes()))
            .ok_or(KeyProblem::DamagedPem)?;
        // The first line of a key in OpenSSL's old format that is encrypted with a password.
        if label == "ENCRYPTED PRIVATE KEY" || body.contains("Proc-Type:") {
            return Err(KeyProblem::EncryptedPem);
        }
        let der = decode_base64(body).ok_or(KeyProblem::DamagedPem)?;
        blocks.push(PemBlock { label: label.to_owned(), der });
        rest = ended;
    }
    Ok(blocks)
}

/// Base64 in lines of any length. Every kind of white space is ignored, and so is a line break that was written out as
/// `\n`, `\r\n` or `\\n`, as JSON and environment variables have it.
fn decode_base64(text: &str) -> Option<Der> {
    let mut base64 = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while !rest.is_empty() {
        // Run by run: letter by letter took a tenth of the start of a process with five keys and certificates.
        let end = rest.bytes().position(|byte| !byte.is_ascii_graphic() || byte == b'\\');
        let (run, after) = rest.split_at(end.unwrap_or(rest.len()));
        base64.push_str(run);
        let mut chars = after.chars();
        let separator = chars.next();
        rest = chars.as_str();
        match separator {
            Some('\\') => rest = rest.strip_prefix(['n', 'r']).unwrap_or(rest),
            None | Some(BOM) => {}
            Some(char) if char.is_whitespace() => {}
            Some(char) => base64.push(char),
        }
    }
    STANDARD.decode(&*base64).ok().map(Zeroizing::new)
}

fn split<'a>(content: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (before, after) = content.split_at_checked(find(content, at)?)?;
    Some((before, after.get(at.len()..)?))
}

/// Where `pattern` is, which begins with a dash. Few positions have one, so few are compared.
fn find(content: &[u8], pattern: &[u8]) -> Option<usize> {
    let mut start = 0;
    loop {
        let rest = content.get(start..)?;
        let dash = rest.iter().position(|byte| *byte == b'-')?;
        if rest.get(dash..)?.starts_with(pattern) {
            return Some(start + dash);
        }
        start += dash + 1;
    }
}

#[cfg(test)]
mod tests;
