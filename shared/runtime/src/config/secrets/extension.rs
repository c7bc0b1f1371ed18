//! The AWS Parameters and Secrets Lambda extension, which reads Secrets Manager. By AWS's documentation it can be called only once
//! an event has arrived: during init it answers 400 `not ready to serve traffic, please wait`. [`LazyInit`](crate::LazyInit)
//! therefore asks again with the first event.

use std::{
    collections::HashMap,
    env,
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr as _,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::Client;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString, zeroize::Zeroizing};
use serde::Deserialize;
use tokio::sync::OnceCell;
use url::Url;

use super::{SecretUnavailable, from_bundle, to_secret};

/// Limit of a request.
const TIMEOUT: Duration = Duration::from_secs(2);
const DEFAULT_PORT: u16 = 2773;
/// Errors of Secrets Manager that do not pass. Any other error may be one of the extension itself, which may.
const PERMANENT_ERRORS: [&str; 6] = [
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidParameterException",
    "InvalidRequestException",
    "ResourceNotFoundException",
    "ValidationException",
];

/// The extension, over one HTTP client.
pub(super) struct Extension {
    client: Client,
    url: Url,
    token: String,
    /// Secrets with several keys that somebody waits for, by ARN. Nothing is kept after the last one was served.
    awaited: Mutex<HashMap<String, Weak<OnceCell<SecretSlice<u8>>>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ExtensionResponse {
    secret_string: Option<SecretString>,
    secret_binary: Option<SecretString>,
}

impl Extension {
    /// The one of this process, shared by all its secrets.
    pub(super) fn of_process() -> Result<&'static Self, SecretUnavailable> {
        static EXTENSION: OnceLock<Extension> = OnceLock::new();
        if let Some(extension) = EXTENSION.get() {
            return Ok(extension);
        }
        let extension = Self::from_environment()?;
        Ok(EXTENSION.get_or_init(|| extension))
    }

    /// From the variables that Lambda sets.
    #[expect(clippy::disallowed_methods, reason = "variables of Lambda, not settings")]
    fn from_environment() -> Result<Self, SecretUnavailable> {
        let port = env::var("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT").ok().and_then(|port| port.parse().ok());
        let token = env::var("AWS_SESSION_TOKEN").unwrap_or_default();
        Self::new(port.unwrap_or(DEFAULT_PORT), &token)
    }

    fn new(port: u16, token: &str) -> Result<Self, SecretUnavailable> {
        let client = Client::builder()
            .timeout(TIMEOUT)
            .no_proxy()
            // The extension uses plain HTTP: no root certificates are loaded.
            .tls_certs_only([])
            // Otherwise the system's resolver is used, in a thread.
            .resolve_to_addrs(
                "localhost",
                &[(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()],
            )
            .build()
            .map_err(SecretUnavailable::Extension)?;
        let mut url = Url::from_str("http://localhost/secretsmanager/get")
            .unwrap_or_else(|_| unreachable!("a constant"));
        let _ = url.set_port(Some(port));
        Ok(Self { client, url, token: token.to_owned(), awaited: Mutex::default() })
    }

    /// `GET http://localhost:2773/secretsmanager/get?secretId=…`
    pub(super) async fn fetch(&self, arn: &str) -> Result<SecretSlice<u8>, SecretUnavailable> {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair("secretId", arn);
        let request = self.client.get(url).header("X-Aws-Parameters-Secrets-Token", &self.token);
        let unavailable = |error: reqwest::Error| SecretUnavailable::Extension(error.without_url());
        let response = request.send().await.map_err(unavailable)?;
        let status = response.status();
        let body = Zeroizing::new(Vec::from(response.bytes().await.map_err(unavailable)?));
        if status.is_success() {
            return content(&body);
        }
        let text = String::from_utf8_lossy(&body);
        let error = PERMANENT_ERRORS.into_iter().find(|error| text.contains(error));
        Err(SecretUnavailable::Rejected { status: status.as_u16(), error })
    }

    /// One of the keys of a secret. Those that are fetched at the same time share one request.
    pub(super) async fn fetch_key(&self, arn: &str, key: &str) -> Result<SecretSlice<u8>, SecretUnavailable> {
        let secret = self.awaited(arn);
        let content = secret.get_or_try_init(|| self.fetch(arn)).await?;
        from_bundle(content.expose_secret(), key)
    }

    fn awaited(&self, arn: &str) -> Arc<OnceCell<SecretSlice<u8>>> {
        let mut awaited = self.awaited.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(secret) = awaited.get(arn).and_then(Weak::upgrade) {
            return secret;
        }
        let secret = Arc::new(OnceCell::new());
        awaited.insert(arn.to_owned(), Arc::downgrade(&secret));
        secret
    }
}

/// The secret in the extension's response. `SecretBinary` is base64.
fn content(response: &[u8]) -> Result<SecretSlice<u8>, SecretUnavailable> {
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
mod tests;
