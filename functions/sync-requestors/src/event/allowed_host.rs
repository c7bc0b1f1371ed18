//! A redirect host that an operator allows.

use std::{error::Error, fmt, str::FromStr};

use mastercard::token_requestor::TokenRequestorId;
use serde::{Deserialize, Serialize};
use url::Host;

/// A host that an operator has checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AllowedHost {
    /// The requestor whose push methods may lead to it.
    pub token_requestor_id: TokenRequestorId,
    /// Host of the push URI, without port, as it is in a URL: in lower case.
    pub host: String,
}

/// The text is not `<token requestor id>=<host>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidAllowedHost {
    /// Without an equals sign, or what is before it is no id.
    Form,
    /// No push URI could have it.
    Host,
}

impl fmt::Display for InvalidAllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "must be <token requestor id>=<host>, and the id has eleven digits",
            Self::Host => {
                "after the = must be a host alone, in ASCII and without scheme, port, path or wildcard, such as src.mastercard.com"
            }
        })
    }
}

impl Error for InvalidAllowedHost {}

impl FromStr for AllowedHost {
    type Err = InvalidAllowedHost;

    fn from_str(text: &str) -> Result<Self, InvalidAllowedHost> {
        let (id, host) = text.split_once('=').ok_or(InvalidAllowedHost::Form)?;
        let token_requestor_id = id.parse().map_err(|_| InvalidAllowedHost::Form)?;
        // It is compared with the host of a parsed URL.
        let host = Host::parse(host).map_err(|_| InvalidAllowedHost::Host)?.to_string();
        if host.contains('*') {
            return Err(InvalidAllowedHost::Host);
        }
        Ok(Self { token_requestor_id, host })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(host: &str) -> Result<String, InvalidAllowedHost> {
        format!("50123197928={host}").parse().map(|allowed: AllowedHost| allowed.host)
    }

    #[test]
    fn a_host_is_taken_as_it_is_in_a_url() {
        for (typed, host) in [
            ("src.mastercard.com", "src.mastercard.com"),
            ("SRC.Mastercard.com", "src.mastercard.com"),
            ("xn--Bcher-kva.example", "xn--bcher-kva.example"),
            ("127.0.0.1", "127.0.0.1"),
            ("[::1]", "[::1]"),
        ] {
            assert_eq!(parse(typed).unwrap(), host);
        }
    }

    #[test]
    fn what_no_push_uri_could_have_as_its_host_is_refused() {
        for typed in [
            "",
            "src.mastercard.com:443",
            "https://src.mastercard.com",
            "a.example/push",
            "*.mastercard.com",
            "bücher.example",
        ] {
            assert_eq!(parse(typed), Err(InvalidAllowedHost::Host), "{typed}");
        }
        for typed in ["src.mastercard.com", "1=src.mastercard.com", ""] {
            assert_eq!(typed.parse::<AllowedHost>(), Err(InvalidAllowedHost::Form), "{typed}");
        }
    }
}
