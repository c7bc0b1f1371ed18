//! Where notifications are sent.

use std::fmt;

use serde::Deserialize;
use url::Url;

/// The issuer's notification endpoint (steps 17 and 21). Mastercard publishes neither transport nor authentication;
/// mutual TLS and a shared secret are common in its other products.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationTarget {
    /// URL that notifications are posted to.
    pub url: Url,
    /// Client certificate chain and PKCS#8 key, PEM, for mutual TLS.
    #[serde(default)]
    pub identity_pem: Option<String>,
    /// The trusted root certificate, PEM; by default the system's roots.
    #[serde(default)]
    pub root_certificate_pem: Option<String>,
    /// Sent as `X-Notification-Secret`.
    #[serde(default)]
    pub shared_secret: Option<String>,
    /// PKCS#8 PEM; if set, the body is a compact JWS signed with this key.
    #[serde(default)]
    pub signing_key_pem: Option<String>,
    /// PEM; if set, all fields except id, type and time are encrypted for this certificate, as in MDES' field-level
    /// encryption.
    #[serde(default)]
    pub encryption_certificate_pem: Option<String>,
}

impl NotificationTarget {
    /// An endpoint without authentication.
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
