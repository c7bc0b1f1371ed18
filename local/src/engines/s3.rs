//! The embedded S3 over a folder, with the bucket of logos.

use std::path::Path;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use axum::{Router, error_handling::HandleError, http::StatusCode};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;

use super::{AccessKey, EngineError};
use crate::shutdown::Shutdown;

/// Serves the folder until shutdown; requests need the access key.
pub(crate) fn serve(
    listener: TcpListener,
    folder: &Path,
    key: &AccessKey,
    shutdown: Shutdown,
) -> Result<(), EngineError> {
    let files = FileSystem::new(folder).map_err(|error| EngineError::Folder(format!("{error:?}")))?;
    let mut service = S3ServiceBuilder::new(files);
    service.set_auth(SimpleAuth::from_single(key.id.clone(), key.secret.clone()));
    let service = HandleError::new(service.build(), |error: s3s::HttpError| async move {
        tracing::error!(error = ?error, "the embedded S3 failed");
        StatusCode::INTERNAL_SERVER_ERROR
    });
    let router = Router::new().fallback_service(service);
    tokio::spawn(axum::serve(listener, router).with_graceful_shutdown(shutdown.wait()).into_future());
    Ok(())
}

/// A client of the engine, with the bucket name in the path, since `bucket.127.0.0.1` does not resolve.
pub(crate) fn client(aws: &SdkConfig) -> Client {
    Client::from_conf(aws_sdk_s3::config::Builder::from(aws).force_path_style(true).build())
}

/// Creates the bucket; an existing one is left unchanged.
pub(crate) async fn create_bucket(client: &Client, name: &str) -> Result<(), EngineError> {
    match client.create_bucket().bucket(name).send().await {
        Ok(_) => Ok(()),
        Err(error) if error.as_service_error().is_some_and(|error| error.is_bucket_already_exists()) => {
            Ok(())
        }
        Err(error) => Err(EngineError::Bucket(Box::new(error.into()))),
    }
}
