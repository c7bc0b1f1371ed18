//! The state of the simulator, shared by all operations.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;

use crate::{
    click_to_pay::callback::CallbackStyle, click_to_pay::session::Sessions, faults::plan::FaultPlan,
    journal::Journal, notifications::Notifier, operation::Operation, options::Options, portal::Portal,
    rate_limit::RateLimit, world::records::Records,
};

pub(crate) struct Mastercard {
    pub(crate) base_url: Url,
    pub(crate) portal: Portal,
    pub(crate) options: Options,
    pub(crate) faults: FaultPlan,
    pub(crate) rate_limit: RateLimit,
    pub(crate) journal: Arc<Journal>,
    pub(crate) notifier: Notifier,
    pub(crate) callback_style: Mutex<CallbackStyle>,
    pub(crate) sessions: Sessions,
    records: Mutex<Records>,
    calls: Mutex<HashMap<Operation, usize>>,
}

impl Mastercard {
    pub(crate) fn new(base_url: Url, portal: Portal, options: Options) -> Self {
        let journal = Arc::new(Journal::new(options.journal_capacity));
        Self {
            base_url,
            portal,
            faults: FaultPlan::default(),
            rate_limit: RateLimit::default(),
            notifier: Notifier::new(Arc::clone(&journal)),
            journal,
            callback_style: Mutex::default(),
            sessions: Sessions::default(),
            records: Mutex::new(Records::new(&options)),
            calls: Mutex::default(),
            options,
        }
    }

    /// Must not be held across an `.await`.
    pub(crate) fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call.
    pub(crate) fn count(&self, operation: Operation) {
        *self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(operation).or_default() += 1;
    }

    /// Calls of each operation, failed ones included.
    pub(crate) fn calls(&self) -> HashMap<Operation, usize> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
