//! The access token of a request: the claims that API Gateway's JWT authorizer verified.

use std::collections::HashMap;

use lambda_http::{Request, RequestExt as _, request::RequestContext};

use super::{Code, Problem};

/// The claims of the token; none if the route has no authorizer.
#[derive(Clone, Copy)]
pub(super) struct AccessToken<'a>(Option<&'a HashMap<String, String>>);

impl<'a> AccessToken<'a> {
    /// The token of a request.
    ///
    /// # Errors
    /// [`Code::InvalidToken`] if the issuer marks it as an ID token (OpenID Connect Core section 2): it tells an app who
    /// logged in, and gives no right. Amazon Cognito marks it by `token_use`, Keycloak by `typ`. API Gateway accepts both,
    /// since their audience may be the same.
    pub(super) fn of(request: &'a Request) -> Result<Self, Problem> {
        let authorizer = request.request_context_ref().and_then(RequestContext::authorizer);
        let token = Self(authorizer.and_then(|authorizer| authorizer.jwt.as_ref()).map(|jwt| &jwt.claims));
        let marks = [("token_use", "id"), ("typ", "ID")];
        let is_id_token = |(name, value): (&str, &str)| token.claim(name) == Some(value);
        if marks.into_iter().any(is_id_token) { Err(Code::InvalidToken.into()) } else { Ok(token) }
    }

    /// A claim, as API Gateway writes it.
    pub(super) fn claim(self, name: &str) -> Option<&'a str> {
        self.0?.get(name).map(String::as_str)
    }

    /// The values of a claim that is a list, or a text with values between spaces. API Gateway writes a list as `[a b]`.
    pub(super) fn values(self, name: &str) -> impl Iterator<Item = &'a str> {
        let claim = self.claim(name).unwrap_or_default();
        let list = claim.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        list.unwrap_or(claim).split_ascii_whitespace()
    }
}
