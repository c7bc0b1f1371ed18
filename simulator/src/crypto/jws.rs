//! The JWS that Token Connect returns as `signature` (step 11) and a token requestor verifies (step 22): compact,
//! RS256, header `alg` and `kid`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::PublicKey;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{CipherError, private_key::PrivateKey};

/// The input is not a JWS, or is not signed with the active key.
#[derive(Debug, thiserror::Error)]
#[error("the JWS does not verify")]
pub(crate) struct InvalidJws;

pub(crate) fn sign(payload: &Value, key: &PrivateKey, kid: &str) -> Result<String, CipherError> {
    let header = json!({"alg": "RS256", "kid": kid});
    let signed = [header, payload.clone()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
    let signature = key.sign(signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

pub(crate) fn verify(compact: &str, key: &PublicKey, kid: &str) -> Result<Value, InvalidJws> {
    let (signed, signature) = compact.rsplit_once('.').ok_or(InvalidJws)?;
    let (header, payload) = signed.split_once('.').ok_or(InvalidJws)?;
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidJws);

    let header: Value = serde_json::from_slice(&bytes(header)?).map_err(|_| InvalidJws)?;
    if header["alg"] != "RS256" || header["kid"] != kid {
        return Err(InvalidJws);
    }
    key.pkcs1v15_verify::<Sha256>(signed.as_bytes(), &bytes(signature)?).map_err(|_| InvalidJws)?;
    serde_json::from_slice(&bytes(payload)?).map_err(|_| InvalidJws)
}
