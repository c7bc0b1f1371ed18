//! What a run tells: to whoever invoked it by hand, and to the log.

use model::enrollment::{Enrollment, EnrollmentId, Status};
use runtime::{BoxError, log_event, telemetry};
use serde::Serialize;

/// What a run did.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reconciled {
    /// Enrollments whose token list was read.
    pub checked: usize,
    /// Those whose status moved.
    pub healed: Vec<Healed>,
    /// Enrollments whose token list could not be read; they are due again later, and final after enough failures.
    pub unread: usize,
    /// Notifications that found their enrollment.
    pub notifications_applied: usize,
    /// What there was no time for, or what Mastercard was not asked for because it is down; it stays due.
    pub left: usize,
    /// What could not be written down; it stays due.
    pub failed: usize,
}

/// An enrollment whose status moved.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Healed {
    enrollment_id: EnrollmentId,
    from: Status,
    to: Status,
}

impl Healed {
    /// `None` if it stands where it stood.
    pub(crate) fn between(before: &Enrollment, after: &Enrollment, now: jiff::Timestamp) -> Option<Self> {
        let (from, to) = (before.status_at(now).status, after.status_at(now).status);
        (from != to).then_some(Self { enrollment_id: before.enrollment_id, from, to })
    }
}

impl Reconciled {
    pub(crate) fn add(&mut self, more: Self) {
        let Self { checked, healed, unread, notifications_applied, left, failed } = more;
        self.checked += checked;
        self.healed.extend(healed);
        self.unread += unread;
        self.notifications_applied += notifications_applied;
        self.left += left;
        self.failed += failed;
    }

    pub(crate) fn fail(&mut self, cause: &BoxError) {
        self.failed += 1;
        tracing::error!(
            event = log_event::RECONCILIATION_DEFERRED,
            cause = telemetry::chain(cause.as_ref()),
            "reconciliation deferred"
        );
    }

    pub(crate) fn log(&self) {
        let Self { checked, healed, unread, notifications_applied, left, failed } = self;
        tracing::info!(
            event = log_event::RECONCILIATION_COMPLETED,
            checked,
            healed = healed.len(),
            unread,
            notifications = notifications_applied,
            left,
            failed,
            "reconciliation completed"
        );
    }
}
