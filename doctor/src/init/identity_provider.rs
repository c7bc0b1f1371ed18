//! The issuer of access tokens, read as API Gateway's JWT authorizer reads it: OpenID Connect Discovery 1.0, then the keys (RFC 7517).

use std::time::Duration;

use reqwest::{Client, Response};
use runtime::telemetry;
use serde_json::Value;

use crate::report::Row;

const TIMEOUT: Duration = Duration::from_secs(10);
/// The authorizer accepts RSA signatures only.
const KEY_TYPE: &str = "RSA";
const REMEDY: &str = "correct the issuer: API Gateway reads the same documents";

/// Whether its OpenID configuration names this issuer, and keys that API Gateway accepts.
pub(super) async fn row(setting: &str, issuer: &str) -> Row {
    match count_keys(issuer).await {
        Ok(0) => {
            Row::wrong(setting, format!("it has no {KEY_TYPE} key"), "API Gateway accepts no other keys")
        }
        Ok(keys) => Row::ok(setting, format!("its OpenID configuration leads to {keys} {KEY_TYPE} keys")),
        Err(problem) => Row::wrong(setting, problem, REMEDY),
    }
}

async fn count_keys(issuer: &str) -> Result<usize, String> {
    let client = Client::builder().timeout(TIMEOUT).build().map_err(|error| telemetry::chain(&error))?;
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let configuration = document(&client, &address).await?;
    let named = configuration["issuer"].as_str().unwrap_or_default();
    if named != issuer {
        return Err(format!("{address} names the issuer {named:?}, which the tokens will have"));
    }
    let keys = configuration["jwks_uri"].as_str().ok_or_else(|| format!("{address} has no jwks_uri"))?;
    let keys = document(&client, keys).await?;
    Ok(keys["keys"].as_array().into_iter().flatten().filter(|key| key["kty"] == KEY_TYPE).count())
}

async fn document(client: &Client, address: &str) -> Result<Value, String> {
    let failed = |error: reqwest::Error| format!("{address}: {}", telemetry::chain(&error.without_url()));
    let response = client.get(address).send().await.and_then(Response::error_for_status).map_err(failed)?;
    let content = response.bytes().await.map_err(failed)?;
    serde_json::from_slice(&content).map_err(|_| format!("{address} is not JSON"))
}
