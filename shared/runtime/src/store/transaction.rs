//! Transactions, and the reasons for which they are canceled.

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::transact_write_items::TransactWriteItemsError,
    types::{CancellationReason, TransactWriteItem},
};

use super::{
    StoreError,
    backoff::{backoff, is_busy},
};

/// Attempts of a transaction that meets other writers.
const ATTEMPTS: u32 = 24;

/// A condition of the transaction did not hold.
#[derive(Debug)]
pub(super) struct ConditionFailed;

/// Sends a transaction until it succeeds, a condition fails, or it can never succeed.
pub(super) async fn send_transaction(
    db: &Client,
    items: &[TransactWriteItem],
) -> Result<Result<(), ConditionFailed>, StoreError> {
    for attempt in 0..ATTEMPTS {
        let Err(error) = db.transact_write_items().set_transact_items(Some(items.to_vec())).send().await
        else {
            return Ok(Ok(()));
        };
        if cancellation_reasons(&error).iter().any(|reason| is_condition_failure(Some(reason))) {
            return Ok(Err(ConditionFailed));
        }
        if !is_transaction_busy(&error) {
            return Err(error.into());
        }
        backoff(attempt).await;
    }
    Err(StoreError::Contended)
}

/// The cancellation reasons, one for each item in order; none if the transaction failed for another reason.
pub(super) fn cancellation_reasons<R>(error: &SdkError<TransactWriteItemsError, R>) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(error)) => error.cancellation_reasons(),
        _ => &[],
    }
}

/// Whether the item's condition did not hold.
pub(super) fn is_condition_failure(reason: Option<&CancellationReason>) -> bool {
    reason.and_then(CancellationReason::code) == Some("ConditionalCheckFailed")
}

/// Whether another transaction or DynamoDB's limits stood in the way, so that the same one may succeed a moment later.
pub(super) fn is_transaction_busy<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    match cancellation_reasons(error) {
        [] => is_busy(error.code()),
        reasons => !reasons.iter().any(|reason| {
            matches!(
                reason.code(),
                Some("ConditionalCheckFailed" | "ValidationError" | "ItemCollectionSizeLimitExceeded")
            )
        }),
    }
}
