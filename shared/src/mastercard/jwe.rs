//! Mastercard's payload encryption for Processing: compact JWE (RFC 7516), RSA-OAEP-256 around AES-GCM, inside
//! `{"encryptedData":"<jwe>"}`. The name of that wrapper is inferred from sibling products, not published.
//!
//! AES-GCM is the `aes-gcm` crate's because Mastercard's libraries write a 16-byte IV, which aws-lc-rs cannot open.

use std::{fmt, sync::Arc};

use aes_gcm::{
    AesGcm, KeyInit,
    aead::{Aead, Nonce, Payload},
    aes::{
        Aes128, Aes192, Aes256,
        cipher::consts::{U12, U16},
    },
};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rand,
    rsa::{
        OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey, PrivateDecryptingKey,
        PublicEncryptingKey,
    },
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use super::keys::{Certificate, KeyError, KeyProblem, private_key};
use crate::digest::sha256_hex;

const IV: usize = 12;
const TAG: usize = 16;

/// Both directions of one project's payload encryption: Mastercard's certificate seals what we send, our private
/// keys open what comes back.
#[derive(Clone)]
pub struct JweKeys(Arc<Inner>);

struct Inner {
    seal_for: OaepPublicEncryptingKey,
    kid: String,
    open_with: Vec<(String, OaepPrivateDecryptingKey)>,
}

/// The content did not seal or open. One error for every cause: the cause would help nobody but an attacker.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payload encryption failed")]
pub struct JweError;

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    enc: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cty: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Wrapper {
    #[serde(rename = "encryptedData")]
    encrypted_data: String,
}

impl JweKeys {
    /// Mastercard's certificate (PEM) and our private keys (PEM, newest first; two while one replaces another).
    ///
    /// `kid` is what Mastercard calls its key; if absent, the SHA-256 of its public key in hex, as their libraries do.
    pub fn new(certificate: &str, kid: Option<String>, private_keys: &[&str]) -> Result<Self, KeyError> {
        const CERTIFICATE: &str = "payload encryption certificate";
        let certificate = Certificate::from_pem(CERTIFICATE, certificate)?;
        let seal_for = PublicEncryptingKey::from_der(certificate.public_key())
            .map_err(drop)
            .and_then(|key| OaepPublicEncryptingKey::new(key).map_err(drop))
            .map_err(|()| KeyError { key: CERTIFICATE.into(), problem: KeyProblem::NotRsa })?;
        let kid = kid.unwrap_or_else(|| certificate.public_key_fingerprint());
        let open_with = private_keys.iter().enumerate();
        let open_with = open_with.map(|(n, pem)| decryption_key(n + 1, pem)).collect::<Result<_, _>>()?;
        Ok(Self(Arc::new(Inner { seal_for, kid, open_with })))
    }

    /// Wraps a JSON body: `{"encryptedData":"<jwe>"}`.
    pub fn wrap(&self, body: &[u8]) -> Result<Vec<u8>, JweError> {
        serde_json::to_vec(&Wrapper { encrypted_data: self.seal(body)? }).map_err(|_| JweError)
    }

    /// The inner JSON of a wrapped body, or `None` if the body is not wrapped (as errors of the gateway are not).
    pub fn unwrap(&self, body: &[u8]) -> Result<Option<Vec<u8>>, JweError> {
        match serde_json::from_slice::<Wrapper>(body) {
            Ok(wrapper) => self.open(&wrapper.encrypted_data).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// RSA-OAEP-256, A256GCM with a fresh key and a 12-byte IV.
    pub fn seal(&self, plaintext: &[u8]) -> Result<String, JweError> {
        let header = Header {
            alg: "RSA-OAEP-256".into(),
            enc: "A256GCM".into(),
            kid: Some(self.0.kid.clone()),
            cty: Some("application/json".into()),
        };
        let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).map_err(|_| JweError)?);
        let (mut key, mut iv) = ([0; 32], [0; IV]);
        rand::fill(&mut key).and_then(|()| rand::fill(&mut iv)).map_err(|_| JweError)?;

        let mut wrapped = vec![0; self.0.seal_for.ciphertext_size()];
        let wrapped = self.0.seal_for.encrypt(&OAEP_SHA256_MGF1SHA256, &key, &mut wrapped, None);
        let wrapped: &[u8] = wrapped.map_err(|_| JweError)?;
        let payload = Payload { msg: plaintext, aad: header.as_bytes() };
        let sealed =
            AesGcm::<Aes256, U12>::new(&key.into()).encrypt(&iv.into(), payload).map_err(|_| JweError)?;
        let (ciphertext, tag) = sealed.split_at(sealed.len() - TAG);

        let parts = [wrapped, &iv, ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}.{}", parts.join(".")))
    }

