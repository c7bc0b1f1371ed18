//! TLS configuration for HTTP clients: TLS 1.2 or newer, and the root certificates that they trust.
//!
//! Mozilla's root certificates are compiled in (`webpki-roots`): reading and parsing those of the operating system takes
//! longer than everything else at the start of a process. The price is that a root that Mozilla removes leaves with the next
//! build. `SSL_CERT_FILE` names a file with other roots to trust instead, as with OpenSSL.

use std::{
    env, fs, io,
    sync::{Arc, OnceLock},
};

use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use crate::keys::{self, KeyProblem};

/// The variable that names a file with root certificates to trust instead of Mozilla's.
const ROOTS_FILE: &str = "SSL_CERT_FILE";

/// The TLS configuration of this process, made once.
///
/// # Errors
/// If the file of `SSL_CERT_FILE` cannot be read or has no certificate.
///
/// ```
/// let config = push_provisioning_client::tls::client_config()?;
/// let client = reqwest::Client::builder().tls_backend_preconfigured(config).build();
/// # assert!(client.is_ok());
/// # Ok::<(), push_provisioning_client::tls::ClientError>(())
/// ```
pub fn client_config() -> Result<ClientConfig, ClientError> {
    static CONFIG: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let config = trusting(roots()?)?;
    Ok(CONFIG.get_or_init(|| config).clone())
}

/// The same, trusting also the CA certificates in `content` (PEM with one or more, or DER).
pub(crate) fn client_config_with(content: &[u8]) -> Result<ClientConfig, ClientError> {
    let mut roots = roots()?;
    for certificate in keys::certificates(content)? {
        let added = roots.add(certificate.to_vec().into());
        added.map_err(|_| ClientError::CaCertificates(KeyProblem::NotACertificate))?;
    }
    trusting(roots)
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn roots() -> Result<RootCertStore, ClientError> {
    match env::var_os(ROOTS_FILE).filter(|path| !path.is_empty()) {
        None => Ok(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()),
        Some(path) => parse_roots(&fs::read(path).map_err(ClientError::RootsFile)?),
    }
}

/// The certificates of a file with root certificates. Operating systems' files may hold some that cannot be used as roots, which
/// are skipped.
fn parse_roots(content: &[u8]) -> Result<RootCertStore, ClientError> {
    let mut roots = RootCertStore::empty();
    let certificates = keys::certificates(content)?;
    let (added, _) = roots.add_parsable_certificates(certificates.iter().map(|der| der.to_vec().into()));
    if added == 0 { Err(ClientError::CaCertificates(KeyProblem::NotACertificate)) } else { Ok(roots) }
}

/// Building an HTTP client failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of `SSL_CERT_FILE` cannot be read.
    #[error("the file that SSL_CERT_FILE names cannot be read")]
    RootsFile(#[source] io::Error),
    /// The CA certificates, extra ones or those of `SSL_CERT_FILE`, cannot be read.
    #[error("the CA certificates cannot be read")]
    CaCertificates(#[from] KeyProblem),
    /// The TLS library reported an error.
    #[error("TLS cannot be configured")]
    Tls(#[from] rustls::Error),
    /// The HTTP client reported an error.
    #[error("the HTTP client cannot be built")]
    Client(#[from] reqwest::Error),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::certificate_pem;

    #[test]
    fn mozillas_roots_are_trusted_and_a_file_replaces_them() {
        assert!(webpki_roots::TLS_SERVER_ROOTS.len() > 100);
        assert_eq!(parse_roots(certificate_pem().as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn a_file_without_certificates_is_rejected_instead_of_trusting_nobody() {
        for content in
            ["", "no certificate", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"]
        {
            assert!(
                matches!(parse_roots(content.as_bytes()), Err(ClientError::CaCertificates(_))),
                "{content}"
            );
        }
    }
}
