//! Reading the query with which the cardholder comes back (step 25):
//! `results%5B<receipt>%5D=<RESULT>[%7C<token unique reference>]`, once for each receipt.
//!
//! It comes through a browser, unsigned and replayable: a hint, never a proof.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::secret::PushAccountReceipt;

/// More results than any redirect has receipts (five) are somebody's play.
const MOST_RESULTS: usize = 10;

/// What one `results[…]` says.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackResult {
    /// Whose result it is; to be compared with those of the enrollment.
    pub receipt: PushAccountReceipt,
    /// How it ended.
    pub result: CallbackOutcome,
    /// 48 characters, where the requestor gives one.
    pub token_unique_reference: Option<String>,
}

impl fmt::Debug for CallbackResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackResult").field("result", &self.result).finish_non_exhaustive()
    }
}

/// How it ended, in the token requestor's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackOutcome {
    /// Tokenized.
    Approved,
    /// Tokenized, inactive: the cardholder still has to be authenticated.
    RequireAdditionalAuthentication,
    /// The issuer or its processor declined.
    Declined,
    /// By the cardholder or the requestor; also after a token was made and removed again.
    Cancelled,
    /// A technical error.
    Error,
    /// Authenticated after tokenization.
    Authenticated,
    /// Not authenticated after tokenization, the token was deleted.
    Deleted,
    /// The card is already there.
    DuplicateRequest,
    /// A word of the future, up to 64 characters, control characters removed.
    Other(String),
}

impl From<&str> for CallbackOutcome {
    fn from(raw: &str) -> Self {
        match raw.trim().to_ascii_uppercase().as_str() {
            "APPROVED" => Self::Approved,
            "REQUIRE_ADDITIONAL_AUTHENTICATION" => Self::RequireAdditionalAuthentication,
            "DECLINED" => Self::Declined,
            "CANCELLED" => Self::Cancelled,
            "ERROR" => Self::Error,
            "AUTHENTICATED" => Self::Authenticated,
            "DELETED" => Self::Deleted,
            "DUPLICATE_REQUEST" => Self::DuplicateRequest,
            _ => Self::Other(raw.chars().filter(|c| !c.is_control()).take(64).collect()),
        }
    }
}

/// All results in a raw query string, in order; brackets and bar raw or percent-encoded. Other parameters, among
/// them the bank's own, and results without a plausible receipt are passed over.
pub fn parse(query: &str) -> Vec<CallbackResult> {
    query.split('&').filter_map(result).take(MOST_RESULTS).collect()
}

fn result(pair: &str) -> Option<CallbackResult> {
    let (name, value) = pair.split_once('=')?;
    let (name, value) =
        (percent_decode_str(name).decode_utf8().ok()?, percent_decode_str(value).decode_utf8().ok()?);
    let receipt = name.strip_prefix("results[")?.strip_suffix(']')?;
    if !(1..=64).contains(&receipt.len()) || !receipt.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let (word, reference) = value.split_once('|').unwrap_or((&value, ""));
    Some(CallbackResult {
        receipt: PushAccountReceipt::new(receipt),
        result: word.into(),
        token_unique_reference: Some(reference).filter(|it| is_reference(it)).map(Into::into),
    })
}

/// 48 letters and digits in every example; length and alphabet are left a little room.
fn is_reference(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests;
