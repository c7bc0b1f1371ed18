//! Graceful shutdown: every server of a `World` stops when the `World` is dropped.

use tokio::sync::watch;

/// Owned by the `World`; dropping it stops every server.
pub(crate) struct ShutdownGuard(#[expect(dead_code, reason = "it works by being dropped")] watch::Sender<()>);

/// The signal that a server waits for.
#[derive(Clone)]
pub(crate) struct Shutdown(watch::Receiver<()>);

/// The guard and its signal.
pub(crate) fn channel() -> (ShutdownGuard, Shutdown) {
    let (sender, receiver) = watch::channel(());
    (ShutdownGuard(sender), Shutdown(receiver))
}

impl Shutdown {
    /// Completes when the `World` is dropped.
    pub(crate) fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut receiver = self.0.clone();
        async move { while receiver.changed().await.is_ok() {} }
    }
}
