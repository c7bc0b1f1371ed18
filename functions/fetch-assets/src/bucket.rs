//! The logo bucket in S3. An object's key contains the hash of its content, so that objects never change and caches may keep
//! them forever.

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

/// Requests for one object while another writer puts the same content (`ConditionalRequestConflict`).
const MAX_TRIES: u32 = 3;
/// Pause between these requests.
const PAUSE: Duration = Duration::from_millis(200);

/// The logo bucket.
pub struct Bucket {
    s3: Client,
    name: String,
}

impl Bucket {
    /// Reads `LOGO_BUCKET`, and `S3_ENDPOINT_URL` of an S3-compatible service with path-style addressing. `None` if a setting
    /// is missing or invalid.
    pub fn from_settings(settings: &mut SettingsReader<'_>, aws: &SdkConfig) -> Option<Self> {
        let name = settings.value(&registry::LOGO_BUCKET);
        let endpoint = settings.optional(&registry::S3_ENDPOINT_URL);
        let config = Builder::from(aws);
        let config = match endpoint? {
            Some(endpoint) => config.endpoint_url(endpoint.as_str()).force_path_style(true),
            None => config,
        };
        Some(Self { s3: Client::from_conf(config.build()), name: name? })
    }

    /// Puts an object unless one with its key exists.
    pub(crate) async fn put(&self, object: Object) -> Result<(), Box<SdkError<PutObjectError>>> {
        let Object { key, media_type, bytes } = object;
        let bytes = Bytes::from(bytes);
        let mut tries = 1;
        loop {
            let Err(error) = self.request(&key, media_type, bytes.clone()).send().await else {
                return Ok(());
            };
            match error.code() {
                Some("PreconditionFailed") => return Ok(()),
                Some("ConditionalRequestConflict") if tries < MAX_TRIES => {
                    tries += 1;
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
            // Browsers download it and do not display it.
            None => put.content_type("application/octet-stream").content_disposition("attachment"),
        }
    }
}
