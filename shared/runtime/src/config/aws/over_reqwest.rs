//! An HTTP client for the AWS SDK on top of `reqwest`, which also calls Mastercard. The SDK's default client would add a second
//! HTTP library to each function, with HTTP/2, which DynamoDB and S3 do not support.

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

/// The HTTP client. Clones share its connections.
#[derive(Clone, Debug)]
pub(super) struct OverReqwest(Client);

impl OverReqwest {
    /// A client that never uses a proxy, also if calls to Mastercard do. Fails if the root certificates cannot be read.
    pub(super) fn new() -> Result<Self, ClientError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls::client_config()?)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            .referer(false)
            .build()?;
        Ok(Self(client))
    }

    async fn exchange(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let request = request.try_into_http1x().map_err(invalid_request)?.map(Body::wrap);
        let request = Request::try_from(request).map_err(connector_error)?;
        let mut http_response = self.0.execute(request).await.map_err(connector_error)?;
        let (status, headers) = (http_response.status(), std::mem::take(http_response.headers_mut()));
        let mut response =
            Response::new(SdkBody::from(http_response.bytes().await.map_err(connector_error)?));
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

fn invalid_request(error: HttpError) -> ConnectorError {
    ConnectorError::user(error.into())
}

/// Timeouts and I/O errors are those that the SDK may retry.
fn connector_error(error: reqwest::Error) -> ConnectorError {
    let error = error.without_url();
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else if error.is_builder() {
        ConnectorError::user(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
