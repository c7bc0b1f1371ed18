//! The items of the table, as stored.

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

/// The header `Idempotency-Key`: 1 to 64 characters of `A-Z a-z 0-9 . _ ~ -`. Held and stored as SHA-256.
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
    /// The same key for the restart of this enrollment: a key counts for one route only.
    #[must_use]
    pub fn for_restart_of(&self, id: EnrollmentId) -> Self {
        Self(sha256_hex(format!("{id} {}", self.0).as_bytes()))
    }

    pub(super) fn sort_key(&self) -> String {
        format!("KEY#{}", self.0)
    }
}

/// The text is not an idempotency key.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to 64 characters of A-Z a-z 0-9 . _ ~ -")]
pub struct InvalidIdempotencyKey;

/// The request and the attempt for which an idempotency key was used.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdempotencyRecord {
    pub(super) fingerprint: String,
    pub(super) enrollment_id: EnrollmentId,
    #[serde(default = "first")]
    pub(super) attempt: u32,
    pub(super) ttl: i64,
}

/// The enrollment that holds a card at a requestor.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Guard {
    pub(super) enrollment_id: EnrollmentId,
    pub(super) ttl: i64,
}

/// The attempt that a callback state belongs to.
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

/// The redirect of an attempt with its receipts and signature (use-case step 12). Stored while the receipts are valid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Redirect {
    /// The URL at the token requestor.
    pub redirect_url: RedirectUrl,
    /// When the receipts expire.
    pub expires_at: Timestamp,
    /// The receipts; secret.
    pub push_account_receipts: Vec<PushAccountReceipt>,
    /// The signature; `None` if the requestor takes receipts without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
    /// All push methods in Token Connect's response.
    pub available_push_methods: Vec<PushMethod>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RedirectItem {
    #[serde(flatten)]
    pub(super) redirect: Redirect,
    pub(super) ttl: i64,
}

/// An enrollment, the number of its writes, and its index keys.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EnrollmentItem {
    #[serde(flatten)]
    pub(super) enrollment: Enrollment,
    pub(super) revision: i64,
    pub(super) card_key: String,
    /// Absent in items that were written before the index `by-id` existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) enrollment_key: Option<String>,
    /// The status when the item was written.
    pub(super) status: Status,
    /// Present if this write changed the status or made it final, unless it is `PENDING`. The table's stream publishes it
    /// as an event.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub(super) status_change: Option<StatusChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_shard: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) due_at: Option<i64>,
}

/// A change of an enrollment's status, or of whether it is final. The EventBridge pipe in `infra/template.yaml` turns it into an event and cannot
/// leave out a field, so that absent values are stored as empty strings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusChange {
    #[serde(serialize_with = "or_empty")]
    pub(super) from: Option<Status>,
    pub(super) to: Status,
    pub(super) r#final: bool,
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
