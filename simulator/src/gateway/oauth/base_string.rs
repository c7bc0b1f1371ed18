//! The signature base string (RFC 5849, section 3.4.1).

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::call::Call;

/// RFC 3986: all characters except letters, digits and `-._~`.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `METHOD&base URI&parameters`, the last two percent-encoded. `None` without a `Host` header.
pub(super) fn compose(call: &Call, oauth: &BTreeMap<&str, &str>) -> Option<String> {
    let host = call.header("host")?.to_ascii_lowercase();
    // TLS may end at a proxy in front of the simulator, which sets this header.
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
    fn escapes_in_path_and_query_are_used_as_sent() {
        let string = |host, target| compose(&call(Method::GET, host, target), &BTreeMap::new()).unwrap();
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
        let oauth = super::super::parameters::parse(header).unwrap();
        let call =
            call(Method::POST, "api.example", "/?param2=hello&first_param=value&first_param=othervalue");
        assert_eq!(
            compose(&call, &oauth).unwrap(),
            "POST&http%3A%2F%2Fapi.example%2F&first_param%3Dothervalue%26first_param%3Dvalue\
             %26oauth_body_hash%3Dbody%2Fhash%26oauth_nonce%3Drandomnonce%26param2%3Dhello"
        );
    }
}
