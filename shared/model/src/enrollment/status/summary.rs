//! The facts that count for the status, grouped.

use jiff::Timestamp;

use super::{
    super::{
        Attempt, CallbackResult, CardholderDecision, Decision, Enrollment, Fact, PushFailure, TokenState,
    },
    evidence::{CurrentToken, OwnChange, TokenNotification},
    receipts::{latest_pushed, receipts_end},
};

/// The facts that count for the latest attempt, grouped.
pub(super) struct FactSummary<'a> {
    pub(super) enrollment: &'a Enrollment,
    pub(super) attempt: Attempt<'a>,
    /// When the receipts of the latest attempt expire.
    pub(super) expires_at: Option<Timestamp>,
    /// When the receipts of the latest attempt that may have pushed the card expire.
    pub(super) receipts_end: Timestamp,
    /// When the scheduled reads of the list begin.
    pub(super) reads_begin: Timestamp,
    pub(super) push_failed: Option<(&'a PushFailure, bool)>,
    pub(super) push_unknown: bool,
    /// Whether any attempt pushed the card, or may have.
    pub(super) may_be_pushed: bool,
    pub(super) approved: bool,
    pub(super) declined: bool,
    /// When callbacks of the latest attempt that may have pushed the card arrived.
    pub(super) callbacks: Vec<Timestamp>,
    /// The cardholder's decision in that attempt, with the time of its callback.
    pub(super) decision: Option<(CardholderDecision, Timestamp)>,
    /// TCN and TVN with a known state, and changes made here, sorted as they are folded.
    pub(super) notifications: Vec<TokenNotification<'a>>,
    /// When a TVN with an unknown state last arrived.
    pub(super) unknown_state: Option<Timestamp>,
    /// When changes were requested here.
    pub(super) requested_changes: Vec<Timestamp>,
    /// The changes made here that Processing confirmed, sorted.
    pub(super) changes: Vec<OwnChange>,
    /// Reads of the token list by the time at which they began, sorted.
    pub(super) reads: Vec<(Timestamp, Option<&'a TokenState>)>,
    /// The times at which the list could not be read.
    pub(super) failed_reads: Vec<Timestamp>,
}

impl<'a> FactSummary<'a> {
    pub(super) fn of(enrollment: &'a Enrollment) -> Self {
        let attempt = enrollment.attempt();
        // A restart that was refused pushed nothing: the cardholder can only be at the redirect of the attempt before it.
        let visited = latest_pushed(enrollment);
        let (receipts_end, reads_begin) = receipts_end(enrollment);
        let mut summary = Self {
            enrollment,
            attempt,
            expires_at: None,
            receipts_end,
            reads_begin,
            push_failed: None,
            push_unknown: false,
            may_be_pushed: enrollment.may_be_pushed(),
            approved: false,
            declined: false,
            callbacks: Vec::new(),
            decision: None,
            notifications: Vec::new(),
            unknown_state: None,
            requested_changes: Vec::new(),
            changes: Vec::new(),
            reads: Vec::new(),
            failed_reads: Vec::new(),
        };
        let mut new_tokens = Vec::new();
        for recorded in &enrollment.facts {
            let current = recorded.attempt == attempt.number;
            // A decision from before the restart is about an earlier attempt.
            let in_attempt = |occurred_at: &Option<Timestamp>| {
                let occurred_at = occurred_at.map_or(recorded.at, |occurred_at| occurred_at.min(recorded.at));
                visited.number == 1 || occurred_at >= visited.began_at
            };
            match &recorded.fact {
                Fact::Callback { result } => {
                    if recorded.attempt == visited.number {
                        summary.add_callback(result, recorded.at);
                    }
                }
                fact if fact.is_of_one_attempt() && !current => {}
                Fact::Restarted { .. } | Fact::Unknown(_) => {}
                Fact::Pushed { expires_at, .. } => summary.expires_at = Some(*expires_at),
                Fact::PushFailed { reason, retryable } => summary.push_failed = Some((reason, *retryable)),
                Fact::PushUnknown => summary.push_unknown = true,
                Fact::Tar { decision: Decision::Approved, occurred_at } if in_attempt(occurred_at) => {
                    summary.approved = true;
                }
                Fact::Tar { decision: Decision::Declined, occurred_at } if in_attempt(occurred_at) => {
                    summary.declined = true;
                }
                Fact::Tar { .. } => {}
                fact if fact.has_unknown_token_state() => {
                    summary.unknown_state = summary.unknown_state.max(Some(recorded.at));
                }
                Fact::Tcn { token_unique_reference, .. } => {
                    summary.notifications.push(TokenNotification::of(recorded));
                    let token = token_unique_reference.as_deref();
                    let is_removed = |token| enrollment.has_removed(enrollment.token_id(token));
                    if token.is_some_and(|token| !is_removed(token)) {
                        new_tokens.push(recorded.at);
                    }
                }
                Fact::Tvn { .. } => summary.notifications.push(TokenNotification::of(recorded)),
                Fact::TokenChangeRequested { .. } => summary.requested_changes.push(recorded.at),
                Fact::TokenChangeConfirmed { .. } => {
                    summary.notifications.push(TokenNotification::of(recorded));
                    summary.changes.extend(OwnChange::of(recorded));
                }
                Fact::TokenList { token } => summary.reads.push((recorded.at, token.as_ref())),
                Fact::TokenListReadFailed => summary.failed_reads.push(recorded.at),
            }
        }
        summary.changes.sort_by_key(|change| (change.at, change.state == CurrentToken::Removed));
        summary.end_removed_token(&new_tokens);
        summary.notifications.sort();
        // Of two reads at the same time the one with the more severe result counts last, whatever was recorded first.
        summary.reads.sort_by_key(|(at, token)| {
            let severity = match token {
                Some(TokenState::Other(_)) => 0,
                Some(TokenState::Active) => 1,
                Some(TokenState::Suspended | TokenState::Inactive) => 2,
                Some(TokenState::Deactivated) => 3,
                None => 4,
            };
            (*at, severity)
        });
        summary
    }

    fn add_callback(&mut self, result: &CallbackResult, at: Timestamp) {
        self.callbacks.push(at);
        if let Some(decision) = result.decision() {
            self.decision = Some((decision, at));
        }
    }

    pub(super) fn read_since(&self, time: Timestamp) -> bool {
        self.reads.iter().any(|(at, _)| *at >= time)
    }

    /// Whether a TCN or TVN reports something that happened since `time`.
    pub(super) fn notified_since(&self, time: Timestamp) -> bool {
        let mut notified = self.notifications.iter().filter(|notification| !notification.is_own);
        notified.any(|notification| notification.occurred_at >= time)
    }
}
