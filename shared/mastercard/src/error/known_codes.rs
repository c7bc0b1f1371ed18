//! The known reason codes, with meaning and remedy.

/// The meaning of a failure and its remedy, for operators; safe for logs.
///
/// ```
/// use push_provisioning_client::{InvalidRequest, MastercardError};
///
/// let diagnosis = MastercardError::from(InvalidRequest::Malformed).diagnosis();
/// println!("{}: {}", diagnosis.meaning, diagnosis.remedy);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The meaning of the code.
    pub meaning: &'static str,
    /// The remedy.
    pub remedy: &'static str,
}

/// Reason code, meaning and remedy of the codes that Mastercard publishes or is known to send.
pub(super) const CODES: [(&str, &str, &str); 19] = [
    (
        "ACCOUNT_INELIGIBLE",
        "the card is in no account range that MDES has enabled",
        "have Mastercard enable the account range for Token Connect; until then do not offer this card",
    ),
    (
        "AUTHENTICATION_FAILED",
        "the gateway does not accept the signature or does not know the consumer key",
        "compare consumer key, signing key and environment with the project in Mastercard Developers, and the expiry of the key; often consumer key and signing key are not of the same key set",
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
        "CRYPTOGRAPHY_ERROR",
        "Mastercard cannot decrypt the card",
        "check that the client encryption certificate is the current one of Token Connect, and the configured oaepHashingAlgorithm",
    ),
    (
        "DECLINED",
        "the signature is valid, and the project is not entitled to this operation",
        "in Mastercard Developers, have the API and environment added to the project of this consumer key; the keys are right",
    ),
    (
        "DECRYPT_PRIVATE_KEY_NOT_FOUND",
        "Mastercard has no private key for the certificate that encrypted the body",
        "download the current encryption certificate of this project and environment, and check PROCESSING_ENCRYPTION_CERTIFICATE",
    ),
    (
        "DUPLICATE_REQUEST",
        "the token requestor already has this card",
        "none: show the card as enabled once the token list has the token",
    ),
    (
        "INVALID_AUTH_HEADER",
        "the Authorization header is malformed: the request was not authenticated",
        "check that the consumer key is complete and contains no space or line break, and that no proxy changes the header",
    ),
    (
        "INVALID_BODY_HASH",
        "the body that arrived is not the body that was signed",
        "look for a proxy that changes bodies; without one it is a bug of this client",
    ),
    (
        "INVALID_FIELD_LENGTH",
        "a field of the request breaks Mastercard's limits",
        "report it as a bug, with the correlation id: this client should have rejected the value",
    ),
    (
        "INVALID_FIELD_VALUE",
        "a field of the request has a value that Mastercard does not accept",
        "compare the request with the API's documentation; report it with the correlation id",
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
        "MDES does not accept the card number that Processing encrypted",
        "have the issuer's processor check this card contract",
    ),
    ("INVALID_TOKEN", "there is no such token, or it is deactivated", "none: read the token list again"),
    (
        "MISSING_REQUIRED_FIELD",
        "a field is missing in the request, or in the card that Processing encrypted",
        "check PROCESSING_SEARCH_SHAPE; since August 2026 oaepHashingAlgorithm is required in the encrypted card",
    ),
    (
        "PAN_INELIGIBLE",
        "MDES does not accept this card",
        "have Mastercard check whether the card's account range is enabled for Token Connect",
    ),
    (
        "REQUEST_DECRYPT_FAILED",
        "Mastercard could not decrypt the body of the request",
        "check PROCESSING_ENCRYPTION_CERTIFICATE and PROCESSING_JWE_FIELD against the project in Mastercard Developers",
    ),
];

/// The diagnosis of a reason code; `None` if the code is unknown.
pub(super) fn diagnosis(code: &str) -> Option<Diagnosis> {
    let (_, meaning, remedy) = CODES.into_iter().find(|(it, ..)| *it == code)?;
    Some(Diagnosis { meaning, remedy })
}
