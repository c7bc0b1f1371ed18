//! Counts the notifications that the server acknowledged, from the simulator's journal.

use simulator::{Exchange, Simulator};
use tokio::{
    select,
    sync::{broadcast::error::RecvError, oneshot},
    task::JoinHandle,
};

use crate::error::BenchError;

/// Counts until `count` is called.
pub(super) struct AcknowledgmentCounter {
    counting: JoinHandle<usize>,
    stop: oneshot::Sender<()>,
}

impl AcknowledgmentCounter {
    pub(super) fn start(simulator: &Simulator) -> Self {
        let mut exchanges = simulator.subscribe();
        let (stop, mut stopped) = oneshot::channel::<()>();
        let counting = tokio::spawn(async move {
            let mut count = 0;
            loop {
                // In this order: exchanges before the stop are counted.
                select! {
                    biased;
                    exchange = exchanges.recv() => match exchange {
                        // The journal has no field for the outcome; `summary` ends with it.
                        Ok(Exchange { summary, .. }) => {
                            count += usize::from(summary.ends_with("notification, acknowledged"));
                        }
                        // Missed exchanges lower the count, so that the target is missed too.
                        Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => break count,
                    },
                    _ = &mut stopped => break count,
                }
            }
        });
        Self { counting, stop }
    }

    pub(super) async fn count(self) -> Result<usize, BenchError> {
        // Fails only if the task has ended already.
        let _ = self.stop.send(());
        Ok(self.counting.await?)
    }
}
