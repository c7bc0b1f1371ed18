//! Token Connect's field-level encryption: the hex fields `encryptedData`, `encryptedKey`, `iv`, ... in place of the
//! plaintext. Processing encrypts (step 9), Token Connect decrypts (step 10).

use serde::{Deserialize, Serialize};
use sha2::Sha512;

use super::CipherError;
use super::certificate::RsaCertificate;
use super::private_key::{Padding, PrivateKey};
use super::symmetric::{cbc_decrypt, cbc_encrypt, gcm_decrypt, gcm_encrypt};

/// How Processing encrypts card data for Token Connect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CipherMode {
    /// AES-CBC, PKCS#7, 16-byte IV. `algorithmCipherMode` is omitted, as all clients before mid-2026 do.
    #[default]
    Cbc,
    /// AES-GCM, 12-byte IV. The encoding of `tag` and `aad` is not published: here hex, 16 bytes each.
    Gcm,
}

/// The JSON object `encryptedPayload`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EncryptedPayload {
    pub(crate) encrypted_data: String,
    pub(crate) encrypted_key: String,
    pub(crate) public_key_fingerprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oaep_hashing_algorithm: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) iv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) algorithm_cipher_mode: Option<CipherMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aad: Option<String>,
}

/// Encrypts `plaintext` for the holder of `certificate`: AES-128, OAEP with SHA-512 or PKCS#1 v1.5, certificate fingerprint.
pub(crate) fn encrypt(
    plaintext: &[u8],
    certificate: &RsaCertificate,
    mode: CipherMode,
    pkcs1: bool,
) -> Result<EncryptedPayload, CipherError> {
    let key: [u8; 16] = rand::random();
    let encrypted_key = match pkcs1 {
        true => certificate.key.pkcs1v15_encrypt(&key),
        false => certificate.key.oaep_encrypt::<Sha512>(&key),
    };
    let encrypted_key = encrypted_key.map_err(|_| CipherError)?;
    let mut payload = EncryptedPayload {
        encrypted_data: String::new(),
        encrypted_key: hex::encode(encrypted_key),
        public_key_fingerprint: certificate.certificate_sha256.clone(),
        oaep_hashing_algorithm: (!pkcs1).then(|| "SHA512".to_owned()),
        iv: None,
        algorithm_cipher_mode: None,
        tag: None,
        aad: None,
    };
    match mode {
        CipherMode::Cbc => {
            let iv: [u8; 16] = rand::random();
            payload.encrypted_data = hex::encode(cbc_encrypt(&key, &iv, plaintext)?);
            payload.iv = Some(hex::encode(iv));
        }
        CipherMode::Gcm => {
            let (iv, aad): ([u8; 12], [u8; 16]) = (rand::random(), rand::random());
            let (ciphertext, tag) = gcm_encrypt(&key, &iv, &aad, plaintext)?;
            payload.encrypted_data = hex::encode(ciphertext);
            payload.iv = Some(hex::encode(iv));
            payload.algorithm_cipher_mode = Some(CipherMode::Gcm);
            payload.tag = Some(hex::encode(tag));
            payload.aad = Some(hex::encode(aad));
        }
    }
    Ok(payload)
}

/// Decrypts `payload`. Defaults of the specification: without `oaepHashingAlgorithm` PKCS#1 v1.5, without `iv` all
/// zeros, without `algorithmCipherMode` CBC.
pub(crate) fn decrypt(payload: &EncryptedPayload, private: &PrivateKey) -> Result<Vec<u8>, CipherError> {
    let bytes = |text: &str| hex::decode(text).map_err(|_| CipherError);
    let optional = |text: &Option<String>| text.as_deref().map(bytes).transpose();

    let wrapped = bytes(&payload.encrypted_key)?;
    let padding = match payload.oaep_hashing_algorithm.as_deref() {
        Some("SHA256") => Padding::OaepSha256,
        Some("SHA512") => Padding::OaepSha512,
        Some(_) => return Err(CipherError),
        None => Padding::Pkcs1,
    };
    let key = private.decrypt(&wrapped, padding)?;

    let ciphertext = bytes(&payload.encrypted_data)?;
    let iv = optional(&payload.iv)?;
    match payload.algorithm_cipher_mode.unwrap_or_default() {
        CipherMode::Cbc => cbc_decrypt(&key, iv.as_deref().unwrap_or(&[0; 16]), &ciphertext),
        CipherMode::Gcm => {
            let iv = iv.filter(|iv| iv.len() == 12).ok_or(CipherError)?;
            let tag = optional(&payload.tag)?.ok_or(CipherError)?;
            let aad = optional(&payload.aad)?.ok_or(CipherError)?;
            gcm_decrypt(&key, &iv, &aad, &ciphertext, &tag)
        }
    }
}
