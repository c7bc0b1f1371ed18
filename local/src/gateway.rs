//! API Gateway on loopback: matches a route, verifies the token, invokes the function with the event that Lambda would
//! get, and returns its response. Error responses have API Gateway's bodies.

mod authorizer;
mod cors;
mod event;
pub(crate) mod lambda;
mod response;
mod route;
pub(crate) mod static_files;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderValue, Response, StatusCode, header, request::Parts},
    serve::ListenerExt as _,
};
use jiff::Timestamp;
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) use authorizer::Authorizer;
pub(crate) use cors::Cors;
pub(crate) use event::Caller;
pub(crate) use route::{Handler, Route};

use crate::{live::journal::Journal, shutdown::Shutdown};

/// API Gateway's payload quota, in bytes.
const MAX_BODY: usize = 10 * 1024 * 1024;
/// The longest `Timeout` of a function in the template, and API Gateway's own timeout.
const FUNCTION_TIMEOUT: Duration = Duration::from_secs(28);
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(30);

/// The routes of one HTTP API.
pub(crate) struct Gateway {
    routes: Vec<Route>,
    cors: Cors,
    journal: Option<Journal>,
}

impl Gateway {
    pub(crate) fn new(routes: Vec<Route>) -> Arc<Self> {
        Arc::new(Self { routes, cors: Cors::default(), journal: None })
    }

    /// The same for pages of other origins too, and with each exchange reported to the journal.
    pub(crate) fn for_apps(routes: Vec<Route>, cors: Cors, journal: Journal) -> Arc<Self> {
        Arc::new(Self { routes, cors, journal: Some(journal) })
    }

    /// Its routes in API Gateway's notation.
    pub(crate) fn route_keys(&self) -> impl Iterator<Item = String> {
        self.routes.iter().map(Route::key)
    }

    /// Serves plain HTTP until shutdown; requests that `other_routes` matches do not reach the gateway.
    pub(crate) fn serve(self: Arc<Self>, listener: TcpListener, other_routes: Router, shutdown: &Shutdown) {
        let router = other_routes.fallback(move |ConnectInfo(address): ConnectInfo<SocketAddr>, request| {
            let gateway = Arc::clone(&self);
            async move { gateway.handle(request, Caller { address, certificate: None }).await }
        });
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let without_delay = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        tokio::spawn(
            axum::serve(without_delay, service).with_graceful_shutdown(shutdown.wait()).into_future(),
        );
    }

    /// Handles one request: everything from the route to the response, then CORS.
    pub(crate) async fn handle(&self, request: Request, caller: Caller) -> Response<Body> {
        let (request, body) = request.into_parts();
        let mut response = self.handle_route(&request, body, caller).await;
        self.cors.allow(&request, &mut response);
        response
    }

    async fn handle_route(&self, request: &Parts, body: Body, caller: Caller) -> Response<Body> {
        let path = request.uri.path();
        let Some((route, parameters)) =
            self.routes.iter().find_map(|route| route.matches(&request.method, path))
        else {
            return error_response(StatusCode::NOT_FOUND, "Not Found");
        };
        let claims = match route.authorizer.as_ref().map(|authorizer| authorizer.verify(&request.headers)) {
            None => None,
            Some(Some(claims)) => Some(claims),
            Some(None) => {
                let mut response = error_response(StatusCode::UNAUTHORIZED, "Unauthorized");
                response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
                return response;
            }
        };
        let Ok(body) = to_bytes(body, MAX_BODY).await else {
            return error_response(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        };
        let journal = self.journal.as_ref();
        let pending = journal.and_then(|journal| journal.record_request(route.key(), request, &body));
        let event = event::Event { route, parameters, claims, caller: &caller, request, body: &body };
        let request_id = event::request_id();
        let mut response = invoke(route, event.to_json(&request_id, Timestamp::now())).await;
        if let Ok(request_id) = HeaderValue::try_from(request_id) {
            response.headers_mut().insert("apigw-requestid", request_id);
        }
        match journal {
            Some(journal) => journal.record_response(pending, response).await,
            None => response,
        }
    }
}

/// Runs the function on a separate task, so that a panic ends the invocation only.
async fn invoke(route: &Route, event: Value) -> Response<Body> {
    let event = LambdaEvent::new(event, context(FUNCTION_TIMEOUT));
    let handler = Arc::clone(&route.handler);
    let invocation = tokio::spawn(runtime::http::handle_event(event, move |request| handler(request)));
    match tokio::time::timeout(GATEWAY_TIMEOUT, invocation).await {
        Ok(Ok(Ok(response))) => response::to_http(response).await.unwrap_or_else(|error| {
            tracing::error!(%error, route = route.key(), "the response cannot be delivered");
            internal_error()
        }),
        Ok(Ok(Err(error))) => {
            tracing::error!(%error, route = route.key(), "the function failed");
            internal_error()
        }
        Ok(Err(_panicked)) => internal_error(),
        Err(_elapsed) => error_response(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
    }
}

/// The Lambda context of an invocation, with its deadline.
pub(crate) fn context(timeout: Duration) -> lambda_runtime::Context {
    let deadline = Timestamp::now().saturating_add(timeout).unwrap_or(Timestamp::MAX);
    let mut context = lambda_runtime::Context::default();
    context.request_id = uuid::Uuid::new_v4().to_string();
    context.deadline = u64::try_from(deadline.as_millisecond()).unwrap_or_default();
    context
}

fn internal_error() -> Response<Body> {
    error_response(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn error_response(status: StatusCode, message: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(json!({ "message": message }).to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests;