    /// RSA-OAEP-256 with A128GCM, A192GCM or A256GCM and an IV of 12 or 16 bytes.
    pub fn open(&self, jwe: &str) -> Result<Vec<u8>, JweError> {
        let parts: Vec<&str> = jwe.trim().split('.').collect();
        let &[protected, wrapped, iv, ciphertext, tag] = parts.as_slice() else { return Err(JweError) };
        let header: Header = serde_json::from_slice(&decode(protected)?).map_err(|_| JweError)?;
        if header.alg != "RSA-OAEP-256" {
            return Err(JweError);
        }
        let key = self.content_key(header.kid.as_deref(), &decode(wrapped)?)?;
        let (iv, tag) = (decode(iv)?, decode(tag)?);
        if tag.len() != TAG {
            return Err(JweError);
        }
        let sealed = [decode(ciphertext)?, tag].concat();
        let payload = Payload { msg: &sealed, aad: protected.as_bytes() };
        match (header.enc.as_str(), iv.len()) {
            ("A128GCM", 12) => open_gcm::<AesGcm<Aes128, U12>>(&key, &iv, payload),
            ("A128GCM", 16) => open_gcm::<AesGcm<Aes128, U16>>(&key, &iv, payload),
            ("A192GCM", 12) => open_gcm::<AesGcm<Aes192, U12>>(&key, &iv, payload),
            ("A192GCM", 16) => open_gcm::<AesGcm<Aes192, U16>>(&key, &iv, payload),
            ("A256GCM", 12) => open_gcm::<AesGcm<Aes256, U12>>(&key, &iv, payload),
            ("A256GCM", 16) => open_gcm::<AesGcm<Aes256, U16>>(&key, &iv, payload),
            _ => Err(JweError),
        }
    }

    /// The key that `kid` names is tried first; then every other, for Mastercard may call our keys what it likes.
    fn content_key(&self, kid: Option<&str>, wrapped: &[u8]) -> Result<Vec<u8>, JweError> {
        let named = |(own, _): &&(String, OaepPrivateDecryptingKey)| kid == Some(own.as_str());
        let keys = &self.0.open_with;
        let in_turn = keys.iter().filter(named).chain(keys.iter().filter(|key| !named(key)));
        in_turn.map(|(_, key)| unwrap_key(key, wrapped)).find(Result::is_ok).unwrap_or(Err(JweError))
    }
}

impl fmt::Debug for JweKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JweKeys(<redacted>)")
    }
}

fn decryption_key(number: usize, pem: &str) -> Result<(String, OaepPrivateDecryptingKey), KeyError> {
    let name = format!("payload decryption key {number}");
    let pair = private_key(&name, pem)?;
    let bad = || KeyError { key: name.clone(), problem: KeyProblem::NotRsa };
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| bad())?;
    let key = PrivateDecryptingKey::from_pkcs8(pkcs8.as_ref()).map_err(|_| bad())?;
    let public_key = pair.public_key().as_der().map_err(|_| bad())?;
    let kid = sha256_hex(public_key.as_ref());
    Ok((kid, OaepPrivateDecryptingKey::new(key).map_err(|_| bad())?))
}

fn unwrap_key(key: &OaepPrivateDecryptingKey, wrapped: &[u8]) -> Result<Vec<u8>, JweError> {
    let mut content_key = vec![0; key.min_output_size()];
    let content_key = key.decrypt(&OAEP_SHA256_MGF1SHA256, wrapped, &mut content_key, None);
    content_key.map(|key| key.to_vec()).map_err(|_| JweError)
}

fn open_gcm<C: Aead + KeyInit>(key: &[u8], iv: &[u8], payload: Payload<'_, '_>) -> Result<Vec<u8>, JweError> {
    let iv = <&Nonce<C>>::try_from(iv).map_err(|_| JweError)?;
    C::new_from_slice(key).map_err(|_| JweError)?.decrypt(iv, payload).map_err(|_| JweError)
}

/// Base64url; Mastercard's Node library leaves `/`, `+` and padding in place.
fn decode(part: &str) -> Result<Vec<u8>, JweError> {
    let part = part.trim_end_matches('=').replace('/', "_").replace('+', "-");
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JweError)
}

#[cfg(test)]
mod tests;
