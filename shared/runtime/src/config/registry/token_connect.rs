//! Settings of MDES Token Connect.

use mastercard::SignatureMethod;
use url::Url;

use super::{
    Presence::{Default, Optional, Required},
    section,
};
use crate::config::{
    Function::{self, Enroll, FetchAssets, SyncRequestors},
    SecretRef,
};

const CALLS_TOKEN_CONNECT: &[Function] = &[SyncRequestors, FetchAssets, Enroll];

section! {
    "MDES Token Connect";

    TOKEN_CONNECT_URL: Url {
        kind: "base URL, ends in `/mdes` or `/mdes/mtf`",
        presence: Required,
        secret: false,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "address of the API",
    }
    TOKEN_CONNECT_CONSUMER_KEY: String {
        kind: "text",
        presence: Required,
        secret: false,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "consumer key of the project; may begin with its environment, as in `production:`",
    }
    TOKEN_CONNECT_SIGNING_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Required,
        secret: true,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "private key that signs requests",
    }
    TOKEN_CONNECT_SIGNING_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "password of a `.p12`",
    }
    TOKEN_CONNECT_SIGNATURE_METHOD: SignatureMethod {
        kind: "`RSA-SHA256`, `RSA-PSS`",
        presence: Default("RSA-SHA256"),
        secret: false,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "OAuth 1.0a signature method",
    }
    TOKEN_CONNECT_NEXT_CONSUMER_KEY: String {
        kind: "text",
        presence: Optional("none; required with the next signing key"),
        secret: false,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "consumer key of the key set that replaces the current one",
    }
    TOKEN_CONNECT_NEXT_SIGNING_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Optional("none; required with the next consumer key"),
        secret: true,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "private key of the key set that replaces the current one",
    }
    TOKEN_CONNECT_NEXT_SIGNING_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        functions: CALLS_TOKEN_CONNECT,
        meaning: "password of a `.p12`",
    }
    CLIENT_ENCRYPTION_CERTIFICATE: SecretRef {
        kind: "reference to PEM or DER",
        presence: Required,
        secret: false,
        functions: &[Enroll],
        meaning: "certificate of the Client Encryption Key",
    }
}
