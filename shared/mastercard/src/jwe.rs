//! Mastercard's payload encryption for Processing: compact JWE (RFC 7516) with RSA-OAEP-256, in a field of a JSON object
//! ([`JweField`]).
//!
//! Errors have no cause. Their timing differs: a key that cannot be unwrapped fails sooner than a wrong tag. That is
//! accepted, because the ciphertexts come from a server authenticated by TLS, one in each response.

pub(super) mod content;
mod field;

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
use serde_json::json;

use self::content::{EncryptedContent, TAG};
pub use self::field::{JweField, UnknownJweField};
use super::{
    decryption::DecryptionKeys,
    digest::sha256_hex,
    json,
    keys::{Certificate, DecryptionKey, KeyError, KeyProblem},
};

const IV: usize = 12;

/// The payload encryption of one project: Mastercard's certificate encrypts requests, our private keys decrypt
/// responses. Cloning is cheap; `Debug` prints the type name only.
///
/// ```
/// # let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
/// # let certificate = rcgen::CertificateParams::new(["example".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
/// # let private_key = key.serialize_pem();
/// use push_provisioning_client::{Certificate, DecryptionKey, JweKeys};
///
/// let certificate = Certificate::from_pem("encryption certificate", &certificate)?;
/// let private_key = DecryptionKey::read("decryption key", private_key.as_bytes(), None)?;
/// let keys = JweKeys::new(&certificate, None, &[private_key])?;
///
/// let body = keys.encrypt_body(br#"{"cardContractId":70001}"#).unwrap();
/// assert!(body.starts_with(br#"{"encryptedData":""#));
/// assert_eq!(keys.decrypt_body(&body).unwrap().unwrap(), br#"{"cardContractId":70001}"#);
/// assert_eq!(keys.decrypt_body(b"{}"), Ok(None));
///
/// let jwe = keys.encrypt(b"{}").unwrap();
/// assert_eq!(keys.decrypt(&jwe).unwrap(), b"{}");
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// ```
#[derive(Clone)]
pub struct JweKeys(Arc<Inner>, JweField);

struct Inner {
    encryption_key: OaepPublicEncryptingKey,
    kid: String,
    decryption_keys: DecryptionKeys,
}

/// Encryption or decryption failed. There is no cause, because a cause would help an attacker.
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
struct ReceivedHeader {
    alg: String,
    enc: String,
    kid: Option<String>,
    /// Compression and critical extensions are not supported (RFC 7516 §4.1.3, §4.1.13).
    zip: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
}

impl JweKeys {
    /// `private_keys` are tried in their order; there are two during a key rotation. `kid` is the id of Mastercard's key,
    /// by default the SHA-256 of its public key in hex, as in Mastercard's libraries.
    ///
    /// # Errors
    /// If a key is not an RSA key of 2048 to 8192 bits.
    pub fn new(
        certificate: &Certificate,
        kid: Option<String>,
        private_keys: &[DecryptionKey],
    ) -> Result<Self, KeyError> {
        let kid = kid.unwrap_or_else(|| certificate.public_key_fingerprint());
        Self::with_public_key(certificate.public_key(), kid, private_keys)
    }

    /// The keys of a party that encrypts for itself, and so needs no certificate: what the public key of `private_key` encrypted is
    /// decrypted by `private_key`.
    ///
    /// ```
    /// # let pem = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap().serialize_pem();
    /// use push_provisioning_client::{DecryptionKey, JweKeys};
    ///
    /// let keys = JweKeys::from_private_key(&DecryptionKey::read("own key", pem.as_bytes(), None)?)?;
    /// let jwe = keys.encrypt(b"{}").unwrap();
    /// assert_eq!(keys.decrypt(&jwe).unwrap(), b"{}");
    /// # Ok::<(), push_provisioning_client::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// If the key is not an RSA key of 2048 to 8192 bits.
    pub fn from_private_key(private_key: &DecryptionKey) -> Result<Self, KeyError> {
        let public_key = private_key.public_key();
        Self::with_public_key(public_key, sha256_hex(public_key), std::slice::from_ref(private_key))
    }

    fn with_public_key(
        public_key: &[u8],
        kid: String,
        private_keys: &[DecryptionKey],
    ) -> Result<Self, KeyError> {
        let error = |key: &str| KeyError { key: key.into(), problem: KeyProblem::NotRsa };
        let encryption_key = PublicEncryptingKey::from_der(public_key)
            .map_err(|_| Unspecified)
            .and_then(OaepPublicEncryptingKey::new)
            .map_err(|_| error("payload encryption certificate"))?;
        let decryption_keys = DecryptionKeys::new(private_keys);
        Ok(Self(Arc::new(Inner { encryption_key, kid, decryption_keys }), JweField::default()))
    }

