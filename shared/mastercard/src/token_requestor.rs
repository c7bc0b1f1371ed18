//! Token requestors: who a card can be pushed to, and how the cardholder gets there.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{asset::AssetId, card::AccountRange};

/// Eleven digits. Click to Pay is `50123197928`: data, never a special case in code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TokenRequestorId(String);

impl TokenRequestorId {
    /// All eleven digits.
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

/// Not a token requestor id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a token requestor id has eleven digits")]
pub struct InvalidTokenRequestorId;

/// A door of a token requestor.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PushMethodKind {
    /// App intent.
    Android,
    /// Universal link.
    Ios,
    /// Any browser.
    Web,
    /// A kind that this server does not know yet; never chosen.
    #[serde(untagged)]
    Other(String),
}

/// Where to send the cardholder (`availablePushMethods`); the URI has 11 to 128 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushMethod {
    /// Which door.
    #[serde(rename = "type")]
    pub kind: PushMethodKind,
    /// Its address, to which the signature is appended.
    pub uri: Url,
}

/// What the cardholder holds in hand.
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
    /// As the API writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Web => "web",
        }
    }

    /// The doors that fit, best first: the platform's own, then the web.
    pub fn doors(self) -> &'static [PushMethodKind] {
        match self {
            Self::Ios => &[PushMethodKind::Ios, PushMethodKind::Web],
            Self::Android => &[PushMethodKind::Android, PushMethodKind::Web],
            Self::Web => &[PushMethodKind::Web],
        }
    }

    /// The best door among those offered; of two of one kind, the first.
    pub fn choose(self, offered: &[PushMethod]) -> Option<&PushMethod> {
        self.doors().iter().find_map(|door| offered.iter().find(|method| method.kind == *door))
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

/// Not a platform.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the platform is ios, android or web")]
pub struct UnknownPlatform;

/// A token requestor as Mastercard describes it (use-case step 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenRequestor {
    /// Eleven digits.
    pub token_requestor_id: TokenRequestorId,
    /// Legal name, up to 64 characters.
    pub name: String,
    /// The name to show, up to 100 characters, always whole.
    pub consumer_facing_entity_name: String,
    /// `MERCHANT`, `WALLET`, or a word of the future.
    pub token_requestor_type: String,
    /// For wallet providers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wallet_id: Option<String>,
    /// The current artwork.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_asset_id: Option<AssetId>,
    /// Starts of the ranges whose cards may be pushed.
    pub enabled_account_ranges: Vec<AccountRange>,
    /// Empty when the requestor takes no part in Token Connect.
    #[serde(default)]
    pub supported_push_methods: Vec<PushMethodKind>,
    /// Where they are, if Mastercard said so already.
    #[serde(default)]
    pub available_push_methods: Vec<PushMethod>,
    /// Up to five receipts a redirect.
    #[serde(default)]
    pub supports_multiple_pushed_cards: bool,
    /// `NAME`, `ADDRESS`, `EMAIL_ADDRESS`, `MOBILE_PHONE_NUMBER`, and words of the future.
    #[serde(default)]
    pub supported_account_holder_data: Vec<String>,
    /// Whether the cardholder can be authenticated after tokenization.
    #[serde(default)]
    pub supports_card_holder_authentication: bool,
}

impl TokenRequestor {
    /// Whether a cardholder on this platform can get there.
    pub fn reaches(&self, platform: Platform) -> bool {
        platform.doors().iter().any(|door| self.supported_push_methods.contains(door))
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
        let offered = [method(PushMethodKind::Web, "https://requestor.example/push")];
        assert_eq!(Platform::Ios.choose(&offered), Some(&offered[0]));
        assert_eq!(Platform::Android.choose(&offered), Some(&offered[0]));
    }

    #[test]
    fn a_desktop_browser_cannot_open_an_app() {
        let offered = [method(PushMethodKind::Android, "intent://requestor.example/push")];
        assert_eq!(Platform::Web.choose(&offered), None);
    }

    #[test]
    fn a_push_method_of_the_future_is_kept_and_never_chosen() {
        let kind: PushMethodKind = serde_json::from_str(r#""VISION""#).unwrap();
        assert_eq!(kind, PushMethodKind::Other("VISION".into()));
        assert_eq!(Platform::Web.choose(&[method(kind, "https://requestor.example/push")]), None);
    }
}
