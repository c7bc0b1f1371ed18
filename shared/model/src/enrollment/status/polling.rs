//! When an app may ask for the status again.

use jiff::{SignedDuration, Timestamp};

use super::{super::Enrollment, Status, StatusReason, StatusReport};

/// The shortest pause between two requests for the status.
const SHORTEST: SignedDuration = SignedDuration::from_secs(2);
/// The longest pause while a notification, the response to the push or a read that is due may follow at any moment.
const LONGEST_FOR_MESSAGE: SignedDuration = SignedDuration::from_mins(1);
/// The pause while the cardholder is at the token requestor. An app asks at once when the cardholder returns to it.
const FOR_CARDHOLDER: SignedDuration = SignedDuration::from_secs(30);
/// The pauses while only a read of the token list is expected. One that is overdue follows within reconciliation's interval.
const FOR_TOKEN_LIST: (SignedDuration, SignedDuration) =
    (SignedDuration::from_mins(1), SignedDuration::from_mins(5));

impl Enrollment {
    /// How long an app waits before it asks for the status again: until something new is to be expected after `report`, the status
    /// at `now`. `None` if the status is final.
    ///
    /// While a message may arrive at any moment, or the token list is to be read at once (a cardholder who returned without enabling
    /// the card waits for it), the pause is as long as the time since the last fact, so that it grows with each request.
    pub fn poll_after(&self, report: &StatusReport, now: Timestamp) -> Option<SignedDuration> {
        let next_check = report.next_check?;
        let until = |time: Timestamp| now.duration_until(time);
        let receipts_end = self.receipts_expire_at(self.attempt().number);
        let is_expired = receipts_end.is_none_or(|expires_at| expires_at <= now);
        let soon = || (-until(self.last_fact_at())).clamp(SHORTEST, LONGEST_FOR_MESSAGE);
        Some(match (report.status, &report.reason) {
            (Status::Pending, Some(StatusReason::PushInProgress | StatusReason::AwaitingConfirmation))
            | (Status::Authorized, _) => soon(),
            (Status::Ready | Status::Tokenized, _) if !is_expired && next_check <= now => soon(),
            (Status::Ready | Status::Tokenized, _) if !is_expired => {
                receipts_end.map_or(FOR_CARDHOLDER, until).clamp(SHORTEST, FOR_CARDHOLDER)
            }
            _ => until(next_check).clamp(FOR_TOKEN_LIST.0, FOR_TOKEN_LIST.1),
        })
    }

    /// When the last thing happened that is known: a fact, or the request.
    fn last_fact_at(&self) -> Timestamp {
        self.facts.iter().map(|recorded| recorded.at).max().unwrap_or(self.created_at)
    }
}
