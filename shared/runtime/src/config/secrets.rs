//! Fetches keys and secrets from Secrets Manager, through the AWS Parameters and Secrets Lambda extension, or from files.

mod extension;

use std::{path::PathBuf, str::FromStr};

use secrecy::{ExposeSecret, SecretSlice, SecretString, zeroize::Zeroizing};

use extension::Extension;

/// A reference to a secret; it does not contain the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// ARN of Secrets Manager, fetched through the extension, which listens on loopback.
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

/// The text is neither an ARN of Secrets Manager nor `file:/path`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret must be named by its Secrets Manager ARN or as file:/path, never written out")]
pub struct InvalidSecretRef;

/// Why a secret could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum SecretUnavailable {
    /// The file could not be read.
    #[error("the file could not be read")]
    File(#[source] std::io::Error),
    /// The extension could not be reached.
    #[error("the Parameters and Secrets extension failed")]
    Extension(#[source] reqwest::Error),
    /// The extension answered with an error.
    #[error("the Parameters and Secrets extension answered {status}{}", .error.map(|error| format!(" ({error})")).unwrap_or_default())]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The error of Secrets Manager, if it is one that does not pass.
        error: Option<&'static str>,
    },
    /// The extension did not answer with the secret in time.
    #[error("the Parameters and Secrets extension took too long")]
    OutOfTime,
    /// The extension's response is not in the documented form.
    #[error("the response of the Parameters and Secrets extension is invalid")]
    InvalidResponse(#[source] serde_json::Error),
    /// The extension's response holds neither `SecretString` nor `SecretBinary` in base64.
    #[error("the secret holds neither text nor bytes")]
    Empty,
    /// The secret is binary where text is expected, such as PKCS#12 in place of a PEM certificate.
    #[error("the secret is not text")]
    NotText,
}

impl SecretUnavailable {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Extension(_) | Self::Rejected { error: None, .. } | Self::OutOfTime => true,
            Self::Rejected { error: Some(_), .. }
            | Self::File(_)
            | Self::InvalidResponse(_)
            | Self::Empty
            | Self::NotText => false,
        }
    }
}

impl SecretRef {
    /// Fetches a secret that is text, without the byte order mark that editors write at the start of a file. Functions
    /// fetch once, at init.
    pub async fn fetch(&self) -> Result<SecretString, SecretUnavailable> {
        let bytes = self.fetch_bytes().await?;
        let text = std::str::from_utf8(bytes.expose_secret()).map_err(|_| SecretUnavailable::NotText)?;
        Ok(text.trim_start_matches('\u{feff}').into())
    }

    /// Fetches a secret that is text or binary: `SecretString` or `SecretBinary`, or the content of a file.
    pub async fn fetch_bytes(&self) -> Result<SecretSlice<u8>, SecretUnavailable> {
        match self {
            Self::File(path) => {
                let content = Zeroizing::new(std::fs::read(path).map_err(SecretUnavailable::File)?);
                Ok(to_secret(&content))
            }
            Self::SecretsManager(arn) => Extension::of_process()?.fetch(arn).await,
        }
    }
}

/// Copies the content to its exact size. Shrinking a vector instead could leave a copy in memory that is not wiped.
fn to_secret(content: &[u8]) -> SecretSlice<u8> {
    content.to_vec().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_out_in_a_setting_is_rejected() {
        assert_eq!("-----BEGIN".parse::<SecretRef>(), Err(InvalidSecretRef));
        assert!("arn:aws:secretsmanager:eu-west-1:1:secret:k".parse::<SecretRef>().is_ok());
    }

    #[tokio::test]
    async fn a_binary_secret_is_rejected_where_text_is_expected_and_a_byte_order_mark_is_no_part_of_a_text() {
        let file = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
        std::fs::write(&file, [0x30, 0x82, 0xff]).unwrap();
        let secret: SecretRef = format!("file:{}", file.display()).parse().unwrap();
        assert_eq!(secret.fetch_bytes().await.unwrap().expose_secret(), [0x30, 0x82, 0xff]);
        assert!(matches!(secret.fetch().await, Err(SecretUnavailable::NotText)));
        std::fs::write(&file, "\u{feff}hunter2").unwrap();
        assert_eq!(secret.fetch().await.unwrap().expose_secret(), "hunter2");
        std::fs::remove_file(file).unwrap();
    }
}
