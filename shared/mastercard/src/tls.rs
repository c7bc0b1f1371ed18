//! TLS configuration for HTTP clients: TLS 1.2 or newer, the platform's root certificates.

use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, crypto::aws_lc_rs};
use rustls_platform_verifier::Verifier;

use crate::keys::KeyProblem;

/// The TLS configuration of this process, loaded once: reading the platform's root certificates takes several
/// milliseconds.
///
/// # Errors
/// If the platform has no root certificates.
///
/// ```
/// let config = push_provisioning_client::tls::platform_config()?;
/// let client = reqwest::Client::builder().tls_backend_preconfigured(config).build();
/// # assert!(client.is_ok());
/// # Ok::<(), push_provisioning_client::tls::ClientError>(())
/// ```
pub fn platform_config() -> Result<ClientConfig, rustls::Error> {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new(Arc::clone(&provider))?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(CONFIG.get_or_init(|| config).clone())
}

/// Building an HTTP client failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The platform has no root certificates.
    #[error("the platform's root certificates cannot be loaded")]
    Roots(#[from] rustls::Error),
    /// The extra CA certificates cannot be read.
    #[error("the CA certificates cannot be read")]
    CaCertificates(#[from] KeyProblem),
    /// The HTTP client reported an error.
    #[error("the HTTP client cannot be built")]
    Client(#[from] reqwest::Error),
}
