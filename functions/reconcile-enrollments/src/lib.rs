//! Every five minutes: finds out what never arrived. Enrollments that are due are looked up in `getTokensByClient`,
//! once per client; notifications that were stored and not applied are applied.

mod report;

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, stream};
use lambda_runtime::{Diagnostic, LambdaEvent};
use mastercard::{Deadline, MastercardError, Processing, call::CallLog, card::ClientId};
use model::{
    clock::Clock,
    enrollment::{Enrollment, Fact, RecordedFact},
    token_list,
};
use runtime::{
    config::{ConfigError, ProcessingSettings, Runtime},
    invocation::{deadline, failed},
    log_event,
    store::{
        Enrollments,
        enrollments::{DueItem, InboxEntry, SHARDS},
    },
    telemetry,
};
use serde_json::Value;

use report::Healed;
pub use report::Reconciled;

/// How long a run may take; the next one follows in five minutes.
const PATIENCE: Duration = Duration::from_secs(220);
/// The most items of one shard in a run; the rest stays due.
const BATCH: i32 = 250;
/// How many clients are asked for at once; Processing's limit of requests a second is kept by its client.
const AT_ONCE: usize = 8;

/// The function; its fields are all that it may touch.
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
        let (enrollments, processing) = runtime.read_settings(|read| {
            let enrollments = Enrollments::read(read, runtime);
            let processing = ProcessingSettings::read(read);
            Some((enrollments?, processing?))
        })?;
        Ok(Self { processing: processing.connect(runtime).await?, enrollments, clock: runtime.clock.clone() })
    }

    /// One run; the event says nothing.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Reconciled, Diagnostic> {
        let until = deadline(Some(&event.context), PATIENCE);
        let (clients, notifications) = self.due().await?;
        let mut done = Reconciled::default();
        for received in notifications {
            match self.enrollments.apply(received, self.clock.now()).await {
                Ok(outcome) => done.notifications_applied += usize::from(outcome.enrollment_id().is_some()),
                Err(error) => done.fail(&error.into()),
            }
        }
        let runs = stream::iter(clients).map(async |(client, due)| self.client(client, due, until).await);
        let mut runs = runs.buffer_unordered(AT_ONCE);
        while let Some(run) = runs.next().await {
            done.add(run);
        }
        done.log();
        Ok(done)
    }

    /// What is due, enrollments by client.
    async fn due(&self) -> Result<(BTreeMap<ClientId, Vec<Enrollment>>, Vec<InboxEntry>), Diagnostic> {
        let (mut clients, mut notifications) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
        for shard in 0..SHARDS {
            let due = self.enrollments.due(shard, self.clock.now(), BATCH).await;
            for due in due.map_err(|error| {
                failed(log_event::RECONCILIATION_FAILED, "reading due items failed", true, error)
            })? {
                match due {
                    DueItem::Enrollment(due) => clients.entry(due.client_id).or_default().push(due),
                    DueItem::Notification(received) => notifications.push(received),
                }
            }
        }
        Ok((clients, notifications))
    }

    /// What the client's token list says of each enrollment; `None` if Mastercard was not asked.
    async fn facts(
        &self,
        client: ClientId,
        due: &[Enrollment],
        until: Deadline,
    ) -> Option<Vec<RecordedFact>> {
        let calls = CallLog::default();
        let tokens = self.processing.with_call_log(&calls).get_tokens_by_client(client, until).await;
        if let Err(error) = &tokens {
            tracing::warn!(
                event = log_event::TOKEN_LIST_UNAVAILABLE,
                enrollments = due.len(),
                cause = telemetry::chain(error),
                "token list unavailable"
            );
        }
        let told: Box<dyn Fn(&Enrollment) -> Fact> = match tokens {
            Ok(tokens) => Box::new(move |enrollment| token_list::fact(&tokens, enrollment)),
            Err(MastercardError::CircuitOpen { .. } | MastercardError::OutOfTime) => return None,
            Err(_) => Box::new(|_| Fact::TokenListUnread),
        };
        let (now, calls) = (self.clock.now(), calls.take());
        let recorded =
            |enrollment| told(enrollment).recorded(now, &now.to_string()).with_calls(calls.clone());
        Some(due.iter().map(recorded).collect())
    }

    /// One client's enrollments.
    async fn client(&self, client: ClientId, due: Vec<Enrollment>, until: Deadline) -> Reconciled {
        let mut done = Reconciled::default();
        let Some(facts) = self.facts(client, &due, until).await else {
            done.left = due.len();
            return done;
        };
        for (before, fact) in due.into_iter().zip(facts) {
            let (unread, now) = (fact.fact == Fact::TokenListUnread, fact.at);
            match self.enrollments.record_facts(client, before.enrollment_id, &[fact], now).await {
                Ok(after) => {
                    *(if unread { &mut done.unread } else { &mut done.checked }) += 1;
                    done.healed.extend(after.and_then(|after| Healed::between(&before, &after, now)));
                }
                Err(error) => done.fail(&error.into()),
            }
        }
        done
    }
}
