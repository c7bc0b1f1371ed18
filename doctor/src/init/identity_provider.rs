//! The issuer of access tokens, read as API Gateway's JWT authorizer reads it: OpenID Connect Discovery 1.0, then the keys (RFC 7517).

use std::time::Duration;

use reqwest::{Client, Response};
use runtime::telemetry;
use serde_json::Value;

use crate::report::Row;

const TIMEOUT: Duration = Duration::from_secs(10);
/// The authorizer accepts RSA signatures only.
const KEY_TYPE: &str = "RSA";
/// Signatures of PKCS#1 1.5 (RFC 7518 §3.3).
const RS: [&str; 3] = ["RS256", "RS384", "RS512"];
/// Those of PSS (RFC 7518 §3.5). AWS does not document whether the authorizer accepts them.
const PS: [&str; 3] = ["PS256", "PS384", "PS512"];
const REMEDY: &str = "correct the issuer: API Gateway reads the same documents";

/// Whether its OpenID configuration names this issuer, and keys that API Gateway accepts.
pub(super) async fn row(setting: &str, issuer: &str) -> Row {
    let keys = match published_keys(issuer).await {
        Ok(keys) => keys,
        Err(problem) => return Row::wrong(setting, problem, REMEDY),
    };
    let count = |algorithms| keys.iter().filter(|key| verifies(key, algorithms)).count();
    match (count(RS), count(PS)) {
        (0, 0) => Row::wrong(
            setting,
            format!("it has no {KEY_TYPE} key with a kid for signatures"),
            "API Gateway accepts no other keys",
        ),
        (0, _) => Row::warning(
            setting,
            format!("its {KEY_TYPE} keys are for {} only", PS.join(", ")),
            format!(
                "use {} for access tokens: AWS does not document whether API Gateway accepts others",
                RS.join(", ")
            ),
        ),
        (keys, _) => Row::ok(setting, format!("its OpenID configuration leads to {keys} {KEY_TYPE} keys")),
    }
}

/// Whether API Gateway finds the key for a token, by its `kid`, and may verify signatures of one of these algorithms with it (RFC 7517 §4).
fn verifies(key: &Value, algorithms: [&str; 3]) -> bool {
    let (intended, algorithm) = (&key["use"], &key["alg"]);
    let has_id = key["kid"].as_str().is_some_and(|kid| !kid.is_empty());
    let is_for_signatures = intended.is_null() || intended == "sig";
    let is_for_algorithm = algorithm.is_null() || algorithms.iter().any(|it| algorithm == it);
    key["kty"] == KEY_TYPE && has_id && is_for_signatures && is_for_algorithm
}

/// The keys that the issuer publishes.
async fn published_keys(issuer: &str) -> Result<Vec<Value>, String> {
    let client = Client::builder().timeout(TIMEOUT).build().map_err(|error| telemetry::chain(&error))?;
    let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let configuration = document(&client, &address).await?;
    let named = configuration["issuer"].as_str().unwrap_or_default();
    if named != issuer {
        return Err(format!("{address} names the issuer {named:?}, which the tokens will have"));
    }
    let keys = configuration["jwks_uri"].as_str().ok_or_else(|| format!("{address} has no jwks_uri"))?;
    let keys = document(&client, keys).await?;
    Ok(keys["keys"].as_array().cloned().unwrap_or_default())
}

async fn document(client: &Client, address: &str) -> Result<Value, String> {
    let failed = |error: reqwest::Error| format!("{address}: {}", telemetry::chain(&error.without_url()));
    let response = client.get(address).send().await.and_then(Response::error_for_status).map_err(failed)?;
    let content = response.bytes().await.map_err(failed)?;
    serde_json::from_slice(&content).map_err(|_| format!("{address} is not JSON"))
}
