//! Settings of Mastercard Processing Digital.

use mastercard::{
    RateLimit, SignatureMethod,
    jwe::JweField,
    processing::{SearchShape, TokenStatusWords},
};
use url::Url;

use super::{
    Presence::{Default, Optional, Required},
    section,
};
use crate::config::{
    Function::{self, Enroll, ListCards, ManageTokens, ReconcileEnrollments},
    InRange, SecretRef, Switch,
};

const CALLS_PROCESSING: &[Function] = &[ListCards, ManageTokens, Enroll, ReconcileEnrollments];

section! {
    "Mastercard Processing Digital";

    PROCESSING_URL: Url {
        kind: "base URL, ends in `/global-processing/digital`",
        presence: Required,
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "address of the API",
    }
    PROCESSING_CONSUMER_KEY: String {
        kind: "text",
        presence: Required,
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "consumer key of the project; may begin with its environment, as in `production:`",
    }
    PROCESSING_SIGNING_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Required,
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "private key that signs requests",
    }
    PROCESSING_SIGNING_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "password of a `.p12`",
    }
    PROCESSING_SIGNATURE_METHOD: SignatureMethod {
        kind: "`RSA-SHA256`, `RSA-PSS`",
        presence: Default("RSA-SHA256"),
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "OAuth 1.0a signature method",
    }
    PROCESSING_NEXT_CONSUMER_KEY: String {
        kind: "text",
        presence: Optional("none; required with the next signing key"),
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "consumer key of the key set that replaces the current one",
    }
    PROCESSING_NEXT_SIGNING_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Optional("none; required with the next consumer key"),
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "private key of the key set that replaces the current one",
    }
    PROCESSING_NEXT_SIGNING_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "password of a `.p12`",
    }
    PROCESSING_REQUESTS_PER_SECOND: RateLimit {
        kind: "1 to 1000",
        presence: Default("30"),
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "requests a second that Processing accepts from the bank's client id, over all functions; each function has a share, and each of its processes a part of that ([scale](scale.md#the-request-budget))",
    }
    RESERVED_CONCURRENCY: InRange<1, 10_000> {
        kind: "1 to 10000",
        presence: Default("1"),
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "processes of this function that may run at the same time, as reserved in Lambda; they share the function's requests to Processing",
    }
    PROCESSING_JWE: Switch {
        kind: "`on`, `off`",
        presence: Default("on"),
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "whether bodies are encrypted",
    }
    PROCESSING_JWE_FIELD: JweField {
        kind: "`encryptedData`, `encryptedPayload`, `encryptedValue`",
        presence: Default("encryptedData"),
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "field of a request that holds the encrypted body; provisional. Responses are read with each of them",
    }
    PROCESSING_ENCRYPTION_CERTIFICATE: SecretRef {
        kind: "reference to PEM or DER",
        presence: Optional("required with JWE"),
        secret: false,
        functions: CALLS_PROCESSING,
        meaning: "Mastercard's certificate, which encrypts requests",
    }
    PROCESSING_DECRYPTION_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Optional("required with JWE"),
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "private key that decrypts responses",
    }
    PROCESSING_DECRYPTION_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "password of a `.p12`",
    }
    PROCESSING_NEXT_DECRYPTION_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Optional("none"),
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "private key that replaces the current one",
    }
    PROCESSING_NEXT_DECRYPTION_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        functions: CALLS_PROCESSING,
        meaning: "password of a `.p12`",
    }
    PROCESSING_TOKEN_STATUSES: TokenStatusWords {
        kind: "pairs `suspend=`, `resume=`, `remove=`, comma separated",
        presence: Default("suspend=SUSPEND,resume=RESUME,remove=DEACTIVATE"),
        secret: false,
        functions: &[ManageTokens],
        meaning: "Mastercard's word for each change of a token; provisional, only `RESUME` is published",
    }
    PROCESSING_SEARCH_SHAPE: SearchShape {
        kind: "`nested`, `flat`, each with or without `:callbackUrl` after it",
        presence: Default("nested"),
        secret: false,
        functions: &[Enroll],
        meaning: "form of the request of step 7; provisional",
    }
}
