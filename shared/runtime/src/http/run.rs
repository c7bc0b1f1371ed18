//! A function's life on Lambda.

use std::future::ready;

use lambda_http::{Body, Error, IntoResponse, Request, Response, service_fn};

/// Answers one request after the other until Lambda ends the process.
///
/// # Errors
/// When the Runtime API cannot be reached.
pub async fn run<F>(handle: impl Fn(Request) -> F + Send) -> Result<(), Error>
where
    F: Future<Output = Result<Response<Body>, Error>> + Send,
{
    let answer = |request| {
        let answered = handle(request);
        async { answered.await.map(AsItIs) }
    };
    lambda_http::run(service_fn(answer)).await
}

/// Text or bytes already. Left to itself, `lambda_http` would copy every answer and carry the tables of all character sets.
struct AsItIs(Response<Body>);

impl IntoResponse for AsItIs {
    fn into_response(self) -> std::pin::Pin<Box<dyn Future<Output = Response<Body>> + Send>> {
        Box::pin(ready(self.0))
    }
}
