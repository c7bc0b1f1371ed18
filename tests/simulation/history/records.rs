//! The records of a history.

use jiff::Timestamp;
use local::cardholder::Response;
use model::card_enrollment::ShortHash;
use serde_json::Value;
use simulator::{CLICK_TO_PAY, TokenSummary};

use super::StoredItem;
use crate::simulation::{actor::Sender, invocation::Invocation};

/// A cardholder, with one client id.
pub(in crate::simulation) struct Principal {
    /// Name in the trace: `C1` …, or `A` for the one that tries to access the data of others.
    pub(in crate::simulation) name: String,
    pub(in crate::simulation) client: u64,
    /// Card contract ids.
    pub(in crate::simulation) cards: Vec<u64>,
}

/// An item that was written, or deleted.
pub(in crate::simulation) struct Write {
    pub(in crate::simulation) step: usize,
    pub(in crate::simulation) sender: Sender,
    pub(in crate::simulation) pk: String,
    pub(in crate::simulation) sk: String,
    /// `None` if it was deleted.
    pub(in crate::simulation) item: Option<StoredItem>,
}

impl Write {
    /// Whether both are writes of one item.
    pub(in crate::simulation) fn is_same_item(&self, other: &Self) -> bool {
        (&self.pk, &self.sk) == (&other.pk, &other.sk)
    }
}

/// An invocation that responded.
pub(in crate::simulation) struct CompletedInvocation {
    pub(in crate::simulation) step: usize,
    pub(in crate::simulation) actor: usize,
    pub(in crate::simulation) invocation: Invocation,
    pub(in crate::simulation) response: Response,
    /// The response body.
    pub(in crate::simulation) text: String,
}

/// A push that Token Connect processed.
pub(in crate::simulation) struct Push {
    pub(in crate::simulation) step: usize,
    pub(in crate::simulation) at: Timestamp,
    /// The enrollment, as its callback state names it.
    pub(in crate::simulation) enrollment_id: String,
    /// Hash of the secret in its callback state, which identifies the attempt.
    pub(in crate::simulation) state: ShortHash,
    /// What nobody may read in the table.
    pub(in crate::simulation) secrets: Vec<Vec<u8>>,
    /// Whether the response had receipts.
    pub(in crate::simulation) has_receipts: bool,
    /// Its sender had crashed before.
    pub(in crate::simulation) is_orphan: bool,
}

/// A notification that Processing sent.
pub(in crate::simulation) struct SentNotification {
    pub(in crate::simulation) body: Value,
    /// Its id as stored; different for each notification.
    pub(in crate::simulation) id: String,
    /// Index of the principal whose card it is about.
    pub(in crate::simulation) principal: usize,
    pub(in crate::simulation) card: u64,
    /// Name in the trace: `TAR 2` …
    pub(in crate::simulation) label: String,
    /// Deliveries that are left.
    pub(in crate::simulation) deliveries: usize,
    /// The step at which it was first acknowledged.
    pub(in crate::simulation) acknowledged: Option<usize>,
}

impl SentNotification {
    /// Whether it is about a token that a wallet has, without an enrollment.
    pub(in crate::simulation) fn is_of_a_wallet(&self) -> bool {
        self.body["tokenRequestorId"].as_str().is_some_and(|requestor| requestor != CLICK_TO_PAY)
    }

    /// Its id in facts and in what a card enrollment remembers.
    pub(in crate::simulation) fn hash(&self) -> ShortHash {
        ShortHash::of(self.id.as_bytes())
    }
}

/// A change of a token that Processing made.
pub(in crate::simulation) struct TokenChange {
    pub(in crate::simulation) step: usize,
    pub(in crate::simulation) sender: Sender,
    /// The card in the path.
    pub(in crate::simulation) card: u64,
    /// The tokens that have another status now, with their clients.
    pub(in crate::simulation) changed: Vec<(u64, TokenSummary)>,
    /// Its sender had crashed before.
    pub(in crate::simulation) is_orphan: bool,
}

/// A token that Mastercard created, and the step at which it was first seen.
pub(in crate::simulation) struct Token {
    pub(in crate::simulation) step: usize,
    pub(in crate::simulation) card: u64,
    pub(in crate::simulation) reference: String,
    /// Otherwise a wallet has it.
    pub(in crate::simulation) is_of_click_to_pay: bool,
}
