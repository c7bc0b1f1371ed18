//! Operators' commands: refresh the catalog now, list its changes, redrive the dead-letter queue.

mod changes;
mod redrive;
mod refresh;

use aws_sdk_lambda::{Client, error::DisplayErrorContext, primitives::Blob, types::InvocationType};
use runtime::config::{ConfigError, Settings, registry};
use serde_json::Value;

use crate::aws;

pub use changes::{Catalog, QuarantinedRequestor};
pub use redrive::{DeadLetters, ReceivedMessages, RedriveReport};
pub use refresh::FetchReport;

/// Invokes the functions that have no route.
pub struct Operator {
    lambda: Client,
    sync_requestors: String,
    fetch_assets: String,
}

/// An operator's command failed.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// AWS could not be reached, or rejected the request.
    #[error("the AWS request failed: {0}")]
    Aws(String),
    /// The function was invoked and failed.
    #[error("{function} failed: {message}")]
    Function {
        /// Name or ARN of the function.
        function: String,
        /// The function's error message.
        message: String,
    },
    /// The function returned something that is not its response document.
    #[error("the response of {0} cannot be parsed")]
    InvalidResponse(String),
}

impl OperateError {
    fn aws(error: impl std::error::Error) -> Self {
        Self::Aws(DisplayErrorContext(error).to_string())
    }
}

impl Operator {
    /// Reads `SYNC_REQUESTORS_FUNCTION` and `FETCH_ASSETS_FUNCTION` (names or ARNs) and the AWS configuration.
    ///
    /// # Errors
    /// When one is missing.
    pub async fn connect(settings: &Settings) -> Result<Self, ConfigError> {
        let mut reader = settings.read();
        let functions = (
            reader.value(&registry::SYNC_REQUESTORS_FUNCTION),
            reader.value(&registry::FETCH_ASSETS_FUNCTION),
        );
        let (Some(sync_requestors), Some(fetch_assets)) = functions else { return Err(reader.problems()) };
        let lambda = Client::new(&aws::config(settings, "AWS_ENDPOINT_URL_LAMBDA").await);
        Ok(Self { lambda, sync_requestors, fetch_assets })
    }

    /// Invokes a function and waits for its response.
    async fn invoke(&self, function: &str, event: &Value) -> Result<Value, OperateError> {
        let invoked = self.lambda.invoke().function_name(function);
        let invoked =
            invoked.payload(Blob::new(event.to_string())).send().await.map_err(OperateError::aws)?;
        let payload = invoked.payload.unwrap_or_else(|| Blob::new("null"));
        let response: Value = serde_json::from_slice(payload.as_ref())
            .map_err(|_| OperateError::InvalidResponse(function.to_owned()))?;
        if invoked.function_error.is_none() {
            return Ok(response);
        }
        let message = response["errorMessage"].as_str().unwrap_or("without an error message").to_owned();
        Err(OperateError::Function { function: function.to_owned(), message })
    }
}

/// Invokes a function asynchronously.
async fn start(lambda: &Client, function: &str, event: &Value) -> Result<(), OperateError> {
    let started = lambda.invoke().function_name(function).invocation_type(InvocationType::Event);
    let started = started.payload(Blob::new(event.to_string())).send().await;
    started.map(drop).map_err(OperateError::aws)
}
