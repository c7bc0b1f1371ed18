//! Clients that have used up their limit of an hour or a day, as far as this process knows: further requests of them are refused
//! before anything is stored or sent.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use mastercard::card::ClientId;
use runtime::store::enrollments::{Limit, LimitReached};

/// The limit that each client has reached, and the Unix time at which its window ends.
#[derive(Debug, Default)]
pub(crate) struct ReachedLimits(Mutex<HashMap<ClientId, (Limit, i64)>>);

impl ReachedLimits {
    /// Remembers a limit of the client. One of a card says nothing about other cards.
    pub(crate) fn remember(&self, client: ClientId, reached: LimitReached, now: Timestamp) {
        if reached.limit.is_of_client() {
            let now = now.as_second();
            let mut clients = self.lock();
            clients.retain(|_, (_, ends_at)| *ends_at > now);
            clients.insert(client, (reached.limit, now.saturating_add(reached.wait)));
        }
    }

    /// The limit that the client has reached.
    pub(crate) fn of(&self, client: ClientId, now: Timestamp) -> Option<LimitReached> {
        let (limit, ends_at) = *self.lock().get(&client)?;
        let wait = ends_at.saturating_sub(now.as_second());
        (wait > 0).then_some(LimitReached { limit, wait })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ClientId, (Limit, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
