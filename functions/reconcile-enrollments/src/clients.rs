//! Reads the token lists of clients with due enrollments, and records what they show.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use lambda_runtime::Diagnostic;
use mastercard::{Deadline, MastercardError, call::CallLog, card::ClientId};
use runtime::{
    store::{
        Enrollments, StoreError,
        enrollments::{SHARDS, Versioned},
    },
    telemetry,
};

use crate::{
    BATCH_SIZE, ReconcileEnrollments, ReconciliationReport, not_listed, report::StatusChange,
    token_list_read::TokenListRead,
};

impl ReconcileEnrollments {
    /// The due enrollments by client.
    pub(crate) async fn due_clients(
        &self,
        report: &mut ReconciliationReport,
    ) -> Result<BTreeMap<ClientId, Vec<Versioned>>, Diagnostic> {
        let mut clients = BTreeMap::<_, Vec<_>>::new();
        for shard in 0..SHARDS {
            let due = self.enrollments.due_enrollments(shard, self.clock.now(), BATCH_SIZE).await;
            for stored in due.map_err(not_listed)? {
                match stored {
                    Ok(stored) => clients.entry(stored.enrollment().client_id).or_default().push(stored),
                    Err(error) => report.add_failure(&error.into()),
                }
            }
        }
        Ok(clients)
    }

    /// Reads the client's token list. `None` if it was not requested because the circuit is open or no time is left, or if
    /// Processing's rate limit was exceeded.
    async fn read_list(
        &self,
        client: ClientId,
        enrollments: usize,
        deadline: Deadline,
    ) -> Option<TokenListRead> {
        let calls = CallLog::default();
        // What the list shows may be older than its response, so the time at which the read began counts.
        let began_at = self.clock.now();
        let tokens = self.processing.with_call_log(&calls).get_tokens_by_client(client, deadline).await;
        if let Err(error) = &tokens {
            let cause = telemetry::chain(error);
            tracing::warn!(event = "token_list_unavailable", enrollments, cause, "token list unavailable");
        }
        let tokens = match tokens {
            Ok(tokens) => Some(tokens),
            Err(MastercardError::CircuitOpen { .. } | MastercardError::OutOfTime) => return None,
            Err(error) if error.is_rate_limited() => return None,
            Err(_) => None,
        };
        Some(TokenListRead { tokens, began_at, calls: calls.take() })
    }

    /// Reconciles the due enrollments of one client, unless the run was `stopped`. Stops it if there is no list: Processing
    /// is busy or down, or the time is up.
    pub(crate) async fn reconcile_client(
        &self,
        client: ClientId,
        due: Vec<Versioned>,
        enrollments: &Enrollments,
        deadline: Deadline,
        stopped: &AtomicBool,
    ) -> ReconciliationReport {
        let mut report = ReconciliationReport::default();
        let list =
            if stopped.load(Relaxed) { None } else { self.read_list(client, due.len(), deadline).await };
        let Some(list) = list else {
            stopped.store(true, Relaxed);
            report.left = due.len();
            return report;
        };
        for stored in due {
            match self.record_list(stored, &list, enrollments).await {
                Ok(change) => {
                    *(if list.tokens.is_none() { &mut report.unread } else { &mut report.checked }) += 1;
                    report.healed.extend(change);
                }
                Err(error) => report.add_failure(&error.into()),
            }
        }
        report
    }

    /// Records what the list shows of one enrollment.
    async fn record_list(
        &self,
        stored: Versioned,
        list: &TokenListRead,
        enrollments: &Enrollments,
    ) -> Result<Option<StatusChange>, StoreError> {
        let now = self.clock.now();
        // After the list was read: what it shows was made by an enrollment that was requested before.
        let later = enrollments.later_than(stored.enrollment()).await?;
        let before = stored.enrollment().clone();
        let fact = list.fact(&before, &later);
        let recorded = enrollments.record(stored, &[fact], None, now).await?;
        Ok(recorded.and_then(|after| StatusChange::between(&before, after.stored.enrollment(), now)))
    }
}
