//! The results of virtual users.

use std::time::Duration;

use tokio::time::Instant;

/// Results of one virtual user, or of all.
#[derive(Default)]
pub(super) struct UserResults {
    pub(super) client: u64,
    /// Durations of `POST /enrollments` with status 201.
    pub(super) enroll_durations: Vec<Duration>,
    /// Durations from `POST /enrollments` to the final status, without the reading time.
    pub(super) journey_durations: Vec<Duration>,
    /// When each journey was completed.
    pub(super) completed_at: Vec<Instant>,
    /// Enrollments that were started (status 201).
    pub(super) started: usize,
    /// Tokens that were deleted after the enrollment.
    pub(super) deleted: usize,
    /// Enrollments with more than one TAR or TCN in their timeline.
    pub(super) repeated: usize,
    /// Error messages.
    pub(super) errors: Vec<String>,
}

impl UserResults {
    /// Merges the results of all users.
    pub(super) fn merge(results: Vec<Self>) -> Self {
        results.into_iter().fold(Self::default(), |mut all, one| {
            all.enroll_durations.extend(one.enroll_durations);
            all.journey_durations.extend(one.journey_durations);
            all.completed_at.extend(one.completed_at);
            all.started += one.started;
            all.deleted += one.deleted;
            all.repeated += one.repeated;
            all.errors.extend(one.errors);
            all
        })
    }
}
