//! The exchanges between the parties, as in the use case's sequence diagram. The journal contains no card number,
//! receipt, signature or token number; bodies are redacted.

mod message;
mod party;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::broadcast;

pub use self::message::Message;
pub use self::party::Party;

/// Exchanges that a subscriber may be behind before it misses some.
const SUBSCRIBER_CAPACITY: usize = 1024;

/// One arrow of the sequence diagram.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// Step of the use case, 1 to 25; 0 for an exchange without a number, such as a TVN.
    pub step: u8,
    /// The sender.
    pub from: Party,
    /// The receiver.
    pub to: Party,
    /// A short description without secrets.
    pub summary: String,
    /// When it started.
    pub started_at: Timestamp,
    /// For a response, the time since its request; for a notification, the time until it was acknowledged.
    pub duration: Duration,
    /// Request, response or both, if recorded.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Message>,
}

pub(crate) struct Journal {
    exchanges: Mutex<VecDeque<Exchange>>,
    /// Exchanges to keep.
    capacity: usize,
    subscribers: broadcast::Sender<Exchange>,
}

impl Journal {
    pub(crate) fn new(capacity: usize) -> Self {
        let subscribers = broadcast::Sender::new(SUBSCRIBER_CAPACITY);
        Self { exchanges: Mutex::default(), capacity, subscribers }
    }

    /// Records an instantaneous exchange without messages.
    pub(crate) fn record(&self, step: u8, from: Party, to: Party, summary: impl Into<String>) {
        self.add(Exchange {
            step,
            from,
            to,
            summary: summary.into(),
            started_at: Timestamp::now(),
            duration: Duration::ZERO,
            messages: Vec::new(),
        });
    }

    /// Records an instantaneous exchange with one message that has no body: a request line or a status.
    pub(crate) fn record_head(
        &self,
        step: u8,
        from: Party,
        to: Party,
        summary: &str,
        head: impl Into<String>,
    ) {
        self.add(Exchange {
            step,
            from,
            to,
            summary: summary.to_owned(),
            started_at: Timestamp::now(),
            duration: Duration::ZERO,
            messages: vec![Message::from_mastercard(head, None)],
        });
    }

    pub(crate) fn add(&self, exchange: Exchange) {
        let mut exchanges = self.exchanges.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.push_back(exchange.clone());
        if exchanges.len() > self.capacity {
            exchanges.pop_front();
        }
        // Fails only without subscribers.
        let _ = self.subscribers.send(exchange);
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Exchange> {
        self.subscribers.subscribe()
    }
}
