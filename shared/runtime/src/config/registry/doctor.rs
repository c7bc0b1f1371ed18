//! Settings of `doctor`, which no function reads.

use super::{Presence::Required, section};

section! {
    "doctor";

    SYNC_REQUESTORS_FUNCTION: String {
        kind: "name or ARN",
        presence: Required,
        secret: false,
        functions: &[],
        meaning: "the function sync-requestors, for `doctor refresh`",
    }
    FETCH_ASSETS_FUNCTION: String {
        kind: "name or ARN",
        presence: Required,
        secret: false,
        functions: &[],
        meaning: "the function fetch-assets, for `doctor refresh`",
    }
    DEAD_LETTERS_URL: String {
        kind: "URL of a queue",
        presence: Required,
        secret: false,
        functions: &[],
        meaning: "the dead-letter queue, for `doctor redrive`",
    }
}
