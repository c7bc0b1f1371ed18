//! PROVISIONAL. Who may notify. A chain in which each link can only refuse: the client certificate that API Gateway
//! verified must bear a configured subject; where a shared secret is configured, `X-Notification-Secret` must carry it;
//! where a signer is configured, the body must be its JWS. Everybody else is refused.

mod settings;
mod signature;

use std::borrow::Cow;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use jsonwebtoken::DecodingKey;
use lambda_http::{Request, RequestExt as _, request::RequestContext};
use runtime::http::{Code, Problem};
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) use settings::AuthenticationSettings;

/// The chain. Of secrets and signers there are two while one replaces the other.
pub(crate) struct Authentication {
    subjects: Vec<String>,
    secrets: Vec<SecretString>,
    signers: Vec<DecodingKey>,
}

/// Why a caller was refused; for the log.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refused(&'static str);

impl Authentication {
    /// What an authenticated caller said.
    pub(crate) fn check<'a>(&self, request: &'a Request) -> Result<Cow<'a, [u8]>, Problem> {
        let refused = |why| Problem::from(Code::Forbidden).with_source(Refused(why));
        let subject = subject(request).ok_or_else(|| refused("no client certificate"))?;
        if !self.subjects.iter().any(|known| known == subject) {
            return Err(refused("the client certificate bears another name"));
        }
        let given = request.headers().get("x-notification-secret").map(|value| value.as_bytes());
        if !self.secrets.is_empty() && !self.is_secret(given.unwrap_or_default()) {
            return Err(refused("the shared secret is missing or wrong"));
        }
        let body = request.body().as_ref();
        if self.signers.is_empty() {
            return Ok(body.into());
        }
        signature::payload(body, &self.signers)
            .map(Cow::Owned)
            .ok_or_else(|| refused("the body is not signed by whom it should be"))
    }

    /// Compares with every secret, so that the time tells neither how much of one was right nor which.
    fn is_secret(&self, given: &[u8]) -> bool {
        let is =
            |secret: &SecretString| verify_slices_are_equal(given, secret.expose_secret().as_bytes()).is_ok();
        self.secrets.iter().fold(false, |found, secret| is(secret) | found)
    }
}

/// The subject of the certificate that the TLS terminator verified.
fn subject(request: &Request) -> Option<&str> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => {
            context.authentication.as_ref()?.client_cert.as_ref()?.subject_dn.as_deref()
        }
        _ => None,
    }
}
