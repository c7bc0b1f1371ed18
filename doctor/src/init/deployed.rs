//! The settings of a stage in `samconfig.toml`, as its functions get them, for `doctor check`.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

use base64::{DecodeError, Engine as _, prelude::BASE64_STANDARD};
use runtime::config::{Environment, SecretRef, SecretUnavailable, Settings, from_bundle, registry};
use secrecy::{ExposeSecret as _, SecretSlice};
use tempfile::TempDir;

use super::{
    answers::{Answers, random_key},
    pasted,
    template::{TemplateError, Templates},
};
use crate::{
    aws_cli::{self, AwsCliError},
    report::Row,
    samconfig::{Samconfig, SamconfigError},
};

/// Why the keys of redirects are not read: with them, stored redirects could be opened.
const NOT_READ: &str = "in Secrets Manager, and not read: only enroll and get-enrollment may";

/// Settings of a stage. The functions read secrets from files when not in Lambda, so those that were read from AWS are in a folder that is
/// deleted when this is dropped. A signal that ends the process drops nothing: wait with [`unless_stopped`](crate::interruption::unless_stopped).
#[derive(Debug)]
pub struct DeployedSettings {
    /// The settings, with secrets as `file:/path`; offline, as their ARNs.
    pub settings: Settings,
    /// A row for each text of the file that may be a secret itself, whose setting is not among the settings, and one for the keys of
    /// redirects, for which the settings name another key.
    pub rows: Vec<Row>,
    _secrets: Option<TempDir>,
}

/// The settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DeployedSettingsError {
    /// `samconfig.toml` could not be used.
    #[error(transparent)]
    Samconfig(#[from] SamconfigError),
    /// The templates could not be read.
    #[error(transparent)]
    Templates(#[from] TemplateError),
    /// The AWS CLI failed.
    #[error(transparent)]
    Aws(#[from] AwsCliError),
    /// A binary secret is not in Base64, in which the AWS CLI prints it.
    #[error("the value of {0} is not Base64")]
    Binary(String, #[source] DecodeError),
    /// A secret does not have the key that the parameter names after `#`.
    #[error("{0}: {1}")]
    Key(String, SecretUnavailable),
    /// The folder for secrets could not be written.
    #[error("the secrets cannot be kept in a temporary folder")]
    Folder(#[from] io::Error),
}

impl DeployedSettings {
    /// Reads the environment's stage of the file, and unless `offline` its secrets with the AWS CLI.
    ///
    /// # Errors
    /// When the file has no parameters for the stage, or a secret cannot be read.
    pub async fn read(
        file: &Path,
        environment: Environment,
        offline: bool,
    ) -> Result<Self, DeployedSettingsError> {
        let stage = environment.as_str();
        fs::metadata(file).map_err(SamconfigError::File)?;
        let samconfig = Samconfig::read(file, stage)?;
        if samconfig.parameters().is_empty() {
            return Err(SamconfigError::Form(stage.to_owned()).into());
        }
        let templates = Templates::read()?;
        let answers = Answers::remember(&templates, &samconfig, &Settings::default())?;
        let mut settings = answers.settings(&templates);
        let mut rows = pasted::rows(&samconfig, &templates);
        settings.retain(|(name, _)| !rows.iter().any(|row| row.what == *name));
        let secrets = if offline { None } else { Some(read_secrets(&mut settings, &mut rows).await?) };
        Ok(Self { settings: settings.into_iter().collect(), rows, _secrets: secrets })
    }
}

/// Replaces ARNs of secrets with files of their values, in a folder that only its owner can read. Dropping the future deletes the folder; it
/// can be dropped between two secrets. The file of the keys of redirects contains another key, and `rows` gets a row about it.
async fn read_secrets(
    settings: &mut [(String, String)],
    rows: &mut Vec<Row>,
) -> Result<TempDir, DeployedSettingsError> {
    let folder = tempfile::tempdir()?;
    for (name, value) in settings {
        let Ok(SecretRef::SecretsManager { arn, key }) = value.parse() else { continue };
        let Some(region) = arn.split(':').nth(3) else { continue };
        let content: SecretSlice<u8> = if *name == registry::REDIRECT_KEYS.name() {
            rows.push(Row::skipped(name.as_str(), NOT_READ));
            random_key()?.expose_secret().as_bytes().to_vec().into()
        } else {
            fetch(name, &arn, region, key.as_deref())?
        };
        let file = folder.path().join(&*name);
        let mut created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file)?;
        created.write_all(content.expose_secret())?;
        *value = format!("file:{}", file.display());
        tokio::task::yield_now().await;
    }
    Ok(folder)
}

/// The value of a secret, or of one key in it.
fn fetch(
    name: &str,
    arn: &str,
    region: &str,
    key: Option<&str>,
) -> Result<SecretSlice<u8>, DeployedSettingsError> {
    let secret = aws_cli::run(region, ["secretsmanager", "get-secret-value", "--secret-id", arn])?;
    let content = match (secret["SecretString"].as_str(), secret["SecretBinary"].as_str()) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, binary) => BASE64_STANDARD
            .decode(binary.unwrap_or_default())
            .map_err(|source| DeployedSettingsError::Binary(name.to_owned(), source))?,
    };
    let content: SecretSlice<u8> = content.into();
    match key {
        None => Ok(content),
        Some(key) => from_bundle(content.expose_secret(), key)
            .map_err(|source| DeployedSettingsError::Key(name.to_owned(), source)),
    }
}
