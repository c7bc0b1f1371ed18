//! Runs the handler of an HTTP function on Lambda.

use std::future::ready;

use lambda_http::{Body, Error, IntoResponse, Request, Response, service_fn};

/// Handles one request after the other until Lambda stops the process.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn run<F>(handle: impl Fn(Request) -> F + Send) -> Result<(), Error>
where
    F: Future<Output = Result<Response<Body>, Error>> + Send,
{
    let handler = |request| {
        let response = handle(request);
        async { response.await.map(PreparedResponse) }
    };
    lambda_http::run(service_fn(handler)).await
}

/// A response whose body is text or bytes already. The conversion of `lambda_http` would copy each body and link the tables
/// of all character sets.
struct PreparedResponse(Response<Body>);

impl IntoResponse for PreparedResponse {
    fn into_response(self) -> std::pin::Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}
