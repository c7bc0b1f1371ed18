//! Start of a simulator.

use std::io;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use crate::{
    mastercard::Mastercard, notifications::InvalidTarget, options::Options, portal::Portal, router, server,
    simulator::Simulator,
};

/// The simulator could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The listener has no usable address.
    #[error("the listener has no usable address")]
    Listener(#[source] io::Error),
    /// The listener's address cannot be written as a URL.
    #[error("the listener's address cannot be written as a URL")]
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
        let mut server = JoinSet::new();
        server.spawn(server::serve(listener, router::router(Arc::clone(&mastercard))));
        Ok(Self { mastercard, _server: server })
    }
}
