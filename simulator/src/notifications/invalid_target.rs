//! Errors in notification targets.

/// The notification target cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTarget {
    /// The client certificate, key or root for TLS is invalid.
    #[error("the client certificate, key or root for notifications cannot be used")]
    Tls(#[source] reqwest::Error),
    /// The signing key or the encryption certificate is invalid.
    #[error("the signing key or the encryption certificate for notifications cannot be used")]
    Protection,
}
