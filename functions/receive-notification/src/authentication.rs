//! PROVISIONAL: Mastercard does not publish how it authenticates itself. A request has to pass every check: the client
//! certificate that API Gateway verified has a configured subject and, if configured, issuer and public key; if a shared secret is configured, the header
//! `X-Notification-Secret` contains it; if a signer is configured, the body is a JWS of this signer.

mod certificate;
mod distinguished_name;
mod settings;
mod signature;

use std::borrow::Cow;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jsonwebtoken::DecodingKey;
use lambda_http::Request;
use runtime::http::{Code, Problem};
use secrecy::{ExposeSecret as _, SecretString};

use certificate::AcceptedCertificates;
pub(crate) use settings::AuthenticationSettings;

/// The accepted certificates, secrets and signers. There are two secrets or signers during a rotation.
pub(crate) struct Authentication {
    certificates: AcceptedCertificates,
    secrets: Vec<SecretString>,
    signers: Vec<DecodingKey>,
}

/// The check that failed; logged, never returned to the caller.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct AuthenticationError(&'static str);

impl Authentication {
    /// The authenticated body of the request: as sent, or the payload of its JWS.
    ///
    /// # Errors
    /// 403 when a check fails.
    pub(crate) fn check<'a>(&self, request: &'a Request) -> Result<Cow<'a, [u8]>, Problem> {
        let rejected = |reason| Problem::from(Code::Forbidden).with_source(AuthenticationError(reason));
        self.certificates.check(request).map_err(rejected)?;
        let given = request.headers().get("x-notification-secret").map(|value| value.as_bytes());
        if !self.secrets.is_empty() && !self.is_secret(given.unwrap_or_default()) {
            return Err(rejected("the shared secret is missing or wrong"));
        }
        let body = request.body().as_ref();
        if self.signers.is_empty() {
            return Ok(body.into());
        }
        signature::payload(body, &self.signers)
            .map(Cow::Owned)
            .ok_or_else(|| rejected("the signature of the body is missing or invalid"))
    }

    /// Whether the subject of a certificate is all that identifies Mastercard: an authority of the trust store that is deceived, or
    /// careless with names, is then enough for a forged notification.
    pub(crate) fn has_single_factor(&self) -> bool {
        self.secrets.is_empty() && self.signers.is_empty() && !self.certificates.are_pinned()
    }

    /// Compares in constant time with every secret, so that the duration reveals nothing about them.
    fn is_secret(&self, given: &[u8]) -> bool {
        let matches =
            |secret: &SecretString| verify_slices_are_equal(given, secret.expose_secret().as_bytes()).is_ok();
        self.secrets.iter().fold(false, |found, secret| matches(secret) | found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_a_secret_or_a_signer_is_a_second_factor() {
        let alone = || Authentication {
            certificates: AcceptedCertificates {
                subjects: Vec::new(),
                issuers: Vec::new(),
                pins: Vec::new(),
            },
            secrets: Vec::new(),
            signers: Vec::new(),
        };
        assert!(alone().has_single_factor());
        let mut pinned = alone();
        pinned.certificates.pins.push("0".repeat(64).parse().unwrap());
        let secret = Authentication { secrets: vec!["secret".into()], ..alone() };
        let signer = Authentication { signers: vec![DecodingKey::from_secret(b"key")], ..alone() };
        assert!(![pinned, secret, signer].iter().any(Authentication::has_single_factor));
    }
}
