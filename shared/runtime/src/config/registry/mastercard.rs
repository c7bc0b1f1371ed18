//! Settings of every function that calls Mastercard.

use super::{Presence::Optional, section};
use crate::config::{
    Environment,
    Function::{self, Enroll, FetchAssets, ListCards, ManageTokens, ReconcileEnrollments, SyncRequestors},
    SecretRef,
};

const CALLS_MASTERCARD: &[Function] =
    &[SyncRequestors, FetchAssets, ListCards, ManageTokens, Enroll, ReconcileEnrollments];

section! {
    "Mastercard, both APIs";

    MASTERCARD_ENVIRONMENT: Environment {
        kind: "`sandbox`, `mtf`, `production`, `local`",
        presence: Optional("from the base URLs; required for hosts that Mastercard does not publish"),
        secret: false,
        functions: CALLS_MASTERCARD,
        meaning: "environment of the base URLs, keys and certificates",
    }
    MASTERCARD_EXTRA_CA_CERTS: SecretRef {
        kind: "reference to PEM or DER",
        presence: Optional("none"),
        secret: false,
        own_secret: true,
        functions: CALLS_MASTERCARD,
        meaning: "CA certificates that are trusted in addition to Mozilla's, such as those of a TLS-inspecting proxy",
    }
}
