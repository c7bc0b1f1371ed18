//! Mastercard's payload encryption for Processing: compact JWE (RFC 7516), RSA-OAEP-256 around AES, inside
//! `{"encryptedData":"<jwe>"}`. The name of that wrapper is inferred from sibling products, not published.
//!
//! What does not open says nothing of why. The time that it took does: a key that does not unwrap fails sooner than a
//! tag that does not agree. That is left so, for the ciphertexts come from the server that TLS vouches for, one an
//! answer, and OAEP tells nothing useful.

pub(super) mod content;

use std::{fmt, sync::Arc};

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use aws_lc_rs::{
    error::Unspecified,
    rand,
    rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize, de::IgnoredAny};

use self::content::{Sealed, TAG};
use super::{
    decryption::DecryptionKeys,
    keys::{Certificate, DecryptingKey, KeyError, KeyProblem},
};

const IV: usize = 12;

/// Both directions of one project's payload encryption: Mastercard's certificate seals what we send, our private
/// keys open what comes back.
#[derive(Clone)]
pub struct JweKeys(Arc<Inner>);

struct Inner {
    seal_for: OaepPublicEncryptingKey,
    kid: String,
    open_with: DecryptionKeys,
}

/// The content did not seal or open. One error for every cause: the cause would help nobody but an attacker.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payload encryption failed")]
pub struct JweError;

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    enc: &'a str,
    kid: &'a str,
    cty: &'a str,
}

#[derive(Deserialize)]
struct TheirHeader {
    alg: String,
    enc: String,
    kid: Option<String>,
    /// Compression and demands on the reader, neither of which this one knows (RFC 7516 §4.1.3, §4.1.13).
    zip: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

#[derive(Serialize, Deserialize)]
struct Wrapper {
    #[serde(rename = "encryptedData")]
    encrypted_data: String,
}

impl JweKeys {
    /// Mastercard's certificate and our private keys, the preferred one first; two while one replaces another.
    ///
    /// `kid` is what Mastercard calls its key; if absent, the SHA-256 of its public key in hex, as their libraries do.
    pub fn new(
        certificate: &Certificate,
        kid: Option<String>,
        private_keys: &[DecryptingKey],
    ) -> Result<Self, KeyError> {
        let bad = |key: &str| KeyError { key: key.into(), problem: KeyProblem::NotRsa };
        let seal_for = PublicEncryptingKey::from_der(certificate.public_key())
            .map_err(|_| Unspecified)
            .and_then(OaepPublicEncryptingKey::new)
            .map_err(|_| bad("payload encryption certificate"))?;
        let kid = kid.unwrap_or_else(|| certificate.public_key_fingerprint());
        Ok(Self(Arc::new(Inner { seal_for, kid, open_with: DecryptionKeys::new(private_keys)? })))
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
        let header =
            Header { alg: "RSA-OAEP-256", enc: "A256GCM", kid: &self.0.kid, cty: "application/json" };
        let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).map_err(|_| JweError)?);
        let (mut key, mut iv) = (Zeroizing::new([0; 32]), [0; IV]);
        rand::fill(&mut *key).and_then(|()| rand::fill(&mut iv)).map_err(|_| JweError)?;

        let mut wrapped = vec![0; self.0.seal_for.ciphertext_size()];
        let wrapped = self.0.seal_for.encrypt(&OAEP_SHA256_MGF1SHA256, &*key, &mut wrapped, None);
        let wrapped: &[u8] = wrapped.map_err(|_| JweError)?;
        let payload = Payload { msg: plaintext, aad: header.as_bytes() };
        let cipher = Aes256Gcm::new_from_slice(&*key).map_err(|_| JweError)?;
        let sealed = cipher.encrypt(&iv.into(), payload).map_err(|_| JweError)?;
        let (ciphertext, tag) = sealed.split_at(sealed.len() - TAG);

        let parts = [wrapped, &iv, ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}.{}", parts.join(".")))
    }

    /// RSA-OAEP-256 with A128GCM, A192GCM or A256GCM (an IV of 12 or 16 bytes) or A128CBC-HS256. `+`, `/` and padding,
    /// which base64url does not have, are understood all the same.
    pub fn open(&self, jwe: &str) -> Result<Vec<u8>, JweError> {
        let parts: Vec<&str> = jwe.trim().split('.').collect();
        let &[protected, wrapped, iv, ciphertext, tag] = parts.as_slice() else { return Err(JweError) };
        let header: TheirHeader = serde_json::from_slice(&decode(protected)?).map_err(|_| JweError)?;
        if header.alg != "RSA-OAEP-256" || header.zip.is_some() || header.crit.is_some() {
            return Err(JweError);
        }
        let (wrapped, iv, ciphertext, tag) =
            (decode(wrapped)?, decode(iv)?, decode(ciphertext)?, decode(tag)?);
        let key = self.0.open_with.content_key(header.kid.as_deref(), &OAEP_SHA256_MGF1SHA256, &wrapped);
        let key = key.ok_or(JweError)?;
        let sealed = Sealed { aad: protected.as_bytes(), iv: &iv, ciphertext: &ciphertext, tag: &tag };
        content::open(&header.enc, &key, &sealed)
    }
}

impl fmt::Debug for JweKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JweKeys(<redacted>)")
    }
}

/// Base64url; Mastercard's Node library leaves `/`, `+` and padding in place.
fn decode(part: &str) -> Result<Vec<u8>, JweError> {
    let part = part.trim_end_matches('=').replace('/', "_").replace('+', "-");
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JweError)
}

#[cfg(test)]
mod tests;
