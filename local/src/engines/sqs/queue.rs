//! Messages with a visibility timeout: a message that was received is hidden until it ends.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;
use uuid::Uuid;

/// A queue in memory; a clone is the same queue.
#[derive(Clone, Default)]
pub(crate) struct Queue(Arc<Mutex<Vec<Message>>>);

struct Message {
    id: String,
    body: String,
    visible_from: Instant,
}

impl Message {
    fn is_visible(&self) -> bool {
        self.visible_from <= Instant::now()
    }
}

impl Queue {
    /// Adds a message.
    pub(crate) fn send(&self, body: &Value) {
        self.send_text(body.to_string());
    }

    /// Adds a message with this body, and returns its id.
    pub(super) fn send_text(&self, body: String) -> String {
        let id = Uuid::new_v4().to_string();
        self.messages().push(Message { id: id.clone(), body, visible_from: Instant::now() });
        id
    }

    /// Ids, which are their receipt handles too, and bodies of the oldest messages; hidden for this time.
    pub(super) fn receive(&self, most: usize, hidden: Duration) -> Vec<(String, String)> {
        let mut messages = self.messages();
        let visible = messages.iter_mut().filter(|message| message.is_visible()).take(most);
        let received = visible.map(|message| {
            message.visible_from = Instant::now() + hidden;
            (message.id.clone(), message.body.clone())
        });
        received.collect()
    }

    /// Deletes a message, if it is there.
    pub(super) fn delete(&self, id: &str) {
        self.messages().retain(|message| message.id != id);
    }

    fn messages(&self) -> MutexGuard<'_, Vec<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
