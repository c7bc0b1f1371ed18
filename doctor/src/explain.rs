//! `doctor explain-signature`: the OAuth signature base string of requests and its parts, without any key. Requests are
//! JSON lines and are never sent. An invalid line gives an error line; the following lines are still processed.

mod difference;
mod request;

use std::io::{self, BufRead, Write};

use mastercard::oauth1;
use serde::Serialize;

pub use difference::{Difference, acceptable_base_string, first_difference};
pub use request::{InvalidRequest, Request};

/// What is signed for one request (OAuth 1.0a in Mastercard's dialect).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Scheme, host and path of the URL as it would be sent (RFC 5849 §3.4.1.2).
    pub base_uri: String,
    /// The query's and the `oauth_*` pairs, sorted (RFC 5849 §3.4.1.3.2).
    pub parameter_string: String,
    /// Method, base URI and parameter string, each encoded once (RFC 5849 §3.4.1.1).
    pub base_string: String,
    /// `oauth_body_hash`: SHA-256 of the body's exact bytes, in base64.
    pub body_hash: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Comparison {
    #[serde(flatten)]
    explanation: Explanation,
    /// `null` if both base strings are equal.
    first_difference: Option<Difference>,
}

#[derive(Serialize)]
struct LineError {
    line: usize,
    error: String,
}

/// Explains one request, with the functions that sign the server's requests.
pub fn explain(request: &Request) -> Explanation {
    let body_hash = oauth1::body_hash(&request.body);
    let oauth = [
        ("oauth_body_hash", body_hash.as_str()),
        ("oauth_consumer_key", &request.consumer_key),
        ("oauth_nonce", &request.nonce),
        ("oauth_signature_method", &request.signature_method),
        ("oauth_timestamp", &request.timestamp),
        ("oauth_version", "1.0"),
    ];
    let base_uri = oauth1::base_uri(&request.url);
    let parameter_string = oauth1::parameter_string(request.url.query(), &oauth);
    let base_string = oauth1::base_string(&request.method, &base_uri, &parameter_string);
    Explanation { base_uri, parameter_string, base_string, body_hash }
}

/// Writes one line of `output` for each line of `input`; empty lines are skipped. With `expected`, the base string that
/// the gateway reported, each output line has the first difference to it.
///
/// # Errors
/// When reading or writing fails. An invalid request is a line with `error`, not an error.
pub fn explain_lines(input: impl BufRead, mut output: impl Write, expected: Option<&str>) -> io::Result<()> {
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let output_line = match Request::parse(&line) {
            Ok(request) => to_json(explain(&request), expected),
            Err(error) => serde_json::to_string(&LineError { line: index + 1, error: error.to_string() }),
        };
        writeln!(output, "{}", output_line?)?;
        // An interactive caller reads each line before it writes the next one.
        output.flush()?;
    }
    Ok(())
}

fn to_json(explanation: Explanation, expected: Option<&str>) -> serde_json::Result<String> {
    match expected {
        None => serde_json::to_string(&explanation),
        Some(theirs) => {
            let first_difference = first_difference(&explanation.base_string, theirs);
            serde_json::to_string(&Comparison { explanation, first_difference })
        }
    }
}

#[cfg(test)]
mod tests;
