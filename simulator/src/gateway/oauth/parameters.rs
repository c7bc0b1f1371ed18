//! The parameters in an `Authorization` header (RFC 5849, section 3.5.1).

use std::collections::BTreeMap;

use axum::http::StatusCode;

use crate::error_response::ErrorResponse;

/// Parses `OAuth name="value",...`: values as sent, each name once.
pub(super) fn parse(header: &str) -> Result<BTreeMap<&str, &str>, ErrorResponse> {
    let list = header.strip_prefix("OAuth ").ok_or_else(malformed)?;
    let mut parameters = BTreeMap::new();
    for pair in list.split(',') {
        let (name, quoted) = pair.trim().split_once('=').ok_or_else(malformed)?;
        let value = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let value = value.filter(|value| !value.contains('"')).ok_or_else(malformed)?;
        if parameters.insert(name, value).is_some() {
            return Err(ill_formed(name));
        }
    }
    Ok(parameters)
}

/// The error for a header that is not a list of parameters.
fn malformed() -> ErrorResponse {
    let description = "The Authorization header is malformed.";
    ErrorResponse::gateway(StatusCode::BAD_REQUEST, "INVALID_AUTH_HEADER", description)
}

/// The error for a missing or ill-formed parameter.
pub(super) fn ill_formed(name: &str) -> ErrorResponse {
    let description = format!("The OAuth parameter is missing or ill-formed: {name}");
    ErrorResponse::gateway(StatusCode::BAD_REQUEST, "INVALID_OAUTH_SBS", description)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_is_not_a_list_of_quoted_parameters_is_malformed() {
        for header in ["OAuth a=1", "OAuth a", r#"Bearer a="1""#, r#"OAuth a="1"",b="2""#] {
            assert_eq!(parse(header).unwrap_err().reason, "INVALID_AUTH_HEADER", "{header}");
        }
    }

    #[test]
    fn a_header_with_a_parameter_twice_is_ill_formed() {
        assert_eq!(parse(r#"OAuth a="1",a="2""#).unwrap_err().reason, "INVALID_OAUTH_SBS");
    }
}
