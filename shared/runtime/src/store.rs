//! DynamoDB, the only memory of this server. Two tables; every item carries its tenant.

mod backoff;
pub mod enrollments;
mod table;
mod token_requestors;
mod transaction;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

pub use enrollments::Enrollments;
pub use table::Tenant;
pub use token_requestors::{ASSETS_AT_ONCE, Plan, TokenRequestorCache, TokenRequestors};

use crate::BoxError;

/// The table did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first, again and again.
    #[error("too many writers at once")]
    Contended,
    /// DynamoDB refused or could not be reached.
    #[error("DynamoDB did not answer as hoped ({code})")]
    DynamoDb {
        /// Its own word.
        code: String,
        /// What the SDK says.
        #[source]
        source: BoxError,
    },
    /// An item is not what this version writes.
    #[error("an item could not be read or written")]
    Item(#[source] serde_dynamo::Error),
    /// A request could not be put together.
    #[error("a request to DynamoDB could not be built")]
    Request(#[source] BuildError),
}

impl<E, R> From<SdkError<E, R>> for StoreError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    fn from(error: SdkError<E, R>) -> Self {
        let code = error.code().unwrap_or("no answer").into();
        Self::DynamoDb { code, source: Box::new(error) }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::Item(error)
    }
}

impl From<BuildError> for StoreError {
    fn from(error: BuildError) -> Self {
        Self::Request(error)
    }
}
