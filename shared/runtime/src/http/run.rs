//! Runs the handler of an HTTP function on Lambda.

use std::future::ready;

use lambda_http::{Body, Error, IntoResponse, Request, Response, service_fn};

use super::{Code, Problem, deadline, serve_untrusted};
use crate::{LazyInit, config::ConfigError, lazy_init::CONNECT_TIMEOUT};

/// Handles one request after the other until Lambda stops the process.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn run<'a, T, C, Connecting, Handling>(
    function: &'a LazyInit<T, C>,
    handle: impl Fn(&'a T, Request) -> Handling + Send + Sync,
) -> Result<(), Error>
where
    T: Send + Sync,
    C: Fn() -> Connecting + Sync,
    Connecting: Future<Output = Result<T, ConfigError>> + Send,
    Handling: Future<Output = Result<Response<Body>, Error>> + Send,
{
    let handle = &handle;
    let handler = move |request: Request| async move {
        let response = match function.get(deadline(&request, CONNECT_TIMEOUT)).await {
            Ok(function) => handle(function, request).await,
            Err(error) => reject(request, error).await,
        };
        response.map(PreparedResponse)
    };
    lambda_http::run(service_fn(handler)).await
}

/// The response of a function that could not be connected.
async fn reject(request: Request, error: ConfigError) -> Result<Response<Body>, Error> {
    let code = if error.is_transient() { Code::ServiceUnavailable } else { Code::InternalError };
    let problem = Problem::from(code).with_source(error);
    let problem = if code == Code::ServiceUnavailable { problem.retry_after(1) } else { problem };
    serve_untrusted(request, usize::MAX, async |_| Err(problem)).await
}

/// A response whose body is text or bytes already. The conversion of `lambda_http` would copy each body and link the tables
/// of all character sets.
struct PreparedResponse(Response<Body>);

impl IntoResponse for PreparedResponse {
    fn into_response(self) -> std::pin::Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}
