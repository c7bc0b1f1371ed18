//! Settings of enrollment and of the cardholder's return.

use mastercard::token_requestor::TokenRequestorId;
use url::Url;

use super::{
    Presence::{Default, Optional, Required},
    section,
};
use crate::config::{
    AppLinks, ClaimValue,
    Function::{Enroll, GetEnrollment, ListCards, ManageTokens, ReceiveCallback},
    InRange, List, Pairs, SecretRef, Switch, TermsVersions,
};

section! {
    "The bank: enrollment";

    DEFAULT_TOKEN_REQUESTOR_ID: TokenRequestorId {
        kind: "eleven digits",
        presence: Required,
        secret: false,
        functions: &[ListCards, Enroll],
        meaning: "token requestor of requests that name none",
    }
    ALLOWED_REDIRECT_ORIGINS: Pairs {
        kind: "`<token requestor id>=<scheme://host[:port]>`, comma separated; an id may repeat",
        presence: Required,
        secret: false,
        functions: &[Enroll],
        meaning: "origins that cardholders may be redirected to",
    }
    UNSIGNED_REDIRECTS: List<TokenRequestorId> {
        kind: "token requestor ids, comma separated",
        presence: Optional("none"),
        secret: false,
        functions: &[Enroll],
        meaning: "token requestors that may get receipts without a signature",
    }
    CALLBACK_BASE_URL: Url {
        kind: "URL of up to 200 characters, without query and fragment",
        presence: Required,
        secret: false,
        functions: &[Enroll],
        meaning: "public address of receive-callback; `/<state>` follows",
    }
    APP_LINKS: AppLinks {
        kind: "`<id>=<URL>`, comma separated",
        presence: Required,
        secret: false,
        functions: &[Enroll, ReceiveCallback],
        meaning: "links into the app, by the id that the app sends",
    }
    RECEIPTS_VALIDITY_MINUTES: InRange<5, 15> {
        kind: "5 to 15",
        presence: Default("15"),
        secret: false,
        functions: &[Enroll],
        meaning: "lifetime of push account receipts, in minutes",
    }
    REDIRECT_KEYS: SecretRef {
        kind: "reference to text: keys of 32 bytes in base64, comma separated; the first one seals",
        presence: Required,
        secret: true,
        own_secret: true,
        functions: &[Enroll, GetEnrollment],
        meaning: "keys that redirects are sealed with in the table",
    }
    ENROLL_TIMEOUT_SECONDS: InRange<2, 25> {
        kind: "2 to 25",
        presence: Default("10"),
        secret: false,
        functions: &[Enroll],
        meaning: "how long the app waits for an answer, in seconds; the function's timeout may be shorter",
    }
    MAINTENANCE: Switch {
        kind: "`on` or `off`",
        presence: Default("off"),
        secret: false,
        functions: &[Enroll],
        meaning: "whether requests to enable a card are answered 503 `maintenance`; everything else goes on",
    }
    ENROLLMENT_LIMITS: Switch {
        kind: "`on` or `off`",
        presence: Default("on"),
        secret: false,
        functions: &[Enroll],
        meaning: "whether enrollments and restarts are counted in the table and limited; one write unit each, for up to about 30 different cards of a client a day",
    }
    CLIENT_LIMIT_PER_HOUR: InRange<1, 255> {
        kind: "1 to 255",
        presence: Default("20"),
        secret: false,
        functions: &[Enroll],
        meaning: "most enrollments and restarts of a client an hour",
    }
    CLIENT_LIMIT_PER_DAY: InRange<1, 255> {
        kind: "1 to 255",
        presence: Default("50"),
        secret: false,
        functions: &[Enroll],
        meaning: "most enrollments and restarts of a client a day",
    }
    CARD_LIMIT_PER_HOUR: InRange<1, 31> {
        kind: "1 to 31",
        presence: Default("10"),
        secret: false,
        functions: &[Enroll],
        meaning: "most enrollments and restarts for one card of a client an hour, at all token requestors",
    }
    CARD_LIMIT_PER_DAY: InRange<1, 31> {
        kind: "1 to 31",
        presence: Default("20"),
        secret: false,
        functions: &[Enroll],
        meaning: "most enrollments and restarts for one card of a client a day; fewer than the 32 idempotency keys that are remembered",
    }
    CONSENT_MAX_AGE_HOURS: InRange<1, 168> {
        kind: "1 to 168",
        presence: Default("24"),
        secret: false,
        functions: &[Enroll],
        meaning: "how long before the request the cardholder may have accepted the terms, in hours",
    }
    TERMS_VERSIONS: TermsVersions {
        kind: "versions, comma separated, each with or without `=<time of publication as in RFC 3339>`",
        presence: Optional("any"),
        secret: false,
        functions: &[Enroll],
        meaning: "versions of the bank's terms that the cardholder may accept, and not before their publication",
    }
    STEP_UP_ACR_VALUES: List<ClaimValue> {
        kind: "`acr` values, comma separated, preferred ones first",
        presence: Optional("any"),
        secret: false,
        functions: &[ManageTokens, Enroll, GetEnrollment],
        meaning: "authentication classes of which the access token of an enrollment, a restart or a change of a token must have one in `acr` (RFC 9470), and that of a `GET` that shows a redirect",
    }
    STEP_UP_METHODS: List<ClaimValue> {
        kind: "`amr` values, comma separated",
        presence: Optional("any"),
        secret: false,
        functions: &[ManageTokens, Enroll, GetEnrollment],
        meaning: "authentication methods of which the same token must have one in `amr`; a challenge cannot name them, so set an `acr` or a maximum age too",
    }
    STEP_UP_MAX_AGE_MINUTES: InRange<1, 240> {
        kind: "1 to 240",
        presence: Optional("any"),
        secret: false,
        functions: &[ManageTokens, Enroll, GetEnrollment],
        meaning: "largest age of the same token's `auth_time`, in minutes; it may be 60 seconds in the future",
    }
}
