//! Fetches keys and secrets from Secrets Manager, through the AWS Parameters and Secrets Lambda extension, or from files.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretSlice, SecretString, zeroize::Zeroizing};
use serde::Deserialize;
use url::Url;

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
    /// The extension could not be reached or returned an error.
    #[error("the Parameters and Secrets extension failed")]
    Extension(#[source] reqwest::Error),
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExtensionResponse {
    secret_string: Option<SecretString>,
    secret_binary: Option<SecretString>,
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
            Self::SecretsManager(arn) => from_extension(arn).await,
        }
    }
}

/// Copies the content to its exact size. Shrinking a vector instead could leave a copy in memory that is not wiped.
fn to_secret(content: &[u8]) -> SecretSlice<u8> {
    content.to_vec().into()
}

/// `GET http://localhost:2773/secretsmanager/get?secretId=…` with the function's own session token.
async fn from_extension(arn: &str) -> Result<SecretSlice<u8>, SecretUnavailable> {
    let vars: std::collections::HashMap<_, _> = std::env::vars().collect();
    let var = |name: &str| vars.get(name).map(String::as_str);
    let port = var("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT")
        .and_then(|port| port.parse::<u16>().ok())
        .unwrap_or(2773);
    let mut url =
        Url::from_str("http://localhost/secretsmanager/get").unwrap_or_else(|_| unreachable!("a constant"));
    let _ = url.set_port(Some(port));
    url.query_pairs_mut().append_pair("secretId", arn);
    let response = reqwest::Client::builder()
        .timeout(Duration::from_secs(5))
        .no_proxy()
        // The extension uses plain HTTP; loading the platform's CA certificates for each secret would double init time.
        .tls_certs_only([])
        // Otherwise the system's resolver is used, with one thread for each secret.
        .resolve_to_addrs(
            "localhost",
            &[(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()],
        )
        .build()
        .map_err(SecretUnavailable::Extension)?
        .get(url)
        .header("X-Aws-Parameters-Secrets-Token", var("AWS_SESSION_TOKEN").unwrap_or_default())
        .send()
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(SecretUnavailable::Extension)?;
    let body = response.bytes().await.map_err(SecretUnavailable::Extension)?;
    content(&Zeroizing::new(body.into()))
}

/// The secret in the extension's response. `SecretBinary` is base64.
fn content(response: &Zeroizing<Vec<u8>>) -> Result<SecretSlice<u8>, SecretUnavailable> {
    let response: ExtensionResponse =
        serde_json::from_slice(response).map_err(SecretUnavailable::InvalidResponse)?;
    if let Some(text) = response.secret_string {
        return Ok(to_secret(text.expose_secret().as_bytes()));
    }
    let bytes = response.secret_binary.ok_or(SecretUnavailable::Empty)?;
    let bytes = STANDARD.decode(bytes.expose_secret()).map_err(|_| SecretUnavailable::Empty)?;
    Ok(to_secret(&Zeroizing::new(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_written_out_in_a_setting_is_rejected() {
        assert_eq!("-----BEGIN".parse::<SecretRef>(), Err(InvalidSecretRef));
        assert!("arn:aws:secretsmanager:eu-west-1:1:secret:k".parse::<SecretRef>().is_ok());
    }

    #[test]
    fn a_secret_is_text_or_bytes() {
        let parse = |response: &str| content(&Zeroizing::new(response.into()));
        let text = parse(r#"{"ARN":"arn","SecretString":"-----BEGIN","SecretBinary":null}"#).unwrap();
        assert_eq!(text.expose_secret(), b"-----BEGIN");
        let bytes = parse(r#"{"SecretBinary":"MIID/w=="}"#).unwrap();
        assert_eq!(bytes.expose_secret(), [0x30, 0x82, 0x03, 0xff]);
        assert!(matches!(parse(r#"{"ARN":"arn"}"#), Err(SecretUnavailable::Empty)));
        assert!(matches!(parse("no JSON"), Err(SecretUnavailable::InvalidResponse(_))));
        assert!(!format!("{text:?} {bytes:?}").contains("BEGIN"));
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
