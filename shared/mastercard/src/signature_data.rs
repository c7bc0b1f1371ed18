//! What Token Connect signs for the token requestor. The search of steps 7 to 9 and the push of steps 10 and 11 send
//! the same value.

use std::fmt;

use serde::Serialize;

use super::error::InvalidRequest;

/// How the cardholder returns from the token requestor (`signatureData`); part of the JWS. Both `complete…` flags are
/// always sent, because Mastercard's documents disagree about their defaults. `Debug` prints only the locale.
///
/// ```
/// use push_provisioning_client::SignatureData;
///
/// let data = SignatureData {
///     callback_url: "https://bank.example/callback/2f7c".into(),
///     complete_issuer_app_activation: true,
///     complete_website_activation: true,
///     account_holder_data_supplied: false,
///     locale: Some("en_GB".into()),
/// };
/// assert!(!format!("{data:?}").contains("bank.example"));
/// ```
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignatureData {
    /// An absolute URL, not encoded, at most 256 characters.
    #[serde(rename = "callbackURL")]
    pub callback_url: String,
    /// Whether the requestor may open the issuer's app to activate the token.
    pub complete_issuer_app_activation: bool,
    /// Whether the requestor may open the issuer's website to activate the token.
    pub complete_website_activation: bool,
    /// Whether the encrypted card contains data about the account holder.
    pub account_holder_data_supplied: bool,
    /// Language and country as `xx_XX`: `en_GB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl SignatureData {
    pub(super) fn check(&self) -> Result<(), InvalidRequest> {
        if self.callback_url.chars().count() > 256 {
            return Err(InvalidRequest::LimitExceeded("a callback URL must have at most 256 characters"));
        }
        Ok(())
    }
}

impl fmt::Debug for SignatureData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignatureData").field("locale", &self.locale).finish_non_exhaustive()
    }
}
