//! The SDK's requests over the HTTP library that Mastercard is called with. The client that the SDK brings would be a second
//! one in each function, with an HTTP/2 that DynamoDB and S3 do not speak.

use std::time::Duration;

use aws_smithy_runtime_api::{
    client::{
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::HttpError,
};
use aws_smithy_types::body::SdkBody;
use lambda_http::http::Response;
use reqwest::{Body, Client, Request};

use mastercard::tls::{self, ClientError};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Cloning shares the connections.
#[derive(Clone, Debug)]
pub(super) struct OverReqwest(Client);

impl OverReqwest {
    /// AWS is reached directly, whatever proxy leads to Mastercard. Fails if the platform offers no TLS roots.
    pub(super) fn new() -> Result<Self, ClientError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls::platform_config()?)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .referer(false)
            .build()?;
        Ok(Self(client))
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(unsendable)?.map(Body::wrap);
        let request = Request::try_from(request).map_err(failed)?;
        let mut answer = self.0.execute(request).await.map_err(failed)?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let mut response = Response::new(SdkBody::from(answer.bytes().await.map_err(failed)?));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        HttpResponse::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
    }
}

impl HttpClient for OverReqwest {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for OverReqwest {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().exchange(request))
    }
}

fn unsendable(error: HttpError) -> ConnectorError {
    ConnectorError::user(error.into())
}

/// What the SDK may try again is a time-out, or was lost on the way.
fn failed(error: reqwest::Error) -> ConnectorError {
    let error = error.without_url();
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        ConnectorError::user(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
