//! A stand-in for the Parameters and Secrets extension, which gives a function its secrets on loopback.

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

/// Gone when dropped.
pub(crate) struct Secrets(AbortHandle);

/// What the extension answers for each ARN.
type Answers = Arc<BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    secret_id: String,
}

impl Secrets {
    /// From here on the settings name secrets instead of files, as on Lambda.
    pub(crate) async fn in_place_of_files(variables: &mut Variables) -> Result<Self, BenchError> {
        let mut answers = BTreeMap::new();
        for (name, value) in variables.iter_mut() {
            let Some(file) = value.strip_prefix("file:").map(str::to_owned) else { continue };
            let content = fs::read(&file).map_err(|source| BenchError::File { what: file, source })?;
            *value = format!("arn:aws:secretsmanager:eu-west-1:000000000000:secret:{name}");
            answers.insert(value.clone(), answer(value, content).to_string());
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let port = listener.local_addr().map_err(BenchError::Port)?.port();
        variables.push((PORT.into(), port.to_string()));
        let router = Router::new().route("/secretsmanager/get", get(give)).with_state(Arc::new(answers));
        Ok(Self(tokio::spawn(axum::serve(listener, router).into_future()).abort_handle()))
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn answer(arn: &str, content: Vec<u8>) -> Value {
    match String::from_utf8(content) {
        Ok(text) => json!({ "ARN": arn, "SecretString": text }),
        Err(bytes) => json!({ "ARN": arn, "SecretBinary": STANDARD.encode(bytes.as_bytes()) }),
    }
}

async fn give(
    State(answers): State<Answers>,
    Query(Wanted { secret_id }): Query<Wanted>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    headers.get("x-aws-parameters-secrets-token").ok_or(StatusCode::FORBIDDEN)?;
    answers.get(&secret_id).cloned().ok_or(StatusCode::NOT_FOUND)
}
