//! A fake of the Parameters and Secrets Lambda extension, which serves secrets on loopback.

use std::{collections::BTreeMap, fs, sync::Arc};

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{error::BenchError, function::Variables};

const PORT: &str = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";

/// The running extension; stops when dropped.
pub(crate) struct SecretsExtension(AbortHandle);

/// Responses by ARN.
type Responses = Arc<BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetSecretQuery {
    secret_id: String,
}

impl SecretsExtension {
    /// Starts the extension and replaces the `file:` settings by ARNs, as on Lambda.
    pub(crate) async fn start(variables: &mut Variables) -> Result<Self, BenchError> {
        let mut responses = BTreeMap::new();
        for (name, value) in variables.iter_mut() {
            let Some(file) = value.strip_prefix("file:").map(str::to_owned) else { continue };
            let content = fs::read(&file).map_err(|source| BenchError::File { file, source })?;
            *value = format!("arn:aws:secretsmanager:eu-west-1:000000000000:secret:{name}");
            responses.insert(value.clone(), response(value, content).to_string());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let port = listener.local_addr().map_err(BenchError::Port)?.port();
        variables.push((PORT.into(), port.to_string()));
        let router =
            Router::new().route("/secretsmanager/get", get(get_secret)).with_state(Arc::new(responses));
        Ok(Self(tokio::spawn(axum::serve(listener, router).into_future()).abort_handle()))
    }
}

impl Drop for SecretsExtension {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn response(arn: &str, content: Vec<u8>) -> Value {
    match String::from_utf8(content) {
        Ok(text) => json!({ "ARN": arn, "SecretString": text }),
        Err(bytes) => json!({ "ARN": arn, "SecretBinary": STANDARD.encode(bytes.as_bytes()) }),
    }
}

async fn get_secret(
    State(responses): State<Responses>,
    Query(GetSecretQuery { secret_id }): Query<GetSecretQuery>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    headers.get("x-aws-parameters-secrets-token").ok_or(StatusCode::FORBIDDEN)?;
    responses.get(&secret_id).cloned().ok_or(StatusCode::NOT_FOUND)
}
