//! The table `Enrollments`.
//!
//! | item | pk | sk | when |
//! |---|---|---|---|
//! | card enrollment | `CLIENT#tenant#client` | `CARD#card#requestor` | one for each card and requestor |
//! | past enrollment | `CLIENT#tenant#client` | `PAST#card#requestor#enrollmentId` | once a later enrollment took the card |
//! | changes of a token | `CLIENT#tenant#client` | `TOKEN#card#token id` | for a day after the cardholder changed it |
//! | attempts of a day | `CLIENT#tenant#client` | `LIMIT#day` | while attempts are limited; for two days |
//! | notification | `INBOX#tenant#hash` | `NOTIFICATION` | if it matches nothing or does not name its card completely |
//! | erasure | `ERASURE#tenant` | time and a random id | once `doctor erase` starts; kept as long as an enrollment |
//! | quarantined delivery | `QUARANTINE#tenant` | day and slot | unreadable messages of a delivery, sealed |
//!
//! The client id is in the partition key, so that no key of one client can address another client's items. The index `by-card`
//! finds enrollments for notifications that name no client, once Processing confirmed the card; `by-id` finds them for callbacks
//! and support. The sparse index `due`, in [`SHARDS`] shards, finds the items that are due for reconciliation, and notifications
//! that matched nothing. `docs/decisions/0015-one-item-for-one-card.md` explains the layout.

mod audit;
mod begin;
mod due;
mod erase;
mod idempotency_key;
mod inbox;
mod item;
mod limits;
mod load;
mod quarantine;
mod read;
mod reader;
mod receive;
mod record;
mod redirect;
mod redirect_keys;
mod state;
mod token_changes;
mod versioned;
mod write;

pub use due::UnreadableDueItem;
pub use erase::{ClientData, ClientItems, EraseError, Erasure, ErasureState, UnreadableItem};
pub use idempotency_key::{IdempotencyKey, InvalidIdempotencyKey};
pub use inbox::InboxEntry;
pub use limits::{EnrollmentLimits, Limit, LimitReached};
pub use load::versioned;
pub use model::card_enrollment::NotificationOutcome;
pub use quarantine::{QuarantineId, QuarantinedDelivery};
pub use read::{Page, Pages};
pub use reader::{EnrollmentReader, READABLE_ATTRIBUTES};
pub use receive::ReceiveError;
pub use record::Recorded;
pub use redirect::Redirect;
pub use redirect_keys::{RedirectKeys, SealError};
pub use state::{SECRET_BYTES, callback_state, state_hash};
pub use token_changes::{RunningChange, TokenRef};
pub use versioned::Versioned;

use jiff::SignedDuration;

use super::{StoreError, table::Table};
use crate::config::{Runtime, SettingsReader, Switch, registry};
use audit::AuditTrail;
use item::InvalidItem;
use mastercard::{
    card::{CardContractId, ClientId},
    digest::sha256_hex,
};

const NOTIFICATION: &str = "NOTIFICATION";

/// Number of shards of the index `due`.
pub const SHARDS: u8 = 8;

/// The table `Enrollments`.
#[derive(Clone, Debug)]
pub struct Enrollments {
    table: Table,
    /// How long an enrollment that is final is kept after its last change.
    retention: SignedDuration,
    audit: AuditTrail,
}

impl Enrollments {
    /// From `ENROLLMENTS_TABLE`, `TENANT`, `ENROLLMENT_RETENTION_DAYS` and `AUDIT_TRAIL`.
    pub fn from_settings(settings: &mut SettingsReader<'_>, runtime: &Runtime) -> Option<Self> {
        let name = settings.value(&registry::ENROLLMENTS_TABLE);
        let tenant = settings.value(&registry::TENANT);
        let retention = settings.value(&registry::ENROLLMENT_RETENTION_DAYS);
        let audit = match settings.value(&registry::AUDIT_TRAIL)? {
            Switch::On => AuditTrail::On(None),
            Switch::Off => AuditTrail::Off,
        };
        let retention = SignedDuration::from_hours(24 * i64::from(retention?.get()));
        Some(Self { table: Table::new(runtime.dynamodb(), name?, tenant?), retention, audit })
    }

    fn client_key(&self, client: ClientId) -> String {
        format!("CLIENT#{}#{client}", self.table.tenant)
    }

    fn card_key(&self, card: CardContractId) -> String {
        format!("CARD#{}#{card}", self.table.tenant)
    }

    fn inbox_key(&self, notification: &str) -> String {
        format!("INBOX#{}#{}", self.table.tenant, sha256_hex(notification.as_bytes()))
    }
}

impl From<InvalidItem> for StoreError {
    fn from(error: InvalidItem) -> Self {
        Self::Item(Box::new(error))
    }
}
