//! Notifications that could not be read: a list, and the content for whoever has the private key.

use std::fmt;

use jiff::Timestamp;
use mastercard::{DecryptionKey, JweKeys, KeyError};
use runtime::store::{StoreError, enrollments::QuarantineId};
use serde::Serialize;
use serde_json::Value;

use super::Support;

/// A quarantined delivery, without its content.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Quarantined {
    id: QuarantineId,
    received_at: Timestamp,
    /// Number of messages that are kept.
    messages: usize,
    /// Number of messages that were too large to be kept.
    omitted: usize,
    reasons: Vec<String>,
}

impl fmt::Display for Quarantined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, received_at, messages, omitted, reasons } = self;
        write!(f, "{id}  {received_at:.0}  {messages} kept, {omitted} omitted: {}", reasons.join("; "))
    }
}

/// Why a quarantined delivery cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The table could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file is not a private key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It is encrypted for another certificate, or it is damaged.
    #[error("the key does not belong to the certificate that this delivery was encrypted for")]
    Decryption,
}

impl Support {
    /// All quarantined deliveries, in the order of their arrival.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        let row =
            |(id, delivery): (QuarantineId, runtime::store::enrollments::QuarantinedDelivery)| Quarantined {
                id,
                received_at: delivery.received_at,
                messages: delivery.messages,
                omitted: delivery.omitted,
                reasons: delivery.reasons,
            };
        let mut rows: Vec<_> = self.writer.quarantined().await?.into_iter().map(row).collect();
        rows.sort_by_key(|row| row.received_at);
        Ok(rows)
    }

    /// The messages of a quarantined delivery, each with the reason why it could not be read; `None` if there is no such delivery.
    /// `key` is the content of the private key's file, in PEM or DER.
    ///
    /// # Errors
    /// When the store cannot be read, or the key is none or another one.
    pub async fn open_quarantined(&self, id: &QuarantineId, key: &[u8]) -> Result<Option<Value>, OpenError> {
        let keys = JweKeys::from_private_key(&DecryptionKey::read("private key", key, None)?)?;
        let Some(delivery) = self.writer.quarantined_delivery(id).await? else { return Ok(None) };
        let content = keys.decrypt(&delivery.sealed).map_err(|_| OpenError::Decryption)?;
        serde_json::from_slice(&content).map(Some).map_err(|_| OpenError::Decryption)
    }

    /// Deletes a quarantined delivery, and returns whether there was one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn delete_quarantined(&self, id: &QuarantineId) -> Result<bool, StoreError> {
        self.writer.delete_quarantined(id).await
    }
}
