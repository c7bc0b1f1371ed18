//! The one place that knows S3: logos under the name of their content, so that they never change and never expire.

use aws_config::SdkConfig;
use aws_sdk_s3::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata as _, SdkError},
    primitives::ByteStream,
    types::ChecksumAlgorithm,
};
use shared::{asset::Logo, config::Reader, http::Cause};

/// The logo bucket.
pub struct Bucket {
    s3: Client,
    name: String,
}

impl Bucket {
    /// From `LOGO_BUCKET`; `S3_ENDPOINT_URL` names another S3 than AWS', addressed by path.
    pub fn read(read: &mut Reader<'_>, aws: &SdkConfig) -> Option<Self> {
        let name = read.required("LOGO_BUCKET");
        let endpoint = read.optional::<String>("S3_ENDPOINT_URL");
        let config = Builder::from(aws);
        let config = match endpoint? {
            Some(endpoint) => config.endpoint_url(endpoint).force_path_style(true),
            None => config,
        };
        Some(Self { s3: Client::from_conf(config.build()), name: name? })
    }

    /// Puts a logo unless it is there already.
    pub async fn put(&self, logo: &Logo, data: &[u8]) -> Result<(), Cause> {
        let put =
            self.s3.put_object().bucket(&self.name).key(&logo.key).body(ByteStream::from(data.to_vec()));
        let put = put.content_type(&logo.media_type).cache_control("public, max-age=31536000, immutable");
        match put.checksum_algorithm(ChecksumAlgorithm::Sha256).if_none_match("*").send().await {
            Ok(_) => Ok(()),
            Err(error) if is_there(&error) => Ok(()),
            Err(error) => Err(Box::new(error)),
        }
    }
}

fn is_there<E: aws_sdk_s3::error::ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    matches!(error.code(), Some("PreconditionFailed" | "ConditionalRequestConflict"))
}
