//! TLS as the clients for AWS and for Mastercard speak it: 1.2 or newer, trusting the platform's roots.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_platform_verifier::Verifier;

/// The same for every client of this process: reading the platform's 150 roots is a noticeable part of a start.
///
/// # Errors
/// When the platform offers no roots.
pub fn platform() -> Result<ClientConfig, rustls::Error> {
    static READ: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(read) = READ.get() {
        return Ok(read.clone());
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new(Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(READ.get_or_init(|| config).clone())
}

/// An HTTP client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The platform offers no roots.
    #[error("the platform's TLS roots cannot be used")]
    Roots(#[from] rustls::Error),
    /// The client itself.
    #[error("the HTTP client does not start")]
    Client(#[from] reqwest::Error),
}
