//! A running simulator: where it is, what it says, whom it notifies. What a test can do to it is in `control`.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use url::Url;

use crate::{
    journal::Exchange,
    mastercard::Mastercard,
    notifications::{InvalidTarget, NotificationPlan},
    options::{NotificationTarget, Options},
    portal::Portal,
    server,
};

/// Token Connect, Mastercard Processing, MDES and Click to Pay on one port. Stops when dropped.
pub struct Simulator {
    pub(crate) mastercard: Arc<Mastercard>,
    /// Only held to be dropped; absent in the handle that the control routes work with.
    _server: Option<AbortOnDrop>,
}

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The simulator could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The listener has no usable address.
    #[error("the listener has no usable address")]
    Listener(#[source] io::Error),
    /// The address does not make a URL.
    #[error("the listener's address does not make a URL")]
    Address(#[source] url::ParseError),
    /// The notification target's certificates cannot be used.
    #[error(transparent)]
    Notifications(#[from] InvalidTarget),
}

impl Simulator {
    /// Serves on `listener`, over plain HTTP, on the current Tokio runtime, until dropped.
    ///
    /// # Errors
    /// When the listener has no address or the notification target cannot be used.
    pub async fn start(listener: TcpListener, portal: Portal, options: Options) -> Result<Self, StartError> {
        let address = listener.local_addr().map_err(StartError::Listener)?;
        let base_url = Url::parse(&format!("http://{address}/")).map_err(StartError::Address)?;
        let notifications = options.notifications.clone();
        let mastercard = Arc::new(Mastercard::new(base_url, portal, options));
        mastercard.notifier.set_target(notifications)?;
        let server = tokio::spawn(server::serve(listener, server::router(Arc::clone(&mastercard))));
        Ok(Self { mastercard, _server: Some(AbortOnDrop(server)) })
    }

    /// A handle on a simulator that somebody else keeps running.
    pub(crate) fn handle(mastercard: Arc<Mastercard>) -> Self {
        Self { mastercard, _server: None }
    }

    /// `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn base_url(&self) -> &Url {
        &self.mastercard.base_url
    }

    /// Base of Token Connect, without a slash at its end: `http://127.0.0.1:PORT/mdes`.
    #[must_use]
    pub fn token_connect_url(&self) -> Url {
        self.below("mdes")
    }

    /// Base of Processing, without a slash at its end: `http://127.0.0.1:PORT/global-processing/digital`.
    #[must_use]
    pub fn processing_url(&self) -> Url {
        self.below("global-processing/digital")
    }

    fn below(&self, path: &str) -> Url {
        let mut url = self.mastercard.base_url.clone();
        url.set_path(path);
        url
    }

    /// The origin of every push URI: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn click_to_pay_origin(&self) -> String {
        self.mastercard.base_url.origin().ascii_serialization()
    }

    /// Where notifications go from now on; `None` sends none.
    ///
    /// # Errors
    /// When certificate, key or root cannot be used; the target then stays as it was.
    pub fn set_notifications(&self, target: Option<NotificationTarget>) -> Result<(), InvalidTarget> {
        self.mastercard.notifier.set_target(target)
    }

    /// How notifications misbehave from now on.
    pub fn set_notification_plan(&self, plan: NotificationPlan) {
        self.mastercard.notifier.set_plan(plan);
    }

    /// Waits until no notification, retry or delayed copy is under way.
    pub async fn notifications_settled(&self) {
        self.mastercard.notifier.settled().await;
    }

    /// Everything that was said so far, the newest last; of a long story, the end (`Options::journal`).
    #[must_use]
    pub fn journal(&self) -> Vec<Exchange> {
        self.mastercard.journal.exchanges()
    }

    /// Everything that is said from now on. A receiver more than 1024 behind misses some.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Exchange> {
        self.mastercard.journal.subscribe()
    }
}
