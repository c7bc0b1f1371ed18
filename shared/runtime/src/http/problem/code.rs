//! The codes of problems, with what the client reads for each.

use lambda_http::http::StatusCode;
use serde::{Serialize, Serializer};

/// Declares the codes: name, code in the document, HTTP status, title and detail.
macro_rules! codes {
    ($($name:ident: $code:literal, $status:ident, $title:literal, $detail:literal;)*) => {
        /// The codes of all problems of this API. They are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// All codes.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code in the document.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status of the response.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The title in the document, the same for every problem of this code.
            pub fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// The `detail` in the document: what the title means for the caller, and what to do.
            pub fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail,)* }
            }
        }
    };
}

codes! {
    InvalidRequest: "invalid_request", BAD_REQUEST,
        "The request is not valid",
        "Correct what `errors` names; without it, the request as a whole cannot be read.";
    CardNumberRefused: "card_number_refused", BAD_REQUEST,
        "Card numbers must never be sent to this server",
        "The query or the body contains a card number. Nothing was stored; send the id of the card contract instead.";
    IdempotencyKeyMissing: "idempotency_key_missing", BAD_REQUEST,
        "The Idempotency-Key header is missing",
        "Send exactly one Idempotency-Key: a new UUID for each action of the cardholder, the same one for a repetition.";
    Unauthenticated: "unauthenticated", UNAUTHORIZED,
        "The access token has no valid client id claim",
        "The claim that the bank has configured is missing or is no client id. Log the cardholder in again.";
    InvalidToken: "invalid_token", UNAUTHORIZED,
        "The bearer token is an ID token, not an access token",
        "Send the access token that the login returned beside the ID token.";
    InsufficientUserAuthentication: "insufficient_user_authentication", UNAUTHORIZED,
        "The cardholder must be authenticated again, or more strongly",
        "Nothing was done. Log the cardholder in as `authentication` says, then send the same request again.";
    Forbidden: "forbidden", FORBIDDEN,
        "Access denied",
        "The caller's certificate, or the secret that it sent, is not one of those configured.";
    InsufficientScope: "insufficient_scope", FORBIDDEN,
        "The access token lacks the required scope",
        "WWW-Authenticate names the scopes of which the access token needs one. A repetition does not help.";
    NotFound: "not_found", NOT_FOUND,
        "Not found",
        "The path names nothing that exists, or nothing that belongs to this cardholder.";
    CardNotFound: "card_not_found", NOT_FOUND,
        "There is no such card",
        "Mastercard Processing knows no such card of this cardholder. Nothing was pushed.";
    TokenRequestorNotFound: "token_requestor_not_found", NOT_FOUND,
        "There is no such token requestor",
        "The catalog has no such token requestor, or has it no longer. List the token requestors again.";
    MethodNotAllowed: "method_not_allowed", METHOD_NOT_ALLOWED,
        "This path has no such method",
        "The header Allow lists the methods of this path.";
    AlreadyEnabled: "already_enabled", CONFLICT,
        "The card is already enabled at this token requestor",
        "The list of the cardholder's tokens has an active one of this card there. Nothing was pushed.";
    EnrollmentInProgress: "enrollment_in_progress", CONFLICT,
        "The card is already being enabled at this token requestor",
        "`enrollmentId` names the enrollment that is in progress. Poll it, or restart it; nothing was pushed.";
    EnrollmentNotRestartable: "enrollment_not_restartable", CONFLICT,
        "Only an enrollment in status READY, EXPIRED or TOKENIZED can be restarted",
        "The enrollment has another status, or a later enrollment has taken its card. Read its current status.";
    TooManyAttempts: "too_many_attempts", CONFLICT,
        "The enrollment has five attempts already; start a new enrollment",
        "An enrollment cannot be restarted more often. Poll it until it is final; then the card can be enrolled again.";
    RequestInProgress: "request_in_progress", CONFLICT,
        "The first request with this key is still running",
        "Send the same request with the same Idempotency-Key again after Retry-After; it is not processed twice.";
    TokenNotChangeable: "token_not_changeable", CONFLICT,
        "A token in this state cannot be changed this way",
        "The token's state has changed since it was listed. List the card's tokens again; `actions` has what is possible.";
    RequestTooLarge: "request_too_large", PAYLOAD_TOO_LARGE,
        "The request is too large",
        "Bodies have at most 16 kB, those of notifications 64 kB and those of the callback 1 kB.";
    UriTooLong: "uri_too_long", URI_TOO_LONG,
        "The address of the request is too long",
        "Path and query have at most 32 kB together.";
    ResponseTooLarge: "response_too_large", NOT_ACCEPTABLE,
        "The response is too large for the accepted encodings; accept gzip, or request one account range",
        "Lambda cannot send more than 6 MB. Send Accept-Encoding: gzip, or ask for one account range.";
    UnsupportedMediaType: "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE,
        "The body must be application/json",
        "Send the body as JSON, with the header Content-Type: application/json.";
    IdempotencyKeyReused: "idempotency_key_reused", UNPROCESSABLE_ENTITY,
        "This Idempotency-Key was used for a different request",
        "A key belongs to one action of the cardholder. Make a new one, or repeat the first request unchanged.";
    CardNotEligible: "card_not_eligible", UNPROCESSABLE_ENTITY,
        "The card cannot be enabled at this token requestor",
        "The card is blocked, expired or of an account range that the token requestor does not accept. Nothing was pushed.";
    PlatformNotSupported: "platform_not_supported", UNPROCESSABLE_ENTITY,
        "The token requestor cannot be reached from this platform",
        "The token requestor has no push method for this platform. List those of the platform.";
    TooManyEnrollments: "too_many_enrollments", TOO_MANY_REQUESTS,
        "Too many requests to enable cards were made; try later",
        "The cardholder has reached a limit of this hour or day. A new action may succeed after Retry-After.";
    TooManyRequests: "too_many_requests", TOO_MANY_REQUESTS,
        "Too many requests change this card at the same moment",
        "Others changed the same card or token at this moment, or its day's changes are used up. Send the same request again after Retry-After.";
    InternalError: "internal_error", INTERNAL_SERVER_ERROR,
        "Something went wrong on this server",
        "The log has the cause under `requestId`. The same request with the same Idempotency-Key may succeed.";
    MastercardRefused: "mastercard_refused", BAD_GATEWAY,
        "Mastercard rejected the request",
        "The reason is not the card or the cardholder. Quote `requestId` to support; a repetition does not help.";
    MastercardUnreadable: "mastercard_unreadable", BAD_GATEWAY,
        "Mastercard's response could not be read",
        "Mastercard sent something that this server does not understand. Quote `requestId` to support.";
    MastercardUnavailable: "mastercard_unavailable", SERVICE_UNAVAILABLE,
        "Mastercard cannot be reached at the moment",
        "Nothing was done. Send the same request again after Retry-After.";
    ServiceUnavailable: "service_unavailable", SERVICE_UNAVAILABLE,
        "This server is still starting; nothing was done",
        "A secret could not be fetched yet. Send the same request again after Retry-After.";
    Maintenance: "maintenance", SERVICE_UNAVAILABLE,
        "Cards cannot be enabled at the moment; nothing was done",
        "The bank has stopped enabling cards for a while. Everything else works; ask again after Retry-After.";
    PushOutcomeUnknown: "push_outcome_unknown", SERVICE_UNAVAILABLE,
        "Whether the card was pushed is not known yet; poll the enrollment",
        "Mastercard's response was lost. Do not repeat the request; `enrollmentId` names the enrollment whose status shows the outcome.";
    TokenChangeUnknown: "token_change_unknown", SERVICE_UNAVAILABLE,
        "Whether the token was changed is not known yet; read the list of tokens",
        "Mastercard's response was lost. The same request with the same Idempotency-Key changes nothing twice.";
}

