//! Expiry of receipts.

use jiff::{SignedDuration, Timestamp};

use crate::simulator::Simulator;

impl Simulator {
    /// Expires every receipt issued so far.
    pub fn expire_receipts(&self) {
        let now = Timestamp::now();
        self.mastercard.records().receipts.values_mut().for_each(|receipt| receipt.expires = now);
    }

    /// Moves the expiry of every receipt issued so far to the past by this duration.
    pub fn age_receipts(&self, by: SignedDuration) {
        for receipt in self.mastercard.records().receipts.values_mut() {
            receipt.expires = receipt.expires.saturating_sub(by).unwrap_or(Timestamp::MIN);
        }
    }
}
