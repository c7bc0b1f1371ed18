//! How many notifications the server acknowledged, as their sender saw it.

use simulator::{Exchange, Simulator};
use tokio::{
    select,
    sync::{broadcast::error::RecvError, oneshot},
    task::JoinHandle,
};

use crate::error::BenchError;

/// Counts from its making until it is asked.
pub(super) struct Acknowledged {
    counting: JoinHandle<usize>,
    enough: oneshot::Sender<()>,
}

impl Acknowledged {
    pub(super) fn of(simulator: &Simulator) -> Self {
        let mut feed = simulator.subscribe();
        let (enough, mut asked) = oneshot::channel::<()>();
        let counting = tokio::spawn(async move {
            let mut count = 0;
            loop {
                // In this order: what was said before it was asked is counted.
                select! {
                    biased;
                    heard = feed.recv() => match heard {
                        Ok(Exchange { summary, .. }) => {
                            count += usize::from(summary.ends_with("notification, acknowledged"));
                        }
                        // What was missed is missing from the count, so that the target is missed too.
                        Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => break count,
                    },
                    _ = &mut asked => break count,
                }
            }
        });
        Self { counting, enough }
    }

    pub(super) async fn count(self) -> Result<usize, BenchError> {
        // Whoever does not listen any more has counted to the end.
        let _ = self.enough.send(());
        Ok(self.counting.await?)
    }
}
