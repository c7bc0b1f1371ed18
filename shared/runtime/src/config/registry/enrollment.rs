//! Settings of enrollment and of the cardholder's return.

use mastercard::token_requestor::TokenRequestorId;
use url::Url;

use super::{
    Presence::{Default, Optional, Required},
    section,
};
use crate::config::{
    AppLinks,
    Function::{Enroll, GetEnrollment, ListCards, ReceiveCallback},
    InRange, List, Pairs, SecretRef,
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
}
