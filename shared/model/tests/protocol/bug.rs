//! Bugs that the checker must find.

/// A change of the protocol that breaks an invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// The card enrollment is read first and then written without a condition.
    GuardReadFirst,
    /// A request takes an attempt with its own key for its own attempt.
    LostAnswerByKey,
    /// A copy of a notification counts again.
    NoDedupe,
    /// A notification of a past enrollment is written there alone.
    PastAlone,
    /// A removal is recorded only once it is confirmed.
    RemovalNotRequested,
    /// A removal counts like any notification.
    RemovalAsNotification,
    /// A positive callback is recorded as a token.
    CallbackAsTruth,
}
