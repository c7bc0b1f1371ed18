//! OAuth 1.0a in Mastercard's dialect: RSA signatures, a body hash always, and `oauth_*` values that enter the
//! signature base string exactly as they stand in the header (encoded once, where RFC 5849 would encode twice).
//!
//! Signing is arithmetic: nonce and time come in, a header comes out.

use std::fmt;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;
use uuid::Uuid;

use super::keys::{SignatureMethod, SigningFailed, SigningKey};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// RFC 3986 with upper-case hex, as RFC 5849 §3.6 asks: a space is `%20`, `*` is `%2A`, `~` stays.
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// RFC 5849 §3.4.1.2: scheme and host in lower case, default port dropped, path verbatim, no query, no fragment.
///
/// The `Url` is the one that will be sent, so the path is already as it travels.
pub fn base_uri(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// RFC 5849 §3.4.1.3.2 in Mastercard's dialect: the query's pairs and the `oauth_*` pairs, each as it travels,
/// sorted by name and then value as bytes. `x` alone counts as `x=`.
pub fn parameter_string(query: Option<&str>, oauth: &[(&str, &str)]) -> String {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut parameters: Vec<(&str, &str)> =
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
    parameters.extend(oauth);
    parameters.sort_unstable();
    let joined: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}

/// RFC 5849 §3.4.1.1: method, base URI and parameter string, each encoded, joined with `&`.
pub fn base_string(method: &str, base_uri: &str, parameter_string: &str) -> String {
    let method = method.to_ascii_uppercase();
    format!("{method}&{}&{}", percent_encode(base_uri), percent_encode(parameter_string))
}

/// The body-hash extension with SHA-256: standard base64 over the exact bytes that are sent. No body is the hash
/// of the empty string, and is sent all the same.
pub fn body_hash(body: &[u8]) -> String {
    STANDARD.encode(digest::digest(&digest::SHA256, body))
}

/// RFC 5849 §3.5.1 in Mastercard's dialect: comma without space, and only the signature percent-encoded.
pub fn authorization_header(oauth: &[(&str, &str)], signature: &str) -> String {
    let mut header = String::from("OAuth ");
    for (name, value) in oauth {
        header.push_str(&format!("{name}=\"{value}\","));
    }
    header + &format!("oauth_signature=\"{}\"", percent_encode(signature))
}

/// What makes each signature unlike any other (RFC 5849 §3.3); made anew for each attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Random, at least 16 alphanumeric characters.
    pub nonce: String,
    /// Seconds since 1970, UTC.
    pub timestamp: i64,
}

impl Stamp {
    /// 32 random hex digits and the present second.
    pub fn now() -> Self {
        Self { nonce: Uuid::new_v4().simple().to_string(), timestamp: jiff::Timestamp::now().as_second() }
    }
}

/// Signs for one API: each Mastercard Developers project has its own consumer key and signing key.
#[derive(Clone)]
pub struct Signer {
    consumer_key: String,
    key: SigningKey,
    method: SignatureMethod,
}

impl Signer {
    /// The consumer key is opaque text: `<client id>!<key id>`.
    pub fn new(consumer_key: impl Into<String>, key: SigningKey) -> Self {
        Self { consumer_key: consumer_key.into(), key, method: SignatureMethod::default() }
    }

    /// The same signer with another signature method.
    #[must_use]
    pub fn with_method(self, method: SignatureMethod) -> Self {
        Self { method, ..self }
    }

    /// Signs one request; `url` and `body` are exactly what will be sent.
    pub fn authorization(
        &self,
        method: &str,
        url: &Url,
        body: &[u8],
        stamp: &Stamp,
    ) -> Result<Authorization, SigningFailed> {
        let (hash, timestamp) = (body_hash(body), stamp.timestamp.to_string());
        let oauth = [
            ("oauth_body_hash", hash.as_str()),
            ("oauth_consumer_key", &self.consumer_key),
            ("oauth_nonce", &stamp.nonce),
            ("oauth_signature_method", self.method.as_str()),
            ("oauth_timestamp", &timestamp),
            ("oauth_version", "1.0"),
        ];
        let base_string = base_string(method, &base_uri(url), &parameter_string(url.query(), &oauth));
        let signature = STANDARD.encode(self.key.sign(self.method, base_string.as_bytes())?);
        Ok(Authorization { header: authorization_header(&oauth, &signature), base_string })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer(<redacted>)")
    }
}

/// A signature, and what was signed: the latter finds the reason when the gateway disagrees.
pub struct Authorization {
    /// The value of the `Authorization` header.
    pub header: String,
    /// The signature base string.
    pub base_string: String,
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(<redacted>)")
    }
}

#[cfg(test)]
mod tests;