impl Code {
    /// Whether the same request may succeed later.
    pub fn retryable(self) -> bool {
        matches!(
            self,
            Self::InternalError
                | Self::RequestInProgress
                | Self::TooManyRequests
                | Self::MastercardUnavailable
                | Self::ServiceUnavailable
                | Self::Maintenance
                | Self::TokenChangeUnknown
        )
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detail_of_each_problem_says_more_than_its_title() {
        for &code in Code::ALL {
            assert_ne!(code.detail(), code.title(), "{}", code.as_str());
            assert!(
                code.detail().ends_with('.') && !code.detail().contains(code.title()),
                "{}",
                code.as_str()
            );
        }
        let details: std::collections::BTreeSet<_> = Code::ALL.iter().map(|code| code.detail()).collect();
        assert_eq!(details.len(), Code::ALL.len(), "each code has its own");
    }

    #[test]
    fn the_contract_names_the_problems_that_may_pass() {
        let contract = include_str!("../../../../../infra/openapi.yaml");
        let header = contract.split("\n    RetryAfter:\n").nth(1).unwrap().split("schema:").next().unwrap();
        for &code in Code::ALL.iter().filter(|code| **code != Code::InternalError) {
            let is_described = header.contains(&format!("`{}`", code.as_str()));
            let has_pause = code.retryable() || code == Code::TooManyEnrollments;
            assert_eq!(is_described, has_pause, "infra/openapi.yaml, RetryAfter: {}", code.as_str());
        }
    }
}
