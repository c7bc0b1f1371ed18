//! A running simulator: its URLs, notifications and journal. The methods that change its data are in `control`.

use std::sync::Arc;

use tokio::sync::broadcast;
use tokio::task::JoinSet;
use url::Url;

use crate::{
    journal::Exchange,
    mastercard::Mastercard,
    notifications::{InvalidTarget, NotificationPlan, target::NotificationTarget},
};

/// Token Connect, Mastercard Processing, MDES and Click to Pay on one port. Stops when dropped.
pub struct Simulator {
    pub(crate) mastercard: Arc<Mastercard>,
    /// The server task, aborted on drop; empty in a handle.
    pub(crate) _server: JoinSet<()>,
}

impl Simulator {
    /// A handle for the control routes, which does not own the server.
    pub(crate) fn handle(mastercard: Arc<Mastercard>) -> Self {
        Self { mastercard, _server: JoinSet::new() }
    }

    /// `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.mastercard.base_url
    }

    /// Base URL of Token Connect, without a trailing slash: `http://127.0.0.1:PORT/mdes`.
    #[must_use]
    pub fn token_connect_url(&self) -> Url {
        self.url("mdes")
    }

    /// Base URL of Processing, without a trailing slash: `http://127.0.0.1:PORT/global-processing/digital`.
    #[must_use]
    pub fn processing_url(&self) -> Url {
        self.url("global-processing/digital")
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.mastercard.base_url.clone();
        url.set_path(path);
        url
    }

    /// The origin of every push URI: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn click_to_pay_origin(&self) -> String {
        self.mastercard.base_url.origin().ascii_serialization()
    }

    /// Sets the target of notifications; `None` sends none.
    ///
    /// # Errors
    /// If a certificate or key is invalid; the target is then unchanged.
    pub fn set_notifications(&self, target: Option<NotificationTarget>) -> Result<(), InvalidTarget> {
        self.mastercard.notifier.set_target(target)
    }

    /// Sets how notifications are delivered.
    pub fn set_notification_plan(&self, plan: NotificationPlan) {
        self.mastercard.notifier.set_plan(plan);
    }

    /// Waits until no notification, retry or delayed copy is in flight.
    pub async fn notifications_settled(&self) {
        self.mastercard.notifier.settled().await;
    }

    /// The exchanges so far, the newest last; at most [`Options::journal_capacity`](crate::Options::journal_capacity).
    #[must_use]
    pub fn journal(&self) -> Vec<Exchange> {
        self.mastercard.journal.exchanges()
    }

    /// Subscribes to the exchanges from now on. A receiver that is more than 1024 exchanges behind misses some.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Exchange> {
        self.mastercard.journal.subscribe()
    }
}