    /// The private keys.
    pub(super) fn decryption_keys(&self) -> impl Iterator<Item = &DecryptionKey> + Clone {
        self.0.decryption_keys.iter()
    }

    /// The same keys, with another field for the JWE of a request; by default `encryptedData`.
    #[must_use]
    pub fn with_field(self, field: JweField) -> Self {
        Self(self.0, field)
    }

    /// Encrypts a JSON body: `{"encryptedData":"<jwe>"}`, or with the name of [`with_field`](Self::with_field).
    ///
    /// # Errors
    /// If the cryptographic library fails.
    pub fn encrypt_body(&self, body: &[u8]) -> Result<Vec<u8>, JweError> {
        Ok(json!({ self.1.as_str(): self.encrypt(body)? }).to_string().into_bytes())
    }

    /// Decrypts a JSON body with any of the fields; `None` if it has none of them, as the errors of the gateway.
    ///
    /// # Errors
    /// If the body is encrypted and cannot be decrypted.
    pub fn decrypt_body(&self, body: &[u8]) -> Result<Option<Vec<u8>>, JweError> {
        let Ok(body) = json::parse(body) else { return Ok(None) };
        JweField::jwe_in(&body).map(|jwe| self.decrypt(jwe)).transpose()
    }

    /// Encrypts with RSA-OAEP-256 and A256GCM, with a new content key and a 12-byte IV.
    ///
    /// # Errors
    /// If the cryptographic library fails.
    pub fn encrypt(&self, plaintext: &[u8]) -> Result<String, JweError> {
        let header =
            Header { alg: "RSA-OAEP-256", enc: "A256GCM", kid: &self.0.kid, cty: "application/json" };
        let header = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&header).map_err(|_| JweError)?);
        let (mut key, mut iv) = (Zeroizing::new([0; 32]), [0; IV]);
        rand::fill(&mut *key).and_then(|()| rand::fill(&mut iv)).map_err(|_| JweError)?;

        let mut wrapped = vec![0; self.0.encryption_key.ciphertext_size()];
        let wrapped = self.0.encryption_key.encrypt(&OAEP_SHA256_MGF1SHA256, &*key, &mut wrapped, None);
        let wrapped: &[u8] = wrapped.map_err(|_| JweError)?;
        let payload = Payload { msg: plaintext, aad: header.as_bytes() };
        let cipher = Aes256Gcm::new_from_slice(&*key).map_err(|_| JweError)?;
        let encrypted = cipher.encrypt(&iv.into(), payload).map_err(|_| JweError)?;
        let (ciphertext, tag) = encrypted.split_at(encrypted.len() - TAG);

        let parts = [wrapped, &iv, ciphertext, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
        Ok(format!("{header}.{}", parts.join(".")))
    }

    /// Decrypts RSA-OAEP-256 with A128GCM, A192GCM or A256GCM (IV of 12 or 16 bytes) or A128CBC-HS256. Standard base64
    /// (`+`, `/`, padding) is accepted in place of base64url.
    ///
    /// # Errors
    /// If it cannot be decrypted, for any reason.
    pub fn decrypt(&self, jwe: &str) -> Result<Vec<u8>, JweError> {
        let parts: Vec<&str> = jwe.trim().split('.').collect();
        let &[protected, wrapped, iv, ciphertext, tag] = parts.as_slice() else { return Err(JweError) };
        let header: ReceivedHeader = serde_json::from_slice(&decode(protected)?).map_err(|_| JweError)?;
        if header.alg != "RSA-OAEP-256" || header.zip.is_some() || header.crit.is_some() {
            return Err(JweError);
        }
        let (wrapped, iv, ciphertext, tag) =
            (decode(wrapped)?, decode(iv)?, decode(ciphertext)?, decode(tag)?);
        let key =
            self.0.decryption_keys.content_key(header.kid.as_deref(), &OAEP_SHA256_MGF1SHA256, &wrapped);
        let key = key.ok_or(JweError)?;
        let encrypted =
            EncryptedContent { aad: protected.as_bytes(), iv: &iv, ciphertext: &ciphertext, tag: &tag };
        content::decrypt(&header.enc, &key, &encrypted)
    }
}

impl fmt::Debug for JweKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JweKeys(<redacted>)")
    }
}

/// Decodes base64url; Mastercard's Node.js library sends `/`, `+` and padding.
fn decode(part: &str) -> Result<Vec<u8>, JweError> {
    let part = part.trim_end_matches('=').replace('/', "_").replace('+', "-");
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JweError)
}

#[cfg(test)]
mod tests;
