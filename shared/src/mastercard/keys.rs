//! Keys as operators hold them, PEM, turned into keys that work. A bad one is named; its content never is.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use x509_cert::{
    Certificate as X509,
    der::{Decode, Encode, pem},
};

use crate::digest::sha256_hex;

/// A key that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct KeyError {
    /// Which one, in the words of whoever loaded it.
    pub key: String,
    /// What is wrong with it.
    pub problem: KeyProblem,
}

/// What can be wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// No PEM armour, or broken base64 inside.
    #[error("not PEM")]
    NotPem,
    /// PEM, but not of a private key.
    #[error("not a `PRIVATE KEY` (PKCS#8, not encrypted) nor an `RSA PRIVATE KEY` (PKCS#1)")]
    NotAPrivateKey,
    /// PEM, but not of a certificate.
    #[error("not a `CERTIFICATE`")]
    NotACertificate,
    /// Another algorithm, damaged, or outside 2048 to 8192 bits.
    #[error("not an RSA key of 2048 to 8192 bits")]
    NotRsa,
}

/// The RSA private key that signs requests (OAuth 1.0a).
#[derive(Clone)]
pub struct SigningKey(Arc<KeyPair>);

impl SigningKey {
    /// Reads PKCS#8 or PKCS#1 PEM; `key` names it in errors.
    pub fn from_pem(key: &str, pem: &str) -> Result<Self, KeyError> {
        private_key(key, pem).map(|pair| Self(Arc::new(pair)))
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| SigningFailed)?;
        Ok(signature)
    }

    /// PKCS#1 DER of the public half, as signature verifiers take it.
    pub fn public_key(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(<redacted>)")
    }
}

/// The cryptographic library refused to sign.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing key did not sign")]
pub struct SigningFailed;

/// Mastercard's certificate for Token Connect, sent to Processing in step 7 so that it encrypts for Token Connect.
///
/// Parsed, never chain-validated: Mastercard's own samples have expired. Whoever holds the private half of this
/// key can read card numbers, so it comes from configuration only.
#[derive(Clone, Debug)]
pub struct ClientEncryptionKey(Certificate);

impl ClientEncryptionKey {
    /// Reads a PEM certificate; `key` names it in errors.
    pub fn from_pem(key: &str, pem: &str) -> Result<Self, KeyError> {
        Certificate::from_pem(key, pem).map(Self)
    }

    /// The value of `Token-Connect-Client-Encryption-Key`: the DER certificate in one line of base64.
    pub fn header_value(&self) -> String {
        STANDARD.encode(&self.0.der)
    }

    /// The certificate itself, for its fingerprints.
    pub fn certificate(&self) -> &Certificate {
        &self.0
    }
}

/// A certificate of Mastercard's, public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: Vec<u8>,
}

impl Certificate {
    /// Reads a PEM certificate; `key` names it in errors.
    pub fn from_pem(key: &str, pem: &str) -> Result<Self, KeyError> {
        let bad = |problem| KeyError { key: key.into(), problem };
        let (label, der) = pem::decode_vec(pem.as_bytes()).map_err(|_| bad(KeyProblem::NotPem))?;
        let certificate = X509::from_der(&der).ok().filter(|_| label == "CERTIFICATE");
        let public_key =
            certificate.and_then(|it| it.tbs_certificate().subject_public_key_info().to_der().ok());
        Ok(Self { public_key: public_key.ok_or_else(|| bad(KeyProblem::NotACertificate))?, der })
    }

    /// DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// Hex SHA-256 over the DER certificate: MDES' usual `publicKeyFingerprint`.
    pub fn fingerprint(&self) -> String {
        sha256_hex(&self.der)
    }

    /// Hex SHA-256 over the DER public key: Mastercard's usual JWE `kid`.
    pub fn public_key_fingerprint(&self) -> String {
        sha256_hex(&self.public_key)
    }
}

pub(super) fn private_key(key: &str, pem: &str) -> Result<KeyPair, KeyError> {
    let bad = |problem| KeyError { key: key.into(), problem };
    let (label, der) = pem::decode_vec(pem.as_bytes()).map_err(|_| bad(KeyProblem::NotPem))?;
    match label {
        "PRIVATE KEY" => KeyPair::from_pkcs8(&der),
        "RSA PRIVATE KEY" => KeyPair::from_der(&der),
        _ => return Err(bad(KeyProblem::NotAPrivateKey)),
    }
    .map_err(|_| bad(KeyProblem::NotRsa))
}

#[cfg(test)]
mod tests;
