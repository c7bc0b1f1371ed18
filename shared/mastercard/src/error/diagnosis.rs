//! What a failed call means and how to fix it, for operators.

use super::{ApiError, BaseStringComparison, MastercardError, Upstream, known_codes::Diagnosis};

pub(super) fn of(error: &MastercardError) -> Diagnosis {
    let (meaning, remedy) = match error {
        MastercardError::Connect(_) => (
            "no connection could be made",
            "check the base URL, DNS, the firewall, the proxy, and the trusted CA certificates",
        ),
        MastercardError::ResponseLost(_) => (
            "the request may have been sent, and no complete response was received in time",
            "if it happens often, contact Mastercard's support with the time and the correlation id",
        ),
        MastercardError::OutOfTime => (
            "the deadline passed before the request was sent",
            "look for slow work before the call; with many parallel calls, check the rate limit",
        ),
        MastercardError::CircuitOpen { .. } => (
            "the API failed several times in a row, so calls are suspended for a few seconds",
            "none, if it passes; otherwise check Mastercard's status page and the failures before",
        ),
        MastercardError::InvalidResponse { .. } => (
            "the body of a success response could not be parsed or decrypted, or its list is incomplete",
            "check PROCESSING_JWE and the decryption key; then compare with the API's release notes; after token_list_incomplete, ask Mastercard whether its lists are paginated",
        ),
        MastercardError::InvalidRequest(_) => {
            ("the request was invalid and was not sent", "check the settings and keys in the source error")
        }
        MastercardError::Rejected(error) => return of_api_error(error),
    };
    Diagnosis { meaning, remedy }
}

fn of_api_error(error: &ApiError) -> Diagnosis {
    if error.clock_ahead_seconds.is_some() {
        return Diagnosis {
            meaning: "this machine's clock differs from Mastercard's, so that signatures are too old or in the future",
            remedy: "synchronize the clock by NTP; if the call still fails then, look at its reason codes",
        };
    }
    match &error.base_strings {
        Some(BaseStringComparison::Equal) => {
            return Diagnosis {
                meaning: "the gateway expects the same base string: the keys or the clock are wrong",
                remedy: "check that the signing key belongs to the consumer key, has not expired, and that the clock is right",
            };
        }
        Some(BaseStringComparison::Different { .. }) => {
            return Diagnosis {
                meaning: "the request that arrived is not the one that was signed",
                remedy: "look at where the base strings differ: a proxy changed the request, or the base URL is wrong",
            };
        }
        None => {}
    }
    if let Some(known) = error.reason_codes.iter().find_map(super::ReasonCode::diagnosis) {
        return known;
    }
    if error.is_encrypted {
        return Diagnosis {
            meaning: "the error is encrypted and could not be decrypted, so that its reason is unknown",
            remedy: "check PROCESSING_JWE and the decryption key; until then only the status says what failed",
        };
    }
    let (meaning, remedy) = match (error.status.as_u16(), error.upstream) {
        (429, _) => (
            "too many requests in a short time",
            "lower the concurrency of the functions: the limit counts for all of them together",
        ),
        (401, _) => ("the request was not authenticated", "check consumer key, signing key and environment"),
        (403, Upstream::Processing) => (
            "the operation is not allowed for this client or card contract",
            "check that the client id belongs to this institution and the project is approved for the API",
        ),
        (403, _) => ("the project is not allowed to do this", "check the project's approval for this API"),
        (404, Upstream::Network | Upstream::Gateway) => ("the URL does not exist", "check the base URL"),
        (404, _) => (
            "the requested object does not exist",
            "check the identifier; it may belong to another environment",
        ),
        (300..=399, _) => (
            "the response is a redirect, which is not followed",
            "check the base URL and whether a proxy requires a login",
        ),
        (408 | 500..=599, Upstream::Network) => (
            "network equipment or Mastercard's gateway failed",
            "wait; if it persists, check the proxy, then Mastercard's status page",
        ),
        (408 | 500..=599, _) => (
            "Mastercard failed",
            "wait; if it persists, contact Mastercard's support with the correlation id",
        ),
        _ => (
            "Mastercard rejected the request for an unknown reason",
            "look the reason code up in the API's documentation, or contact Mastercard's support with the correlation id",
        ),
    };
    Diagnosis { meaning, remedy }
}

#[cfg(test)]
mod tests;
