//! The issuer's notification endpoint, ready to send to.

use std::time::Duration;

use reqwest::{Certificate, Client, Identity, redirect};
use url::Url;

use super::invalid_target::InvalidTarget;
use super::protection::Protection;
use super::target::NotificationTarget;

/// The timeout of the gateway that calls issuers in another Mastercard product.
const TIMEOUT: Duration = Duration::from_secs(3);

/// A notification target with its HTTP client and keys loaded.
#[derive(Clone)]
pub(super) struct Endpoint {
    pub(super) url: Url,
    pub(super) shared_secret: Option<String>,
    pub(super) protection: Protection,
    pub(super) client: Client,
}

impl Endpoint {
    pub(super) fn new(target: NotificationTarget) -> Result<Self, InvalidTarget> {
        let (protection, client) = (Protection::new(&target)?, client(&target)?);
        Ok(Self { url: target.url, shared_secret: target.shared_secret, protection, client })
    }
}

fn client(target: &NotificationTarget) -> Result<Client, InvalidTarget> {
    let mut builder = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).no_proxy();
    if let Some(pem) = &target.root_certificate_pem {
        let roots = Certificate::from_pem_bundle(pem.as_bytes()).map_err(InvalidTarget::Tls)?;
        builder = builder.tls_certs_only(roots);
    } else if target.url.scheme() == "http" {
        // Avoids loading the system's roots.
        builder = builder.tls_certs_only([]);
    }
    if let Some(pem) = &target.identity_pem {
        builder = builder.identity(Identity::from_pem(pem.as_bytes()).map_err(InvalidTarget::Tls)?);
    }
    builder.build().map_err(InvalidTarget::Tls)
}
