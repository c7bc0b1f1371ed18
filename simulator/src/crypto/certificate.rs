//! X.509 certificates with an RSA key, as in the `Token-Connect-Client-Encryption-Key` header. Dates and chain are not
//! checked: the sample certificate of Mastercard's sandbox has expired.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::PublicKey;
use rsa::pkcs8::DecodePublicKey;
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Document, Encode};

/// An RSA public key with the two fingerprints of Mastercard's client libraries.
#[derive(Clone)]
pub(crate) struct RsaCertificate {
    pub(crate) key: PublicKey,
    /// Hex SHA-256 over the DER certificate.
    pub(crate) certificate_sha256: String,
    /// Hex SHA-256 over the DER SubjectPublicKeyInfo; the `kid` of a JWE.
    pub(crate) spki_sha256: String,
}

/// The input is not an X.509 certificate with an RSA key.
#[derive(Debug, thiserror::Error)]
#[error("not a certificate with an RSA key")]
pub(crate) struct InvalidCertificate;

impl RsaCertificate {
    /// Parses the header's value: one line of padded standard Base64 of DER; PEM and line breaks are rejected.
    pub(crate) fn from_base64(one_line: &str) -> Result<Self, InvalidCertificate> {
        Self::from_der(&STANDARD.decode(one_line).map_err(|_| InvalidCertificate)?)
    }

    pub(crate) fn from_pem(pem: &str) -> Result<Self, InvalidCertificate> {
        let (_, document) = Document::from_pem(pem).map_err(|_| InvalidCertificate)?;
        Self::from_der(document.as_bytes())
    }

    fn from_der(der: &[u8]) -> Result<Self, InvalidCertificate> {
        let certificate = Certificate::from_der(der).map_err(|_| InvalidCertificate)?;
        let spki = certificate.tbs_certificate().subject_public_key_info().to_der();
        let spki = spki.map_err(|_| InvalidCertificate)?;
        Ok(Self {
            key: PublicKey::from_public_key_der(&spki).map_err(|_| InvalidCertificate)?,
            certificate_sha256: hex::encode(Sha256::digest(der)),
            spki_sha256: hex::encode(Sha256::digest(&spki)),
        })
    }
}
