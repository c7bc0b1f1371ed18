//! Private keys from PKCS#8 or PKCS#1 in PEM or DER, or from a PKCS#12 container as Mastercard Developers provides it.
//!
//! A certificate in the same file, in the container or as a further PEM block, must belong to the key.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der},
    rsa::{KeyPair, PrivateDecryptingKey},
    signature::KeyPair as _,
};
use p12_keystore::{Pkcs12Archive, error::Error as Pkcs12Error};

use super::{
    Certificate, KeyError, KeyProblem,
    encoding::{self, Encoding, PemBlock},
};

/// The version of every PKCS#12 container.
const PKCS12: u8 = 3;

/// An RSA private key and its certificate, if the file has one. It signs (the default), or decrypts as a
/// [`DecryptionKey`]. AWS-LC validates a key whenever it is loaded, which takes milliseconds, so each key is loaded once,
/// for one use. `Debug` prints the type name only.
///
/// ```
/// # fn pem() -> String { rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap().serialize_pem() }
/// use push_provisioning_client::{DecryptionKey, PrivateKey, SigningKey};
///
/// // The file may also be PKCS#12; then the password is needed.
/// let signing_key = SigningKey::from(PrivateKey::read("signing key", pem().as_bytes(), None)?);
/// let decryption_key = DecryptionKey::read("decryption key", pem().as_bytes(), None)?;
/// assert!(decryption_key.certificate().is_none() && !decryption_key.public_key().is_empty());
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// ```
pub struct PrivateKey<K = KeyPair> {
    key: Arc<K>,
    certificate: Option<Arc<Certificate>>,
}

/// An RSA private key that decrypts.
pub type DecryptionKey = PrivateKey<PrivateDecryptingKey>;

/// An RSA private key of `aws-lc-rs`: `KeyPair` signs, `PrivateDecryptingKey` decrypts.
pub trait RsaPrivateKey: Sized {
    /// Loads PKCS#8 DER; `None` if it is not a valid key.
    fn from_pkcs8(der: &[u8]) -> Option<Self>;
    /// Loads PKCS#1 DER; `None` if it is not a valid key.
    fn from_pkcs1(der: &[u8]) -> Option<Self>;
    /// The public key as DER `SubjectPublicKeyInfo`.
    fn public_key_info(&self) -> Option<Vec<u8>>;
}

impl RsaPrivateKey for KeyPair {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Self::from_pkcs8(der).ok()
    }

    fn from_pkcs1(der: &[u8]) -> Option<Self> {
        Self::from_der(der).ok()
    }

    fn public_key_info(&self) -> Option<Vec<u8>> {
        let der: PublicKeyX509Der<'_> = self.public_key().as_der().ok()?;
        Some(der.as_ref().to_vec())
    }
}

impl RsaPrivateKey for PrivateDecryptingKey {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Self::from_pkcs8(der).ok()
    }

    fn from_pkcs1(der: &[u8]) -> Option<Self> {
        let pkcs8: Pkcs8V1Der<'_> = KeyPair::from_der(der).ok()?.as_der().ok()?;
        Self::from_pkcs8(pkcs8.as_ref()).ok()
    }

    fn public_key_info(&self) -> Option<Vec<u8>> {
        let der: PublicKeyX509Der<'_> = self.public_key().as_der().ok()?;
        Some(der.as_ref().to_vec())
    }
}

/// The content of a file; key and certificates are not yet matched.
struct KeyFile<K> {
    key: K,
    certificates: Vec<Certificate>,
}

impl<K: RsaPrivateKey> PrivateKey<K> {
    /// Reads PEM or DER, or PKCS#12 with its password; `name` is the name of the key in errors. Each may be base64 text,
    /// as consoles without support for binary secrets require. PBES2 with AES, PBE-SHA1-3DES and RC2-40 are supported.
    ///
    /// Temporary copies of the key are zeroized, except those inside the PKCS#12 parser.
    ///
    /// # Errors
    /// See [`KeyProblem`].
    pub fn read(name: &str, content: &[u8], password: Option<&str>) -> Result<Self, KeyError> {
        let file = match encoding::decode(content) {
            Ok(Some(Encoding::Pem(blocks))) => from_pem(blocks),
            Ok(Some(Encoding::Der(der))) => match encoding::version(&der) {
                Some(PKCS12) => from_pkcs12(&der, password),
                Some(_) => from_der(&der),
                None => Err(KeyProblem::NotAPrivateKey),
            },
            Ok(None) => Err(KeyProblem::NotAKeyFile),
            Err(problem) => Err(problem),
        };
        file.and_then(match_certificate).map_err(|problem| KeyError { key: name.into(), problem })
    }

