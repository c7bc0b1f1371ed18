//! Writers that met once should not meet again: each waits a random while, longer every time.

use std::time::Duration;

use uuid::Uuid;

/// The most that a writer waits after its first meeting; twice, three times as much later, up to [`LONGEST`].
const STEP: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_millis(100);

/// Waits after the meeting of this number, counted from 0.
pub(super) async fn backoff(meeting: u32) {
    let most = STEP.saturating_mul(meeting.saturating_add(1)).min(LONGEST);
    let [random, ..] = Uuid::new_v4().into_bytes();
    tokio::time::sleep(most * u32::from(random) / 255).await;
}
