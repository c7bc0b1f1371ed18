//! The exchanges of the journey at start-up. The live page replays them, so that it is never empty.

use std::sync::{Arc, OnceLock};

use simulator::Exchange;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

/// The exchanges that were kept, by the time of their end; empty before.
#[derive(Clone, Default)]
pub(crate) struct Recorded(Arc<OnceLock<Vec<Exchange>>>);

/// Receives exchanges until [`Recording::keep`].
pub struct Recording {
    receivers: [Receiver<Exchange>; 2],
    recorded: Recorded,
}

impl Recorded {
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.0.get().cloned().unwrap_or_default()
    }

    pub(super) fn record(&self, receivers: [Receiver<Exchange>; 2]) -> Recording {
        Recording { receivers, recorded: self.clone() }
    }
}

impl Recording {
    /// Ends the recording, and keeps it for the live page. Only the first one is kept.
    pub fn keep(self) {
        let mut exchanges: Vec<_> = self.receivers.into_iter().flat_map(received).collect();
        exchanges.sort_by_key(|exchange| {
            let duration = i128::try_from(exchange.duration.as_nanos()).unwrap_or_default();
            exchange.started_at.as_nanosecond().saturating_add(duration)
        });
        let _ = self.recorded.0.set(exchanges);
    }
}

fn received(mut receiver: Receiver<Exchange>) -> Vec<Exchange> {
    let mut exchanges = Vec::new();
    loop {
        match receiver.try_recv() {
            Ok(exchange) => exchanges.push(exchange),
            Err(TryRecvError::Lagged(_)) => {}
            Err(TryRecvError::Empty | TryRecvError::Closed) => return exchanges,
        }
    }
}
