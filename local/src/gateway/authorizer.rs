//! The JWT authorizer: RS256 with one key, issuer, audience, expiry. It uses real time, not the `World`'s clock, so that
//! tokens stay valid in tests that advance the clock.

use axum::http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Map, Value};

/// Verifies the app's tokens.
pub(crate) struct Authorizer {
    key: DecodingKey,
    validation: Validation,
}

/// A verified token's claims; all values are text, as API Gateway passes them.
pub(super) type Claims = Map<String, Value>;

impl Authorizer {
    /// Trusts `public_key` (PEM) for tokens of this issuer to this audience.
    pub(crate) fn new(
        public_key: &str,
        issuer: &str,
        audience: &str,
    ) -> Result<Self, jsonwebtoken::errors::Error> {
        let mut validation = Validation::new(Algorithm::RS256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = 0;
        Ok(Self { key: DecodingKey::from_rsa_pem(public_key.as_bytes())?, validation })
    }

    /// The claims, or `None` for an invalid token; the failed check is not revealed.
    pub(super) fn verify(&self, headers: &HeaderMap) -> Option<Claims> {
        let header = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = header.split_once(' ').unwrap_or(("bearer", header));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let claims: Map<String, Value> = decode(token.trim(), &self.key, &self.validation).ok()?.claims;
        Some(claims.into_iter().map(|(name, value)| (name, Value::String(text(&value)))).collect())
    }
}

/// A claim's value as text; lists become `[a b]`, as in API Gateway.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(" ")),
        other => other.to_string(),
    }
}
