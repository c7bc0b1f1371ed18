//! Settings of `doctor`, which no function reads.

use super::{
    Presence::{Optional, Required},
    section,
};

section! {
    "doctor";

    SYNC_REQUESTORS_FUNCTION: String {
        kind: "name or ARN",
        presence: Required,
        secret: false,
        functions: &[],
        meaning: "the function sync-requestors, for `doctor refresh` and `redrive`",
    }
    FETCH_ASSETS_FUNCTION: String {
        kind: "name or ARN",
        presence: Required,
        secret: false,
        functions: &[],
        meaning: "the function fetch-assets, for `doctor refresh` and `redrive`",
    }
    RECONCILE_ENROLLMENTS_FUNCTION: String {
        kind: "name or ARN",
        presence: Required,
        secret: false,
        functions: &[],
        meaning: "the function reconcile-enrollments, for `doctor redrive`",
    }
    DEAD_LETTERS_URL: String {
        kind: "URL of a queue",
        presence: Required,
        secret: false,
        functions: &[],
        meaning: "the dead-letter queue, for `doctor redrive`",
    }
    AUDIT_BUCKET: String {
        kind: "name of a bucket",
        presence: Optional("none"),
        secret: false,
        functions: &[],
        meaning: "bucket of the audit trail, for `doctor audit`",
    }
    AUDIT_FILE: String {
        kind: "path",
        presence: Optional("none"),
        secret: false,
        functions: &[],
        meaning: "file of the audit trail in place of a bucket; `local` writes it",
    }
}
