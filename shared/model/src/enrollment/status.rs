//! The status of an enrollment and the time of its next token list read, derived from facts and time.

mod evidence;
mod own_change;
mod polling;
mod receipts;
mod schedule;
mod summary;
mod token;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{CardholderDecision, Enrollment, StatusReason};
use evidence::CurrentToken;
use summary::FactSummary;

/// The status of an enrollment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Requested; the outcome is not known yet. The reason explains why.
    Pending,
    /// The redirect can be used.
    Ready,
    /// Processing approved the tokenization; no token is known yet.
    Authorized,
    /// A token exists, and it is not known yet whether the cardholder accepted it.
    Tokenized,
    /// The card is enabled: a token exists, and the callback or the token list after the receipts' end confirms it.
    Enabled,
    /// The token is suspended.
    Suspended,
    /// The card was enabled; its token is deactivated.
    Deactivated,
    /// Declined by Processing or by the token requestor.
    Declined,
    /// Cancelled by the cardholder or the token requestor.
    Cancelled,
    /// The receipts expired unused, or a token was created and removed again.
    Expired,
    /// Nothing was pushed, or the outcome could not be found out.
    Failed,
}

impl Status {
    /// The value in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Ready => "READY",
            Self::Authorized => "AUTHORIZED",
            Self::Tokenized => "TOKENIZED",
            Self::Enabled => "ENABLED",
            Self::Suspended => "SUSPENDED",
            Self::Deactivated => "DEACTIVATED",
            Self::Declined => "DECLINED",
            Self::Cancelled => "CANCELLED",
            Self::Expired => "EXPIRED",
            Self::Failed => "FAILED",
        }
    }
}

/// The state derived from facts and time.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusReport {
    /// The status.
    pub status: Status,
    /// Why, where the status alone does not explain it.
    pub reason: Option<StatusReason>,
    /// Whether a new enrollment of the card may succeed; only with [`Status::Failed`].
    pub retryable: Option<bool>,
    /// When the token list is to be read next. `None` if the status is final: no further read is scheduled, and only a
    /// notification, a late callback, a restart or a change of the token made here can still change the status.
    pub next_check: Option<Timestamp>,
}

/// Time after [`Attempt::respond_by`](super::Attempt::respond_by) for the last write of the function.
const WRITE_MARGIN: SignedDuration = SignedDuration::from_secs(2);

/// A status with its reason, and whether a new enrollment may succeed.
type Verdict = (Status, Option<StatusReason>, Option<bool>);

impl Enrollment {
    /// The status at `now`: a pure function of the facts and the time.
    pub fn status_at(&self, now: Timestamp) -> StatusReport {
        let facts = FactSummary::of(self);
        let next_check = facts.next_check();
        let (status, reason, retryable) = match (facts.status(now), next_check) {
            // No further read is due, so the outcome stays unknown.
            ((Status::Pending | Status::Ready | Status::Authorized, ..), None) => {
                (Status::Failed, Some(StatusReason::OutcomeUnknown), Some(true))
            }
            ((Status::Tokenized, ..), None) => (Status::Tokenized, Some(StatusReason::OutcomeUnknown), None),
            (status, _) => status,
        };
        StatusReport { status, reason, retryable, next_check }
    }

    /// Whether another attempt may start: the redirect is unused or has expired unused, a token waits for the cardholder, or the
    /// last restart failed for a temporary reason.
    ///
    /// Provisional: whether Click to Pay admits a second visit for a card that has a token is not published.
    pub fn is_restartable(&self, now: Timestamp) -> bool {
        let report = self.status_at(now);
        match report.status {
            Status::Ready | Status::Expired | Status::Tokenized => true,
            Status::Failed => {
                self.attempt().number > 1
                    && report.retryable == Some(true)
                    && matches!(report.reason, Some(StatusReason::PushFailed(_)))
            }
            Status::Pending
            | Status::Authorized
            | Status::Enabled
            | Status::Suspended
            | Status::Deactivated
            | Status::Declined
            | Status::Cancelled => false,
        }
    }

    /// Whether this enrollment locks its card, so that no other enrollment of the same card and requestor may start.
    pub fn is_live(&self, now: Timestamp) -> bool {
        let report = self.status_at(now);
        match report.status {
            Status::Ready | Status::Authorized => true,
            Status::Tokenized => report.next_check.is_some(),
            Status::Pending => {
                let pushing = matches!(
                    report.reason,
                    Some(StatusReason::PushInProgress | StatusReason::PushOutcomeUnknown)
                );
                pushing && !self.is_crashed(now)
            }
            Status::Enabled
            | Status::Suspended
            | Status::Deactivated
            | Status::Declined
            | Status::Cancelled
            | Status::Expired
            | Status::Failed => false,
        }
    }

