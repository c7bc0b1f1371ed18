//! Changes of tokens: `setTokenStatus` and `relinkTokensToAnotherCard`.
//!
//! Provisional: of the three words for a status Mastercard publishes only `RESUME`; [`TokenStatusWords`] holds them all.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    card::CardContractId,
    error::{ApiError, MastercardError},
    response::ApiResponse,
};

/// A token's number, which can be used like a card number: held in memory for one call, never stored, and not printed by
/// `Debug`. It cannot be cloned or serialized.
///
/// ```
/// use push_provisioning_client::processing::TokenNumber;
///
/// let number: TokenNumber = "5555559999990007".parse()?;
/// assert_eq!(format!("{number:?}"), "TokenNumber(<redacted>)");
/// # Ok::<(), push_provisioning_client::processing::InvalidTokenNumber>(())
/// ```
pub struct TokenNumber(String);

impl FromStr for TokenNumber {
    type Err = InvalidTokenNumber;

    /// 12 to 19 digits.
    fn from_str(raw: &str) -> Result<Self, InvalidTokenNumber> {
        let is_number = (12..=19).contains(&raw.len()) && raw.bytes().all(|b| b.is_ascii_digit());
        if is_number { Ok(Self(raw.into())) } else { Err(InvalidTokenNumber) }
    }
}

impl fmt::Debug for TokenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenNumber(<redacted>)")
    }
}

/// The text is not a token number.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token number must have 12 to 19 digits")]
pub struct InvalidTokenNumber;

/// What a cardholder or the bank does to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenAction {
    /// Makes it unusable until it is resumed.
    Suspend,
    /// Ends the issuer's suspension. A suspension by another party remains.
    Resume,
    /// Deactivates it for good.
    Remove,
}

impl TokenAction {
    /// All actions.
    pub const ALL: [Self; 3] = [Self::Suspend, Self::Resume, Self::Remove];

    /// `suspend`, `resume` or `remove`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Remove => "remove",
        }
    }
}

/// Mastercard's word for each action, the `tokenStatus` of `setTokenStatus`. Only `RESUME` is published; the others are
/// assumed.
///
/// ```
/// use push_provisioning_client::processing::{TokenAction, TokenStatusWords};
///
/// let words: TokenStatusWords = "remove=DELETE".parse()?;
/// assert_eq!(words.of(TokenAction::Remove), "DELETE");
/// assert_eq!(words.of(TokenAction::Suspend), "SUSPEND");
/// # Ok::<(), push_provisioning_client::processing::InvalidTokenStatusWords>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenStatusWords {
    suspend: String,
    resume: String,
    remove: String,
}

impl Default for TokenStatusWords {
    fn default() -> Self {
        Self { suspend: "SUSPEND".into(), resume: "RESUME".into(), remove: "DEACTIVATE".into() }
    }
}

impl TokenStatusWords {
    /// The word for an action.
    pub fn of(&self, action: TokenAction) -> &str {
        match action {
            TokenAction::Suspend => &self.suspend,
            TokenAction::Resume => &self.resume,
            TokenAction::Remove => &self.remove,
        }
    }
}

impl FromStr for TokenStatusWords {
    type Err = InvalidTokenStatusWords;

    /// Pairs `suspend=<word>`, `resume=<word>` and `remove=<word>`, separated by commas; one that is left out keeps its default.
    fn from_str(raw: &str) -> Result<Self, InvalidTokenStatusWords> {
        let mut words = Self::default();
        for pair in raw.split(',') {
            let (action, word) = pair.trim().split_once('=').ok_or(InvalidTokenStatusWords)?;
            let is_word = (1..=32).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            let place = match action {
                "suspend" => &mut words.suspend,
                "resume" => &mut words.resume,
                "remove" => &mut words.remove,
                _ => return Err(InvalidTokenStatusWords),
            };
            if !is_word {
                return Err(InvalidTokenStatusWords);
            }
            *place = word.into();
        }
        let mut distinct = TokenAction::ALL.map(|action| words.of(action).to_ascii_uppercase()).to_vec();
        distinct.sort();
        distinct.dedup();
        if distinct.len() == TokenAction::ALL.len() { Ok(words) } else { Err(InvalidTokenStatusWords) }
    }
}

/// The text does not name the words for a token's status.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be suspend=<word>,resume=<word>,remove=<word>, each word different, of letters, digits and underscores"
)]
pub struct InvalidTokenStatusWords;

/// The result of a change that Processing answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenChangeResult {
    /// It is made.
    Changed,
    /// There is no such token any more (`INVALID_TOKEN`): it is unknown or deactivated.
    Gone,
}

/// A change without a result.
#[derive(Debug, thiserror::Error)]
pub enum TokenChangeError {
    /// Certainly nothing was changed.
    #[error("the token was not changed")]
    NotChanged(#[source] MastercardError),
    /// The response was lost or cannot be understood: the token may have been changed.
    #[error("whether the token was changed is unknown")]
    Unknown(#[source] MastercardError),
}

impl From<MastercardError> for TokenChangeError {
    fn from(error: MastercardError) -> Self {
        if error.not_processed() { Self::NotChanged(error) } else { Self::Unknown(error) }
    }
}

impl AsRef<MastercardError> for TokenChangeError {
    fn as_ref(&self) -> &MastercardError {
        match self {
            Self::NotChanged(error) | Self::Unknown(error) => error,
        }
    }
}

/// The body of `setTokenStatus`. Without a number it would change all tokens of the card; there is no such request here.
pub(super) fn status_body(number: &TokenNumber, word: &str) -> Vec<u8> {
    json!({ "tokenNumber": number.0, "tokenStatus": word }).to_string().into_bytes()
}

/// The body of `relinkTokensToAnotherCard`. Without a number all tokens of the card move.
pub(super) fn relink_body(to: CardContractId, number: Option<&TokenNumber>) -> Vec<u8> {
    let mut body = json!({ "newCardContractId": to.number() });
    if let Some(TokenNumber(number)) = number {
        body["tokenNumber"] = json!(number);
    }
    body.to_string().into_bytes()
}

/// 204 without content, or `INVALID_TOKEN`: with 404 for a change, with 400 for a relink.
pub(super) fn parse_response(response: ApiResponse) -> Result<TokenChangeResult, TokenChangeError> {
    match response.into_success() {
        Ok(_) => Ok(TokenChangeResult::Changed),
        Err(MastercardError::Rejected(error)) if is_invalid_token(&error) => Ok(TokenChangeResult::Gone),
        Err(error) => Err(error.into()),
    }
}

fn is_invalid_token(error: &ApiError) -> bool {
    matches!(error.status.as_u16(), 400 | 404)
        && error.upstream == crate::Upstream::Processing
        && error.reason_codes.iter().any(|code| code.as_str() == "INVALID_TOKEN")
}

#[cfg(test)]
mod tests;
