//! Attempts: the first one, and one more each time that the cardholder begins anew.

use jiff::Timestamp;

use super::{Consent, Enrollment, Fact, Status};
use mastercard::token_requestor::Platform;

/// One attempt to push the card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attempt<'a> {
    /// Counted from 1.
    pub number: u32,
    /// When the cardholder asked.
    pub began_at: Timestamp,
    /// When the app no longer waited: a push without a word after that has crashed.
    pub answer_by: Timestamp,
    /// What the cardholder held in hand.
    pub platform: Platform,
    /// Id of the app link to come back to.
    pub callback: &'a str,
    /// What the cardholder agreed to.
    pub consent: &'a Consent,
}

impl Enrollment {
    /// All attempts, oldest first; there is always one.
    pub fn attempts(&self) -> impl Iterator<Item = Attempt<'_>> {
        let again = self.facts.iter().filter_map(|known| match &known.fact {
            Fact::Restarted { platform, callback, consent, answer_by } => Some(Attempt {
                number: known.attempt,
                began_at: known.at,
                answer_by: *answer_by,
                platform: *platform,
                callback,
                consent,
            }),
            _ => None,
        });
        std::iter::once(self.first_attempt()).chain(again)
    }

    /// The latest attempt.
    pub fn attempt(&self) -> Attempt<'_> {
        self.attempts().max_by_key(|attempt| attempt.number).unwrap_or_else(|| self.first_attempt())
    }

    /// Whether the cardholder may begin anew: while the redirect lives unused, and once it ended unused.
    pub fn is_restartable(&self, now: Timestamp) -> bool {
        matches!(self.status_at(now).status, Status::Ready | Status::Expired)
    }

    fn first_attempt(&self) -> Attempt<'_> {
        Attempt {
            number: 1,
            began_at: self.created_at,
            answer_by: self.answer_by,
            platform: self.platform,
            callback: &self.callback,
            consent: &self.consent,
        }
    }
}
