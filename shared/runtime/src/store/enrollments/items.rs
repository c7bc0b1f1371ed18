//! What the items hold beside the enrollment itself.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use mastercard::{
    card::ClientId,
    digest::sha256_hex,
    secret::{PushAccountReceipt, RedirectUrl, Signature},
    token_requestor::PushMethod,
};
use model::enrollment::{Enrollment, EnrollmentId, Status, StatusReason};

/// The caller's own name for one request: 1 to 64 characters of `A-Z a-z 0-9 . _ ~ -`. Kept as SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl FromStr for IdempotencyKey {
    type Err = InvalidIdempotencyKey;

    fn from_str(raw: &str) -> Result<Self, InvalidIdempotencyKey> {
        let valid = raw.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b));
        if valid && (1..=64).contains(&raw.len()) {
            Ok(Self(sha256_hex(raw.as_bytes())))
        } else {
            Err(InvalidIdempotencyKey)
        }
    }
}

impl IdempotencyKey {
    /// The same key on the route that begins this enrollment anew: a key counts for one route.
    #[must_use]
    pub fn for_restart_of(&self, id: EnrollmentId) -> Self {
        Self(sha256_hex(format!("{id} {}", self.0).as_bytes()))
    }

    pub(super) fn sort_key(&self) -> String {
        format!("KEY#{}", self.0)
    }
}

/// Not an idempotency key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("has 1 to 64 characters of A-Z a-z 0-9 . _ ~ -")]
pub struct InvalidIdempotencyKey;

/// Which request a key belongs to.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdempotencyRecord {
    pub(super) fingerprint: String,
    pub(super) enrollment_id: EnrollmentId,
    #[serde(default = "first")]
    pub(super) attempt: u32,
    pub(super) ttl: i64,
}

/// Which enrollment holds a card.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Guard {
    pub(super) enrollment_id: EnrollmentId,
    pub(super) ttl: i64,
}

/// Whose browser a callback state brings back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    pub(super) client_id: ClientId,
    pub(super) enrollment_id: EnrollmentId,
    #[serde(default = "first")]
    pub(super) attempt: u32,
    pub(super) ends_at: Timestamp,
    pub(super) ttl: i64,
}

fn first() -> u32 {
    1
}

/// What the app needs to send the cardholder on (use-case step 12). Kept only while the receipts live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redirect {
    /// Where to.
    pub redirect_url: RedirectUrl,
    /// When the receipts end.
    pub expires_at: Timestamp,
    /// The receipts themselves.
    pub push_account_receipts: Vec<PushAccountReceipt>,
    /// The signature itself; none where the requestor takes the unsigned form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// All doors that Token Connect offered.
    pub available_push_methods: Vec<PushMethod>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RedirectItem {
    #[serde(flatten)]
    pub(super) redirect: Redirect,
    pub(super) ttl: i64,
}

/// An enrollment, the count of its writes, and its places in the indexes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnrollmentItem {
    #[serde(flatten)]
    pub(super) enrollment: Enrollment,
    pub(super) revision: i64,
    pub(super) card_key: String,
    /// Absent in what was written before the index `by-id` was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) enrollment_key: Option<String>,
    /// What it added up to when it was written last.
    pub(super) status: Status,
    /// Only when this very write changed that: what the table's stream tells the world.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(super) status_change: Option<StatusChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<i64>,
}

/// From what to what, when, why and in which attempt. The template's pipe makes an event of it and cannot leave a field
/// out, so each is always there: empty where there is nothing to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusChange {
    #[serde(serialize_with = "or_empty")]
    pub(super) from: Option<Status>,
    pub(super) to: Status,
    #[serde(serialize_with = "or_empty")]
    pub(super) reason: Option<StatusReason>,
    pub(super) at: Timestamp,
    pub(super) attempt: u32,
}

fn or_empty<T: Serialize, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_str(""),
    }
}
