//! The reasons of a canceled transaction.

use aws_sdk_dynamodb::{operation::transact_write_items::TransactWriteItemsError, types::CancellationReason};

/// The cancellation reasons, one for each item in order; `None` if the transaction failed for another reason.
pub(super) fn cancellation_reasons(error: &TransactWriteItemsError) -> Option<&[CancellationReason]> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(error) => Some(error.cancellation_reasons()),
        _ => None,
    }
}

/// Whether the item's condition did not hold. Other reasons, such as a conflict with another transaction or throttling,
/// are temporary.
pub(super) fn is_condition_failure(reason: Option<&CancellationReason>) -> bool {
    reason.and_then(CancellationReason::code) == Some("ConditionalCheckFailed")
}
