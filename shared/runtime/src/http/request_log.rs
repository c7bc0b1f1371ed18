//! The log line of a request: one, when it ends, with who asked for what and what came of it.

use std::{net::IpAddr, time::Instant};

use lambda_http::{
    Body, Request, RequestExt as _, Response,
    http::{Method, StatusCode},
    request::RequestContext,
};
use model::card_enrollment::ShortHash;

use super::{Problem, actor};
use crate::telemetry;

/// What is known of a request when it arrives. The span of the invocation adds its ids and the client.
pub(super) struct RequestLog {
    started: Instant,
    method: Option<Method>,
    /// The route of `infra/openapi.yaml`, such as `/callback/{state}`. Never the path: a callback state is a secret.
    route: Option<String>,
    subject: Option<ShortHash>,
    source_ip: Option<IpAddr>,
}

impl RequestLog {
    /// Begins to measure how long a request takes.
    pub(super) fn start(request: &Request) -> Self {
        Self {
            started: Instant::now(),
            method: Some(request.method().clone()),
            route: route(request),
            subject: actor::subject(request),
            source_ip: actor::source_ip(request),
        }
    }

    /// Of an event whose request cannot be represented.
    pub(super) fn unreadable() -> Self {
        Self { started: Instant::now(), method: None, route: None, subject: None, source_ip: None }
    }

    /// Logs how the request ended, once, and turns a problem into its document.
    pub(super) fn end(
        &self,
        outcome: Result<Response<Body>, Problem>,
        request_id: &str,
    ) -> Result<Response<Body>, lambda_http::Error> {
        match outcome {
            Ok(response) => {
                self.with_fields(response.status(), || {
                    tracing::info!(event = "request_completed", "request completed");
                });
                Ok(response)
            }
            Err(problem) => {
                self.log_problem(&problem);
                problem.into_response(request_id)
            }
        }
    }

    /// Logs a problem with its cause, which its document does not contain.
    fn log_problem(&self, problem: &Problem) {
        let (code, status) = (problem.code.as_str(), problem.code.status());
        let cause = std::error::Error::source(problem).map(telemetry::chain);
        self.with_fields(status, || match status.is_server_error() {
            true => tracing::error!(event = "request_failed", code, cause, "request failed"),
            false => tracing::info!(event = "request_rejected", code, cause, "request rejected"),
        });
    }

    /// Logs within a span that has the fields of each request. Its level is `ERROR` so that no filter drops it.
    fn with_fields(&self, status: StatusCode, log: impl FnOnce()) {
        let span = tracing::error_span!(
            "request",
            method = self.method.as_ref().map(display),
            route = self.route,
            status = status.as_u16(),
            duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
            subject = self.subject.map(display),
            source_ip = self.source_ip.map(display),
        );
        span.in_scope(log);
    }
}

/// The template of the route's path. The key of a route for one method begins with it: `GET /cards`.
fn route(request: &Request) -> Option<String> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => {
            let key = context.route_key.as_deref().filter(|key| !key.is_empty())?;
            Some(key.split_once(' ').map_or(key, |(_, template)| template).to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        http::{Code, request_from_event, serve_untrusted},
        telemetry::testing::logged,
    };

    /// The lines about a request whose handler answers so.
    fn lines(answer: Result<StatusCode, Code>) -> Vec<Value> {
        let event = json!({
            "rawPath": "/callback/secret-state", "routeKey": "GET /callback/{state}", "headers": {},
            "requestContext": {
                "requestId": "JKJaXmPLvHcESHA=",
                "http": {"method": "GET", "sourceIp": "203.0.113.9"},
                "authorizer": {"jwt": {"claims": {"sub": "user-1"}, "scopes": null}},
            },
        });
        let request = request_from_event(&event).unwrap();
        let log = logged(|| {
            let answered = serve_untrusted(request, usize::MAX, async |_| {
                let status =
                    answer.map_err(|code| Problem::from(code).with_source("the table is on fire"))?;
                crate::http::json(status, &json!({}))
            });
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(answered).unwrap();
        });
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn each_request_is_one_line_with_who_asked_for_what() {
        let answers = [
            (Ok(StatusCode::OK), "request_completed", "INFO"),
            (Err(Code::NotFound), "request_rejected", "INFO"),
            (Err(Code::InternalError), "request_failed", "ERROR"),
        ];
        for (answer, event, level) in answers {
            let lines = lines(answer);
            let [line] = lines.as_slice() else { panic!("{lines:?}") };
            let status = answer.unwrap_or_else(Code::status).as_u16();
            assert_eq!((&line["event"], &line["level"]), (&event.into(), &level.into()));
            assert_eq!((&line["status"], &line["method"]), (&status.into(), &"GET".into()));
            assert_eq!(line["route"], "/callback/{state}");
            assert_eq!(line["source_ip"], "203.0.113.9");
            assert_eq!(line["subject"], ShortHash::of(b"user-1").to_string());
            assert_eq!(line["correlation_id"], "JKJaXmPLvHcESHA=");
            assert!(line["duration_ms"].is_u64(), "{line}");
            assert_eq!(line["cause"].is_string(), answer.is_err(), "the cause is logged: {line}");
            assert!(!line.to_string().contains("secret-state"), "{line}");
        }
    }
}
