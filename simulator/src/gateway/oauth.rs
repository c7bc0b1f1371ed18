//! OAuth 1.0a as Mastercard's gateway checks it. Header and query values are taken literally, as they travel, and
//! encoded once in the base string: a strict RFC 5849 verifier would refuse what Mastercard's own libraries send.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rsa::PublicKey;
use sha2::{Digest, Sha256};

use super::Call;
use crate::refusal::Refusal;

/// RFC 3986: everything but letters, digits and `-._~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const PARAMETERS: [&str; 7] = [
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_timestamp",
    "oauth_signature_method",
    "oauth_version",
    "oauth_body_hash",
    "oauth_signature",
];

/// A call whose OAuth parameters are well formed and whose body hash is right; its signature is yet to be verified.
#[derive(Debug)]
pub(crate) struct Signed<'a> {
    parameters: BTreeMap<&'a str, &'a str>,
    signature: Vec<u8>,
    base_string: String,
    timestamp: i64,
}

impl<'a> Signed<'a> {
    /// Reads the `Authorization` header and compares the body hash with the bytes received.
    pub(crate) fn read(call: &'a Call) -> Result<Self, Refusal> {
        let header = call.header("authorization").ok_or_else(|| ill_formed("Authorization"))?;
        let parameters = parameters(header)?;
        if let Some(missing) = PARAMETERS.iter().find(|name| !parameters.contains_key(*name)) {
            return Err(ill_formed(missing));
        }
        let value = |name| parameters.get(name).copied().unwrap_or_default();

        let calculated = STANDARD.encode(Sha256::digest(&call.body));
        let received = percent_decode_str(value("oauth_body_hash")).decode_utf8_lossy();
        if received != calculated {
            return Err(Refusal::gateway(
                StatusCode::BAD_REQUEST,
                "INVALID_BODY_HASH",
                format!(
                    "The provided oauth_body_hash does not match the hash of the payload. Calculated: {calculated}, Received: {received}"
                ),
            ));
        }
        let timestamp = value("oauth_timestamp").parse().map_err(|_| ill_formed("oauth_timestamp"))?;
        if value("oauth_nonce").is_empty() {
            return Err(ill_formed("oauth_nonce"));
        }
        if value("oauth_version") != "1.0" {
            return Err(ill_formed("oauth_version"));
        }
        if !["RSA-SHA256", "RSA-PSS"].contains(&value("oauth_signature_method")) {
            return Err(ill_formed("oauth_signature_method"));
        }
        let signature = signature(value("oauth_signature")).ok_or_else(|| ill_formed("oauth_signature"))?;
        let base_string = base_string(call, &parameters).ok_or_else(|| ill_formed("Host"))?;
        Ok(Self { parameters, signature, base_string, timestamp })
    }

    /// Verifies consumer key and signature; the refusal does not tell which of the two is wrong.
    pub(crate) fn verify(&self, consumer_key: &str, key: &PublicKey) -> Result<(), Refusal> {
        // Senders may percent-encode the consumer key in the header: it is signed as it travels, but means the same.
        let named = percent_decode_str(self.value("oauth_consumer_key")).decode_utf8_lossy();
        let message = self.base_string.as_bytes();
        let verified = match self.value("oauth_signature_method") {
            "RSA-PSS" => key.pss_verify::<Sha256>(message, &self.signature),
            _ => key.pkcs1v15_verify::<Sha256>(message, &self.signature),
        };
        if named == consumer_key && verified.is_ok() {
            Ok(())
        } else {
            Err(self.unauthorized("OAuth signature did not match."))
        }
    }

    /// `AUTHENTICATION_FAILED`; the description ends in the base string that would have been accepted.
    pub(crate) fn unauthorized(&self, why: &str) -> Refusal {
        let description = format!("{why} Acceptable signature base string: {}", self.base_string);
        Refusal::gateway(StatusCode::UNAUTHORIZED, "AUTHENTICATION_FAILED", description)
    }

    /// Unix seconds.
    pub(crate) fn timestamp(&self) -> i64 {
        self.timestamp
    }

    pub(crate) fn nonce_of_consumer(&self) -> (String, String) {
        (self.value("oauth_consumer_key").to_owned(), self.value("oauth_nonce").to_owned())
    }

    fn value(&self, name: &str) -> &str {
        self.parameters.get(name).copied().unwrap_or_default()
    }
}

