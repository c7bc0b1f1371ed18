//! The one place that knows S3: what lies there has the name of its content, so it never changes and never expires.

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::Builder,
    error::{ProvideErrorMetadata as _, SdkError},
    operation::put_object::{PutObjectError, builders::PutObjectFluentBuilder},
    primitives::ByteStream,
    types::ChecksumAlgorithm,
};
use aws_types::SdkConfig;
use bytes::Bytes;
use runtime::config::{SettingsReader, registry};

use crate::logo::Object;

/// Attempts while somebody else puts the same content.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(200);

/// The logo bucket.
pub struct Bucket {
    s3: Client,
    name: String,
}

impl Bucket {
    /// From `LOGO_BUCKET`; `S3_ENDPOINT_URL` names another S3 than AWS', addressed by path.
    pub fn read(read: &mut SettingsReader<'_>, aws: &SdkConfig) -> Option<Self> {
        let name = read.value(&registry::LOGO_BUCKET);
        let endpoint = read.optional(&registry::S3_ENDPOINT_URL);
        let config = Builder::from(aws);
        let config = match endpoint? {
            Some(endpoint) => config.endpoint_url(endpoint).force_path_style(true),
            None => config,
        };
        Some(Self { s3: Client::from_conf(config.build()), name: name? })
    }

    /// Puts an object unless it is there already.
    pub(crate) async fn put(&self, object: Object) -> Result<(), Box<SdkError<PutObjectError>>> {
        let Object { key, media_type, bytes } = object;
        let bytes = Bytes::from(bytes);
        let mut attempt = 1;
        loop {
            let Err(error) = self.request(&key, media_type, bytes.clone()).send().await else {
                return Ok(());
            };
            match error.code() {
                Some("PreconditionFailed") => return Ok(()),
                Some("ConditionalRequestConflict") if attempt < ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                _ => return Err(Box::new(error)),
            }
        }
    }

    fn request(&self, key: &str, media_type: Option<&str>, bytes: Bytes) -> PutObjectFluentBuilder {
        let put = self.s3.put_object().bucket(&self.name).key(key).if_none_match("*");
        let put = put.checksum_algorithm(ChecksumAlgorithm::Sha256).body(ByteStream::from(bytes));
        let put = put.cache_control("public, max-age=31536000, immutable");
        match media_type {
            Some(media_type) => put.content_type(media_type),
            // Whoever comes upon it saves it and does not open it.
            None => put.content_type("application/octet-stream").content_disposition("attachment"),
        }
    }
}
