//! Everything that a `World` started ends when the `World` is dropped.

use tokio::sync::watch;

/// Held by the `World`; dropping it stops every server.
pub(crate) struct Running(#[expect(dead_code, reason = "it works by being dropped")] watch::Sender<()>);

/// What a server waits for.
#[derive(Clone)]
pub(crate) struct Stopped(watch::Receiver<()>);

/// Both ends.
pub(crate) fn running() -> (Running, Stopped) {
    let (sender, receiver) = watch::channel(());
    (Running(sender), Stopped(receiver))
}

impl Stopped {
    /// Until the `World` is gone.
    pub(crate) fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut receiver = self.0.clone();
        async move { while receiver.changed().await.is_ok() {} }
    }
}
