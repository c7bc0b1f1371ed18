//! Payment tokens, and who suspended them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::card::CardNumber;

/// A token's status in Processing's lists. `Active` is documented, the others are invented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenStatus {
    /// Usable for payments.
    Active,
    /// Temporarily not usable.
    Suspended,
    /// Not activated yet.
    Inactive,
    /// Permanently not usable.
    Deactivated,
}

/// Who suspended a token. Several may have at once; it is active again only when none has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Suspender {
    /// The bank, by `setTokenStatus` or because it blocked the card.
    Issuer,
    /// The token requestor.
    TokenRequestor,
    /// The cardholder, in the wallet.
    Cardholder,
}

/// A payment token.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) card_contract_id: u64,
    pub(crate) client_id: u64,
    pub(crate) token_requestor_id: String,
    pub(crate) wallet_name: String,
    pub(crate) token_unique_reference: String,
    /// Of its TAR and TCN; card-on-file tokens have none.
    pub(crate) correlation_id: Option<String>,
    pub(crate) number: CardNumber,
    pub(crate) created: Timestamp,
    pub(crate) is_activated: bool,
    pub(crate) is_deactivated: bool,
    pub(crate) suspended_by: BTreeSet<Suspender>,
}

impl Token {
    pub(crate) fn status(&self) -> TokenStatus {
        if self.is_deactivated {
            TokenStatus::Deactivated
        } else if !self.is_activated {
            TokenStatus::Inactive
        } else if self.suspended_by.is_empty() {
            TokenStatus::Active
        } else {
            TokenStatus::Suspended
        }
    }

    /// Changes the status on behalf of `by`. An active token is one that `by` does not suspend any more.
    pub(crate) fn change(&mut self, status: TokenStatus, by: Suspender) {
        match status {
            TokenStatus::Active => {
                self.is_activated = true;
                self.suspended_by.remove(&by);
            }
            TokenStatus::Suspended => {
                self.suspended_by.insert(by);
            }
            TokenStatus::Inactive => self.is_activated = false,
            TokenStatus::Deactivated => self.is_deactivated = true,
        }
    }

    pub(crate) fn is_for(&self, card: u64, requestor: &str) -> bool {
        self.card_contract_id == card && self.token_requestor_id == requestor && !self.is_deactivated
    }
}
