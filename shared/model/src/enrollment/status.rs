//! From facts and the time to a status, and to the moment at which the token list is to be read next.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Attempt, Decision, Enrollment, Fact, PushFailure, StatusReason, TokenState};

/// Where an enrollment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// Asked for, and the outcome of this or a later step is not known yet; the reason says which.
    Pending,
    /// The redirect lives.
    Ready,
    /// TAR approved, nothing final yet.
    Authorized,
    /// The card is enabled: a TCN or the token list says so.
    Enabled,
    /// It was enabled, its token rests.
    Suspended,
    /// It was enabled, its token is gone.
    Deactivated,
    /// Refused by Processing, or by the token requestor.
    Declined,
    /// The cardholder changed their mind.
    Cancelled,
    /// The receipts ended unused.
    Expired,
    /// Nothing could be pushed, or the outcome never became known.
    Failed,
}

impl Status {
    /// As the API writes it.
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

/// What facts and time add up to.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusReport {
    /// Where it stands.
    pub status: Status,
    /// Why, where the status alone does not say.
    pub reason: Option<StatusReason>,
    /// For a failure: whether asking again may succeed.
    pub retryable: Option<bool>,
    /// When the token list is to be read next; `None` once nothing more will be found out by asking.
    pub next_check: Option<Timestamp>,
}

/// Beyond the moment until which the app waits: for the write that follows the last answer.
const RESPONSE_MARGIN: SignedDuration = SignedDuration::from_secs(2);
/// Receipts live 15 minutes at most, also those whose answer was lost.
const LONGEST_RECEIPT: SignedDuration = SignedDuration::from_mins(16);
/// A token may be missing from the list for so long after its TCN without being gone.
/// How long Mastercard really takes is not published.
const LIST_LAG: SignedDuration = SignedDuration::from_hours(1);
/// When the list is read, counted from the receipts' end; after the last reading the enrollment is final.
const CHECKS: [SignedDuration; 5] = [
    SignedDuration::ZERO,
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
];

/// How long after each failure in a row the list is asked for again; after the last one it is given up.
const AFTER_FAILURES: [SignedDuration; 7] = [
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
    SignedDuration::from_hours(24),
];

impl Enrollment {
    /// Status is a pure function of the facts and the time.
    pub fn status_at(&self, now: Timestamp) -> StatusReport {
        let known = Known::of(self);
        let next_check = known.next_check();
        let (status, reason, retryable) = match (known.status(now), next_check) {
            // Nobody will look any more, so nobody will know.
            ((Status::Pending | Status::Ready | Status::Authorized, ..), None) => {
                (Status::Failed, Some(StatusReason::OutcomeUnknown), Some(true))
            }
            (status, _) => status,
        };
        StatusReport { status, reason, retryable, next_check }
    }

    /// Whether this enrollment still holds its card: no second one may start beside it.
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
            _ => false,
        }
    }

    /// Whether the latest attempt should have ended in an answer by now.
    fn is_crashed(&self, now: Timestamp) -> bool {
        now > later(self.attempt().answer_by, RESPONSE_MARGIN)
    }
}

