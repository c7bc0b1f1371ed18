//! Step-up authentication (RFC 9470): what an access token must say about the cardholder's login before a card is pushed.

use jiff::{SignedDuration, Timestamp};
use lambda_http::Request;

use super::{Code, Problem, access_token::AccessToken, authentication_request::AuthenticationRequest};
use crate::config::{
    ClaimValue, List, SettingsReader,
    registry::{STEP_UP_ACR_VALUES, STEP_UP_MAX_AGE_MINUTES, STEP_UP_METHODS},
};
use model::enrollment::{Authentication, token_id_hash};

/// How far the login's clock may be ahead of this server's clock.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);
/// The longest `acr` and `amr`, in bytes, and the most `amr`, that are stored as evidence. The items stay small.
const MAX_ACR_LENGTH: usize = 128;
const MAX_AMR_LENGTH: usize = 16;
const MAX_AMR: usize = 8;

/// The authentication that a request needs; by default any.
#[derive(Clone, Debug)]
pub struct StepUp {
    /// Accepted `acr`, preferred ones first; empty if any is accepted.
    acr: Vec<ClaimValue>,
    /// Accepted `amr`, of which the token must have one; empty if any is accepted.
    amr: Vec<ClaimValue>,
    max_age: Option<SignedDuration>,
}

impl StepUp {
    /// Reads the settings `STEP_UP_…`; `None` if a problem was noted.
    pub fn from_settings(settings: &mut SettingsReader<'_>) -> Option<Self> {
        let acr = settings.optional(&STEP_UP_ACR_VALUES);
        let amr = settings.optional(&STEP_UP_METHODS);
        let max_age = settings.optional(&STEP_UP_MAX_AGE_MINUTES);
        let values = |list: Option<List<_>>| list.map_or_else(Vec::new, |List(values)| values);
        let max_age = max_age?.map(|minutes| SignedDuration::from_mins(minutes.get().into()));
        Some(Self { acr: values(acr?), amr: values(amr?), max_age })
    }

    /// Checks how the cardholder was authenticated, and returns what the access token says about it, as evidence.
    ///
    /// # Errors
    /// [`Code::InvalidToken`] for an ID token. [`Code::InsufficientUserAuthentication`], with the challenge of RFC 9470
    /// section 3, if the authentication is too weak or too old, or the token does not say.
    pub fn check(&self, request: &Request, now: Timestamp) -> Result<Option<Authentication>, Problem> {
        let token = AccessToken::of(request)?;
        let accepts = |accepted: &[ClaimValue], value: &str| accepted.iter().any(|it| it.as_str() == value);
        let (acr, mut amr) = (token.claim("acr"), token.values("amr"));
        let authenticated_at = time(token, "auth_time");
        if !self.acr.is_empty() && !acr.is_some_and(|acr| accepts(&self.acr, acr)) {
            return Err(self.refusal("A different authentication level is required", "acr"));
        }
        if !self.amr.is_empty() && !amr.any(|amr| accepts(&self.amr, amr)) {
            return Err(self.refusal("A different authentication level is required", "amr"));
        }
        let is_recent = |max_age, at| {
            let age = now.duration_since(at);
            age <= max_age && age >= -CLOCK_SKEW
        };
        if let Some(max_age) = self.max_age
            && !authenticated_at.is_some_and(|at| is_recent(max_age, at))
        {
            return Err(self.refusal("More recent authentication is required", "auth_time"));
        }
        Ok(evidence(token))
    }

    fn refusal(&self, description: &str, claim: &'static str) -> Problem {
        let acr_values: Vec<_> = self.acr.iter().map(|acr| acr.as_str().to_owned()).collect();
        let max_age = self.max_age.map(|age| age.as_secs());
        let mut challenge =
            format!(r#"Bearer error="insufficient_user_authentication", error_description="{description}""#);
        if !acr_values.is_empty() {
            challenge.push_str(&format!(r#", acr_values="{}""#, acr_values.join(" ")));
        }
        if let Some(seconds) = max_age {
            challenge.push_str(&format!(r#", max_age="{seconds}""#));
        }
        Problem::from(Code::InsufficientUserAuthentication)
            .with_challenge(challenge)
            .with_authentication(AuthenticationRequest { acr_values, max_age })
            .with_source(format!("claim {claim} is missing or not accepted"))
    }
}

/// A claim in seconds since 1970 (RFC 7519, NumericDate). Fractions do not count.
fn time(token: AccessToken<'_>, name: &str) -> Option<Timestamp> {
    let seconds = token.claim(name)?.split('.').next()?.parse().ok()?;
    Timestamp::from_second(seconds).ok()
}

/// What the token says about the authentication; `None` if it says nothing.
fn evidence(token: AccessToken<'_>) -> Option<Authentication> {
    let amr = token.values("amr").filter(|amr| amr.len() <= MAX_AMR_LENGTH);
    let authentication = Authentication {
        acr: token.claim("acr").filter(|acr| acr.len() <= MAX_ACR_LENGTH).map(str::to_owned),
        amr: amr.take(MAX_AMR).map(str::to_owned).collect(),
        authenticated_at: time(token, "auth_time"),
        token_id_hash: token.claim("jti").map(token_id_hash),
    };
    Some(authentication).filter(|authentication| *authentication != Authentication::default())
}

#[cfg(test)]
mod tests;
