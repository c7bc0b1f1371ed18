//! Mastercard's private keys, on AWS-LC: RSA in Rust takes six times as long, which a load test notices. What they sign is verified,
//! and what they decrypt was encrypted, on the RustCrypto crates or by the issuer's clients.

use std::sync::Arc;

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::{
        OAEP_SHA256_MGF1SHA256, OAEP_SHA512_MGF1SHA512, OaepPrivateDecryptingKey, Pkcs1PrivateDecryptingKey,
        PrivateDecryptingKey,
    },
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use x509_cert::der::Document;

use super::CipherError;

/// An RSA private key.
#[derive(Clone)]
pub(crate) struct PrivateKey(Arc<Keys>);

struct Keys {
    signing: RsaKeyPair,
    decrypting: PrivateDecryptingKey,
}

/// How a content key is padded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Padding {
    OaepSha256,
    OaepSha512,
    Pkcs1,
}

/// The input is not an RSA private key.
#[derive(Debug, thiserror::Error)]
#[error("not an RSA private key in PKCS#8")]
pub(crate) struct InvalidPrivateKey;

impl PrivateKey {
    /// From PKCS#8 in PEM.
    pub(crate) fn from_pem(pem: &str) -> Result<Self, InvalidPrivateKey> {
        let (_, document) = Document::from_pem(pem).map_err(|_| InvalidPrivateKey)?;
        let der = document.as_bytes();
        Ok(Self(Arc::new(Keys {
            signing: RsaKeyPair::from_pkcs8(der).map_err(|_| InvalidPrivateKey)?,
            decrypting: PrivateDecryptingKey::from_pkcs8(der).map_err(|_| InvalidPrivateKey)?,
        })))
    }

    /// The signature of `message`: PKCS#1 v1.5 with SHA-256.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, CipherError> {
        let mut signature = vec![0; self.0.signing.public_modulus_len()];
        let signed = self.0.signing.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        signed.map_err(|_| CipherError)?;
        Ok(signature)
    }

    /// Unwraps a content key.
    pub(crate) fn decrypt(&self, wrapped: &[u8], padding: Padding) -> Result<Vec<u8>, CipherError> {
        let key = self.0.decrypting.clone();
        let mut plain = vec![0; key.key_size_bytes()];
        let algorithm = match padding {
            Padding::OaepSha256 => &OAEP_SHA256_MGF1SHA256,
            Padding::OaepSha512 => &OAEP_SHA512_MGF1SHA512,
            Padding::Pkcs1 => {
                let key = Pkcs1PrivateDecryptingKey::new(key).map_err(|_| CipherError)?;
                let plain = key.decrypt(wrapped, &mut plain).map_err(|_| CipherError)?;
                return Ok(plain.to_vec());
            }
        };
        let key = OaepPrivateDecryptingKey::new(key).map_err(|_| CipherError)?;
        let plain = key.decrypt(algorithm, wrapped, &mut plain, None).map_err(|_| CipherError)?;
        Ok(plain.to_vec())
    }
}
