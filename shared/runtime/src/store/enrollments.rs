//! The table `Enrollments`.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | enrollment | `CLIENT#tenant#client` | `ENROLLMENT#id` |
//! | idempotency record | `CLIENT#tenant#client` | `KEY#hash` |
//! | redirect (the only item with receipts and JWS) | `CLIENT#tenant#client` | `REDIRECT#id#attempt` |
//! | guard: locks a card at a requestor for one live enrollment | `CLIENT#tenant#client` | `LIVE#card#requestor` |
//! | callback state | `STATE#tenant#hash` | `STATE` |
//! | notification | `INBOX#tenant#id` | `NOTIFICATION` |
//!
//! The client id is in the partition key, so that no key of one client can address another client's items. The index `by-card`
//! finds enrollments for notifications, `by-id` for support. The sparse index `due`, in [`SHARDS`] shards, finds the items
//! that are due for reconciliation, and notifications that matched nothing.

mod apply;
mod begin;
mod claim;
mod due;
mod inbox;
mod items;
mod outcome;
mod read;
mod record;
mod versioned;

pub use begin::{BeginOutcome, NewAttempt};
pub use due::DueItem;
pub use inbox::{EnrollmentRef, InboxEntry};
pub use items::{IdempotencyKey, Redirect};
pub use outcome::{NotificationOutcome, ReceiveError};
pub use read::{Page, Pages};
pub use versioned::{Revision, Versioned};

use super::table::Table;
use crate::config::{Runtime, SettingsReader, registry};
use mastercard::{
    card::{CardContractId, ClientId},
    digest::sha256_hex,
    secret::CallbackState,
    token_requestor::TokenRequestorId,
};
use model::enrollment::EnrollmentId;

const STATE: &str = "STATE";
const NOTIFICATION: &str = "NOTIFICATION";

/// Number of shards of the index `due`.
pub const SHARDS: u8 = 8;

/// The table `Enrollments`.
#[derive(Clone, Debug)]
pub struct Enrollments(Table);

impl Enrollments {
    /// From `ENROLLMENTS_TABLE` and `TENANT`.
    pub fn from_settings(settings: &mut SettingsReader<'_>, runtime: &Runtime) -> Option<Self> {
        let name = settings.value(&registry::ENROLLMENTS_TABLE);
        let tenant = settings.value(&registry::TENANT);
        Some(Self(Table::new(runtime.dynamodb(), name?, tenant?)))
    }

    /// The key in the index `by-id`.
    fn id_key(&self, id: EnrollmentId) -> String {
        format!("ENROLLMENT#{}#{id}", self.0.tenant)
    }

    fn client_key(&self, client: ClientId) -> String {
        format!("CLIENT#{}#{client}", self.0.tenant)
    }

    fn card_key(&self, card: CardContractId) -> String {
        format!("CARD#{}#{card}", self.0.tenant)
    }

    fn state_key(&self, state: &CallbackState) -> String {
        format!("STATE#{}#{}", self.0.tenant, sha256_hex(state.expose().as_bytes()))
    }

    fn inbox_key(&self, notification: &str) -> String {
        format!("INBOX#{}#{}", self.0.tenant, sha256_hex(notification.as_bytes()))
    }

    fn shard_key(&self, shard: u8) -> String {
        format!("DUE#{}#{shard}", self.0.tenant)
    }
}

fn enrollment_sort_key(id: EnrollmentId) -> String {
    format!("ENROLLMENT#{id}")
}

fn redirect_sort_key(id: EnrollmentId, attempt: u32) -> String {
    format!("REDIRECT#{id}#{attempt}")
}

fn guard_sort_key(card: CardContractId, requestor: &TokenRequestorId) -> String {
    format!("LIVE#{card}#{requestor}")
}
