//! Fetches keys and secrets from Secrets Manager, through the AWS Parameters and Secrets Lambda extension, or from files.

mod bundle;
mod extension;

use std::{path::PathBuf, str::FromStr};

use mastercard::keys::decode_text;
use secrecy::{ExposeSecret, SecretSlice, SecretString, zeroize::Zeroizing};

pub use bundle::from_bundle;
use extension::Extension;

/// A reference to a secret; it does not contain the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef {
    /// A secret of Secrets Manager, fetched through the extension, which listens on loopback.
    SecretsManager {
        /// Its ARN.
        arn: String,
        /// The key in its JSON object, if the secret holds several; `arn#key` in the setting.
        key: Option<String>,
    },
    /// A file, for running without AWS.
    File(PathBuf),
}

impl FromStr for SecretRef {
    type Err = InvalidSecretRef;

    fn from_str(raw: &str) -> Result<Self, InvalidSecretRef> {
        match raw.strip_prefix("file:") {
            Some(path) => Ok(Self::File(path.into())),
            None if raw.starts_with("arn:") && raw.contains(":secretsmanager:") => {
                match raw.split_once('#') {
                    None => Ok(Self::SecretsManager { arn: raw.into(), key: None }),
                    Some((_, "")) => Err(InvalidSecretRef),
                    Some((arn, key)) => Ok(Self::SecretsManager { arn: arn.into(), key: Some(key.into()) }),
                }
            }
            None => Err(InvalidSecretRef),
        }
    }
}

/// The text is neither an ARN of Secrets Manager, perhaps with a key, nor `file:/path`.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret must be named by its Secrets Manager ARN (or ARN#key) or as file:/path, never written out")]
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
    /// The extension's response is not in the documented form.
    #[error("the response of the Parameters and Secrets extension is invalid")]
    InvalidResponse(#[source] serde_json::Error),
    /// The extension's response holds neither `SecretString` nor `SecretBinary` in base64.
    #[error("the secret holds neither text nor bytes")]
    Empty,
    /// The setting names a key in a secret that is not a JSON object of texts.
    #[error("the secret is not a JSON object whose values are texts")]
    NotABundle,
    /// The secret's JSON object does not have the key that the setting names.
    #[error("the secret has no such key")]
    NoSuchKey,
    /// The secret is binary where text is expected, such as PKCS#12 in place of a PEM certificate.
    #[error("the secret is not text")]
    NotText,
}

impl SecretUnavailable {
    /// Whether the same request may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Extension(_) | Self::Rejected { error: None, .. } => true,
            Self::Rejected { error: Some(_), .. }
            | Self::File(_)
            | Self::InvalidResponse(_)
            | Self::Empty
            | Self::NotABundle
            | Self::NoSuchKey
            | Self::NotText => false,
        }
    }
}

impl SecretRef {
    /// Fetches a secret that is text, in UTF-8 or as Windows writes it in UTF-16, without the byte order mark that editors write at
    /// the start of a file. Functions fetch once, at init.
    pub async fn fetch(&self) -> Result<SecretString, SecretUnavailable> {
        let bytes = self.fetch_bytes().await?;
        decode_text(bytes.expose_secret()).ok_or(SecretUnavailable::NotText)
    }

    /// Fetches a secret that is text or binary: `SecretString` or `SecretBinary`, or the content of a file.
    pub async fn fetch_bytes(&self) -> Result<SecretSlice<u8>, SecretUnavailable> {
        match self {
            Self::File(path) => {
                let content = Zeroizing::new(std::fs::read(path).map_err(SecretUnavailable::File)?);
                Ok(to_secret(&content))
            }
            Self::SecretsManager { arn, key: None } => Extension::of_process()?.fetch(arn).await,
            Self::SecretsManager { arn, key: Some(key) } => {
                Extension::of_process()?.fetch_key(arn, key).await
            }
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
        assert_eq!(
            "arn:aws:secretsmanager:eu-west-1:1:secret:k#".parse::<SecretRef>(),
            Err(InvalidSecretRef)
        );
    }

    #[test]
    fn a_setting_names_a_secret_or_a_key_in_it() {
        let arn = "arn:aws:secretsmanager:eu-west-1:1:secret:k";
        let whole = SecretRef::SecretsManager { arn: arn.into(), key: None };
        let key = SecretRef::SecretsManager { arn: arn.into(), key: Some("signing".into()) };
        assert_eq!((arn.parse(), format!("{arn}#signing").parse()), (Ok(whole), Ok(key)));
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
        let utf16: Vec<_> = "\u{feff}hunter2".encode_utf16().flat_map(u16::to_be_bytes).collect();
        std::fs::write(&file, utf16).unwrap();
        assert_eq!(secret.fetch().await.unwrap().expose_secret(), "hunter2");
        std::fs::remove_file(file).unwrap();
    }
}
