//! The status of an enrollment and the time of its next token list read, derived from facts and time.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Attempt, Decision, Enrollment, Fact, PushFailure, StatusReason, TokenState};

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
    /// The card is enabled: a TCN or the token list shows an active token.
    Enabled,
    /// The card was enabled; its token is suspended.
    Suspended,
    /// The card was enabled; its token is deactivated.
    Deactivated,
    /// Declined by Processing or by the token requestor.
    Declined,
    /// Cancelled by the cardholder or the token requestor.
    Cancelled,
    /// The receipts expired unused.
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
    /// notification, a late callback or a restart can still change the status.
    pub next_check: Option<Timestamp>,
}

/// Time after [`Attempt::respond_by`] for the last write of the function.
const WRITE_MARGIN: SignedDuration = SignedDuration::from_secs(2);
/// Assumed validity of receipts whose response was lost. Receipts are valid for 15 minutes at most.
const LONGEST_RECEIPT_VALIDITY: SignedDuration = SignedDuration::from_mins(16);
/// For how long a new token may be missing from the token list. Mastercard does not publish how long the list takes.
const LIST_LAG: SignedDuration = SignedDuration::from_hours(1);
/// When the list is read, counted from the end of the receipts. After the last read the enrollment is final.
const READ_SCHEDULE: [SignedDuration; 5] = [
    SignedDuration::ZERO,
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
];

