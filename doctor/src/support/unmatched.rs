//! Notifications that match no enrollment, and their retry.

use std::fmt;

use jiff::Timestamp;
use mastercard::{card::CardContractId, token_requestor::TokenRequestorId};
use model::audit::{Actor, ActorKind};
use runtime::store::{StoreError, enrollments::InboxEntry};
use serde::Serialize;
use uuid::Uuid;

use super::Support;

/// A notification that matches no enrollment. Its content is not shown, except for the ids it is matched by.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unmatched {
    received_at: Timestamp,
    occurred_at: Timestamp,
    /// `TAR`, `TCN`, `TVN`, or the type that the sender gave.
    kind: String,
    card_contract_id: Option<CardContractId>,
    token_requestor_id: Option<TokenRequestorId>,
    /// How often its match was tried.
    tries: usize,
}

impl fmt::Display for Unmatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let card =
            self.card_contract_id.map_or("no card contract".into(), |id| format!("card contract {id}"));
        let requestor = self.token_requestor_id.as_ref().map_or("-".into(), ToString::to_string);
        let Self { received_at, kind, tries, .. } = self;
        write!(f, "{received_at:.0}  {kind:<6}  {card:<32}  {requestor:<11}  tried {tries} times")
    }
}

impl Support {
    /// All notifications that match no enrollment, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn unmatched(&self) -> Result<Vec<Unmatched>, StoreError> {
        let mut unmatched: Vec<_> =
            self.enrollments.unmatched_notifications().await?.into_iter().map(row).collect();
        unmatched.sort_by_key(|row| row.received_at);
        Ok(unmatched)
    }

    /// Matches all of them again, after an enrollment was repaired or a mapping was changed. Returns how many matched.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn retry_unmatched(&self) -> Result<usize, StoreError> {
        let mut applied = 0;
        // CloudTrail records which operator it was.
        let correlation_id = Uuid::new_v4().to_string();
        let writer = self.writer.for_actor(|| Actor::internal(ActorKind::Operator, &correlation_id));
        for entry in self.writer.unmatched_notifications().await? {
            let outcome = writer.apply(entry, self.clock.now()).await?;
            applied += usize::from(outcome.enrollment_id().is_some());
        }
        Ok(applied)
    }
}

fn row(entry: InboxEntry) -> Unmatched {
    let InboxEntry { notification, received_at, unmatched, .. } = entry;
    Unmatched {
        received_at,
        occurred_at: notification.occurred_at,
        kind: notification.kind.name().to_owned(),
        card_contract_id: notification.card_contract_id,
        token_requestor_id: notification.token_requestor_id,
        tries: unmatched,
    }
}