    /// The certificate of the key, if the file has one.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_deref()
    }

    /// The public key as DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> Vec<u8> {
        self.key.public_key_info().unwrap_or_default()
    }

    pub(crate) fn key(&self) -> &K {
        &self.key
    }
}

impl PrivateKey {
    /// The size of the key in bits.
    pub fn bits(&self) -> usize {
        self.key.public_modulus_len() * 8
    }

    pub(super) fn pkcs1_public_key(&self) -> &[u8] {
        self.key.as_ref().public_key().as_ref()
    }
}

impl<K> Clone for PrivateKey<K> {
    fn clone(&self) -> Self {
        Self { key: Arc::clone(&self.key), certificate: self.certificate.clone() }
    }
}

impl<K> fmt::Debug for PrivateKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(<redacted>)")
    }
}

fn from_pkcs12<K: RsaPrivateKey>(der: &[u8], password: Option<&str>) -> Result<KeyFile<K>, KeyProblem> {
    let archive =
        Pkcs12Archive::from_pkcs12(der, password.unwrap_or_default()).map_err(|error| match error {
            Pkcs12Error::MacError(_) | Pkcs12Error::UnpadError | Pkcs12Error::Pkcs5Error(_) => {
                KeyProblem::WrongPassword
            }
            _ => KeyProblem::UnsupportedContainer,
        })?;
    let [key] = archive.keys.as_slice() else { return Err(KeyProblem::NotOneKey) };
    let key = K::from_pkcs8(key.key.as_der()).ok_or(KeyProblem::NotRsa)?;
    let certificates = archive.certs.iter().filter_map(|bag| Certificate::from_der(bag.cert.as_der().into()));
    Ok(KeyFile { key, certificates: certificates.collect() })
}

fn from_der<K: RsaPrivateKey>(der: &[u8]) -> Result<KeyFile<K>, KeyProblem> {
    let key = K::from_pkcs8(der).or_else(|| K::from_pkcs1(der)).ok_or(KeyProblem::NotRsa)?;
    Ok(KeyFile { key, certificates: Vec::new() })
}

fn from_pem<K: RsaPrivateKey>(blocks: Vec<PemBlock>) -> Result<KeyFile<K>, KeyProblem> {
    let (mut keys, mut certificates) = (Vec::new(), Vec::new());
    for block in blocks {
        match block.label.as_str() {
            "PRIVATE KEY" => keys.push(K::from_pkcs8(&block.der).ok_or(KeyProblem::NotRsa)?),
            "RSA PRIVATE KEY" => keys.push(K::from_pkcs1(&block.der).ok_or(KeyProblem::NotRsa)?),
            _ if block.is_certificate() => {
                let certificate = Certificate::from_der(block.der.to_vec());
                certificates.push(certificate.ok_or(KeyProblem::NotACertificate)?);
            }
            _ => return Err(KeyProblem::NotAPrivateKey),
        }
    }
    match keys.len() {
        1 => Ok(KeyFile { key: keys.remove(0), certificates }),
        0 => Err(KeyProblem::NotAPrivateKey),
        _ => Err(KeyProblem::NotOneKey),
    }
}

/// Keeps the latest certificate for the key.
fn match_certificate<K: RsaPrivateKey>(file: KeyFile<K>) -> Result<PrivateKey<K>, KeyProblem> {
    let KeyFile { key, mut certificates } = file;
    let has_certificates = !certificates.is_empty();
    let public_key = key.public_key_info();
    certificates.retain(|certificate| Some(certificate.public_key()) == public_key.as_deref());
    let certificate = certificates.into_iter().max_by_key(Certificate::not_after).map(Arc::new);
    if certificate.is_none() && has_certificates {
        return Err(KeyProblem::CertificateMismatch);
    }
    Ok(PrivateKey { key: Arc::new(key), certificate })
}

#[cfg(test)]
mod tests;
