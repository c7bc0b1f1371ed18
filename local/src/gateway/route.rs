//! A route such as `GET /enrollments/{enrollmentId}`, and its function.

use std::sync::Arc;

use axum::http::Method;
use futures_util::future::BoxFuture;
use lambda_http::{Body, Error, Request, Response};
use percent_encoding::percent_decode_str;

use super::Authorizer;

/// A function as the gateway invokes it.
pub(crate) type Handler =
    Arc<dyn Fn(Request) -> BoxFuture<'static, Result<Response<Body>, Error>> + Send + Sync>;

/// One route of the HTTP API.
pub(crate) struct Route {
    /// `None` for every method.
    method: Option<Method>,
    template: &'static str,
    pub(super) authorizer: Option<Arc<Authorizer>>,
    pub(super) handler: Handler,
}

/// Values of the route's `{parameters}`, decoded.
pub(super) type Parameters = Vec<(&'static str, String)>;

impl Route {
    /// A route that needs a token.
    pub(crate) fn new(
        method: Method,
        template: &'static str,
        authorizer: &Arc<Authorizer>,
        handler: Handler,
    ) -> Self {
        Self { method: Some(method), template, authorizer: Some(Arc::clone(authorizer)), handler }
    }

    /// A route without authentication.
    pub(crate) fn open(method: Method, template: &'static str, handler: Handler) -> Self {
        Self { method: Some(method), template, authorizer: None, handler }
    }

    /// A route without authentication for every method that no route before it matches.
    pub(crate) fn any(template: &'static str, handler: Handler) -> Self {
        Self { method: None, template, authorizer: None, handler }
    }

    /// The route key, as API Gateway writes it.
    pub(super) fn key(&self) -> String {
        format!("{} {}", self.method.as_ref().map_or("ANY", Method::as_str), self.template)
    }

    /// Matches segment by segment; a parameter matches exactly one segment, which must not be empty.
    pub(super) fn matches(&self, method: &Method, path: &str) -> Option<(&Self, Parameters)> {
        let (template, given) = (self.template.split('/'), path.split('/'));
        if self.method.as_ref().is_some_and(|own| own != method)
            || template.clone().count() != given.clone().count()
        {
            return None;
        }
        let mut parameters = Parameters::new();
        for (expected, given) in template.zip(given) {
            match expected.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(_) if given.is_empty() => return None,
                Some(name) => {
                    parameters.push((name, percent_decode_str(given).decode_utf8_lossy().into_owned()))
                }
                None if expected == given => {}
                None => return None,
            }
        }
        Some((self, parameters))
    }
}
