//! Mastercard's side as one value: what every operation works on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::{
    click_to_pay::callback::CallbackStyle, faults::Faults, gateway::Rate, journal::Journal,
    notifications::Notifier, operation::Operation, options::Options, portal::Portal, world::records::Records,
};

pub(crate) struct Mastercard {
    pub(crate) base_url: Url,
    pub(crate) portal: Portal,
    pub(crate) options: Options,
    pub(crate) faults: Faults,
    pub(crate) rate: Rate,
    pub(crate) journal: Arc<Journal>,
    pub(crate) notifier: Notifier,
    pub(crate) callback_style: Mutex<CallbackStyle>,
    records: Mutex<Records>,
    calls: Mutex<HashMap<Operation, usize>>,
}

impl Mastercard {
    pub(crate) fn new(base_url: Url, portal: Portal, options: Options) -> Self {
        let journal = Arc::new(Journal::new(options.journal));
        Self {
            base_url,
            portal,
            faults: Faults::default(),
            rate: Rate::default(),
            notifier: Notifier::new(Arc::clone(&journal)),
            journal,
            callback_style: Mutex::default(),
            records: Mutex::new(Records::new(options.scale)),
            calls: Mutex::default(),
            options,
        }
    }

    /// Never held across an `.await`.
    pub(crate) fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count(&self, operation: Operation) {
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(operation).or_default() += 1;
    }

    /// Calls of each operation, answered or not.
    pub(crate) fn calls(&self) -> HashMap<Operation, usize> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
