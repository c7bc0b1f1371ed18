//! A call to Mastercard as support may see it: which, how long, how it ended, and the id that Mastercard's own support
//! asks for. Nothing of what was said.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// One attempt of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// As in the API reference: `pushMultipleAccounts` …
    pub operation: String,
    /// From the first byte sent to the last one read, in milliseconds.
    pub milliseconds: u64,
    /// HTTP status; absent when no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Mastercard's correlation id, or ours where none came back.
    pub correlation_id: String,
}

/// Collects the calls of one piece of work; clones collect together.
#[derive(Clone, Debug, Default)]
pub struct CallLog(Arc<Mutex<Vec<Call>>>);

impl CallLog {
    /// Notes a call.
    pub fn note(&self, call: Call) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// Those noted so far, in the order of their ends; the next ask gets only newer ones.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
