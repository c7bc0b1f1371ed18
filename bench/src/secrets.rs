//! A fake of the Parameters and Secrets Lambda extension, which serves secrets on loopback.

use std::{collections::BTreeMap, fs, sync::Arc};

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use runtime::config::registry;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::AbortHandle};

use crate::{error::BenchError, function::Variables};

const PREFIX: &str = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:";
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
    /// Starts the extension and replaces the `file:` settings by ARNs, as on Lambda; with `one_secret` by keys of one secret, where they may be
    /// in it.
    pub(crate) async fn start(variables: &mut Variables, one_secret: bool) -> Result<Self, BenchError> {
        let mut responses = BTreeMap::new();
        let mut keys = BTreeMap::new();
        let one = format!("{PREFIX}mastercard");
        for (name, value) in variables.iter_mut() {
            let Some(file) = value.strip_prefix("file:").map(str::to_owned) else { continue };
            let content = fs::read(&file).map_err(|source| BenchError::File { file, source })?;
            if one_secret && !holds_nothing_else(name) {
                *value = format!("{one}#{name}");
                keys.insert(
                    name.clone(),
                    String::from_utf8(content).unwrap_or_else(|it| STANDARD.encode(it.as_bytes())),
                );
            } else {
                *value = format!("{PREFIX}{name}");
                responses.insert(value.clone(), response(value, content).to_string());
            }
        }
        responses.insert(one.clone(), response(&one, json!(keys).to_string().into()).to_string());
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

fn holds_nothing_else(setting: &str) -> bool {
    registry::definitions().any(|it| it.name == setting && it.own_secret)
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
