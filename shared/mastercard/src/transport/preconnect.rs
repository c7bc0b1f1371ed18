//! A connection that is opened before its request, while the caller waits for another response.
//!
//! An HTTP client opens connections for requests only. So two clients share a [`Slot`]: the request of the first one ends once its
//! connection is open, before anything is sent, and the second one uses that connection.

use std::{error::Error, future::poll_fn, pin::Pin, sync::Arc, task::Poll, time::Duration};

use hyper::rt::{Read, ReadBuf};
use reqwest::{Client, ClientBuilder};
use tokio::{
    runtime::Handle,
    sync::Mutex,
    task::{AbortHandle, yield_now},
    time::Instant,
};
use tower::{
    Service, ServiceExt as _,
    layer::layer_fn,
    util::{BoxCloneSyncService, service_fn},
};
use url::Url;

/// How old a connection may be at its first request. Servers close those on which no request arrives, mostly after ten seconds
/// or more.
const MAX_AGE: Duration = Duration::from_secs(4);

/// A client whose first request uses a connection that was opened before it. Dropping the last clone closes it.
#[derive(Clone, Debug)]
pub(super) struct Preconnected {
    pub(super) client: Client,
    _opening: Arc<AbortOnDrop>,
}

#[derive(Debug)]
struct AbortOnDrop(AbortHandle);

impl Preconnected {
    /// Starts to open a connection to the host of `url`. `configured` makes clients without a pool. `None` if there is no runtime of
    /// Tokio for the task, or a client cannot be built: the request opens its connection itself then.
    pub(super) fn open(url: Url, configured: impl Fn() -> ClientBuilder) -> Option<Self> {
        let runtime = Handle::try_current().ok()?;
        let slot = Slot::new();
        let filled = slot.clone();
        let opener =
            configured().connector_layer(layer_fn(move |connector| filling(connector, filled.clone())));
        let opener = opener.build().ok()?;
        let client = configured().connector_layer(layer_fn(move |connector| taking(connector, slot.clone())));
        let client = client.build().ok()?;
        // The response is always an error: `Opened`, or why there is no connection, which the request that needs one reports.
        let opening = runtime.spawn(async move { drop(opener.get(url).send().await) });
        Some(Self { client, _opening: Arc::new(AbortOnDrop(opening.abort_handle())) })
    }
}

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

type BoxError = Box<dyn Error + Send + Sync>;

/// `reqwest`'s connector: from a destination, whose type is private, to a connection.
type Connector<D, C> = BoxCloneSyncService<D, C, BoxError>;

/// Ends the request of the first client.
#[derive(Debug, thiserror::Error)]
#[error("the connection is open")]
struct Opened;

/// The open connection, and since when it is open. Locked while it is being opened.
struct Slot<C>(Arc<Mutex<Option<(C, Instant)>>>);

/// A connector that puts its connection into the slot, and fails.
fn filling<D, C>(
    connector: Connector<D, C>,
    slot: Slot<C>,
) -> impl Service<D, Response = C, Error = BoxError, Future: Send> + Clone + Send + Sync
where
    D: Send + 'static,
    C: Send + 'static,
{
    service_fn(move |destination| {
        let (connector, slot) = (connector.clone(), slot.clone());
        async move {
            let mut open = slot.0.lock().await;
            *open = Some((connector.oneshot(destination).await?, Instant::now()));
            Err(Opened.into())
        }
    })
}

/// A connector that takes the connection of the slot if it can be used, and otherwise opens one.
fn taking<D, C>(
    connector: Connector<D, C>,
    slot: Slot<C>,
) -> impl Service<D, Response = C, Error = BoxError, Future: Send> + Clone + Send + Sync
where
    D: Send + 'static,
    C: Read + Send + Unpin + 'static,
{
    service_fn(move |destination| {
        let (connector, slot) = (connector.clone(), slot.clone());
        async move {
            match slot.take().await {
                Some(connection) => Ok(connection),
                None => connector.oneshot(destination).await,
            }
        }
    })
}

impl<C> Slot<C> {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    /// The connection, unless it is too old or the server has closed it. Waits while it is being opened.
    async fn take(&self) -> Option<C>
    where
        C: Read + Unpin,
    {
        let (mut connection, opened_at) = self.0.lock().await.take()?;
        (opened_at.elapsed() < MAX_AGE && is_alive(&mut connection).await).then_some(connection)
    }
}

impl<C> Clone for Slot<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Whether nothing can be read. Before the first request that would be the end of the connection.
async fn is_alive(connection: &mut (impl Read + Unpin)) -> bool {
    // A socket says only what the runtime has seen of it, which it has not looked at since a response arrived that took time to use.
    yield_now().await;
    let mut byte = [0];
    let mut buffer = ReadBuf::new(&mut byte);
    let mut connection = Pin::new(connection);
    poll_fn(|context| Poll::Ready(connection.as_mut().poll_read(context, buffer.unfilled()).is_pending()))
        .await
}

#[cfg(test)]
mod tests;
