//! Certificates: whose key it is, until when, and the fingerprints by which Mastercard's documents and portal call it.

use aws_lc_rs::{digest, rsa::PublicEncryptingKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use x509_cert::{
    Certificate as X509,
    der::{Decode, Encode, pem},
    spki::SubjectPublicKeyInfoOwned,
    time::Time,
};

use super::{KeyError, KeyProblem};
use crate::digest::sha256_hex;

/// A certificate, public. Parsed, never chain-validated: Mastercard's own samples are self-signed and have expired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Certificate {
    /// Reads a PEM certificate; `key` names it in errors.
    pub fn from_pem(key: &str, pem: &str) -> Result<Self, KeyError> {
        let bad = |problem| KeyError { key: key.into(), problem };
        let (label, der) = pem::decode_vec(pem.trim().as_bytes()).map_err(|_| bad(KeyProblem::NotPem))?;
        let certificate = Self::from_der(der).filter(|_| label == "CERTIFICATE");
        certificate.ok_or_else(|| bad(KeyProblem::NotACertificate))
    }

    /// `None` if it is no certificate.
    pub(super) fn from_der(der: Vec<u8>) -> Option<Self> {
        let parsed = X509::from_der(&der).ok()?;
        let content = parsed.tbs_certificate();
        let public_key = content.subject_public_key_info().to_der().ok()?;
        let (not_before, not_after) = (content.validity().not_before, content.validity().not_after);
        Some(Self { der, public_key, not_before: timestamp(not_before), not_after: timestamp(not_after) })
    }

    /// The certificate itself.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// PKCS#1 DER of its RSA key, as signature verifiers take it.
    pub fn pkcs1_public_key(&self) -> Result<Vec<u8>, KeyProblem> {
        self.bits().ok_or(KeyProblem::NotRsa)?;
        let info = SubjectPublicKeyInfoOwned::from_der(&self.public_key).map_err(|_| KeyProblem::NotRsa)?;
        Ok(info.subject_public_key.raw_bytes().to_vec())
    }

    /// The size of its RSA key; `None` if the key is no RSA key of 2048 to 8192 bits.
    pub fn bits(&self) -> Option<usize> {
        PublicEncryptingKey::from_der(&self.public_key).ok().map(|key| key.key_size_bits())
    }

    /// When it begins to be valid: of two keys, the later one replaces the other.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// When it expires. Keys of Mastercard Processing do after 13 months.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whole days until it expires; negative once it has.
    pub fn expires_in_days(&self, now: Timestamp) -> i64 {
        self.not_after.duration_since(now).as_secs().div_euclid(24 * 60 * 60)
    }

    /// Hex SHA-256 over the DER certificate: MDES' usual `publicKeyFingerprint`.
    pub fn fingerprint(&self) -> String {
        sha256_hex(&self.der)
    }

    /// Hex SHA-1 over the DER certificate: MDES' `publicKeyFingerprint` of old.
    pub fn fingerprint_sha1(&self) -> String {
        sha1_hex(&self.der)
    }

    /// Hex SHA-256 over the DER public key: Mastercard's usual JWE `kid`.
    pub fn public_key_fingerprint(&self) -> String {
        sha256_hex(&self.public_key)
    }

    /// Hex SHA-1 over the DER public key.
    pub fn public_key_fingerprint_sha1(&self) -> String {
        sha1_hex(&self.public_key)
    }
}

/// Mastercard's certificate for Token Connect, sent to Processing in step 7 so that it encrypts for Token Connect.
///
/// Whoever holds the private half of this key can read card numbers, so it comes from configuration only.
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

/// "Never expires" is written as the last second of the year 9999, which is later than this clock goes.
fn timestamp(time: Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// SHA-1 as a name, not as protection.
fn sha1_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes))
}
