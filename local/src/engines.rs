//! Embedded DynamoDB and S3, and the dead-letter queue, on loopback, with the wire protocols of AWS. The functions use the same SDK clients as in
//! Lambda; only the endpoints differ.

mod database_file;
pub mod dynamodb;
pub(crate) mod s3;
pub(crate) mod sqs;

pub use database_file::DatabaseFault;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use url::Url;
use uuid::Uuid;

/// Region in the SDK's configuration.
pub(crate) const REGION: &str = "eu-west-1";

/// The access key of this process's engines.
#[derive(Clone)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl AccessKey {
    pub(crate) fn throw_away() -> Self {
        Self { id: "local".into(), secret: Uuid::new_v4().simple().to_string() }
    }

    /// The SDK's configuration for one engine; DynamoDB and S3 have different endpoints.
    pub(crate) fn sdk_config(&self, endpoint: &Url) -> SdkConfig {
        let credentials = Credentials::new(&self.id, &self.secret, None, None, "local");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint.as_str())
            .build()
    }
}

/// An engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The database file cannot be used.
    #[error(transparent)]
    DatabaseFile(#[from] DatabaseFault),
    /// The embedded DynamoDB did not open its file.
    #[error("the embedded DynamoDB cannot open its file: {0}")]
    Database(String),
    /// A table could not be created.
    #[error("a table could not be created")]
    Table(#[source] Box<aws_sdk_dynamodb::Error>),
    /// A table's definition is incomplete.
    #[error("a table could not be defined")]
    Description(#[from] aws_sdk_dynamodb::error::BuildError),
    /// The folder of the bucket cannot be used.
    #[error("the embedded S3 cannot use its folder: {0}")]
    Folder(String),
    /// The bucket could not be created.
    #[error("the bucket could not be created")]
    Bucket(#[source] Box<aws_sdk_s3::Error>),
}

impl EngineError {
    fn table(error: impl Into<aws_sdk_dynamodb::Error>) -> Self {
        Self::Table(Box::new(error.into()))
    }
}
