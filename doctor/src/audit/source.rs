//! Where the lines are: in the bucket of a deployment, or in the file of `local`.

use std::{
    io::{self, Read as _},
    path::PathBuf,
};

use aws_sdk_s3::{Client, config::Builder, error::DisplayErrorContext};
use flate2::read::MultiGzDecoder;
use runtime::config::{ConfigError, Settings, registry};

use super::{AuditLine, AuditQuery};
use crate::aws;

/// The prefix of the objects with lines; `day=2026-01-05/` follows.
const PREFIX: &str = "lines/";

/// The trail of a deployment, or of this machine.
pub struct AuditTrail(Source);

enum Source {
    Bucket { s3: Client, name: String },
    File(PathBuf),
}

/// The trail could not be read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// S3 could not be reached, or rejected the request.
    #[error("the bucket of the audit trail cannot be read: {0}")]
    Bucket(String),
    /// A file or an object could not be read.
    #[error("{name} cannot be read")]
    Content {
        /// Path or key.
        name: String,
        /// The cause.
        source: io::Error,
    },
    /// A line is not in the form of the trail.
    #[error("line {number} of {name} is not a line of the audit trail")]
    Line {
        /// Path or key.
        name: String,
        /// Counted from 1.
        number: usize,
        /// The cause.
        source: serde_json::Error,
    },
}

impl AuditTrail {
    /// Reads `AUDIT_FILE` or `AUDIT_BUCKET`, and the AWS configuration.
    ///
    /// # Errors
    /// When both are missing: writes are not audited.
    pub async fn connect(settings: &Settings) -> Result<Self, ConfigError> {
        let mut reader = settings.read();
        let file = reader.optional(&registry::AUDIT_FILE);
        let bucket = reader.optional(&registry::AUDIT_BUCKET);
        let (Some(file), Some(bucket)) = (file, bucket) else { return Err(reader.problems()) };
        if let Some(file) = file {
            return Ok(Self(Source::File(file.into())));
        }
        let Some(name) = bucket else {
            reader.problem(
                &registry::AUDIT_BUCKET,
                "must name the bucket; without one, the deployment has no audit trail",
            );
            return Err(reader.problems());
        };
        let aws = aws::config(settings, "AWS_ENDPOINT_URL_S3").await;
        // An emulator has no domain for each bucket.
        let path_style = aws.endpoint_url().is_some();
        let s3 = Client::from_conf(Builder::from(&aws).force_path_style(path_style).build());
        Ok(Self(Source::Bucket { s3, name }))
    }

    /// The lines that a query wants, oldest first. `progress` gets the number of objects that were read.
    ///
    /// # Errors
    /// When something cannot be read.
    pub async fn read(
        &self,
        query: &AuditQuery,
        mut progress: impl FnMut(usize),
    ) -> Result<Vec<AuditLine>, AuditError> {
        let mut lines = Vec::new();
        match &self.0 {
            Source::File(path) => {
                let name = path.display().to_string();
                let content = std::fs::read(path);
                let content = content.map_err(|source| AuditError::Content { name: name.clone(), source })?;
                lines.extend(parse(&name, &content, query)?);
            }
            Source::Bucket { s3, name } => {
                for (number, key) in keys(s3, name, query).await?.into_iter().enumerate() {
                    let object = s3.get_object().bucket(name).key(&key).send().await.map_err(request)?;
                    let body = object.body.collect().await.map_err(request)?.to_vec();
                    let mut content = Vec::new();
                    let read = MultiGzDecoder::new(body.as_slice()).read_to_end(&mut content);
                    read.map_err(|source| AuditError::Content { name: key.clone(), source })?;
                    lines.extend(parse(&key, &content, query)?);
                    progress(number + 1);
                }
            }
        }
        lines.sort_by_key(|line| line.at);
        Ok(lines)
    }
}

/// The keys of the objects that may have wanted lines. A line is delivered after it was written: its object is of that day, or a later one.
async fn keys(s3: &Client, bucket: &str, query: &AuditQuery) -> Result<Vec<String>, AuditError> {
    let first = query.since.map(|since| format!("{PREFIX}day={}", since.strftime("%Y-%m-%d")));
    let list = s3.list_objects_v2().bucket(bucket).prefix(PREFIX).set_start_after(first);
    let mut pages = list.into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        let objects = page.map_err(request)?.contents.unwrap_or_default();
        keys.extend(objects.into_iter().filter_map(|object| object.key));
    }
    Ok(keys)
}

fn parse(name: &str, content: &[u8], query: &AuditQuery) -> Result<Vec<AuditLine>, AuditError> {
    let mut lines = Vec::new();
    for (index, line) in content.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty())
    {
        let line = serde_json::from_slice(line);
        let line =
            line.map_err(|source| AuditError::Line { name: name.to_owned(), number: index + 1, source })?;
        if query.matches(&line) {
            lines.push(line);
        }
    }
    Ok(lines)
}

fn request(error: impl std::error::Error) -> AuditError {
    AuditError::Bucket(DisplayErrorContext(error).to_string())
}
