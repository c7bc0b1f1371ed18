//! Backoff with jitter for writers that conflict.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
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

/// Attempts of a write that meets transactions of others.
const ATTEMPTS: u32 = 24;

/// Sends a write until nothing stands in its way: the same request may succeed a moment later.
pub(super) async fn send_while_busy<T, E, R, F>(send: impl Fn() -> F) -> Result<T, SdkError<E, R>>
where
    E: ProvideErrorMetadata,
    F: Future<Output = Result<T, SdkError<E, R>>>,
{
    let mut attempt = 0;
    loop {
        match send().await {
            Err(error) if attempt < ATTEMPTS && is_busy(error.code()) => backoff(attempt).await,
            sent => return sent,
        }
        attempt = attempt.saturating_add(1);
    }
}

/// Whether another writer or DynamoDB's limits stood in the way, so that the same request may succeed at once.
pub(super) fn is_busy(code: Option<&str>) -> bool {
    matches!(
        code,
        Some(
            "TransactionConflictException"
                | "TransactionInProgressException"
                | "ThrottlingException"
                | "ProvisionedThroughputExceededException"
                | "RequestLimitExceeded"
        )
    )
}
