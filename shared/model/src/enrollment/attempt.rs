//! The attempts of an enrollment: the first one and one for each restart.

use jiff::Timestamp;

use super::{Consent, Enrollment, Fact};
use mastercard::token_requestor::Platform;

/// One attempt to push the card.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attempt<'a> {
    /// The number, counted from 1.
    pub number: u32,
    /// When it was requested.
    pub began_at: Timestamp,
    /// Until when the app waits for the response. If no outcome is recorded by then, the function has crashed.
    pub respond_by: Timestamp,
    /// The cardholder's platform.
    pub platform: Platform,
    /// Id of the app link to return to.
    pub callback: &'a str,
    /// The consent.
    pub consent: &'a Consent,
}

impl Enrollment {
    /// All attempts, oldest first; at least one.
    pub fn attempts(&self) -> impl Iterator<Item = Attempt<'_>> {
        let restarts = self.facts.iter().filter_map(|recorded| {
            let Fact::Restarted { platform, callback, consent, respond_by } = &recorded.fact else {
                return None;
            };
            Some(Attempt {
                number: recorded.attempt,
                began_at: recorded.at,
                respond_by: *respond_by,
                platform: *platform,
                callback,
                consent,
            })
        });
        std::iter::once(self.first_attempt()).chain(restarts)
    }

    /// The latest attempt.
    pub fn attempt(&self) -> Attempt<'_> {
        self.attempts().max_by_key(|attempt| attempt.number).unwrap_or_else(|| self.first_attempt())
    }

    fn first_attempt(&self) -> Attempt<'_> {
        Attempt {
            number: 1,
            began_at: self.created_at,
            respond_by: self.respond_by,
            platform: self.platform,
            callback: &self.callback,
            consent: &self.consent,
        }
    }
}
