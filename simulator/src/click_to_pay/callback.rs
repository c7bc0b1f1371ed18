//! The callback, step 25: `<callbackURL>?results%5B<receipt>%5D=<RESULT>[%7C<token unique reference>]`, one pair per
//! receipt, joined with `&` if the callback URL has a query already.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

/// The result that a token requestor reports for a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CallbackResult {
    /// Tokenized.
    Approved,
    /// Tokenized but inactive until the cardholder authenticates.
    RequireAdditionalAuthentication,
    /// The issuer, or Processing on its behalf, declined.
    Declined,
    /// Cardholder or requestor cancelled; also when the card was removed right after success.
    Cancelled,
    /// A technical error.
    Error,
    /// A merchant's authentication after tokenization succeeded.
    Authenticated,
    /// A merchant's authentication after tokenization failed, and the token was deleted.
    Deleted,
    /// The requestor has a token for this card already.
    DuplicateRequest,
}

/// The result of one receipt.
pub(crate) struct Outcome {
    pub(crate) receipt: String,
    pub(crate) result: CallbackResult,
    /// Of the token that was created, even if it was removed later.
    pub(crate) token_unique_reference: Option<String>,
}

/// The style in which the callback is composed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallbackStyle {
    /// Brackets and bar percent-encoded, as documented.
    #[default]
    Encoded,
    /// Brackets and bar unescaped.
    Raw,
    /// A receipt that was never issued.
    ForeignReceipt,
    /// The callback URL without results.
    NoResults,
}

impl CallbackResult {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Approved => "APPROVED",
            Self::RequireAdditionalAuthentication => "REQUIRE_ADDITIONAL_AUTHENTICATION",
            Self::Declined => "DECLINED",
            Self::Cancelled => "CANCELLED",
            Self::Error => "ERROR",
            Self::Authenticated => "AUTHENTICATED",
            Self::Deleted => "DELETED",
            Self::DuplicateRequest => "DUPLICATE_REQUEST",
        }
    }

    /// Whether the token stays with the requestor.
    pub(crate) fn keeps_token(self) -> bool {
        matches!(self, Self::Approved | Self::RequireAdditionalAuthentication | Self::Authenticated)
    }
}

/// Composes the callback; a fragment of the callback URL stays at its end.
pub(crate) fn compose(callback_url: &str, outcomes: &[Outcome], style: CallbackStyle) -> String {
    let (open, close, bar) = match style {
        CallbackStyle::Raw => ("[", "]", "|"),
        _ => ("%5B", "%5D", "%7C"),
    };
    let results: Vec<String> = outcomes
        .iter()
        .filter(|_| style != CallbackStyle::NoResults)
        .map(|outcome| {
            let receipt = match style {
                CallbackStyle::ForeignReceipt => "MCC-STL-00000000-0000-4000-8000-000000000000",
                _ => &outcome.receipt,
            };
            let receipt = utf8_percent_encode(receipt, UNSAFE);
            let reference =
                outcome.token_unique_reference.as_deref().filter(|_| outcome.result.keeps_token());
            let reference = reference.map(|reference| format!("{bar}{reference}")).unwrap_or_default();
            format!("results{open}{receipt}{close}={}{reference}", outcome.result.name())
        })
        .collect();
    let (url, fragment) = callback_url.split_once('#').unwrap_or((callback_url, ""));
    let mut callback = url.to_owned();
    if !results.is_empty() {
        if !url.contains('?') {
            callback.push('?');
        } else if !url.ends_with(['?', '&']) {
            callback.push('&');
        }
        callback.push_str(&results.join("&"));
    }
    if !fragment.is_empty() {
        callback.push('#');
        callback.push_str(fragment);
    }
    callback
}

const UNSAFE: &percent_encoding::AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(result: CallbackResult) -> Outcome {
        Outcome { receipt: "MCC-1".to_owned(), result, token_unique_reference: Some("DM4".to_owned()) }
    }

    #[test]
    fn an_approved_card_comes_back_with_its_token_unique_reference() {
        assert_eq!(
            compose(
                "https://bank.example/r?s=9",
                &[outcome(CallbackResult::Approved)],
                CallbackStyle::Encoded
            ),
            "https://bank.example/r?s=9&results%5BMCC-1%5D=APPROVED%7CDM4"
        );
    }

    #[test]
    fn a_declined_card_comes_back_to_an_app_without_a_reference() {
        assert_eq!(
            compose("bankapp://c2p/return", &[outcome(CallbackResult::Declined)], CallbackStyle::Encoded),
            "bankapp://c2p/return?results%5BMCC-1%5D=DECLINED"
        );
    }

    #[test]
    fn the_raw_style_keeps_brackets_unescaped_and_the_fragment_last() {
        let outcomes = [outcome(CallbackResult::Approved), outcome(CallbackResult::Cancelled)];
        assert_eq!(
            compose("https://bank.example/r?#top", &outcomes, CallbackStyle::Raw),
            "https://bank.example/r?results[MCC-1]=APPROVED|DM4&results[MCC-1]=CANCELLED#top"
        );
    }
}
