//! Every five minutes: reads the token list (`getTokensByClient`) for enrollments that are due, once for each client, and
//! applies stored notifications that were not applied yet. A run gives way to cardholders: at the first 429 it requests no
//! further list, and the rest remains due.

mod report;

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
    enrollment::{Enrollment, Fact, RecordedFact},
    token_list,
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime},
    invocation::{deadline, failed},
    store::{
        Enrollments,
        enrollments::{DueItem, InboxEntry, Recorded, SHARDS, Versioned},
    },
    telemetry,
};
use serde_json::Value;

pub use report::ReconciliationReport;
use report::StatusChange;

/// Timeout of a run, unless Lambda's own deadline is earlier. The next run follows in five minutes.
const TIMEOUT: Duration = Duration::from_secs(220);
/// Items that a run takes from each shard, at most. The rest remains due.
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
    /// When the due items cannot be read. Failures of single items are counted in the report.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<ReconciliationReport, Diagnostic> {
        let deadline = deadline(Some(&event.context), TIMEOUT);
        let request_id = &event.context.request_id;
        let actor = || Actor::internal(ActorKind::Reconciliation, request_id);
        let enrollments = &self.enrollments.for_actor(actor);
        let (clients, notifications) = self.due().await?;
        let mut report = ReconciliationReport::default();
        for entry in notifications {
            match enrollments.apply(entry, self.clock.now()).await {
                Ok(outcome) => report.notifications_applied += usize::from(outcome.enrollment_id().is_some()),
                Err(error) => report.add_failure(&error.into()),
            }
        }
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

    /// The due items: enrollments by client, and notifications.
    async fn due(&self) -> Result<(BTreeMap<ClientId, Vec<Versioned>>, Vec<InboxEntry>), Diagnostic> {
        let (mut clients, mut notifications) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
        for shard in 0..SHARDS {
            let due = self.enrollments.due(shard, self.clock.now(), BATCH_SIZE).await;
            let due = due
                .map_err(|error| failed("reconciliation_failed", "reading due items failed", true, error))?;
            for item in due {
                match item {
                    DueItem::Enrollment(stored) => {
                        clients.entry(stored.enrollment().client_id).or_default().push(*stored);
                    }
                    DueItem::Notification(entry) => notifications.push(*entry),
                }
            }
        }
        Ok((clients, notifications))
    }

    /// The facts from the client's token list, one for each enrollment in the same order. `None` if the list was not
    /// requested because the circuit is open or no time is left, or if Processing's rate limit was exceeded.
    async fn facts(
        &self,
        client: ClientId,
        due: &[Versioned],
        deadline: Deadline,
    ) -> Option<Vec<RecordedFact>> {
        let calls = CallLog::default();
        // What the list shows may be older than its response, so the time at which the read began counts.
        let began_at = self.clock.now();
        let tokens = self.processing.with_call_log(&calls).get_tokens_by_client(client, deadline).await;
        if let Err(error) = &tokens {
            tracing::warn!(
                event = "token_list_unavailable",
                enrollments = due.len(),
                cause = telemetry::chain(error),
                "token list unavailable"
            );
        }
        let fact_for: Box<dyn Fn(&Enrollment) -> Fact> = match tokens {
            Ok(tokens) => Box::new(move |enrollment| token_list::fact(&tokens, enrollment)),
            Err(MastercardError::CircuitOpen { .. } | MastercardError::OutOfTime) => return None,
            Err(error) if error.is_rate_limited() => return None,
            Err(_) => Box::new(|_| Fact::TokenListReadFailed),
        };
        let calls = calls.take();
        let recorded = |stored: &Versioned| {
            fact_for(stored.enrollment()).recorded(began_at, &began_at.to_string()).with_calls(calls.clone())
        };
        Some(due.iter().map(recorded).collect())
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
        let facts = if stopped.load(Relaxed) { None } else { self.facts(client, &due, deadline).await };
        let Some(facts) = facts else {
            stopped.store(true, Relaxed);
            report.left = due.len();
            return report;
        };
        for (before, fact) in due.into_iter().zip(facts) {
            let (unread, now) = (fact.fact == Fact::TokenListReadFailed, self.clock.now());
            let before_change = before.enrollment().clone();
            match enrollments.record(before, &[fact], None, now).await {
                Ok(after) => {
                    *(if unread { &mut report.unread } else { &mut report.checked }) += 1;
                    let change = |after: Recorded| {
                        StatusChange::between(&before_change, after.stored.enrollment(), now)
                    };
                    report.healed.extend(after.and_then(change));
                }
                Err(error) => report.add_failure(&error.into()),
            }
        }
        report
    }
}
