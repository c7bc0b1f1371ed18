//! The table `Enrollments`.
//!
//! | item | pk | sk |
//! |---|---|---|
//! | enrollment | `CLIENT#tenant#client` | `ENROLLMENT#id` |
//! | idempotency record | `CLIENT#tenant#client` | `KEY#hash` |
//! | live redirect (the only place of receipts and JWS) | `CLIENT#tenant#client` | `REDIRECT#id#attempt` |
//! | guard: one live enrollment for a card and requestor | `CLIENT#tenant#client` | `LIVE#card#requestor` |
//! | callback state | `STATE#tenant#hash` | `STATE` |
//! | notification | `INBOX#tenant#id` | `NOTIFICATION` |
//!
//! The client id is the partition, so no key of one client can address another's items. Index `by-card` finds
//! enrollments for notifications, `by-id` for support; the sparse index `due`, in [`SHARDS`] shards, what waits for
//! reconciliation, and beside it notifications that matched nothing.

mod apply;
mod begin;
mod claim;
mod due;
mod inbox;
mod items;
mod read;
mod record;
mod versioned;

pub use begin::{BeginOutcome, NewAttempt};
pub use due::DueItem;
pub use inbox::{EnrollmentRef, InboxEntry};
pub use items::{IdempotencyKey, Redirect};
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

/// In how many shards the index of due items is spread.
pub const SHARDS: u8 = 8;

/// Enrollments and what belongs to them.
#[derive(Clone, Debug)]
pub struct Enrollments(Table);

impl Enrollments {
    /// From `ENROLLMENTS_TABLE` and `TENANT`.
    pub fn read(read: &mut SettingsReader<'_>, runtime: &Runtime) -> Option<Self> {
        let name = read.value(&registry::ENROLLMENTS_TABLE);
        let tenant = read.value(&registry::TENANT);
        Some(Self(Table::new(runtime.dynamodb(), name?, tenant?)))
    }

    /// The key in the index `by-id`.
    fn key(&self, id: EnrollmentId) -> String {
        format!("ENROLLMENT#{}#{id}", self.0.tenant)
    }

    fn client(&self, client: ClientId) -> String {
        format!("CLIENT#{}#{client}", self.0.tenant)
    }

    fn card(&self, card: CardContractId) -> String {
        format!("CARD#{}#{card}", self.0.tenant)
    }

    fn state(&self, state: &CallbackState) -> String {
        format!("STATE#{}#{}", self.0.tenant, sha256_hex(state.expose().as_bytes()))
    }

    fn inbox(&self, notification: &str) -> String {
        format!("INBOX#{}#{}", self.0.tenant, sha256_hex(notification.as_bytes()))
    }

    fn shard(&self, shard: u8) -> String {
        format!("DUE#{}#{shard}", self.0.tenant)
    }
}

fn enrollment(id: EnrollmentId) -> String {
    format!("ENROLLMENT#{id}")
}

fn redirect(id: EnrollmentId, attempt: u32) -> String {
    format!("REDIRECT#{id}#{attempt}")
}

fn live(card: CardContractId, requestor: &TokenRequestorId) -> String {
    format!("LIVE#{card}#{requestor}")
}
