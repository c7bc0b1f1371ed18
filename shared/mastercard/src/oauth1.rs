//! OAuth 1.0a (RFC 5849) in Mastercard's dialect: RSA signatures, always a body hash, and `oauth_*` values that enter the
//! signature base string as they are in the header (encoded once; RFC 5849 encodes them twice).
//!
//! All functions are pure: nonce and time are arguments.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;
use uuid::Uuid;

use super::{
    digest::sha256_base64,
    keys::{SignatureMethod, SigningError, SigningKey},
};

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes as RFC 5849 §3.6 requires: uppercase hex, a space is `%20`, `*` is `%2A`, `~` is unreserved.
///
/// ```
/// assert_eq!(push_provisioning_client::oauth1::percent_encode("a b*~"), "a%20b%2A~");
/// ```
pub fn percent_encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The base string URI (RFC 5849 §3.4.1.2): lowercase scheme and host, no default port, the encoded path, no query and
/// no fragment.
///
/// ```
/// let url = "https://API.example:443/a%20b?c=d".parse().unwrap();
/// assert_eq!(push_provisioning_client::oauth1::base_uri(&url), "https://api.example/a%20b");
/// ```
pub fn base_uri(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}{}", url.scheme(), url.path())
}

/// The normalized parameters (RFC 5849 §3.4.1.3.2) in Mastercard's dialect: query and `oauth_*` parameters, encoded as
/// they are sent, sorted by name and value as bytes. `x` is the same as `x=`.
///
/// ```
/// let parameters = push_provisioning_client::oauth1::parameter_string(Some("b=2&a"), &[("oauth_version", "1.0")]);
/// assert_eq!(parameters, "a=&b=2&oauth_version=1.0");
/// ```
pub fn parameter_string(query: Option<&str>, oauth: &[(&str, &str)]) -> String {
    let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut parameters: Vec<(&str, &str)> =
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
    parameters.extend(oauth);
    parameters.sort_unstable();
    let joined: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}

/// The signature base string (RFC 5849 §3.4.1.1): method, base URI and parameters, each encoded, joined with `&`.
///
/// ```
/// let base_string = push_provisioning_client::oauth1::base_string("get", "https://api.example/", "a=1");
/// assert_eq!(base_string, "GET&https%3A%2F%2Fapi.example%2F&a%3D1");
/// ```
pub fn base_string(method: &str, base_uri: &str, parameter_string: &str) -> String {
    let method = method.to_ascii_uppercase();
    format!("{method}&{}&{}", percent_encode(base_uri), percent_encode(parameter_string))
}

/// `oauth_body_hash`: the SHA-256 of the body in standard base64. A request without body has the hash of an empty body.
///
/// ```
/// let hash = push_provisioning_client::oauth1::body_hash(b"");
/// assert_eq!(hash, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
/// ```
pub fn body_hash(body: &[u8]) -> String {
    sha256_base64(body)
}

/// The `Authorization` header (RFC 5849 §3.5.1) in Mastercard's dialect: no space after commas, and only the signature
/// is percent-encoded.
///
/// ```
/// let header = push_provisioning_client::oauth1::authorization_header(&[("oauth_version", "1.0")], "a+b=");
/// assert_eq!(header, r#"OAuth oauth_version="1.0",oauth_signature="a%2Bb%3D""#);
/// ```
pub fn authorization_header(oauth: &[(&str, &str)], signature: &str) -> String {
    let mut header = String::from("OAuth ");
    for (name, value) in oauth {
        header.push_str(&format!("{name}=\"{value}\","));
    }
    header + &format!("oauth_signature=\"{}\"", percent_encode(signature))
}

/// Nonce and timestamp (RFC 5849 §3.3), new for each attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NonceAndTimestamp {
    /// Random, at least 16 alphanumeric characters.
    pub nonce: String,
    /// Seconds since the Unix epoch.
    pub timestamp: i64,
}

impl NonceAndTimestamp {
    /// A nonce of 32 random hex digits and the current time.
    pub fn now() -> Self {
        Self { nonce: Uuid::new_v4().simple().to_string(), timestamp: jiff::Timestamp::now().as_second() }
    }
}

/// Signs the requests of one Mastercard Developers project, which has a consumer key and a signing key.
///
/// ```
/// # fn pem() -> String { rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap().serialize_pem() }
/// use push_provisioning_client::{SignatureMethod, Signer, SigningKey, oauth1::NonceAndTimestamp};
///
/// let signer = Signer::new("<client id>!<key id>", SigningKey::from_pem("signing key", &pem())?)
///     .with_signature_method(SignatureMethod::RsaSha256);
/// let url = "https://sandbox.api.mastercard.com/mdes/connect/1/0/pushMultipleAccounts".parse().unwrap();
/// let signed = signer.sign("POST", &url, b"{}", &NonceAndTimestamp::now()).unwrap();
/// assert!(signed.header.starts_with("OAuth oauth_body_hash="));
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Signer {
    consumer_key: String,
    key: SigningKey,
    method: SignatureMethod,
}

impl Signer {
    /// The consumer key has the form `<client id>!<key id>`.
    pub fn new(consumer_key: impl Into<String>, key: SigningKey) -> Self {
        Self { consumer_key: consumer_key.into(), key, method: SignatureMethod::default() }
    }

    /// The same signer with this signature method.
    #[must_use]
    pub fn with_signature_method(self, method: SignatureMethod) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// Signs one request; `url` and `body` are exactly what will be sent.
    ///
    /// # Errors
    /// If the key is damaged.
    pub fn sign(
        &self,
        method: &str,
        url: &Url,
        body: &[u8],
        once: &NonceAndTimestamp,
    ) -> Result<Authorization, SigningError> {
        let (hash, timestamp) = (body_hash(body), once.timestamp.to_string());
        let oauth = [
            ("oauth_body_hash", hash.as_str()),
            ("oauth_consumer_key", &self.consumer_key),
            ("oauth_nonce", &once.nonce),
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

/// The signature of one request.
pub struct Authorization {
    /// The value of the `Authorization` header.
    pub header: String,
    /// The signature base string, to compare with the one that the gateway expected.
    pub base_string: String,
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authorization(<redacted>)")
    }
}

#[cfg(test)]
mod tests;
