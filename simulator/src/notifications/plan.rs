//! Notification faults: loss, duplication, delay, reordering.

use serde::{Deserialize, Serialize};

/// How notifications are delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NotificationPlan {
    /// Tokenization Authorization Request, step 17.
    pub tar: Delivery,
    /// Tokenization Complete Notification, step 21.
    pub tcn: Delivery,
    /// Changes of a token's status.
    pub tvn: Delivery,
    /// The TCN is sent before the TAR.
    pub tcn_before_tar: bool,
    /// Further attempts after a response other than 2xx.
    pub retries: u32,
    /// Milliseconds before a further attempt.
    pub backoff_milliseconds: u64,
    /// A TVN is sent when the cardholder's cancellation removes a token.
    pub tvn_on_cancel: bool,
}

impl Default for NotificationPlan {
    fn default() -> Self {
        Self {
            tar: Delivery::default(),
            tcn: Delivery::default(),
            tvn: Delivery::default(),
            tcn_before_tar: false,
            retries: 3,
            backoff_milliseconds: 50,
            tvn_on_cancel: false,
        }
    }
}

/// How one kind of notification is delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Delivery {
    /// How often it is sent: 0 loses it, 2 duplicates it with the same `notificationId`.
    pub copies: u32,
    /// Delay in milliseconds; the next notification does not wait for it.
    pub delay_milliseconds: u64,
}

impl Default for Delivery {
    fn default() -> Self {
        Self { copies: 1, delay_milliseconds: 0 }
    }
}
