//! The quarantine: notifications that cannot be read, kept for an operator. They are sealed for a key that no function has, a
//! limited number for each day, and deleted by DynamoDB after [`RETENTION`].

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::Offset};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        StoreError,
        backoff::send_while_busy,
        table::{from_item, is_condition_error, s},
    },
    Enrollments,
};
use mastercard::digest::sha256_hex;

/// How long a delivery is kept.
const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The most deliveries that are kept of one day: a sender whose format changed needs no more to be understood.
const SLOTS: u8 = 32;
/// How many slots are tried for one delivery. Writes that find their slot taken cost as much as successful ones.
const TRIES: u8 = 4;

/// The unreadable messages of one delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuarantinedDelivery {
    /// When the delivery arrived.
    pub received_at: Timestamp,
    /// Number of messages in `sealed`.
    pub messages: usize,
    /// Number of unreadable messages that are not in `sealed`, because they are too large.
    pub omitted: usize,
    /// Why they cannot be read; contains nothing of the messages.
    pub reasons: Vec<String>,
    /// The messages, as a compact JWE.
    pub sealed: String,
}

/// The id of a quarantined delivery: its day in UTC and its slot of that day, as in `2026-11-28-07`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct QuarantineId(String);

impl QuarantineId {
    fn new(day: Date, slot: u8) -> Self {
        Self(format!("{day}-{slot:02}"))
    }
}

impl fmt::Display for QuarantineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for QuarantineId {
    type Err = InvalidQuarantineId;

    fn from_str(raw: &str) -> Result<Self, InvalidQuarantineId> {
        let (day, slot) = raw.rsplit_once('-').ok_or(InvalidQuarantineId)?;
        let (day, slot) = (day.parse(), slot.parse());
        let id = Self::new(day.map_err(|_| InvalidQuarantineId)?, slot.map_err(|_| InvalidQuarantineId)?);
        if id.0 == raw { Ok(id) } else { Err(InvalidQuarantineId) }
    }
}

/// The text is not the id of a quarantined delivery.
#[derive(Debug, thiserror::Error)]
#[error("must be an id as `doctor quarantine list` prints it, such as 2026-11-28-07")]
pub struct InvalidQuarantineId;

#[derive(Serialize, Deserialize)]
struct QuarantineItem {
    sk: String,
    #[serde(flatten)]
    delivery: QuarantinedDelivery,
    ttl: i64,
}

impl Enrollments {
    /// Keeps a delivery. `None` if the day's slots are taken; a few may be left, because only some are tried.
    pub async fn quarantine(
        &self,
        delivery: &QuarantinedDelivery,
    ) -> Result<Option<QuarantineId>, StoreError> {
        let day = Offset::UTC.to_datetime(delivery.received_at).date();
        // The seal is different each time, and so is the first slot.
        let first = sha256_hex(delivery.sealed.as_bytes()).bytes().fold(0, u8::wrapping_add);
        for attempt in 0..TRIES {
            let id = QuarantineId::new(day, first.wrapping_add(attempt) % SLOTS);
            let item = QuarantineItem {
                sk: id.0.clone(),
                delivery: delivery.clone(),
                ttl: delivery.received_at.as_second().saturating_add(RETENTION.as_secs()),
            };
            let item = self.table.item(&self.quarantine_key(), &id.0, &item)?;
            let put = self.table.db.put_item().table_name(&self.table.name).set_item(Some(item));
            let put = put.condition_expression("attribute_not_exists(pk)");
            match send_while_busy(|| put.clone().send()).await {
                Ok(_) => return Ok(Some(id)),
                Err(error) if is_condition_error(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
    }

    /// All quarantined deliveries, oldest day first.
    pub async fn quarantined(&self) -> Result<Vec<(QuarantineId, QuarantinedDelivery)>, StoreError> {
        let query = self.table.db.query().table_name(&self.table.name).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", s(&self.quarantine_key()));
        let items: Vec<_> = query.into_paginator().items().send().try_collect().await?;
        let read =
            |item| from_item(item).map(|QuarantineItem { sk, delivery, .. }| (QuarantineId(sk), delivery));
        items.into_iter().map(read).collect()
    }

    /// One quarantined delivery.
    pub async fn quarantined_delivery(
        &self,
        id: &QuarantineId,
    ) -> Result<Option<QuarantinedDelivery>, StoreError> {
        let item: Option<QuarantineItem> = self.table.get(&self.quarantine_key(), &id.0).await?;
        Ok(item.map(|item| item.delivery))
    }

    /// Deletes a quarantined delivery, and returns whether there was one.
    pub async fn delete_quarantined(&self, id: &QuarantineId) -> Result<bool, StoreError> {
        let delete = self.table.db.delete_item().table_name(&self.table.name);
        let delete = delete.key("pk", s(&self.quarantine_key())).key("sk", s(&id.0));
        let delete = delete.condition_expression("attribute_exists(pk)");
        match send_while_busy(|| delete.clone().send()).await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_error(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn quarantine_key(&self) -> String {
        format!("QUARANTINE#{}", self.table.tenant)
    }
}
