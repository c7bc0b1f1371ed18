//! Where keys and secrets come from: Secrets Manager through the Parameters and Secrets extension, or a file.

use std::{path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// Names a secret without holding it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// A Secrets Manager ARN, fetched on loopback from the extension that Lambda runs beside the function.
    SecretsManager(String),
    /// A file, for running without AWS.
    File(PathBuf),
}

impl FromStr for SecretRef {
    type Err = InvalidSecretRef;

    fn from_str(raw: &str) -> Result<Self, InvalidSecretRef> {
        match raw.strip_prefix("file:") {
            Some(path) => Ok(Self::File(path.into())),
            None if raw.starts_with("arn:") && raw.contains(":secretsmanager:") => {
                Ok(Self::SecretsManager(raw.into()))
            }
            None => Err(InvalidSecretRef),
        }
    }
}

/// Neither an ARN nor a file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is named by its Secrets Manager ARN or as file:/path, never written out")]
pub struct InvalidSecretRef;

/// A secret could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretUnavailable {
    /// The file could not be read.
    #[error("the file could not be read")]
    File(#[source] std::io::Error),
    /// The extension could not be reached or refused.
    #[error("the Parameters and Secrets extension did not give it")]
    Extension(#[source] reqwest::Error),
    /// The extension's answer is not the documented one.
    #[error("the Parameters and Secrets extension answered something else")]
    Unreadable(#[source] serde_json::Error),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    secret_string: SecretString,
}

impl SecretRef {
    /// Fetches the secret; once, at init.
    pub async fn fetch(&self) -> Result<SecretString, SecretUnavailable> {
        match self {
            Self::File(path) => {
                std::fs::read_to_string(path).map(Into::into).map_err(SecretUnavailable::File)
            }
            Self::SecretsManager(arn) => from_extension(arn).await,
        }
    }
}

/// `GET http://localhost:2773/secretsmanager/get?secretId=…` with the function's own session token.
async fn from_extension(arn: &str) -> Result<SecretString, SecretUnavailable> {
    let vars: std::collections::HashMap<_, _> = std::env::vars().collect();
    let var = |name: &str| vars.get(name).map(String::as_str);
    let port = var("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT")
        .and_then(|port| port.parse::<u16>().ok())
        .unwrap_or(2773);
    let mut url =
        Url::from_str("http://localhost/secretsmanager/get").unwrap_or_else(|_| unreachable!("a constant"));
    let _ = url.set_port(Some(port));
    url.query_pairs_mut().append_pair("secretId", arn);
    let answer = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .no_proxy()
        .build()
        .map_err(SecretUnavailable::Extension)?
        .get(url)
        .header("X-Aws-Parameters-Secrets-Token", var("AWS_SESSION_TOKEN").unwrap_or_default())
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(SecretUnavailable::Extension)?;
    let body = answer.bytes().await.map_err(SecretUnavailable::Extension)?;
    let answer: Answer = serde_json::from_slice(&body).map_err(SecretUnavailable::Unreadable)?;
    Ok(answer.secret_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_out_in_a_setting_is_refused() {
        assert_eq!("-----BEGIN".parse::<SecretRef>(), Err(InvalidSecretRef));
        assert!("arn:aws:secretsmanager:eu-west-1:1:secret:k".parse::<SecretRef>().is_ok());
    }
}
