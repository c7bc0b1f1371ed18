//! Mastercard's field-level encryption: an object of hex fields in place of the plaintext. MDES uses it towards issuers; that
//! Processing's notifications use it is an assumption.
//!
//! AES-CBC is not authenticated: errors have no cause, and the sender must be authenticated by other means. RSA PKCS#1
//! v1.5, the meaning of an absent `oaepHashingAlgorithm`, is not supported, because it allows padding oracle attacks.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    cipher::{AES_128, AES_256, DecryptionContext, PaddedBlockDecryptingKey, UnboundCipherKey},
    iv::FixedLength,
    rsa::{OAEP_SHA256_MGF1SHA256, OAEP_SHA512_MGF1SHA512},
};
use serde::Deserialize;

use super::{
    decryption::DecryptionKeys,
    jwe::content::{self, EncryptedContent},
    keys::DecryptionKey,
};

/// The private keys that decrypt payloads, in their order; there are two during a key rotation. Cloning is cheap.
///
/// ```
/// # fn pem() -> String { rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap().serialize_pem() }
/// use push_provisioning_client::{DecryptionKey, FieldLevelKeys, field_level::{DecryptionError, EncryptedPayload}};
///
/// let keys = FieldLevelKeys::new(&[DecryptionKey::read("decryption key", pem().as_bytes(), None)?]);
/// let payload: EncryptedPayload = serde_json::from_str(
///     r#"{"encryptedData": "00", "encryptedKey": "00", "oaepHashingAlgorithm": "SHA512", "iv": "00"}"#,
/// ).unwrap();
/// assert_eq!(keys.decrypt(&payload), Err(DecryptionError));
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// ```
#[derive(Clone)]
pub struct FieldLevelKeys(Arc<DecryptionKeys>);

/// The object in place of the plaintext; binary fields are hex in either case.
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

/// Decryption failed. There is no cause, because a cause would help an attacker.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the encrypted payload cannot be decrypted")]
pub struct DecryptionError;

impl FieldLevelKeys {
    /// The keys are tried in this order.
    pub fn new(keys: &[DecryptionKey]) -> Self {
        Self(Arc::new(DecryptionKeys::new(keys)))
    }

    /// Decrypts RSA-OAEP (SHA-256 or SHA-512) with AES of 128 or 256 bits: CBC (without IV it is all zeros, as
    /// documented), or GCM with a 12-byte IV, `tag` and `aad`.
    ///
    /// # Errors
    /// If it cannot be decrypted, for any reason.
    pub fn decrypt(&self, payload: &EncryptedPayload) -> Result<Vec<u8>, DecryptionError> {
        let algorithm = match payload.oaep_hashing_algorithm.as_deref() {
            Some("SHA256") => &OAEP_SHA256_MGF1SHA256,
            Some("SHA512") => &OAEP_SHA512_MGF1SHA512,
            _ => return Err(DecryptionError),
        };
        let name = payload.public_key_fingerprint.as_deref();
        let key =
            self.0.content_key(name, algorithm, &bytes(&payload.encrypted_key)?).ok_or(DecryptionError)?;
        let ciphertext = bytes(&payload.encrypted_data)?;
        let iv = payload.iv.as_deref().map(bytes).transpose()?;
        match payload.algorithm_cipher_mode.as_deref() {
            None | Some("CBC") => cbc(&key, iv.as_deref().unwrap_or(&[0; 16]), ciphertext),
            Some("GCM") => {
                let part = |part: &Option<String>| bytes(part.as_deref().ok_or(DecryptionError)?);
                let (tag, aad) = (part(&payload.tag)?, part(&payload.aad)?);
                let enc = if key.len() == 32 { "A256GCM" } else { "A128GCM" };
                let iv = iv.ok_or(DecryptionError)?;
                let encrypted = EncryptedContent { aad: &aad, iv: &iv, ciphertext: &ciphertext, tag: &tag };
                content::decrypt(enc, &key, &encrypted).map_err(|_| DecryptionError)
            }
            Some(_) => Err(DecryptionError),
        }
    }
}

impl fmt::Debug for FieldLevelKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldLevelKeys(<redacted>)")
    }
}

fn cbc(key: &[u8], iv: &[u8], mut content: Vec<u8>) -> Result<Vec<u8>, DecryptionError> {
    let algorithm = if key.len() == 32 { &AES_256 } else { &AES_128 };
    let key = UnboundCipherKey::new(algorithm, key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7);
    let iv = FixedLength::try_from(iv).map_err(|_| DecryptionError)?;
    let plaintext =
        key.and_then(|key| key.decrypt(&mut content, DecryptionContext::Iv128(iv)).map(|plain| plain.len()));
    content.truncate(plaintext.map_err(|_| DecryptionError)?);
    Ok(content)
}

fn bytes(hex: &str) -> Result<Vec<u8>, DecryptionError> {
    hex::decode(hex).map_err(|_| DecryptionError)
}

#[cfg(test)]
mod tests;
