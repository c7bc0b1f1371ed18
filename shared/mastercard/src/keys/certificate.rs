//! X.509 certificates: public key, validity, and the fingerprints that Mastercard uses as key ids.

use aws_lc_rs::{digest, rsa::PublicEncryptingKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use x509_cert::{
    Certificate as X509,
    der::{Decode, Encode},
    spki::SubjectPublicKeyInfoOwned,
    time::Time,
};

use super::{KeyError, KeyProblem, encoding};
use crate::digest::sha256_hex;

/// An X.509 certificate. It is parsed, not validated: Mastercard's own samples are self-signed and have expired.
///
/// ```
/// # let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
/// # let pem = rcgen::CertificateParams::new(["example".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
/// use push_provisioning_client::Certificate;
///
/// let certificate = Certificate::from_pem("encryption certificate", &pem)?;
/// assert_eq!((certificate.bits(), certificate.fingerprint().len()), (Some(2048), 64));
/// assert!(certificate.expires_in_days(certificate.not_before()) > 0);
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    public_key: Vec<u8>,
    /// Names of the owner and of the authority, as DER.
    subject: Vec<u8>,
    issuer: Vec<u8>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Certificate {
    /// Reads a PEM certificate. `name` is its name in errors.
    ///
    /// # Errors
    /// If `pem` is not a PEM certificate.
    pub fn from_pem(name: &str, pem: &str) -> Result<Self, KeyError> {
        Self::read(name, pem.as_bytes())
    }

    /// Reads a certificate in PEM or DER, or either as base64 text; `name` is its name in errors. Of a chain, the
    /// certificate that issued no other one is kept; if that is ambiguous, the first one.
    ///
    /// # Errors
    /// If `content` has no certificate, or a damaged one.
    pub fn read(name: &str, content: &[u8]) -> Result<Self, KeyError> {
        let chain = encoding::certificates(content).and_then(|chain| {
            let parse = |der: encoding::Der| Self::from_der(der.to_vec()).ok_or(KeyProblem::NotACertificate);
            chain.into_iter().map(parse).collect::<Result<Vec<_>, _>>()
        });
        let chain = chain.map_err(|problem| KeyError { key: name.into(), problem })?;
        let issued = |one: &Self, other: &Self| one != other && one.subject == other.issuer;
        let leaf = chain.iter().find(|one| !chain.iter().any(|other| issued(one, other)));
        let leaf = leaf.or(chain.first()).cloned();
        leaf.ok_or_else(|| KeyError { key: name.into(), problem: KeyProblem::NotACertificate })
    }

    /// `None` if `der` is not a certificate.
    pub(super) fn from_der(der: Vec<u8>) -> Option<Self> {
        let parsed = X509::from_der(&der).ok()?;
        let content = parsed.tbs_certificate();
        let public_key = content.subject_public_key_info().to_der().ok()?;
        let (subject, issuer) = (content.subject().to_der().ok()?, content.issuer().to_der().ok()?);
        let validity = content.validity();
        let (not_before, not_after) = (timestamp(validity.not_before), timestamp(validity.not_after));
        Some(Self { der, public_key, subject, issuer, not_before, not_after })
    }

    /// The certificate as DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The public key as DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// The RSA public key as PKCS#1 DER.
    ///
    /// # Errors
    /// If the key is not an RSA key of 2048 to 8192 bits.
    pub fn pkcs1_public_key(&self) -> Result<Vec<u8>, KeyProblem> {
        self.bits().ok_or(KeyProblem::NotRsa)?;
        let info = SubjectPublicKeyInfoOwned::from_der(&self.public_key).map_err(|_| KeyProblem::NotRsa)?;
        Ok(info.subject_public_key.raw_bytes().to_vec())
    }

    /// The size of the RSA key in bits; `None` if it is not an RSA key of 2048 to 8192 bits.
    pub fn bits(&self) -> Option<usize> {
        PublicEncryptingKey::from_der(&self.public_key).ok().map(|key| key.key_size_bits())
    }

    /// Start of the validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// End of the validity. Keys of Mastercard Processing expire after 13 months.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whole days until the end of the validity; negative once it has expired.
    pub fn expires_in_days(&self, now: Timestamp) -> i64 {
        self.not_after.duration_since(now).as_secs().div_euclid(24 * 60 * 60)
    }

    /// Hex SHA-256 over the DER certificate: MDES' usual `publicKeyFingerprint`.
    pub fn fingerprint(&self) -> String {
        sha256_hex(&self.der)
    }

    /// Hex SHA-1 over the DER certificate: MDES' former `publicKeyFingerprint`.
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
/// The holder of its private key can decrypt card numbers, so take it from configuration only.
///
/// ```
/// # let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
/// # let pem = rcgen::CertificateParams::new(["example".to_owned()]).unwrap().self_signed(&key).unwrap().pem();
/// use push_provisioning_client::ClientEncryptionKey;
///
/// let key = ClientEncryptionKey::from_pem("client encryption key", &pem)?;
/// assert!(key.header_value().starts_with("MII"));
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClientEncryptionKey(Certificate);

impl ClientEncryptionKey {
    /// Reads a PEM certificate. `name` is its name in errors.
    ///
    /// # Errors
    /// If `pem` is not a PEM certificate.
    pub fn from_pem(name: &str, pem: &str) -> Result<Self, KeyError> {
        Certificate::from_pem(name, pem).map(Self)
    }

    /// The value of the header `Token-Connect-Client-Encryption-Key`: the DER certificate as one line of base64.
    pub fn header_value(&self) -> String {
        STANDARD.encode(&self.0.der)
    }

    /// The certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.0
    }
}

impl From<Certificate> for ClientEncryptionKey {
    fn from(certificate: Certificate) -> Self {
        Self(certificate)
    }
}

/// "No expiry" is the last second of the year 9999 (RFC 5280 §4.1.2.5), which `Timestamp` cannot represent.
fn timestamp(time: Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// SHA-1 as a key id; it protects nothing.
fn sha1_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes))
}
