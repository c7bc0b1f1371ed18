//! Token requestors, to which cards are pushed, and their push methods.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{asset::AssetId, card::AccountRange};

/// The id of a token requestor: eleven digits. Click to Pay is `50123197928`.
///
/// ```
/// use push_provisioning_client::token_requestor::TokenRequestorId;
///
/// let click_to_pay: TokenRequestorId = "50123197928".parse()?;
/// assert_eq!(click_to_pay.as_str(), "50123197928");
/// # Ok::<(), push_provisioning_client::token_requestor::InvalidTokenRequestorId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenRequestorId(String);

impl TokenRequestorId {
    /// The eleven digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenRequestorId {
    type Err = InvalidTokenRequestorId;

    fn from_str(raw: &str) -> Result<Self, InvalidTokenRequestorId> {
        let valid = raw.len() == 11 && raw.bytes().all(|b| b.is_ascii_digit());
        if valid { Ok(Self(raw.into())) } else { Err(InvalidTokenRequestorId) }
    }
}

impl TryFrom<String> for TokenRequestorId {
    type Error = InvalidTokenRequestorId;

    fn try_from(raw: String) -> Result<Self, InvalidTokenRequestorId> {
        raw.parse()
    }
}

impl From<TokenRequestorId> for String {
    fn from(id: TokenRequestorId) -> Self {
        id.0
    }
}

impl fmt::Display for TokenRequestorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a token requestor id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token requestor id must have eleven digits")]
pub struct InvalidTokenRequestorId;

/// The kind of a push method.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PushMethodKind {
    /// An Android intent.
    Android,
    /// An iOS universal link.
    Ios,
    /// A web page.
    Web,
    /// An unknown kind; never selected.
    #[serde(untagged)]
    Other(String),
}

/// A URI to which the cardholder can be redirected (`availablePushMethods`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushMethod {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: PushMethodKind,
    /// The URI, 11 to 128 characters, to which the signature is appended.
    pub uri: Url,
}

/// The platform of the cardholder's device.
///
/// ```
/// use push_provisioning_client::token_requestor::{Platform, PushMethod, PushMethodKind};
///
/// let web = PushMethod { kind: PushMethodKind::Web, uri: "https://requestor.example/push".parse().unwrap() };
/// // A phone falls back to the web page.
/// let platform: Platform = "ios".parse()?;
/// assert_eq!(platform.select(std::slice::from_ref(&web)), Some(&web));
/// # Ok::<(), push_provisioning_client::token_requestor::UnknownPlatform>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// An iPhone or iPad, app or browser.
    Ios,
    /// An Android device, app or browser.
    Android,
    /// A desktop browser.
    Web,
}

impl Platform {
    /// The lowercase name: `ios`, `android` or `web`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Web => "web",
        }
    }

    /// The kinds of push method that the platform supports, in order of preference.
    pub fn push_methods(self) -> &'static [PushMethodKind] {
        match self {
            Self::Ios => &[PushMethodKind::Ios, PushMethodKind::Web],
            Self::Android => &[PushMethodKind::Android, PushMethodKind::Web],
            Self::Web => &[PushMethodKind::Web],
        }
    }

    /// The available push methods that the platform supports, the preferred ones first; those of the same kind in the order
    /// of `available`.
    pub fn usable(self, available: &[PushMethod]) -> impl Iterator<Item = &PushMethod> {
        let of_kind =
            |kind: &'static PushMethodKind| available.iter().filter(move |method| method.kind == *kind);
        self.push_methods().iter().flat_map(of_kind)
    }

    /// The preferred one of the available push methods; the first, if there are two of the same kind.
    pub fn select(self, available: &[PushMethod]) -> Option<&PushMethod> {
        self.usable(available).next()
    }
}

impl FromStr for Platform {
    type Err = UnknownPlatform;

    fn from_str(raw: &str) -> Result<Self, UnknownPlatform> {
        match raw {
            "ios" => Ok(Self::Ios),
            "android" => Ok(Self::Android),
            "web" => Ok(Self::Web),
            _ => Err(UnknownPlatform),
        }
    }
}

/// The text is not a platform.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the platform must be ios, android or web")]
pub struct UnknownPlatform;

/// A token requestor (step 2). [`TokenConnect`](crate::TokenConnect) shows how to list them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRequestor {
    /// The id.
    pub token_requestor_id: TokenRequestorId,
    /// Legal name, up to 64 characters.
    pub name: String,
    /// The name to display, up to 100 characters; it must not be truncated.
    pub consumer_facing_entity_name: String,
    /// `MERCHANT`, `WALLET`, or an unknown value.
    pub token_requestor_type: String,
    /// The wallet id of a wallet provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<String>,
    /// The current logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_asset_id: Option<AssetId>,
    /// The account ranges whose cards may be pushed.
    pub enabled_account_ranges: Vec<AccountRange>,
    /// Empty if the requestor does not support Token Connect.
    #[serde(default)]
    pub supported_push_methods: Vec<PushMethodKind>,
    /// Their URIs; empty if they are only in the response to a push.
    #[serde(default)]
    pub available_push_methods: Vec<PushMethod>,
    /// Whether a redirect may have several receipts, up to five.
    #[serde(default)]
    pub supports_multiple_pushed_cards: bool,
    /// `NAME`, `ADDRESS`, `EMAIL_ADDRESS`, `MOBILE_PHONE_NUMBER`, and unknown values.
    #[serde(default)]
    pub supported_account_holder_data: Vec<String>,
    /// Whether the cardholder can be authenticated after tokenization.
    #[serde(default)]
    pub supports_card_holder_authentication: bool,
    /// Whether its app takes pushed cards from the issuer's app in a channel that the two have agreed on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub supports_issuer_initiated_digitization_data: bool,
}

impl TokenRequestor {
    /// Whether the requestor has a push method for this platform.
    pub fn supports(&self, platform: Platform) -> bool {
        platform.push_methods().iter().any(|kind| self.supported_push_methods.contains(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(kind: PushMethodKind, uri: &str) -> PushMethod {
        PushMethod { kind, uri: uri.parse().unwrap() }
    }

    #[test]
    fn a_phone_falls_back_to_the_web() {
        let available = [method(PushMethodKind::Web, "https://requestor.example/push")];
        assert_eq!(Platform::Ios.select(&available), Some(&available[0]));
        assert_eq!(Platform::Android.select(&available), Some(&available[0]));
    }

    #[test]
    fn a_desktop_browser_cannot_open_an_app() {
        let available = [method(PushMethodKind::Android, "intent://requestor.example/push")];
        assert_eq!(Platform::Web.select(&available), None);
    }

    #[test]
    fn an_unknown_push_method_is_kept_and_never_selected() {
        let kind: PushMethodKind = serde_json::from_str(r#""VISION""#).unwrap();
        assert_eq!(kind, PushMethodKind::Other("VISION".into()));
        assert_eq!(Platform::Web.select(&[method(kind, "https://requestor.example/push")]), None);
    }
}
