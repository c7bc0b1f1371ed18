//! The result of a run, which is returned and logged.

use model::enrollment::{Enrollment, EnrollmentId, Status};
use runtime::{BoxError, telemetry};
use serde::Serialize;

/// The counts of a run.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReconciliationReport {
    /// Enrollments whose token list was read.
    pub checked: usize,
    /// Results found by reconciliation that no notification or callback reported: enrollments whose status changed.
    pub healed: Vec<StatusChange>,
    /// Enrollments whose token list could not be read. They are due again later, and final after repeated failures.
    pub unread: usize,
    /// Stored notifications that were applied to an enrollment.
    pub notifications_applied: usize,
    /// Enrollments whose token list was not requested or was refused: no time was left, the circuit was open, or
    /// Processing's rate limit was exceeded. They remain due.
    pub left: usize,
    /// Facts and notifications that could not be stored. Their items remain due.
    pub failed: usize,
}

/// A change of an enrollment's status.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusChange {
    enrollment_id: EnrollmentId,
    from: Status,
    to: Status,
}

impl StatusChange {
    /// `None` if both have the same status at `now`.
    pub(crate) fn between(before: &Enrollment, after: &Enrollment, now: jiff::Timestamp) -> Option<Self> {
        let (from, to) = (before.status_at(now).status, after.status_at(now).status);
        (from != to).then_some(Self { enrollment_id: before.enrollment_id, from, to })
    }
}

impl ReconciliationReport {
    pub(crate) fn add(&mut self, other: Self) {
        let Self { checked, healed, unread, notifications_applied, left, failed } = other;
        self.checked += checked;
        self.healed.extend(healed);
        self.unread += unread;
        self.notifications_applied += notifications_applied;
        self.left += left;
        self.failed += failed;
    }

    pub(crate) fn add_failure(&mut self, cause: &BoxError) {
        self.failed += 1;
        tracing::error!(
            event = "reconciliation_deferred",
            cause = telemetry::chain(cause.as_ref()),
            "reconciliation deferred"
        );
    }

    pub(crate) fn log(&self) {
        let Self { checked, healed, unread, notifications_applied, left, failed } = self;
        tracing::info!(
            event = "reconciliation_completed",
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
