//! What operators order: a refresh now, a look at what changed, another try at what failed for good.

mod changes;
mod redrive;
mod refresh;

use aws_sdk_lambda::{Client, error::DisplayErrorContext, primitives::Blob, types::InvocationType};
use runtime::config::{ConfigError, Settings};
use serde_json::Value;

use crate::aws;

pub use changes::{Catalog, Waiting};
pub use redrive::{DeadLetters, Redriven};
pub use refresh::{Allowed, Fetched, Orders};

/// Invokes functions. Its fields are all that it may touch.
pub struct Operator {
    lambda: Client,
    sync_requestors: String,
    fetch_assets: String,
}

/// An order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OperateError {
    /// AWS could not be reached, or refused.
    #[error("AWS did not do it: {0}")]
    Aws(String),
    /// The function ran and failed; its own words.
    #[error("{function} failed: {why}")]
    Function {
        /// Which.
        function: String,
        /// Why.
        why: String,
    },
    /// The function's answer is none.
    #[error("{0} answered what cannot be read")]
    Unreadable(String),
}

impl OperateError {
    fn aws(error: impl std::error::Error) -> Self {
        Self::Aws(DisplayErrorContext(error).to_string())
    }
}

impl Operator {
    /// Reads `SYNC_REQUESTORS_FUNCTION` and `FETCH_ASSETS_FUNCTION`, names or ARNs; and where AWS is.
    ///
    /// # Errors
    /// When one is missing.
    pub async fn connect(settings: &Settings) -> Result<Self, ConfigError> {
        let mut read = settings.read();
        let functions = (read.required("SYNC_REQUESTORS_FUNCTION"), read.required("FETCH_ASSETS_FUNCTION"));
        let (Some(sync_requestors), Some(fetch_assets)) = functions else { return Err(read.problems()) };
        let lambda = Client::new(&aws::config(settings, "LAMBDA").await);
        Ok(Self { lambda, sync_requestors, fetch_assets })
    }

    /// Invokes a function and waits for what it returns.
    async fn invoke(&self, function: &str, event: &Value) -> Result<Value, OperateError> {
        let invoked = self.lambda.invoke().function_name(function);
        let invoked =
            invoked.payload(Blob::new(event.to_string())).send().await.map_err(OperateError::aws)?;
        let answer = invoked.payload.unwrap_or_else(|| Blob::new("null"));
        let answer: Value = serde_json::from_slice(answer.as_ref())
            .map_err(|_| OperateError::Unreadable(function.to_owned()))?;
        if invoked.function_error.is_none() {
            return Ok(answer);
        }
        let why = answer["errorMessage"].as_str().unwrap_or("it does not say why").to_owned();
        Err(OperateError::Function { function: function.to_owned(), why })
    }
}

/// Starts a function without waiting for it.
async fn start(lambda: &Client, function: &str, event: &Value) -> Result<(), OperateError> {
    let started = lambda.invoke().function_name(function).invocation_type(InvocationType::Event);
    let started = started.payload(Blob::new(event.to_string())).send().await;
    started.map(drop).map_err(OperateError::aws)
}
