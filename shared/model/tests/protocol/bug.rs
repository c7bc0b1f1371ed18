//! Bugs that the checker must find.

/// A change of the protocol that breaks an invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// The card enrollment is read first and then written without a condition.
    GuardReadFirst,
    /// A request takes an attempt with its own key for its own attempt.
    LostAnswerByKey,
    /// A request whose own answer was lost takes its enrollment for another one's.
    LostAnswerNotRecognized,
    /// A TCN counts as if the cardholder had accepted the token.
    TokenAsAcceptance,
    /// A copy of a notification counts again.
    NoDedupe,
    /// A notification of a past enrollment is written there alone.
    PastAlone,
    /// A change of a token is recorded only once it is confirmed.
    ChangeNotRequested,
    /// A removal counts like a suspension, which a notification can end.
    RemovalAsSuspension,
    /// A suspension counts like a resumption.
    SuspensionAsResumption,
    /// A positive callback is recorded as a token.
    CallbackAsTruth,
}