/// The pause after each consecutive failure to read the list; after the last failure no further read is made.
const RETRY_SCHEDULE: [SignedDuration; 7] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
];

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
            (status, _) => status,
        };
        StatusReport { status, reason, retryable, next_check }
    }

    /// Whether another attempt may start: the redirect is unused or has expired unused.
    pub fn is_restartable(&self, now: Timestamp) -> bool {
        matches!(self.status_at(now).status, Status::Ready | Status::Expired)
    }

    /// Whether this enrollment locks its card, so that no other enrollment of the same card and requestor may start.
    pub fn is_live(&self, now: Timestamp) -> bool {
        let report = self.status_at(now);
        match report.status {
            Status::Ready | Status::Authorized => true,
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

/// The facts that count for the latest attempt, grouped.
struct FactSummary<'a> {
    enrollment: &'a Enrollment,
    attempt: Attempt<'a>,
    expires_at: Option<Timestamp>,
    push_failed: Option<(&'a PushFailure, bool)>,
    push_unknown: bool,
    approved: bool,
    declined: bool,
    callbacks: Vec<(&'a str, Timestamp)>,
    /// The evidence about the token, sorted by the time that it applies to.
    token: Vec<(Timestamp, TokenEvidence<'a>)>,
    /// The times at which the list could not be read.
    failed_reads: Vec<Timestamp>,
}

enum TokenEvidence<'a> {
    /// A TCN.
    Created,
    /// A TVN.
    Changed(&'a TokenState),
    /// The token list, with or without the token.
    Listed(Option<&'a TokenState>),
}

/// The state of the token by the latest evidence that counts.
#[derive(PartialEq)]
enum CurrentToken {
    None,
    Active,
    Suspended,
    Deactivated,
}

impl<'a> FactSummary<'a> {
    fn of(enrollment: &'a Enrollment) -> Self {
        let attempt = enrollment.attempt();
        let mut summary = Self {
            enrollment,
            attempt,
            expires_at: None,
            push_failed: None,
            push_unknown: false,
            approved: false,
            declined: false,
            callbacks: Vec::new(),
            token: Vec::new(),
            failed_reads: Vec::new(),
        };
        for recorded in &enrollment.facts {
            let current = recorded.attempt == attempt.number;
            // A decision from before the restart is about an earlier attempt.
            let in_attempt = |occurred_at: &Option<Timestamp>| {
                attempt.number == 1 || occurred_at.unwrap_or(recorded.at) >= attempt.began_at
            };
            match &recorded.fact {
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
                Fact::Tcn { occurred_at, .. } => summary.token.push((*occurred_at, TokenEvidence::Created)),
                Fact::Tvn { token, occurred_at } => {
                    summary.token.push((*occurred_at, TokenEvidence::Changed(token)))
                }
                Fact::Callback { result } => summary.callbacks.push((result, recorded.at)),
                Fact::TokenList { token } => {
                    summary.token.push((recorded.at, TokenEvidence::Listed(token.as_ref())))
                }
                Fact::TokenListReadFailed => summary.failed_reads.push(recorded.at),
            }
        }
        // At equal times the more specific evidence counts, so that the order of recording does not matter.
        summary.token.sort_by_key(|(at, evidence)| {
            let rank = match evidence {
                TokenEvidence::Listed(None) => 0,
                TokenEvidence::Created => 1,
                TokenEvidence::Listed(Some(_)) => 2,
                TokenEvidence::Changed(TokenState::Active) => 3,
                TokenEvidence::Changed(TokenState::Suspended | TokenState::Other(_)) => 4,
                TokenEvidence::Changed(TokenState::Deactivated) => 5,
            };
            (*at, rank)
        });
        summary
    }

    /// The status, its reason, and whether a new enrollment may succeed.
    fn status(&self, now: Timestamp) -> (Status, Option<StatusReason>, Option<bool>) {
        match self.token() {
            CurrentToken::Active => return (Status::Enabled, None, None),
            CurrentToken::Suspended => return (Status::Suspended, None, None),
            CurrentToken::Deactivated if self.cancelled_at().is_some() => {
                return (Status::Cancelled, None, None);
            }
            CurrentToken::Deactivated => return (Status::Deactivated, None, None),
            CurrentToken::None => {}
        }
        if self.declined || self.has_callback("DECLINED") {
            return (Status::Declined, None, None);
        }
        if let (Some((reason, retryable)), None) = (self.push_failed, self.expires_at) {
            return (Status::Failed, Some(StatusReason::PushFailed(reason.clone())), Some(retryable));
        }
        if let Some(cancelled) = self.cancelled_at() {
            return if self.read_since(cancelled) {
                (Status::Cancelled, None, None)
            } else {
                (Status::Pending, Some(StatusReason::AwaitingConfirmation), None)
            };
        }
        let Some(expires_at) = self.expires_at else { return self.status_without_push(now) };
        if self.has_callback("ERROR") {
            return (Status::Failed, Some(StatusReason::TokenRequestorError), Some(true));
        }
        if now < expires_at {
            return match (self.approved, self.callbacks.is_empty()) {
                (true, _) => (Status::Authorized, None, None),
                (false, true) => (Status::Ready, None, None),
                (false, false) => (Status::Pending, Some(StatusReason::AwaitingConfirmation), None),
            };
        }
        if self.read_since(expires_at) {
            return (Status::Expired, None, None);
        }
        if self.approved {
            return (Status::Authorized, None, None);
        }
        (Status::Pending, Some(StatusReason::AwaitingConfirmation), None)
    }

    /// The status without a known push: the push is in progress, the function crashed, or the response was lost. Once no
    /// receipt can be valid, the token list decides.
    fn status_without_push(&self, now: Timestamp) -> (Status, Option<StatusReason>, Option<bool>) {
        let reason = match (self.push_unknown, self.enrollment.is_crashed(now)) {
            (true, _) => StatusReason::PushOutcomeUnknown,
            (false, true) => StatusReason::Interrupted,
            (false, false) => StatusReason::PushInProgress,
        };
        if self.read_since(self.receipts_end()) {
            (Status::Failed, Some(reason), Some(true))
        } else if self.approved {
            (Status::Authorized, None, None)
        } else {
            (Status::Pending, Some(reason), None)
        }
    }

    /// When the last receipt of the attempt expires.
    fn receipts_end(&self) -> Timestamp {
        self.expires_at.unwrap_or_else(|| plus(self.attempt.began_at, LONGEST_RECEIPT_VALIDITY))
    }

    fn next_check(&self) -> Option<Timestamp> {
        let due = self.next_read()?;
        let last_read = self.list_reads().max().unwrap_or(self.attempt.began_at);
        let failures = self.failed_reads.iter().filter(|at| **at > last_read);
        let Some(last) = failures.clone().max() else { return Some(due) };
        let wait = RETRY_SCHEDULE.get(failures.count().saturating_sub(1))?;
        Some(due.max(plus(*last, *wait)))
    }

    /// When the list is to be read next, without regard to failures.
    fn next_read(&self) -> Option<Timestamp> {
        let end = self.receipts_end();
        match self.token() {
            CurrentToken::Suspended | CurrentToken::Deactivated => return None,
            // The TCN precedes the callback. A positive callback or the list makes the status final.
            CurrentToken::Active if self.cancelled_at().is_none() => {
                let is_final = self.has_callback("APPROVED")
                    || self.has_callback("AUTHENTICATED")
                    || self.listed_active();
                return if is_final { None } else { self.scheduled(end) };
            }
            CurrentToken::None if self.declined => return None,
            CurrentToken::None if self.push_failed.is_some() && self.expires_at.is_none() => return None,
            CurrentToken::Active | CurrentToken::None => {}
        }
        // Every callback is verified immediately against the list: it comes unsigned through the browser.
        let latest = self.callbacks.iter().map(|(_, at)| *at).max();
        match latest {
            Some(at) if !self.read_since(at) => Some(at),
            _ => self.scheduled(end),
        }
    }

    /// The next time of [`READ_SCHEDULE`]: each read since `end` uses up one entry.
    fn scheduled(&self, end: Timestamp) -> Option<Timestamp> {
        let reads = self.list_reads().filter(|at| *at >= end).count();
        READ_SCHEDULE.get(reads).map(|gap| plus(end, *gap))
    }

    fn token(&self) -> CurrentToken {
        let (mut state, mut since) = (CurrentToken::None, None);
        for (at, evidence) in &self.token {
            let next = match evidence {
                TokenEvidence::Created
                | TokenEvidence::Changed(TokenState::Active)
                | TokenEvidence::Listed(Some(TokenState::Active)) => CurrentToken::Active,
                TokenEvidence::Changed(TokenState::Deactivated)
                | TokenEvidence::Listed(Some(TokenState::Deactivated)) => CurrentToken::Deactivated,
                TokenEvidence::Changed(TokenState::Suspended | TokenState::Other(_))
                | TokenEvidence::Listed(Some(TokenState::Suspended | TokenState::Other(_))) => {
                    CurrentToken::Suspended
                }
                TokenEvidence::Listed(None) => match since {
                    Some(seen) if self.is_deleted(*at, seen) => CurrentToken::Deactivated,
                    _ => continue,
                },
            };
            // A deactivated token that was never active does not come from this enrollment.
            if state == CurrentToken::None && next == CurrentToken::Deactivated {
                continue;
            }
            (state, since) = (next, Some(*at));
        }
        state
    }

    /// Whether a list without the token, read at `at`, means that the token last seen at `seen` was deleted. Otherwise the
    /// list may only lag behind.
    fn is_deleted(&self, at: Timestamp, seen: Timestamp) -> bool {
        at > plus(seen, LIST_LAG) || self.cancelled_at().is_some_and(|cancelled| at >= cancelled)
    }

    fn has_callback(&self, result: &str) -> bool {
        self.callbacks.iter().any(|(callback, _)| *callback == result)
    }

    fn cancelled_at(&self) -> Option<Timestamp> {
        let is_cancelled = |result: &str| matches!(result, "CANCELLED" | "DELETED");
        self.callbacks.iter().filter(|(result, _)| is_cancelled(result)).map(|(_, at)| *at).max()
    }

    fn list_reads(&self) -> impl Iterator<Item = Timestamp> {
        self.token
            .iter()
            .filter(|(_, evidence)| matches!(evidence, TokenEvidence::Listed(_)))
            .map(|(at, _)| *at)
    }

    fn read_since(&self, time: Timestamp) -> bool {
        self.list_reads().any(|at| at >= time)
    }

    fn listed_active(&self) -> bool {
        self.token
            .iter()
            .any(|(_, evidence)| matches!(evidence, TokenEvidence::Listed(Some(TokenState::Active))))
    }
}

fn plus(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.saturating_add(by).unwrap_or(Timestamp::MAX)
}
