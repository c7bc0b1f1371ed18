//! Settings of the endpoint that Mastercard sends notifications to.

use super::{
    Presence::{Optional, Required},
    section,
};
use crate::config::{
    Function::{self, ReceiveNotification},
    KeyPin, List, SecretRef,
};

const RECEIVES: &[Function] = &[ReceiveNotification];

section! {
    "The bank: notifications";

    NOTIFICATION_CLIENT_SUBJECTS: String {
        kind: "subject names (RFC 4514 or OpenSSL's forms), semicolon separated",
        presence: Required,
        secret: false,
        functions: RECEIVES,
        meaning: "subjects of the client certificates that are accepted, of Mastercard's active and standby certificate; compared as names; provisional",
    }
    NOTIFICATION_CLIENT_ISSUERS: String {
        kind: "names as above, semicolon separated",
        presence: Optional("any authority of the trust store"),
        secret: false,
        functions: RECEIVES,
        meaning: "issuers of the client certificates that are accepted; provisional",
    }
    NOTIFICATION_CLIENT_KEY_PINS: List<KeyPin> {
        kind: "SHA-256 of public keys (DER `SubjectPublicKeyInfo`), 64 hexadecimal digits each, comma separated",
        presence: Optional("any"),
        secret: false,
        functions: RECEIVES,
        meaning: "public keys of the client certificates that are accepted, of the active and the standby one; provisional",
    }
    NOTIFICATION_SHARED_SECRET: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        own_secret: true,
        functions: RECEIVES,
        meaning: "secret that notifications must carry, this one or the next; provisional",
    }
    NOTIFICATION_NEXT_SHARED_SECRET: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        own_secret: true,
        functions: RECEIVES,
        meaning: "secret that replaces the current one",
    }
    NOTIFICATION_SIGNER_CERTIFICATE: SecretRef {
        kind: "reference to PEM or DER",
        presence: Optional("none"),
        secret: false,
        own_secret: true,
        functions: RECEIVES,
        meaning: "the body must be a JWS (RS256, PS256) of this key or the next; provisional",
    }
    NOTIFICATION_NEXT_SIGNER_CERTIFICATE: SecretRef {
        kind: "reference to PEM or DER",
        presence: Optional("none"),
        secret: false,
        own_secret: true,
        functions: RECEIVES,
        meaning: "certificate that replaces the current one",
    }
    NOTIFICATION_DECRYPTION_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Optional("none"),
        secret: true,
        own_secret: true,
        functions: RECEIVES,
        meaning: "private key that decrypts what is encrypted as MDES encrypts fields; provisional",
    }
    NOTIFICATION_DECRYPTION_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        own_secret: true,
        functions: RECEIVES,
        meaning: "password of a `.p12`",
    }
    NOTIFICATION_NEXT_DECRYPTION_KEY: SecretRef {
        kind: "reference to PKCS#8 or PKCS#1 (PEM or DER), or `.p12`",
        presence: Optional("none"),
        secret: true,
        own_secret: true,
        functions: RECEIVES,
        meaning: "private key that replaces the current one",
    }
    NOTIFICATION_NEXT_DECRYPTION_KEY_PASSWORD: SecretRef {
        kind: "reference to text",
        presence: Optional("none"),
        secret: true,
        own_secret: true,
        functions: RECEIVES,
        meaning: "password of a `.p12`",
    }
    NOTIFICATION_QUARANTINE_CERTIFICATE: SecretRef {
        kind: "reference to PEM or DER",
        presence: Optional("none: they are only counted"),
        secret: false,
        own_secret: true,
        functions: RECEIVES,
        meaning: "unreadable notifications are kept encrypted for this certificate; its key is needed only by `doctor quarantine open`",
    }
}
