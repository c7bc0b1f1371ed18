//! A request as a JSON line: `method`, `url`, `body` (text) or `bodyBase64`, `consumerKey`, `nonce`, `timestamp`
//! (number or text), and optionally `signatureMethod`. Errors name the field and never contain its value.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Map, Value};
use url::Url;

/// Accepts base64 with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A request, and the OAuth parameters that it is signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// HTTP method in any case; the base string has it in upper case.
    pub method: String,
    /// As an HTTP client sends it, after parsing by the WHATWG URL standard.
    pub url: Url,
    /// The exact bytes of the body.
    pub body: Vec<u8>,
    /// `<client id>!<key id>`.
    pub consumer_key: String,
    /// `oauth_nonce`.
    pub nonce: String,
    /// `oauth_timestamp`, in Unix seconds.
    pub timestamp: String,
    /// `oauth_signature_method`, by default `RSA-SHA256`.
    pub signature_method: String,
}

/// A line is not a valid request.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// Not a JSON object.
    #[error("not a JSON object in UTF-8")]
    NotAnObject,
    /// A field is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field has an invalid value: its name, and what is wrong with it.
    #[error("{0} {1}")]
    Invalid(&'static str, &'static str),
}

impl Request {
    /// Parses one line; unknown fields are ignored.
    ///
    /// # Errors
    /// For the first field that is missing or invalid.
    pub fn parse(line: &[u8]) -> Result<Self, InvalidRequest> {
        let fields: Map<String, Value> =
            serde_json::from_slice(line).map_err(|_| InvalidRequest::NotAnObject)?;
        let signature_method = optional(&fields, "signatureMethod")?.unwrap_or("RSA-SHA256");
        Ok(Self {
            method: method(&fields)?,
            url: url(&fields)?,
            body: body(&fields)?,
            consumer_key: required(&fields, "consumerKey")?.to_owned(),
            nonce: required(&fields, "nonce")?.to_owned(),
            timestamp: timestamp(&fields)?,
            signature_method: signature_method.to_owned(),
        })
    }
}

type Fields = Map<String, Value>;

fn optional<'a>(fields: &'a Fields, name: &'static str) -> Result<Option<&'a str>, InvalidRequest> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(InvalidRequest::Invalid(name, "is not text")),
    }
}

fn required<'a>(fields: &'a Fields, name: &'static str) -> Result<&'a str, InvalidRequest> {
    optional(fields, name)?.ok_or(InvalidRequest::Missing(name))
}

fn method(fields: &Fields) -> Result<String, InvalidRequest> {
    let method = required(fields, "method")?;
    let token = !method.is_empty() && method.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
    token.then(|| method.to_owned()).ok_or(InvalidRequest::Invalid("method", "is not an HTTP method"))
}

fn url(fields: &Fields) -> Result<Url, InvalidRequest> {
    let url: Option<Url> = required(fields, "url")?.parse().ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or(InvalidRequest::Invalid("url", "is not an absolute http or https URL"))
}

fn body(fields: &Fields) -> Result<Vec<u8>, InvalidRequest> {
    match (optional(fields, "body")?, optional(fields, "bodyBase64")?) {
        (Some(_), Some(_)) => Err(InvalidRequest::Invalid("body", "and bodyBase64 exclude each other")),
        (Some(text), None) => Ok(text.as_bytes().to_vec()),
        (None, Some(base64)) => {
            BASE64.decode(base64).map_err(|_| InvalidRequest::Invalid("bodyBase64", "is not base64"))
        }
        (None, None) => Ok(Vec::new()),
    }
}

fn timestamp(fields: &Fields) -> Result<String, InvalidRequest> {
    match fields.get("timestamp") {
        None | Some(Value::Null) => Err(InvalidRequest::Missing("timestamp")),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => Ok(number.to_string()),
        Some(_) => Err(InvalidRequest::Invalid("timestamp", "is neither a whole number nor text")),
    }
}
