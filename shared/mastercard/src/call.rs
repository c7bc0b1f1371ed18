//! A record of each call for support: operation, duration, status and correlation id, without request or response.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// One attempt of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// The operation id of Mastercard's API reference, such as `pushMultipleAccounts`.
    pub operation: String,
    /// From sending the request to the end of the response, in milliseconds.
    pub milliseconds: u64,
    /// The HTTP status; absent without a response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Mastercard's correlation id, or the client's if the response had none.
    pub correlation_id: String,
}

/// Collects the calls made on behalf of one task; clones share their calls.
///
/// ```no_run
/// # use push_provisioning_client::{Deadline, TokenConnect, call::CallLog};
/// # async fn example(client: TokenConnect, deadline: Deadline) {
/// let call_log = CallLog::default();
/// let client = client.with_call_log(&call_log);
/// let _ = client.get_eligible_token_requestors(&["555555000".parse().unwrap()], deadline).await;
/// for call in call_log.take() {
///     println!("{} took {} ms, correlation id {}", call.operation, call.milliseconds, call.correlation_id);
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallLog(Arc<Mutex<Vec<Call>>>);

impl CallLog {
    /// Records a call.
    pub fn record(&self, call: Call) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// Removes and returns the calls recorded so far, in the order in which they ended.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
