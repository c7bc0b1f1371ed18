//! What a read of a client's token list says of its enrollments.

use jiff::Timestamp;
use mastercard::{call::Call, processing::ClientToken};
use model::{
    enrollment::{Enrollment, Fact, RecordedFact},
    token_list,
};

/// A read of a client's token list, or the attempt.
pub(crate) struct TokenListRead {
    /// `None` if it failed.
    pub(crate) tokens: Option<Vec<ClientToken>>,
    pub(crate) began_at: Timestamp,
    pub(crate) calls: Vec<Call>,
}

impl TokenListRead {
    /// The fact to record at an enrollment; `later` are those of its client, card and requestor that were requested after it.
    pub(crate) fn fact(&self, enrollment: &Enrollment, later: &[Enrollment]) -> RecordedFact {
        let fact = match &self.tokens {
            Some(tokens) => token_list::fact(tokens, enrollment, later),
            None => Fact::TokenListReadFailed,
        };
        fact.recorded(self.began_at, &self.began_at.to_string()).with_calls(self.calls.clone())
    }
}