    /// Whether the response of the latest attempt is overdue.
    fn is_crashed(&self, now: Timestamp) -> bool {
        now > plus(self.attempt().respond_by, WRITE_MARGIN)
    }
}

impl FactSummary<'_> {
    /// The status, its reason, and whether a new enrollment may succeed.
    fn status(&self, now: Timestamp) -> Verdict {
        if let Some(refused) = self.never_pushed() {
            return refused;
        }
        match self.token() {
            CurrentToken::Active | CurrentToken::Suspended | CurrentToken::Unknown
                if self.is_new_attempt_running(now) =>
            {
                self.status_without_token(now)
            }
            CurrentToken::Active if self.is_settled() => (Status::Enabled, None, None),
            CurrentToken::Suspended if self.is_settled() || self.is_listed_after_end() => {
                (Status::Suspended, None, None)
            }
            CurrentToken::Active | CurrentToken::Suspended | CurrentToken::Unknown => {
                (Status::Tokenized, None, None)
            }
            CurrentToken::Removed if self.is_settled() => (Status::Deactivated, None, None),
            CurrentToken::Removed => match self.decision {
                Some((decision, _)) => without_a_token(decision),
                None => (Status::Expired, None, None),
            },
            CurrentToken::None => self.status_without_token(now),
        }
    }

    /// The status if no attempt ever pushed the card.
    fn never_pushed(&self) -> Option<Verdict> {
        let (reason, retryable) = self.push_failed.filter(|_| !self.may_be_pushed)?;
        Some((Status::Failed, Some(StatusReason::PushFailed(reason.clone())), Some(retryable)))
    }

    /// The status of the latest attempt while no token of it is known.
    fn status_without_token(&self, now: Timestamp) -> Verdict {
        if self.declined && (!self.approved || self.read_since(self.receipts_end)) {
            return (Status::Declined, None, None);
        }
        if let (Some((reason, retryable)), None) = (self.push_failed, self.expires_at) {
            return (Status::Failed, Some(StatusReason::PushFailed(reason.clone())), Some(retryable));
        }
        let awaiting = (Status::Pending, Some(StatusReason::AwaitingConfirmation), None);
        match self.decision {
            Some((CardholderDecision::Completed, _)) | None => {}
            Some((decision, at)) if self.read_since(at) => return without_a_token(decision),
            Some(_) => return awaiting,
        }
        let Some(expires_at) = self.expires_at else { return self.status_without_push(now) };
        if now < expires_at {
            return match (self.approved, self.callbacks.is_empty()) {
                (true, _) => (Status::Authorized, None, None),
                (false, true) => (Status::Ready, None, None),
                (false, false) => awaiting,
            };
        }
        if self.read_since(expires_at) {
            return (Status::Expired, None, None);
        }
        if self.approved { (Status::Authorized, None, None) } else { awaiting }
    }

    /// The status without a known push: the push is in progress, the function crashed, or the response was lost. Once no
    /// receipt can be valid, the token list decides.
    fn status_without_push(&self, now: Timestamp) -> Verdict {
        let reason = match (self.push_unknown, self.enrollment.is_crashed(now)) {
            (true, _) => StatusReason::PushOutcomeUnknown,
            (false, true) => StatusReason::Interrupted,
            (false, false) => StatusReason::PushInProgress,
        };
        if self.read_since(self.receipts_end) {
            (Status::Failed, Some(reason), Some(true))
        } else if self.approved {
            (Status::Authorized, None, None)
        } else {
            (Status::Pending, Some(reason), None)
        }
    }

    /// Whether a later attempt runs of which no token is known yet: its push is in progress, or its redirect is unused.
    fn is_new_attempt_running(&self, now: Timestamp) -> bool {
        let is_unused = match (self.expires_at, self.push_failed) {
            (Some(expires_at), _) => now < expires_at,
            (None, Some(_)) => false,
            (None, None) => !self.push_unknown && !self.enrollment.is_crashed(now),
        };
        self.attempt.number > 1
            && is_unused
            && self.callbacks.is_empty()
            && !self.approved
            && !self.declined
            && !self.notified_since(self.attempt.began_at)
    }
}

/// The status once the token list confirmed that there is no token.
fn without_a_token(decision: CardholderDecision) -> Verdict {
    match decision {
        CardholderDecision::Cancelled => (Status::Cancelled, None, None),
        CardholderDecision::Declined => (Status::Declined, None, None),
        CardholderDecision::Error => (Status::Failed, Some(StatusReason::TokenRequestorError), Some(true)),
        CardholderDecision::Completed => (Status::Expired, None, None),
    }
}

pub(super) fn plus(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}
