//! Files for scripts and other programs: the addresses of all servers, and the functions' environment.

use std::{io, path::Path};

use serde_json::{Value, json};

use crate::{identity::KeyError, private_file, sample::CARDHOLDERS, world::World};

/// The file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReadyError {
    /// A token could not be signed.
    #[error(transparent)]
    Token(#[from] KeyError),
    /// The operating system reported an error.
    #[error("the file {file} cannot be written")]
    File {
        /// Its path.
        file: String,
        /// The error of the operating system.
        source: io::Error,
    },
}

/// Writes base URLs, a token for each sample cardholder, table and bucket names, as JSON; atomically, and readable by its
/// owner only.
///
/// # Errors
/// When the file cannot be written.
pub fn write_ready_file(world: &World, file: &Path) -> Result<(), ReadyError> {
    let tokens = CARDHOLDERS
        .iter()
        .map(|it| Ok((it.client_id.to_owned(), Value::String(world.token_for(it.client_id)?))));
    let tokens: serde_json::Map<String, Value> = tokens.collect::<Result<_, KeyError>>()?;
    let simulator = world.simulator();
    let content = json!({
        "baseUrl": world.base_url(),
        "notificationsUrl": world.notifications_url(),
        "notificationsAuthority": world.notifications_authority(),
        "notificationsClientIdentity": world.notifications_client_identity(),
        "dynamodbUrl": world.dynamodb_url(),
        "s3Url": world.s3_url(),
        "simulatorUrl": simulator.base_url(),
        "tokenConnectUrl": simulator.token_connect_url(),
        "processingUrl": simulator.processing_url(),
        "tokens": tokens,
        "tables": { "tokenRequestors": world.tables().token_requestors, "enrollments": world.tables().enrollments },
        "bucket": world.bucket(),
        "aws": world.aws_variables().into_iter().map(|(name, value)| (name.into(), value.into())).collect::<serde_json::Map<_, _>>(),
    });
    write(file, &format!("{content:#}\n"))
}

/// Writes the environment of all functions, one `NAME="value"` per line, for `cargo lambda watch --env-file`.
///
/// # Errors
/// When the file cannot be written.
pub fn write_env_file(world: &World, file: &Path) -> Result<(), ReadyError> {
    let settings = world.settings();
    let aws = world.aws_variables();
    let variables = settings.iter().chain(aws.iter().map(|(name, value)| (*name, value.as_str())));
    let lines: String = variables.map(|(name, value)| format!("{name}=\"{value}\"\n")).collect();
    write(file, &lines)
}

fn write(file: &Path, content: &str) -> Result<(), ReadyError> {
    let written = private_file::write(file, content.as_bytes());
    written.map_err(|source| ReadyError::File { file: file.display().to_string(), source })
}
