//! Every five minutes: reads the token list (`getTokensByClient`) for enrollments that are due, once for each client, and
//! applies stored notifications that were not applied yet. A run gives way to cardholders: at the first 429 it requests no
//! further list, and the rest remains due.

mod clients;
mod notifications;
mod report;
mod token_list_read;

use std::{sync::atomic::AtomicBool, time::Duration};

use futures_util::{StreamExt as _, stream};
use lambda_runtime::{Diagnostic, LambdaEvent};
use mastercard::Processing;
use model::{
    audit::{Actor, ActorKind},
    clock::Clock,
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime},
    invocation::{deadline, failed},
    store::{Enrollments, StoreError},
};
use serde_json::Value;

pub use report::ReconciliationReport;

/// Timeout of a run, unless Lambda's own deadline is earlier. The next run follows in five minutes.
const TIMEOUT: Duration = Duration::from_secs(220);
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
        self.apply_notifications(enrollments, deadline, &mut report).await?;
        let clients = self.due_clients(&mut report).await?;
        let stopped = AtomicBool::new(false);
        let reports = stream::iter(clients).map(async |(client, due)| {
            self.reconcile_client(client, due, enrollments, deadline, &stopped).await
        });
        let mut reports = reports.buffer_unordered(CONCURRENCY);
        while let Some(client_report) = reports.next().await {
            report.add(client_report);
        }
        report.log();
        Ok(report)
    }
}

fn not_listed(error: StoreError) -> Diagnostic {
    failed("reconciliation_failed", "reading due items failed", true, error)
}
