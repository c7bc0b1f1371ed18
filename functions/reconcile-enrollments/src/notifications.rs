//! Applies stored notifications that were not applied yet.

use std::time::Duration;

use lambda_runtime::Diagnostic;
use mastercard::Deadline;
use runtime::{
    BoxError,
    store::{
        Enrollments,
        enrollments::{NotificationOutcome, SHARDS},
    },
};

use crate::{BATCH_SIZE, ReconcileEnrollments, ReconciliationReport, not_listed};

/// Time for stored notifications. The rest is for the token lists, which many notifications, such as those of a whole portfolio,
/// must not delay.
const NOTIFICATIONS_TIMEOUT: Duration = Duration::from_secs(60);

impl ReconcileEnrollments {
    /// Applies stored notifications, for [`NOTIFICATIONS_TIMEOUT`] at most. The rest remains due.
    pub(crate) async fn apply_notifications(
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
                let applied = async {
                    let entry = entry?;
                    let kind = entry.notification.kind.clone();
                    Ok::<_, BoxError>((kind, enrollments.apply(entry, self.clock.now()).await?))
                };
                match applied.await {
                    Ok((kind, outcome)) => {
                        // A duplicate was applied by somebody else in the meantime.
                        if let NotificationOutcome::Recorded(id) = outcome {
                            tracing::info!(
                                event = "notification_applied", enrollment_id = %id, kind = kind.as_str(),
                                "notification applied"
                            );
                        }
                        report.notifications_applied += usize::from(outcome.enrollment_id().is_some());
                    }
                    Err(error) => report.add_failure(&error),
                }
            }
        }
        Ok(())
    }
}
