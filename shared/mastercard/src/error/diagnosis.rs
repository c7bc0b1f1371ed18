//! What a failed call means and what to do about it: two sentences for the operator, in logs and in the doctor.

use super::{ApiError, BaseStrings, MastercardError, Upstream};

/// For a person who can act; fit for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What happened.
    pub meaning: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

/// The codes that Mastercard publishes or was seen to send.
const CODES: [(&str, &str, &str); 10] = [
    (
        "ACCOUNT_INELIGIBLE",
        "MDES knows no account range for this card",
        "have Mastercard enable the account range for Token Connect; until then do not offer this card",
    ),
    (
        "AUTHENTICATION_FAILED",
        "the gateway does not accept the signature or does not know the consumer key",
        "compare consumer key, signing key and environment with the project in Mastercard Developers, and the expiry of the key",
    ),
    (
        "AUTHORIZATION_FAILED",
        "the project is not allowed to do this",
        "check in Mastercard Developers that the project is approved for this API and environment, and its onboarding",
    ),
    (
        "CARD_CONTRACT_NAME_IS_MISSING",
        "Processing holds no name for the holder of this card",
        "add the cardholder's name to the card contract",
    ),
    (
        "DUPLICATE_REQUEST",
        "the token requestor already has this card",
        "nothing: show the card as enabled once the token list says so",
    ),
    (
        "INVALID_BODY_HASH",
        "the body that arrived is not the body that was signed",
        "look for a proxy that changes bodies; without one it is a mistake of this server",
    ),
    (
        "INVALID_FIELD_LENGTH",
        "a field of the request breaks Mastercard's limits",
        "report it with the correlation id: this server should have refused the value itself",
    ),
    (
        "INVALID_JSON",
        "the request is malformed, or its card data arrived unencrypted",
        "check the client encryption certificate and PROCESSING_SEARCH_SHAPE; report it with the correlation id",
    ),
    (
        "INVALID_OAUTH_SBS",
        "an OAuth parameter is missing or ill-formed",
        "check that the consumer key is complete: 48 characters, an exclamation mark, a key id",
    ),
    (
        "INVALID_PAN",
        "MDES does not take the card number that Processing encrypted",
        "have the issuer's processor check this card contract",
    ),
];

pub(super) fn of_code(code: &str) -> Option<Diagnosis> {
    let (_, meaning, remedy) = CODES.into_iter().find(|(known, ..)| *known == code)?;
    Some(Diagnosis { meaning, remedy })
}

pub(super) fn of(error: &MastercardError) -> Diagnosis {
    let (meaning, remedy) = match error {
        MastercardError::Connect(_) => (
            "no connection could be made",
            "check the base URL, DNS, the firewall, the proxy, and the roots that this server trusts",
        ),
        MastercardError::ResponseLost(_) => (
            "the request may have left, and no whole answer came in time",
            "if it happens often, ask Mastercard's support with the time and our correlation id",
        ),
        MastercardError::OutOfTime => (
            "the caller's time was over before Mastercard could be asked",
            "look for what took so long before; for many calls at once, Processing's limit per second",
        ),
        MastercardError::CircuitOpen { .. } => (
            "the API failed so often in a row that it is left in peace for a few seconds",
            "nothing, if it passes; else look at Mastercard's status page and the failures before",
        ),
        MastercardError::InvalidResponse { .. } => (
            "a success came whose body this server cannot read or decrypt",
            "check PROCESSING_JWE and the decryption key; then compare with the API's release notes",
        ),
        MastercardError::InvalidRequest(_) => (
            "the request broke a rule on our side and was not sent",
            "check the settings and keys that the cause names",
        ),
        MastercardError::Rejected(refusal) => return of_refusal(refusal),
    };
    Diagnosis { meaning, remedy }
}

fn of_refusal(refusal: &ApiError) -> Diagnosis {
    match &refusal.base_strings {
        Some(BaseStrings::Agree) => {
            return Diagnosis {
                meaning: "the gateway would sign the same base string: the keys or the clock are wrong, not the signing",
                remedy: "check that the signing key belongs to the consumer key, has not expired, and that the clock is right",
            };
        }
        Some(BaseStrings::Differ { .. }) => {
            return Diagnosis {
                meaning: "what arrived is not what was signed",
                remedy: "look at where the base strings differ: a proxy rewrote it, or the base URL is not the one called",
            };
        }
        None => {}
    }
    if let Some(known) = refusal.reason_codes.iter().find_map(super::ReasonCode::diagnosis) {
        return known;
    }
    let (meaning, remedy) = match (refusal.status.as_u16(), refusal.upstream) {
        (429, _) => (
            "too many requests in a short time",
            "lower the concurrency of the functions: the limit counts for all of them together",
        ),
        (401, _) => {
            ("Mastercard does not know who is asking", "check consumer key, signing key and environment")
        }
        (403, Upstream::Processing) => (
            "the operation is not allowed for this client or card contract",
            "check that the client id belongs to this institution and the project is approved for the API",
        ),
        (403, _) => ("the project is not allowed to do this", "check the project's approval for this API"),
        (404, Upstream::Network | Upstream::Gateway) => ("nothing is at this address", "check the base URL"),
        (404, _) => (
            "what was asked for does not exist",
            "check the identifier; it may belong to another environment",
        ),
        (300..=399, _) => (
            "the answer leads elsewhere, which is never followed",
            "check the base URL and whether a proxy asks for a login",
        ),
        (408 | 500..=599, Upstream::Network) => (
            "something between here and Mastercard failed, or Mastercard's entrance did",
            "wait; if it stays, check the proxy, then Mastercard's status page",
        ),
        (408 | 500..=599, _) => {
            ("Mastercard failed", "wait; if it stays, ask Mastercard's support with the correlation id")
        }
        _ => (
            "Mastercard refused for a reason that this server does not know",
            "look the reason code up in the API's documentation, or ask Mastercard's support with the correlation id",
        ),
    };
    Diagnosis { meaning, remedy }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::refusal;

    fn meaning(refusal: ApiError) -> &'static str {
        MastercardError::Rejected(Box::new(refusal)).diagnosis().meaning
    }

    #[test]
    fn an_operator_is_told_what_each_known_code_means() {
        for (code, told, _) in CODES {
            assert_eq!(meaning(refusal(400, "MDES", code)), told);
        }
    }

    #[test]
    fn an_unknown_code_is_explained_by_its_status() {
        assert!(meaning(refusal(429, "Gateway", "NEW")).starts_with("too many"));
        assert!(meaning(refusal(400, "MDES", "NEW")).contains("does not know"));
        assert_ne!(meaning(refusal(404, "", "")), meaning(refusal(500, "", "")));
    }

    #[test]
    fn a_refused_signature_is_explained_by_the_base_strings() {
        let mut refused = refusal(401, "Gateway", "AUTHENTICATION_FAILED");
        refused.base_strings = Some(BaseStrings::Agree);
        assert!(meaning(refused).contains("clock"));
    }
}
