//! Why a transaction did not happen.

use aws_sdk_dynamodb::{operation::transact_write_items::TransactWriteItemsError, types::CancellationReason};

/// A reason for each of its items, in order; `None` if the transaction failed otherwise.
pub(super) fn cancelled(error: &TransactWriteItemsError) -> Option<&[CancellationReason]> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(error) => Some(error.cancellation_reasons()),
        _ => None,
    }
}

/// Whether the item's own condition was not met. Any other reason, such as another transaction that holds the item at
/// this moment or too much traffic, may pass.
pub(super) fn is_condition_failure(reason: Option<&CancellationReason>) -> bool {
    reason.and_then(CancellationReason::code) == Some("ConditionalCheckFailed")
}
