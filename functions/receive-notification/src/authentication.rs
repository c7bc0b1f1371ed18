//! PROVISIONAL. Who may notify: the client certificate that API Gateway verified must bear a configured subject, and
//! where a shared secret is configured, `X-Notification-Secret` must carry it too. Everybody else is refused.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use lambda_http::{Request, RequestExt as _, request::RequestContext};
use secrecy::{ExposeSecret as _, SecretString};
use shared::{
    config::{ConfigError, Reader, SecretRef},
    http::{Code, Problem},
};

const SECRET: &str = "NOTIFICATION_SHARED_SECRET";

/// What is to be checked.
pub(crate) struct AuthenticationSettings {
    subjects: Vec<String>,
    secret: Option<SecretRef>,
}

/// The checks, ready.
pub(crate) struct Authentication {
    subjects: Vec<String>,
    secret: Option<SecretString>,
}

/// Why a caller was refused; for the log.
#[derive(Debug)]
struct Refused(&'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Refused {}

impl AuthenticationSettings {
    pub(crate) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let subjects = read.required::<String>("NOTIFICATION_CLIENT_SUBJECTS");
        let secret = read.optional(SECRET);
        let subjects: Vec<_> = subjects?.split(';').map(|subject| subject.trim().to_owned()).collect();
        if subjects.iter().any(String::is_empty) {
            read.problem("NOTIFICATION_CLIENT_SUBJECTS", "wants subject names, semicolon separated");
            return None;
        }
        Some(Self { subjects, secret: secret? })
    }

    pub(crate) async fn connect(self) -> Result<Authentication, ConfigError> {
        let secret = match self.secret {
            Some(secret) => {
                Some(secret.fetch().await.map_err(|source| ConfigError::Secret { name: SECRET, source })?)
            }
            None => None,
        };
        Ok(Authentication { subjects: self.subjects, secret })
    }
}

impl Authentication {
    pub(crate) fn check(&self, request: &Request) -> Result<(), Problem> {
        let refused = |why| Problem::from(Code::Forbidden).because(Refused(why));
        let subject = subject(request).ok_or_else(|| refused("no client certificate"))?;
        if !self.subjects.iter().any(|known| known == subject) {
            return Err(refused("the client certificate bears another name"));
        }
        let Some(secret) = &self.secret else { return Ok(()) };
        let given =
            request.headers().get("x-notification-secret").map(|value| value.as_bytes()).unwrap_or_default();
        verify_slices_are_equal(given, secret.expose_secret().trim().as_bytes())
            .map_err(|_| refused("the shared secret is missing or wrong"))
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
