//! The two DynamoDB tables that hold all data of this server except logo files. Every item names its tenant.

mod backoff;
pub mod enrollments;
mod projection;
mod table;
mod token_requestors;
mod transaction;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

pub use enrollments::Enrollments;
pub use table::Tenant;
pub use token_requestors::{MAX_ASSETS_PER_TRANSACTION, Plan, TokenRequestorCache, TokenRequestors};

use crate::BoxError;
use backoff::is_busy;

/// Why a read or write of a table failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Other writers were first in every attempt, or DynamoDB left keys of a batch unprocessed in every attempt.
    #[error("store operation failed: too many concurrent writers")]
    Contended,
    /// DynamoDB returned an error or could not be reached.
    #[error("DynamoDB request failed ({code})")]
    DynamoDb {
        /// DynamoDB's error code; `no response` if there is none.
        code: String,
        /// The error of the SDK.
        #[source]
        source: BoxError,
    },
    /// An item cannot be serialized, or the stored item is not in the expected form.
    #[error("an item could not be read or written")]
    Item(#[source] BoxError),
    /// The SDK could not build a request.
    #[error("a request to DynamoDB could not be built")]
    Request(#[source] BuildError),
}

impl StoreError {
    /// Whether other writers or DynamoDB's limits stood in the way in every attempt: the same request may succeed later.
    pub fn is_contended(&self) -> bool {
        match self {
            Self::Contended => true,
            Self::DynamoDb { code, .. } => is_busy(Some(code)),
            Self::Item(_) | Self::Request(_) => false,
        }
    }
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let code = error.code().unwrap_or("no response").into();
        Self::DynamoDb { code, source: Box::new(error) }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Item(Box::new(error))
    }
}

impl From<BuildError> for StoreError {
    fn from(error: BuildError) -> Self {
        Self::Request(error)
    }
}