fn ill_formed(name: &str) -> Refusal {
    let description = format!("The OAuth parameter is missing or ill-formed: {name}");
    Refusal::gateway(StatusCode::BAD_REQUEST, "INVALID_OAUTH_SBS", description)
}

/// `OAuth name="value",...`: literal values between quotes, each name once.
fn parameters(header: &str) -> Result<BTreeMap<&str, &str>, Refusal> {
    let list = header.strip_prefix("OAuth ").ok_or_else(|| ill_formed("Authorization"))?;
    let mut parameters = BTreeMap::new();
    for pair in list.split(',') {
        let (name, quoted) = pair.trim().split_once('=').ok_or_else(|| ill_formed("Authorization"))?;
        let value = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let value = value.filter(|value| !value.contains('"')).ok_or_else(|| ill_formed(name))?;
        if parameters.insert(name, value).is_some() {
            return Err(ill_formed(name));
        }
    }
    Ok(parameters)
}

/// Percent-encoded Base64. A sender that forgot to encode it is refused, as Mastercard does.
fn signature(encoded: &str) -> Option<Vec<u8>> {
    if encoded.contains(['+', '/', '=']) {
        return None;
    }
    STANDARD.decode(percent_decode_str(encoded).collect::<Vec<u8>>()).ok()
}

/// `METHOD&base URI&parameters`, the last two encoded. `None` without a `Host`.
fn base_string(call: &Call, oauth: &BTreeMap<&str, &str>) -> Option<String> {
    let host = call.header("host")?.to_ascii_lowercase();
    // TLS may end before the simulator, at a proxy that says so.
    let (scheme, port) = match call.header("x-forwarded-proto") {
        Some("https") => ("https", ":443"),
        _ => ("http", ":80"),
    };
    let authority = host.strip_suffix(port).unwrap_or(&host);
    let base_uri = format!("{scheme}://{authority}{}", call.uri.path());

    let query = call.uri.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(&str, &str)> = query.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect();
    pairs.extend(
        oauth.iter().filter(|(name, _)| **name != "oauth_signature").map(|(name, value)| (*name, *value)),
    );
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();

    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    Some(format!("{}&{}&{}", call.method, encode(&base_uri), encode(&pairs.join("&"))))
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::{HeaderMap, HeaderValue, Method};

    use super::*;

    fn call(method: Method, host: &str, target: &str) -> Call {
        let headers =
            HeaderMap::from_iter([(axum::http::header::HOST, HeaderValue::from_str(host).unwrap())]);
        Call { method, uri: target.parse().unwrap(), headers, body: Bytes::new() }
    }

    #[test]
    fn escapes_of_path_and_query_are_taken_as_they_travel() {
        let string = |host, target| base_string(&call(Method::GET, host, target), &BTreeMap::new()).unwrap();
        assert_eq!(
            string("EXAMPLE.com:80", "/r%20v/X?param=token1%3Atoken2"),
            "GET&http%3A%2F%2Fexample.com%2Fr%2520v%2FX&param%3Dtoken1%253Atoken2"
        );
        assert_eq!(
            string("example.com:8080", "/?offset=0&offset=1&length=10&empty&odd="),
            "GET&http%3A%2F%2Fexample.com%3A8080%2F&empty%3D%26length%3D10%26odd%3D%26offset%3D0%26offset%3D1"
        );
    }

    #[test]
    fn oauth_values_are_encoded_once_and_sorted_among_the_query() {
        let header = r#"OAuth oauth_nonce="randomnonce",oauth_body_hash="body/hash",oauth_signature="x""#;
        let oauth = parameters(header).unwrap();
        let call =
            call(Method::POST, "api.example", "/?param2=hello&first_param=value&first_param=othervalue");
        assert_eq!(
            base_string(&call, &oauth).unwrap(),
            "POST&http%3A%2F%2Fapi.example%2F&first_param%3Dothervalue%26first_param%3Dvalue\
             %26oauth_body_hash%3Dbody%2Fhash%26oauth_nonce%3Drandomnonce%26param2%3Dhello"
        );
    }

    #[test]
    fn a_header_with_a_parameter_twice_or_without_quotes_is_ill_formed() {
        for header in [r#"OAuth a="1",a="2""#, "OAuth a=1", r#"Bearer a="1""#, r#"OAuth a="1"",b="2""#] {
            assert_eq!(parameters(header).unwrap_err().reason, "INVALID_OAUTH_SBS", "{header}");
        }
    }
}
