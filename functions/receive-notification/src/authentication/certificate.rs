//! The client certificate that API Gateway verified: against the trust store and the dates, not against lists of revoked
//! certificates. What identifies Mastercard among the holders of such certificates is checked here.

use lambda_http::{
    Request, RequestExt as _,
    aws_lambda_events::apigw::ApiGatewayV2httpRequestContextAuthenticationClientCert,
    request::RequestContext,
};
use mastercard::Certificate;
use runtime::config::KeyPin;

use super::distinguished_name::DistinguishedName;

/// What a client certificate has to have.
pub(crate) struct AcceptedCertificates {
    /// One of these names.
    pub(crate) subjects: Vec<DistinguishedName>,
    /// One of these issuers; empty if any authority of the trust store is accepted.
    pub(crate) issuers: Vec<DistinguishedName>,
    /// One of these public keys; empty if any is accepted.
    pub(crate) pins: Vec<KeyPin>,
}

impl AcceptedCertificates {
    /// Whether only known public keys are accepted.
    pub(crate) fn are_pinned(&self) -> bool {
        !self.pins.is_empty()
    }

    /// Checks the certificate of a request.
    ///
    /// # Errors
    /// The check that failed.
    pub(crate) fn check(&self, request: &Request) -> Result<(), &'static str> {
        let certificate = client_certificate(request).ok_or("no client certificate")?;
        let is_one_of = |accepted: &[DistinguishedName], raw: &Option<String>| {
            let name = raw.as_deref().and_then(|raw| DistinguishedName::parse(raw).ok());
            name.is_some_and(|name| accepted.iter().any(|accepted| accepted.matches(&name)))
        };
        if !is_one_of(&self.subjects, &certificate.subject_dn) {
            return Err("the subject of the client certificate is not configured");
        }
        if !self.issuers.is_empty() && !is_one_of(&self.issuers, &certificate.issuer_dn) {
            return Err("the issuer of the client certificate is not configured");
        }
        if self.are_pinned() {
            let pem = certificate.client_cert_pem.as_deref().unwrap_or_default();
            let read = Certificate::from_pem("client certificate", pem);
            let read = read.map_err(|_| "the client certificate cannot be read")?;
            if !self.pins.iter().any(|pin| pin.matches(&read)) {
                return Err("the public key of the client certificate is not pinned");
            }
        }
        Ok(())
    }
}

/// The certificate that the TLS terminator verified.
fn client_certificate(request: &Request) -> Option<&ApiGatewayV2httpRequestContextAuthenticationClientCert> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.authentication.as_ref()?.client_cert.as_ref(),
        _ => None,
    }
}
