//! How a simulator is set up. The defaults are what Mastercard documents or was observed to do; everything else is
//! a switch for what is unknown.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

use crate::{crypto::field_level::CipherMode, world::scale::Scale};

/// Settings of one simulator.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where Processing sends TAR, TCN and TVN notifications; none are sent without it.
    pub notifications: Option<NotificationTarget>,
    /// Largest accepted distance between `oauth_timestamp` and now; `None` (the default) accepts any, since
    /// Mastercard's window is not published.
    pub clock_skew: Option<Duration>,
    /// Refuse a nonce that a consumer key used before. Off by default: Mastercard's behavior is not published.
    pub reject_replayed_nonces: bool,
    /// JWE around the bodies of Processing, both ways. On by default.
    pub processing_jwe: bool,
    /// A 16-byte IV in the JWE answers, as Mastercard's own libraries make it, instead of the standard's 12.
    pub jwe_sixteen_byte_iv: bool,
    /// Answer a search with the payload under `pushFundingAccounts` (the default) or at the top level; the real
    /// shape is not published.
    pub search_answer_wrapped: bool,
    /// How Processing encrypts card data for Token Connect.
    pub cipher_mode: CipherMode,
    /// An account range that no requestor knows: `false` (the default) skips it, `true` fails the whole call with
    /// `ACCOUNT_INELIGIBLE` in a 200. Mastercard's behavior is not published.
    pub unknown_range_fails: bool,
    /// Processing answers 429 beyond this many calls in a second; announced as 30. Off by default.
    pub rate_limit: Option<usize>,
    /// Exchanges that the journal keeps; older ones are forgotten. 10,000 by default.
    pub journal: usize,
    /// Added to every answer.
    pub latency: Duration,
    /// More requestors and account ranges than the sample world has, with larger logos. None by default.
    pub scale: Option<Scale>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            notifications: None,
            clock_skew: None,
            reject_replayed_nonces: false,
            processing_jwe: true,
            jwe_sixteen_byte_iv: false,
            search_answer_wrapped: true,
            cipher_mode: CipherMode::Cbc,
            unknown_range_fails: false,
            rate_limit: None,
            journal: 10_000,
            latency: Duration::ZERO,
            scale: None,
        }
    }
}

/// The issuer's door for notifications (steps 17 and 21). Mastercard publishes neither transport nor authentication:
/// mutual TLS and a shared secret are what sibling products use.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationTarget {
    /// Where to POST.
    pub url: Url,
    /// Client certificate chain and PKCS#8 key, PEM, for mutual TLS.
    #[serde(default)]
    pub identity_pem: Option<String>,
    /// The only root to trust, PEM; without it the system's roots.
    #[serde(default)]
    pub root_certificate_pem: Option<String>,
    /// Sent as `X-Notification-Secret`.
    #[serde(default)]
    pub shared_secret: Option<String>,
    /// PKCS#8 PEM: the body is sent as a compact JWS that this key signs.
    #[serde(default)]
    pub signing_key_pem: Option<String>,
    /// PEM: all but id, type and time of a notification is encrypted for this certificate, as MDES encrypts fields.
    #[serde(default)]
    pub encryption_certificate_pem: Option<String>,
}

impl NotificationTarget {
    /// A door without any authentication.
    #[must_use]
    pub fn plain(url: Url) -> Self {
        Self {
            url,
            identity_pem: None,
            root_certificate_pem: None,
            shared_secret: None,
            signing_key_pem: None,
            encryption_certificate_pem: None,
        }
    }
}

impl fmt::Debug for NotificationTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NotificationTarget({}, <redacted>)", self.url)
    }
}
