//! Backoff with jitter for writers that conflict.

use std::time::Duration;

use uuid::Uuid;

/// The longest pause before the second attempt. It grows by as much with each attempt, up to [`LONGEST`].
const STEP: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(100);

/// Waits a random time after failed attempt number `attempt`, counted from 0.
pub(super) async fn backoff(attempt: u32) {
    let longest = STEP.saturating_mul(attempt.saturating_add(1)).min(LONGEST);
    let [random, ..] = Uuid::new_v4().into_bytes();
    tokio::time::sleep(longest * u32::from(random) / 255).await;
}
