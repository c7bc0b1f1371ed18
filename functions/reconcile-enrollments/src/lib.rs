//! Every five minutes: reads the token list (`getTokensByClient`) for enrollments that are due, once for each client, and
//! applies stored notifications that were not applied yet. A run gives way to cardholders: at the first 429 it requests no
//! further list, and the rest remains due.

mod report;
mod token_list_read;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use lambda_runtime::{Diagnostic, LambdaEvent};
use mastercard::{Deadline, MastercardError, Processing, call::CallLog, card::ClientId};
use model::{
    audit::{Actor, ActorKind},
    clock::Clock,
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime},
    invocation::{deadline, failed},
    store::{
        Enrollments, StoreError,
        enrollments::{SHARDS, Versioned},
    },
    telemetry,
};
use serde_json::Value;

pub use report::ReconciliationReport;
use report::StatusChange;
use token_list_read::TokenListRead;

/// Timeout of a run, unless Lambda's own deadline is earlier. The next run follows in five minutes.
const TIMEOUT: Duration = Duration::from_secs(220);
/// Time for stored notifications. The rest is for the token lists, which many notifications, such as those of a whole portfolio,
/// must not delay.
const NOTIFICATIONS_TIMEOUT: Duration = Duration::from_secs(60);
/// Enrollments, and notifications, that a run takes from each shard, at most. The rest remains due.
const BATCH_SIZE: i32 = 250;
/// Clients whose token lists are read concurrently. The API client keeps to this function's share of Processing's rate limit.
const CONCURRENCY: usize = 8;

/// The function with its dependencies.
pub struct ReconcileEnrollments {
    processing: Processing,
    enrollments: Enrollments,
    clock: Clock,
}

impl ReconcileEnrollments {
    /// Reads its settings and makes its clients.
    ///
    /// # Errors
    /// When a setting is missing or ill-formed, or a key or secret is unavailable or unusable.
    pub async fn connect(runtime: &Runtime) -> Result<Self, ConfigError> {
        let (enrollments, processing) = runtime.read_settings(|settings| {
            let enrollments = Enrollments::from_settings(settings, runtime);
            let processing = ProcessingSettings::from_settings(settings);
            Some((enrollments?, processing?))
        })?;
        let processing = processing.connect(runtime).await?.in_background();
        Ok(Self { processing, enrollments, clock: runtime.clock.clone() })
    }

    /// One run. The event's payload is ignored.
    ///
    /// # Errors
    /// When the due items cannot be listed. Failures of single items are counted in the report.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<ReconciliationReport, Diagnostic> {
        let deadline = deadline(Some(&event.context), TIMEOUT);
        let request_id = &event.context.request_id;
        let actor = || Actor::internal(ActorKind::Reconciliation, request_id);
        let enrollments = &self.enrollments.for_actor(actor);
        let mut report = ReconciliationReport::default();
        self.notifications(enrollments, deadline, &mut report).await?;
        let clients = self.due_clients(&mut report).await?;
        let stopped = AtomicBool::new(false);
        let reports = stream::iter(clients)
            .map(async |(client, due)| self.client(client, due, enrollments, deadline, &stopped).await);
        let mut reports = reports.buffer_unordered(CONCURRENCY);
        while let Some(client_report) = reports.next().await {
            report.add(client_report);
        }
        report.log();
        Ok(report)
    }

    /// Applies stored notifications, for [`NOTIFICATIONS_TIMEOUT`] at most. The rest remains due.
    async fn notifications(
        &self,
        enrollments: &Enrollments,
        deadline: Deadline,
        report: &mut ReconciliationReport,
    ) -> Result<(), Diagnostic> {
        let time = Deadline::after(deadline.remaining().min(NOTIFICATIONS_TIMEOUT));
        for shard in 0..SHARDS {
            let due = self.enrollments.due_notifications(shard, self.clock.now(), BATCH_SIZE).await;
            for entry in due.map_err(not_listed)? {
                if time.remaining().is_zero() {
                    return Ok(());
                }
                let entry = match entry {
                    Ok(entry) => entry,
                    Err(error) => {
                        report.add_failure(&error.into());
                        continue;
                    }
                };
                match enrollments.apply(entry, self.clock.now()).await {
                    Ok(outcome) => {
                        report.notifications_applied += usize::from(outcome.enrollment_id().is_some());
                    }
                    Err(error) => report.add_failure(&error.into()),
                }
            }
        }
        Ok(())
    }

    /// The due enrollments by client.
    async fn due_clients(
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
    async fn client(
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
            match self.reconcile(stored, &list, enrollments).await {
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
    async fn reconcile(
        &self,
        stored: Versioned,
        list: &TokenListRead,
        enrollments: &Enrollments,
    ) -> Result<Option<StatusChange>, StoreError> {
        let now = self.clock.now();
        // After the list was read: what it shows was made by an enrollment that was requested before.
        let later = enrollments.later_than(&stored, now).await?;
        let before = stored.enrollment().clone();
        let fact = list.fact(&before, &later);
        let recorded = enrollments.record(stored, &[fact], None, now).await?;
        Ok(recorded.and_then(|after| StatusChange::between(&before, after.stored.enrollment(), now)))
    }
}

fn not_listed(error: StoreError) -> Diagnostic {
    failed("reconciliation_failed", "reading due items failed", true, error)
}
