//! Every five minutes: finds out what never arrived. Enrolments that are due are looked up in `getTokensByClient`,
//! once per client; notifications that were stored and not applied are applied.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent};
use serde::Serialize;
use serde_json::Value;
use shared::{
    call::Calls,
    card::ClientId,
    clock::Clock,
    config::{ConfigError, Host, ProcessingSettings},
    enrollment::{Enrollment, EnrollmentId, Status},
    http::Cause,
    invocation::{deadline, failed},
    mastercard::{Deadline, Processing},
    store::{
        Enrollments, StoreError,
        enrollments::{Due, SHARDS},
    },
    telemetry, token_list,
};

/// How long a run may take; the next one follows in five minutes.
const PATIENCE: Duration = Duration::from_secs(240);
/// The most items of one shard in a run; the rest stays due.
const BATCH: i32 = 250;
/// Between two clients: 25 requests a second, below Processing's limit of 30.
const PAUSE: Duration = Duration::from_millis(40);

/// The function; its fields are all that it may touch.
pub struct ReconcileEnrollments {
    processing: Processing,
    enrollments: Enrollments,
    clock: Clock,
}

/// What a run did.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reconciled {
    /// Enrolments whose token list was read.
    pub checked: usize,
    /// Those whose status moved.
    pub healed: Vec<Healed>,
    /// Notifications that found their enrolment.
    pub notifications_applied: usize,
    /// Items that could not be looked after; they stay due.
    pub failed: usize,
}

/// An enrolment whose status moved.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Healed {
    enrollment_id: EnrollmentId,
    from: Status,
    to: Status,
}

impl ReconcileEnrollments {
    /// Reads `ENROLLMENTS_TABLE`, `TENANT`, `PROCESSING_*`.
    pub async fn connect(host: &Host) -> Result<Self, ConfigError> {
        let mut read = host.settings.read();
        let enrollments = Enrollments::read(&mut read, host);
        let processing = ProcessingSettings::read(&mut read);
        let (Some(enrollments), Some(processing)) = (enrollments, processing) else {
            return Err(read.problems());
        };
        Ok(Self { processing: processing.connect(host).await?, enrollments, clock: host.clock.clone() })
    }

    /// One run; the event says nothing.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Reconciled, Diagnostic> {
        let until = deadline(Some(&event.context), PATIENCE);
        let mut done = Reconciled::default();
        let mut clients: BTreeMap<ClientId, Vec<Enrollment>> = BTreeMap::new();
        for shard in 0..SHARDS {
            let due = self.enrollments.due(shard, self.clock.now(), BATCH).await;
            for due in due.map_err(|error| failed("what is due could not be read", true, error))? {
                match due {
                    Due::Enrollment(enrollment) => {
                        clients.entry(enrollment.client_id).or_default().push(enrollment)
                    }
                    Due::Notification(received) => {
                        match self.enrollments.apply(received, self.clock.now()).await {
                            Ok(applied) => done.notifications_applied += usize::from(applied.is_some()),
                            Err(error) => done.fail(1, &error.into()),
                        }
                    }
                }
            }
        }
        for (client, enrollments) in clients {
            if until.remaining().is_zero() {
                break;
            }
            let count = enrollments.len();
            match self.check(client, enrollments, until).await {
                Ok(healed) => {
                    done.checked += count;
                    done.healed.extend(healed);
                }
                Err(cause) => done.fail(count, &cause),
            }
            tokio::time::sleep(PAUSE).await;
        }
        let (checked, healed, failed) = (done.checked, done.healed.len(), done.failed);
        tracing::info!(
            checked,
            healed,
            failed,
            notifications = done.notifications_applied,
            "enrolments were reconciled"
        );
        Ok(done)
    }

    async fn check(
        &self,
        client: ClientId,
        enrollments: Vec<Enrollment>,
        until: Deadline,
    ) -> Result<Vec<Healed>, Cause> {
        let calls = Calls::default();
        let tokens = self.processing.noting(&calls).get_tokens_by_client(client, until).await?;
        let calls = calls.take();
        let now = self.clock.now();
        let mut healed = Vec::new();
        for enrollment in enrollments {
            let fact = token_list::fact(&tokens, &enrollment);
            healed.extend(
                self.learn(enrollment, fact.recorded(now, &now.to_string()).told_by(calls.clone()), now)
                    .await?,
            );
        }
        Ok(healed)
    }

    async fn learn(
        &self,
        before: Enrollment,
        fact: shared::enrollment::Recorded,
        now: Timestamp,
    ) -> Result<Option<Healed>, StoreError> {
        let id = before.enrollment_id;
        let Some(after) = self.enrollments.learn(before.client_id, id, &[fact], now).await? else {
            return Ok(None);
        };
        let (from, to) = (before.outlook(now).status, after.outlook(now).status);
        Ok((from != to).then_some(Healed { enrollment_id: id, from, to }))
    }
}

impl Reconciled {
    fn fail(&mut self, count: usize, cause: &Cause) {
        self.failed += count;
        tracing::error!(count, cause = telemetry::chain(cause.as_ref()), "what is due stays due");
    }
}
