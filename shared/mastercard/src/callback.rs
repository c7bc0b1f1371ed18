//! Parses the query of the callback URL (step 25):
//! `results%5B<receipt>%5D=<OUTCOME>[%7C<token unique reference>]`, once for each receipt.
//!
//! The query is neither signed nor protected against replay: verify the outcome with
//! [`Processing::get_tokens_by_client`](crate::Processing::get_tokens_by_client).

use std::{borrow::Cow, fmt};

use percent_encoding::percent_decode_str;

use crate::secret::PushAccountReceipt;

/// A redirect has at most five receipts; further results are not parsed.
const MAX_RESULTS: usize = 10;

/// How often a query may be percent-encoded. Gateways and link scanners encode a URL again.
const MAX_ENCODINGS: usize = 3;

/// One `results[…]` parameter. `Debug` prints only the outcome.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptResult {
    /// The receipt of the pushed card. Compare it with the receipts of the push.
    pub receipt: PushAccountReceipt,
    /// The outcome at the token requestor.
    pub outcome: CallbackOutcome,
    /// 48 characters; not sent by every requestor.
    pub token_unique_reference: Option<String>,
}

impl fmt::Debug for ReceiptResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceiptResult").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// The outcome of a push at the token requestor, parsed case-insensitively.
///
/// ```
/// use push_provisioning_client::callback::CallbackOutcome;
///
/// assert_eq!(CallbackOutcome::from("APPROVED"), CallbackOutcome::Approved);
/// assert_eq!(CallbackOutcome::from("NEW"), CallbackOutcome::Other("NEW".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackOutcome {
    /// The card was tokenized.
    Approved,
    /// The card was tokenized; the token is inactive until the cardholder is authenticated.
    RequireAdditionalAuthentication,
    /// The issuer or its processor declined the tokenization.
    Declined,
    /// Canceled by the cardholder or the requestor, possibly after tokenization: the token was then deleted.
    Cancelled,
    /// A technical error.
    Error,
    /// The cardholder was authenticated after tokenization.
    Authenticated,
    /// The cardholder was not authenticated after tokenization; the token was deleted.
    Deleted,
    /// The token requestor already has the card.
    DuplicateRequest,
    /// An unknown value, up to 64 characters, without control characters.
    Other(String),
}

impl From<&str> for CallbackOutcome {
    fn from(raw: &str) -> Self {
        match raw.trim().to_ascii_uppercase().as_str() {
            "APPROVED" => Self::Approved,
            "REQUIRE_ADDITIONAL_AUTHENTICATION" => Self::RequireAdditionalAuthentication,
            "DECLINED" => Self::Declined,
            // The US spelling, which Mastercard's prose uses.
            "CANCELLED" | "CANCELED" => Self::Cancelled,
            "ERROR" => Self::Error,
            "AUTHENTICATED" => Self::Authenticated,
            "DELETED" => Self::Deleted,
            "DUPLICATE_REQUEST" => Self::DuplicateRequest,
            _ => Self::Other(raw.chars().filter(|c| !c.is_control()).take(64).collect()),
        }
    }
}

/// All results in a raw query string, in order, at most ten. Brackets and bar may be percent-encoded, the whole query
/// up to two times more, and parameters may be separated by `&amp;`, as in a link copied from HTML. Other parameters and
/// results without a valid receipt are ignored.
///
/// ```
/// use push_provisioning_client::callback::{self, CallbackOutcome};
///
/// let query = "results%5BMCC-109031C0%5D=APPROVED%7CDM4MMC00005dfea6f3f93916b4add66c2a2f796790addcf8";
/// let results = callback::parse(query);
/// assert_eq!(results[0].receipt.expose(), "MCC-109031C0");
/// assert_eq!(results[0].outcome, CallbackOutcome::Approved);
/// assert_eq!(results[0].token_unique_reference.as_deref().map(str::len), Some(48));
/// ```
pub fn parse(query: &str) -> Vec<ReceiptResult> {
    let mut query = Cow::Borrowed(query);
    for _ in 0..MAX_ENCODINGS {
        let results: Vec<_> = query.split('&').filter_map(parse_pair).take(MAX_RESULTS).collect();
        if !results.is_empty() {
            return results;
        }
        let Ok(decoded) = percent_decode_str(&query).decode_utf8() else { break };
        query = Cow::Owned(decoded.into_owned());
    }
    Vec::new()
}

fn parse_pair(pair: &str) -> Option<ReceiptResult> {
    let (name, value) = pair.strip_prefix("amp;").unwrap_or(pair).split_once('=')?;
    let (name, value) =
        (percent_decode_str(name).decode_utf8().ok()?, percent_decode_str(value).decode_utf8().ok()?);
    let receipt = name.strip_prefix("results[")?.strip_suffix(']')?;
    if !(1..=64).contains(&receipt.len()) || !receipt.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let (outcome, reference) = value.split_once('|').unwrap_or((&value, ""));
    Some(ReceiptResult {
        receipt: PushAccountReceipt::new(receipt),
        outcome: outcome.into(),
        token_unique_reference: Some(reference).filter(|it| is_reference(it)).map(Into::into),
    })
}

/// Every published example has 48 letters and digits; length and alphabet are checked less strictly.
fn is_reference(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests;
