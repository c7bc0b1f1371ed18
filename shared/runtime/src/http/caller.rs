//! Who sent a request, and what its access token allows.

use lambda_http::Request;
use tracing::{Span, field::display};

use super::{Code, Problem, access_token::AccessToken};
use crate::config::{
    ClaimValue, List, SettingsReader,
    registry::{self, Setting},
};
use mastercard::card::ClientId;
use model::audit::client_pseudonym;

/// Scopes of which an access token must have one. API Gateway checks the same before it invokes a function; the function
/// checks again, so that a route without `AuthorizationScopes` does not let a token without scope through.
#[derive(Clone, Debug)]
pub struct RequiredScopes(Vec<ClaimValue>);

/// Finds the client id in the claims of the access token.
#[derive(Clone, Debug)]
pub struct Caller {
    claim: String,
    scopes: RequiredScopes,
}

impl RequiredScopes {
    /// Reads one of the settings `…_SCOPES`; `None` if a problem was noted. Without the setting no scope is required.
    pub fn from_settings(
        settings: &mut SettingsReader<'_>,
        setting: &Setting<List<ClaimValue>>,
    ) -> Option<Self> {
        Some(Self(settings.optional(setting)?.map_or_else(Vec::new, |List(scopes)| scopes)))
    }

    /// Checks the access token of a request.
    ///
    /// # Errors
    /// [`Code::InvalidToken`] for an ID token, and [`Code::InsufficientScope`] if it has none of the scopes.
    pub fn check(&self, request: &Request) -> Result<(), Problem> {
        self.check_token(AccessToken::of(request)?)
    }

    fn check_token(&self, token: AccessToken<'_>) -> Result<(), Problem> {
        let mut granted = token.values("scope").chain(token.values("scp"));
        if self.0.is_empty() || granted.any(|scope| self.0.iter().any(|required| required.as_str() == scope))
        {
            return Ok(());
        }
        let required: Vec<_> = self.0.iter().map(ClaimValue::as_str).collect();
        // RFC 6750 section 3.1.
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{}""#, required.join(" "));
        Err(Problem::from(Code::InsufficientScope).with_challenge(challenge))
    }
}

impl Caller {
    /// Reads `CLIENT_ID_CLAIM`, and the scopes from one of the settings `…_SCOPES`; `None` if a problem was noted.
    pub fn from_settings(
        settings: &mut SettingsReader<'_>,
        scopes: &Setting<List<ClaimValue>>,
    ) -> Option<Self> {
        let claim = settings.value(&registry::CLIENT_ID_CLAIM);
        let scopes = RequiredScopes::from_settings(settings, scopes);
        Some(Self { claim: claim?, scopes: scopes? })
    }

    /// The client that sent the request, from a claim of the token that API Gateway's JWT authorizer verified. From then on its
    /// pseudonym is on each log line.
    ///
    /// # Errors
    /// As [`RequiredScopes::check`], and [`Code::Unauthenticated`] if the claim is missing or is not a client id.
    pub fn client(&self, request: &Request) -> Result<ClientId, Problem> {
        let token = AccessToken::of(request)?;
        let client: Option<ClientId> = token.claim(&self.claim).and_then(|raw| raw.parse().ok());
        // Before the refusals: a line about one names the client too.
        if let Some(client) = client {
            Span::current().record("client", display(client_pseudonym(client)));
        }
        self.scopes.check_token(token)?;
        client.ok_or_else(|| Code::Unauthenticated.into())
    }
}

#[cfg(test)]
mod tests;
