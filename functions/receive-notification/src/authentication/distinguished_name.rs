//! Subjects and issuers of certificates, compared as names and not as text: API Gateway, OpenSSL and Java write the same name in
//! different ways.
//!
//! Read are RFC 4514 and RFC 2253 (`CN=a,O=b,C=US`), OpenSSL's form with spaces (`C = US, O = b, CN = a`) and its form with
//! slashes (`/C=US/O=b/CN=a`). Names are compared by the rules of RFC 5280, section 7.1: types by their OID, values without
//! regard to case and repeated spaces. RFC 4514 begins with the last attribute of the certificate, OpenSSL with the
//! first, so that a name also equals its reverse. Any other order is another name.

mod attribute_type;
mod value;

use std::{fmt, iter};

/// One attribute: its type, as a known keyword or an OID, and its normalized value.
type Attribute = (String, String);

/// The subject or issuer of a certificate. Parts in the order of the text; a part has several attributes if they are joined by `+`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DistinguishedName(Vec<Vec<Attribute>>);

/// The text is not a distinguished name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidDistinguishedName;

impl DistinguishedName {
    /// Parses one name.
    pub(crate) fn parse(raw: &str) -> Result<Self, InvalidDistinguishedName> {
        let raw = raw.trim_start();
        let parts: Result<_, _> = match raw.strip_prefix('/') {
            Some(rest) => {
                let parts = split_before_types(rest, '/').into_iter();
                parts.map(|part| attributes(split_before_types(part, '+').into_iter())).collect()
            }
            None => split(raw, ',').map(|part| attributes(split(part, '+'))).collect(),
        };
        parts.map(Self)
    }

    /// Parses names that are separated by semicolons.
    pub(crate) fn parse_list(raw: &str) -> Result<Vec<Self>, InvalidDistinguishedName> {
        split(raw, ';').map(Self::parse).collect()
    }

    /// Whether both are the same name.
    pub(crate) fn matches(&self, other: &Self) -> bool {
        self == other || self.0.iter().eq(other.0.iter().rev())
    }
}

impl fmt::Display for InvalidDistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a distinguished name such as CN=name,O=organization")
    }
}

impl std::error::Error for InvalidDistinguishedName {}

/// The attributes of one part, sorted: they are a set.
fn attributes<'a>(part: impl Iterator<Item = &'a str>) -> Result<Vec<Attribute>, InvalidDistinguishedName> {
    let attribute = |raw: &str| {
        let (name, value) = raw.split_once('=').ok_or(InvalidDistinguishedName)?;
        let name = attribute_type::normalized(name).ok_or(InvalidDistinguishedName)?;
        Ok((name, value::normalized(value).ok_or(InvalidDistinguishedName)?))
    };
    let mut attributes: Vec<_> = part.map(attribute).collect::<Result<_, _>>()?;
    attributes.sort_unstable();
    Ok(attributes)
}

/// The texts between separators that are neither escaped nor quoted.
fn split(raw: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(raw);
    iter::from_fn(move || {
        let text = rest?;
        let (mut is_escaped, mut is_quoted) = (false, false);
        let is_end = |character: char| {
            if is_escaped {
                is_escaped = false;
                return false;
            }
            match character {
                '\\' => is_escaped = true,
                '"' => is_quoted = !is_quoted,
                _ => return character == separator && !is_quoted,
            }
            false
        };
        match text.find(is_end) {
            Some(end) => {
                let (part, following) = text.split_at(end);
                rest = following.strip_prefix(separator);
                Some(part)
            }
            None => rest.take(),
        }
    })
}

/// OpenSSL does not escape the separators in a value with slashes: only one before a type and `=` separates.
fn split_before_types(raw: &str, separator: char) -> Vec<&str> {
    let is_start = |at: &usize| {
        let name = raw.get(at + 1..).and_then(|rest| rest.split_once('=')).map(|(name, _)| name);
        name.is_some_and(|name| attribute_type::normalized(name).is_some())
    };
    let separators = raw.match_indices(separator).map(|(at, _)| at).filter(is_start);
    let mut start = 0;
    let mut parts = Vec::new();
    for end in separators.chain([raw.len()]) {
        parts.extend(raw.get(start..end));
        start = end + 1;
    }
    parts
}

#[cfg(test)]
mod tests;