/// The facts, sorted into the questions that status asks.
struct Known<'a> {
    enrollment: &'a Enrollment,
    attempt: Attempt<'a>,
    expires_at: Option<Timestamp>,
    push_failed: Option<(&'a PushFailure, bool)>,
    push_unknown: bool,
    approved: bool,
    declined: bool,
    callbacks: Vec<(&'a str, Timestamp)>,
    /// What is said of the token, each with the time it speaks of.
    token: Vec<(Timestamp, Saying<'a>)>,
    /// When the list could not be read.
    unread: Vec<Timestamp>,
}

enum Saying<'a> {
    Created,
    Changed(&'a TokenState),
    Listed(Option<&'a TokenState>),
}

/// The token as the latest trustworthy saying has it.
#[derive(PartialEq)]
enum Token {
    NeverSeen,
    Active,
    Suspended,
    Gone,
}

impl<'a> Known<'a> {
    fn of(enrollment: &'a Enrollment) -> Self {
        let attempt = enrollment.attempt();
        let mut known = Self {
            enrollment,
            attempt,
            expires_at: None,
            push_failed: None,
            push_unknown: false,
            approved: false,
            declined: false,
            callbacks: Vec::new(),
            token: Vec::new(),
            unread: Vec::new(),
        };
        for recorded in &enrollment.facts {
            let current = recorded.attempt == attempt.number;
            // What was decided before the cardholder began anew was decided about an earlier attempt.
            let since = |occurred_at: &Option<Timestamp>| {
                attempt.number == 1 || occurred_at.unwrap_or(recorded.at) >= attempt.began_at
            };
            match &recorded.fact {
                Fact::Pushed { .. } | Fact::PushFailed { .. } | Fact::PushUnknown if !current => {}
                Fact::Callback { .. } if !current => {}
                Fact::Restarted { .. } => {}
                Fact::Pushed { expires_at, .. } => known.expires_at = Some(*expires_at),
                Fact::PushFailed { reason, retryable } => known.push_failed = Some((reason, *retryable)),
                Fact::PushUnknown => known.push_unknown = true,
                Fact::Tar { decision: Decision::Approved, occurred_at } if since(occurred_at) => {
                    known.approved = true;
                }
                Fact::Tar { decision: Decision::Declined, occurred_at } if since(occurred_at) => {
                    known.declined = true;
                }
                Fact::Tar { .. } => {}
                Fact::Tcn { occurred_at, .. } => known.token.push((*occurred_at, Saying::Created)),
                Fact::Tvn { token, occurred_at } => known.token.push((*occurred_at, Saying::Changed(token))),
                Fact::Callback { result } => known.callbacks.push((result, recorded.at)),
                Fact::TokenList { token } => known.token.push((recorded.at, Saying::Listed(token.as_ref()))),
                Fact::TokenListUnread => known.unread.push(recorded.at),
            }
        }
        // Of two sayings about one moment the one that says more wins, whichever was learned first.
        known.token.sort_by_key(|(at, saying)| {
            let weight = match saying {
                Saying::Listed(None) => 0,
                Saying::Created => 1,
                Saying::Listed(Some(_)) => 2,
                Saying::Changed(TokenState::Active) => 3,
                Saying::Changed(TokenState::Suspended | TokenState::Other(_)) => 4,
                Saying::Changed(TokenState::Deactivated) => 5,
            };
            (*at, weight)
        });
        known
    }

    fn status(&self, now: Timestamp) -> (Status, Option<StatusReason>, Option<bool>) {
        match self.token() {
            Token::Active => return (Status::Enabled, None, None),
            Token::Suspended => return (Status::Suspended, None, None),
            Token::Gone if self.cancelled_at().is_some() => return (Status::Cancelled, None, None),
            Token::Gone => return (Status::Deactivated, None, None),
            Token::NeverSeen => {}
        }
        if self.declined || self.said("DECLINED") {
            return (Status::Declined, None, None);
        }
        if let (Some((reason, retryable)), None) = (self.push_failed, self.expires_at) {
            return (Status::Failed, Some(StatusReason::PushFailed(reason.clone())), Some(retryable));
        }
        if let Some(cancelled) = self.cancelled_at() {
            return if self.listed_since(cancelled) {
                (Status::Cancelled, None, None)
            } else {
                (Status::Pending, Some(StatusReason::AwaitingConfirmation), None)
            };
        }
        let Some(expires_at) = self.expires_at else { return self.never_pushed(now) };
        if self.said("ERROR") {
            return (Status::Failed, Some(StatusReason::TokenRequestorError), Some(true));
        }
        if now < expires_at {
            return match (self.approved, self.callbacks.is_empty()) {
                (true, _) => (Status::Authorized, None, None),
                (false, true) => (Status::Ready, None, None),
                (false, false) => (Status::Pending, Some(StatusReason::AwaitingConfirmation), None),
            };
        }
        if self.listed_since(expires_at) {
            return (Status::Expired, None, None);
        }
        if self.approved {
            return (Status::Authorized, None, None);
        }
        (Status::Pending, Some(StatusReason::AwaitingConfirmation), None)
    }

    /// The request crashed, or its answer was lost: only the list can tell, once no receipt can live any more.
    fn never_pushed(&self, now: Timestamp) -> (Status, Option<StatusReason>, Option<bool>) {
        let reason = match (self.push_unknown, self.enrollment.is_crashed(now)) {
            (true, _) => StatusReason::PushOutcomeUnknown,
            (false, true) => StatusReason::Interrupted,
            (false, false) => StatusReason::PushInProgress,
        };
        if self.listed_since(self.end()) {
            (Status::Failed, Some(reason), Some(true))
        } else if self.approved {
            (Status::Authorized, None, None)
        } else {
            (Status::Pending, Some(reason), None)
        }
    }

    /// When no receipt of this enrollment can be used any more.
    fn end(&self) -> Timestamp {
        self.expires_at.unwrap_or_else(|| later(self.attempt.began_at, LONGEST_RECEIPT))
    }

    fn next_check(&self) -> Option<Timestamp> {
        let wanted = self.next_reading()?;
        let read = self.readings().max().unwrap_or(self.attempt.began_at);
        let failures = self.unread.iter().filter(|at| **at > read);
        let Some(last) = failures.clone().max() else { return Some(wanted) };
        let gap = AFTER_FAILURES.get(failures.count().saturating_sub(1))?;
        Some(wanted.max(later(*last, *gap)))
    }

    /// When the list is to be read next if it can be read.
    fn next_reading(&self) -> Option<Timestamp> {
        let end = self.end();
        match self.token() {
            Token::Suspended | Token::Gone => return None,
            // The TCN precedes the cardholder's last word; the word itself, or the list, settles it.
            Token::Active if self.cancelled_at().is_none() => {
                let settled = self.said("APPROVED") || self.said("AUTHENTICATED") || self.listed_active();
                return if settled { None } else { self.scheduled(end) };
            }
            Token::NeverSeen if self.declined => return None,
            Token::NeverSeen if self.push_failed.is_some() && self.expires_at.is_none() => return None,
            Token::Active | Token::NeverSeen => {}
        }
        // Whatever the browser says is looked up at once: good news wants a witness, bad news may not be the last word.
        let word = self.callbacks.iter().map(|(_, at)| *at).max();
        match word {
            Some(at) if !self.listed_since(at) => Some(at),
            _ => self.scheduled(end),
        }
    }

    /// The next of the growing gaps: as many readings since the end, as many gaps used up.
    fn scheduled(&self, end: Timestamp) -> Option<Timestamp> {
        let readings = self.readings().filter(|at| *at >= end).count();
        CHECKS.get(readings).map(|gap| later(end, *gap))
    }

    fn token(&self) -> Token {
        let (mut state, mut since) = (Token::NeverSeen, None);
        for (at, saying) in &self.token {
            let said = match saying {
                Saying::Created
                | Saying::Changed(TokenState::Active)
                | Saying::Listed(Some(TokenState::Active)) => Token::Active,
                Saying::Changed(TokenState::Deactivated) | Saying::Listed(Some(TokenState::Deactivated)) => {
                    Token::Gone
                }
                Saying::Changed(_) | Saying::Listed(Some(_)) => Token::Suspended,
                Saying::Listed(None) => match since {
                    Some(seen) if self.missing_means_gone(*at, seen) => Token::Gone,
                    _ => continue,
                },
            };
            // A token that was deactivated before anybody saw it work was never this enrollment's success.
            if state == Token::NeverSeen && said == Token::Gone {
                continue;
            }
            (state, since) = (said, Some(*at));
        }
        state
    }

    /// A list without the token, read at `at`: the token last seen at `seen` is gone, not merely late.
    fn missing_means_gone(&self, at: Timestamp, seen: Timestamp) -> bool {
        at > later(seen, LIST_LAG) || self.cancelled_at().is_some_and(|cancelled| at >= cancelled)
    }

    fn said(&self, result: &str) -> bool {
        self.callbacks.iter().any(|(said, _)| *said == result)
    }

    fn cancelled_at(&self) -> Option<Timestamp> {
        let word = |result: &str| matches!(result, "CANCELLED" | "DELETED");
        self.callbacks.iter().filter(|(result, _)| word(result)).map(|(_, at)| *at).max()
    }

    fn readings(&self) -> impl Iterator<Item = Timestamp> {
        self.token.iter().filter(|(_, saying)| matches!(saying, Saying::Listed(_))).map(|(at, _)| *at)
    }

    fn listed_since(&self, moment: Timestamp) -> bool {
        self.readings().any(|at| at >= moment)
    }

    fn listed_active(&self) -> bool {
        self.token.iter().any(|(_, saying)| matches!(saying, Saying::Listed(Some(TokenState::Active))))
    }
}

fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_add(by).unwrap_or(Timestamp::MAX)
}
