//! A stand-in for the Parameters and Secrets extension, which gives a function its secrets on loopback.

use std::{collections::BTreeMap, fs, sync::Arc};

use axum::{
    Json, Router,
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

/// Files by the ARNs that stand for them.
type Files = Arc<BTreeMap<String, String>>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    secret_id: String,
}

impl Secrets {
    /// From here on the settings name secrets instead of files, as on Lambda.
    pub(crate) async fn in_place_of_files(variables: &mut Variables) -> Result<Self, BenchError> {
        let mut files = BTreeMap::new();
        for (name, value) in variables.iter_mut() {
            let Some(file) = value.strip_prefix("file:").map(str::to_owned) else { continue };
            *value = format!("arn:aws:secretsmanager:eu-west-1:000000000000:secret:{name}");
            files.insert(value.clone(), file);
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::Port)?;
        let port = listener.local_addr().map_err(BenchError::Port)?.port();
        variables.push((PORT.into(), port.to_string()));
        let router = Router::new().route("/secretsmanager/get", get(give)).with_state(Arc::new(files));
        Ok(Self(tokio::spawn(axum::serve(listener, router).into_future()).abort_handle()))
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn give(
    State(files): State<Files>,
    Query(Wanted { secret_id }): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    headers.get("x-aws-parameters-secrets-token").ok_or(StatusCode::FORBIDDEN)?;
    let file = files.get(&secret_id).ok_or(StatusCode::NOT_FOUND)?;
    let content = fs::read(file).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Json(match String::from_utf8(content) {
        Ok(text) => json!({ "ARN": secret_id, "SecretString": text }),
        Err(bytes) => json!({ "ARN": secret_id, "SecretBinary": STANDARD.encode(bytes.as_bytes()) }),
    }))
}
