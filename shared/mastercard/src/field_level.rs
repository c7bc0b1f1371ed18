//! Mastercard's field-level encryption, for opening: an object of hex fields stands where the plaintext stood. MDES uses
//! it towards issuers; that Processing's notifications use it is an assumption.
//!
//! AES-CBC alone authenticates nothing, so whatever goes wrong is one and the same error, and whoever asks has to be known
//! by other means. RSA PKCS#1 v1.5, which a missing `oaepHashingAlgorithm` would mean, is refused: it lets itself be asked.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    cipher::{AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey},
    iv::FixedLength,
    rsa::{OAEP_SHA256_MGF1SHA256, OAEP_SHA512_MGF1SHA512},
};
use serde::Deserialize;

use super::{
    decryption::DecryptionKeys,
    jwe::content::{self, Sealed},
    keys::{DecryptingKey, KeyError},
};

/// Our private keys, the preferred one first; two while one replaces the other.
#[derive(Clone)]
pub struct FieldLevelKeys(Arc<DecryptionKeys>);

/// What stands in the place of the plaintext; binary fields are hex, in either case.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EncryptedPayload {
    encrypted_data: String,
    encrypted_key: String,
    oaep_hashing_algorithm: Option<String>,
    public_key_fingerprint: Option<String>,
    iv: Option<String>,
    algorithm_cipher_mode: Option<String>,
    tag: Option<String>,
    aad: Option<String>,
}

/// It did not open. One error for every cause: the cause would help nobody but an attacker.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the encrypted payload does not open")]
pub struct Unopened;

impl FieldLevelKeys {
    /// Fails if a key cannot decrypt.
    pub fn new(keys: &[DecryptingKey]) -> Result<Self, KeyError> {
        DecryptionKeys::new(keys).map(|keys| Self(Arc::new(keys)))
    }

    /// RSA-OAEP with SHA-256 or SHA-512 around AES with 128 or 256 bits: CBC (an absent IV is all zero, as documented), or
    /// GCM with a 12-byte IV, `tag` and `aad`.
    pub fn open(&self, payload: &EncryptedPayload) -> Result<Vec<u8>, Unopened> {
        let algorithm = match payload.oaep_hashing_algorithm.as_deref() {
            Some("SHA256") => &OAEP_SHA256_MGF1SHA256,
            Some("SHA512") => &OAEP_SHA512_MGF1SHA512,
            _ => return Err(Unopened),
        };
        let name = payload.public_key_fingerprint.as_deref();
        let key = self.0.content_key(name, algorithm, &bytes(&payload.encrypted_key)?).ok_or(Unopened)?;
        let ciphertext = bytes(&payload.encrypted_data)?;
        let iv = payload.iv.as_deref().map(bytes).transpose()?;
        match payload.algorithm_cipher_mode.as_deref() {
            None | Some("CBC") => cbc(&key, iv.as_deref().unwrap_or(&[0; 16]), ciphertext),
            Some("GCM") => {
                let part = |part: &Option<String>| bytes(part.as_deref().ok_or(Unopened)?);
                let (tag, aad) = (part(&payload.tag)?, part(&payload.aad)?);
                let enc = if key.len() == 32 { "A256GCM" } else { "A128GCM" };
                let iv = iv.ok_or(Unopened)?;
                let sealed = Sealed { aad: &aad, iv: &iv, ciphertext: &ciphertext, tag: &tag };
                content::open(enc, &key, &sealed).map_err(|_| Unopened)
            }
            Some(_) => Err(Unopened),
        }
    }
}

impl fmt::Debug for FieldLevelKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldLevelKeys(<redacted>)")
    }
}

fn cbc(key: &[u8], iv: &[u8], mut content: Vec<u8>) -> Result<Vec<u8>, Unopened> {
    let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
    let key = UnboundCipherKey::new(algorithm, key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7);
    let iv = FixedLength::try_from(iv).map_err(|_| Unopened)?;
    let opened =
        key.and_then(|key| key.decrypt(&mut content, DecryptionContext::Iv128(iv)).map(|plain| plain.len()));
    content.truncate(opened.map_err(|_| Unopened)?);
    Ok(content)
}

fn bytes(hex: &str) -> Result<Vec<u8>, Unopened> {
    hex::decode(hex).map_err(|_| Unopened)
}

#[cfg(test)]
mod tests;
