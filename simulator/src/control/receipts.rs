//! Expiry of receipts.

use jiff::{SignedDuration, Timestamp};

use crate::simulator::Simulator;

impl Simulator {
    /// Expires every receipt issued so far.
    pub fn expire_receipts(&self) {
        let now = Timestamp::now();
        self.mastercard.records().receipts.iter_mut().for_each(|(_, receipt)| receipt.expires = now);
    }

    /// Moves the expiry of every receipt issued so far to the past by this duration.
    pub fn age_receipts(&self, by: SignedDuration) {
        for (_, receipt) in self.mastercard.records().receipts.iter_mut() {
            receipt.expires = receipt.expires.saturating_sub(by).unwrap_or(Timestamp::MIN);
        }
    }
}
