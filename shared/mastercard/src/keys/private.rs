//! Private keys from PKCS#8 or PKCS#1 in PEM or DER, or from a PKCS#12 container as Mastercard Developers provides it.
//!
//! A certificate in the same file, in the container or as a further PEM block, must belong to the key.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    thread,
};

use aws_lc_rs::{rsa::PrivateDecryptingKey, signature::RsaKeyPair};
use p12_keystore::{Pkcs12Archive, error::Error as Pkcs12Error};

use super::{
    Certificate, KeyError, KeyProblem,
    encoding::{self, Der, Encoding, PemBlock},
    rsa_key::RsaKey,
};

/// The version of every PKCS#12 container.
const PKCS12: u8 = 3;
/// The error of PBES2 for a wrong password. Its other errors are about the algorithm.
const DECRYPTION_FAILED: &str = "PKCS#5 decryption failed";

/// An RSA private key and its certificate, if the file has one. It signs (the default), or decrypts as a
/// [`DecryptionKey`]. `Debug` prints the type name only.
///
/// Reading a key parses it and compares it with its certificate. Whether its numbers belong together is checked at its
/// first use: AWS-LC does that whenever it loads a key, and takes milliseconds. [`check`](Self::check) does it earlier.
///
/// ```
/// # fn pem() -> String { rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap().serialize_pem() }
/// use push_provisioning_client::{DecryptionKey, PrivateKey, SigningKey};
///
/// // The file may also be PKCS#12; then the password is needed.
/// let signing_key = SigningKey::from(PrivateKey::read("signing key", pem().as_bytes(), None)?);
/// let decryption_key = DecryptionKey::read("decryption key", pem().as_bytes(), None)?;
/// assert!(decryption_key.certificate().is_none() && !decryption_key.public_key().is_empty());
/// assert_eq!(decryption_key.check(), Ok(()));
/// # Ok::<(), push_provisioning_client::KeyError>(())
/// ```
pub struct PrivateKey<K = RsaKeyPair>(Arc<Inner<K>>);

struct Inner<K> {
    key: RsaKey,
    certificate: Option<Certificate>,
    /// `None` inside: AWS-LC rejected the key.
    loaded: OnceLock<Option<K>>,
}

/// An RSA private key that decrypts.
pub type DecryptionKey = PrivateKey<PrivateDecryptingKey>;

/// An RSA private key of `aws-lc-rs`: `RsaKeyPair` signs, `PrivateDecryptingKey` decrypts.
pub trait RsaPrivateKey: Sized + Send + Sync + 'static {
    /// Loads PKCS#8 DER; `None` if it is not a valid key.
    fn from_pkcs8(der: &[u8]) -> Option<Self>;
}

impl RsaPrivateKey for RsaKeyPair {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Self::from_pkcs8(der).ok()
    }
}

impl RsaPrivateKey for PrivateDecryptingKey {
    fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Self::from_pkcs8(der).ok()
    }
}

/// The content of a file; key and certificates are not yet matched.
struct KeyFile {
    key: RsaKey,
    certificates: Vec<Certificate>,
}

impl<K: RsaPrivateKey> PrivateKey<K> {
    /// Reads PEM or DER, or PKCS#12 with its password; `name` is the name of the key in errors. Each may be base64 text,
    /// as consoles without support for binary secrets require. PBES2 with AES and HMAC-SHA-2, PBE-SHA1-3DES and RC2-40 are
    /// supported. Of PEM the key and its certificates are read; other blocks, such as a certificate request, are ignored.
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
        self.0.certificate.as_ref()
    }

    /// The public key as DER `SubjectPublicKeyInfo`.
    pub fn public_key(&self) -> &[u8] {
        &self.0.key.public_key
    }

    /// The size of the key in bits.
    pub fn bits(&self) -> usize {
        self.0.key.bits
    }

    /// Checks that the key's numbers belong together, as its first use would; takes milliseconds, once.
    ///
    /// # Errors
    /// [`KeyProblem::DamagedRsaKey`] if they do not.
    pub fn check(&self) -> Result<(), KeyProblem> {
        self.loaded().map(|_| ()).ok_or(KeyProblem::DamagedRsaKey)
    }

    /// Whether [`check`](Self::check) has nothing left to do.
    pub(crate) fn is_checked(&self) -> bool {
        self.0.loaded.get().is_some()
    }

    /// The key, loaded at the first call; `None` if its numbers do not belong together.
    pub(crate) fn loaded(&self) -> Option<&K> {
        self.0.loaded.get_or_init(|| K::from_pkcs8(&self.0.key.pkcs8)).as_ref()
    }
}

impl<K> PrivateKey<K> {
    pub(super) fn pkcs1_public_key(&self) -> &[u8] {
        &self.0.key.pkcs1_public_key
    }
}

impl<K> Clone for PrivateKey<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> fmt::Debug for PrivateKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(<redacted>)")
    }
}

/// Loads keys on another thread, unless they are loaded.
pub(crate) fn load_keys<'a>(
    signing_key: &PrivateKey,
    decryption_keys: impl Iterator<Item = &'a DecryptionKey> + Clone,
) {
    if signing_key.is_checked() && decryption_keys.clone().all(PrivateKey::is_checked) {
        return;
    }
    let (signing_key, decryption_keys) = (signing_key.clone(), decryption_keys.cloned().collect::<Vec<_>>());
    let load = move || {
        signing_key.loaded();
        for key in decryption_keys {
            key.loaded();
        }
    };
    // Without a thread each key is loaded at its first use.
    let _ = thread::Builder::new().spawn(load);
}

fn from_pkcs12(der: &[u8], password: Option<&str>) -> Result<KeyFile, KeyProblem> {
    let archive =
        Pkcs12Archive::from_pkcs12(der, password.unwrap_or_default()).map_err(|error| match error {
            Pkcs12Error::MacError(_) | Pkcs12Error::UnpadError => KeyProblem::WrongPassword,
            // The crate passes on only the text of an error of PBES2.
            Pkcs12Error::Pkcs5Error(text) if text == DECRYPTION_FAILED => KeyProblem::WrongPassword,
            _ => KeyProblem::UnsupportedContainer,
        })?;
    let key = match archive.keys.as_slice() {
        [key] => key,
        [] => return Err(KeyProblem::NoKey),
        keys => return Err(KeyProblem::SeveralKeys(keys.len())),
    };
    let key = RsaKey::from_pkcs8(key.key.as_der()).ok_or(KeyProblem::NotRsa)?;
    let certificates = archive.certs.iter().filter_map(|bag| Certificate::from_der(bag.cert.as_der().into()));
    Ok(KeyFile { key, certificates: certificates.collect() })
}

fn from_der(der: &Der) -> Result<KeyFile, KeyProblem> {
    let key = RsaKey::from_pkcs8(der).or_else(|| RsaKey::from_pkcs1(der)).ok_or(KeyProblem::NotRsa)?;
    Ok(KeyFile { key, certificates: Vec::new() })
}

fn from_pem(blocks: Vec<PemBlock>) -> Result<KeyFile, KeyProblem> {
    let (mut keys, mut certificates) = (Vec::new(), Vec::new());
    for block in blocks {
        match block.label.as_str() {
            "PRIVATE KEY" => keys.push(RsaKey::from_pkcs8(&block.der).ok_or(KeyProblem::NotRsa)?),
            "RSA PRIVATE KEY" => keys.push(RsaKey::from_pkcs1(&block.der).ok_or(KeyProblem::NotRsa)?),
            _ if block.is_certificate() => {
                let certificate = Certificate::from_der(block.der.to_vec());
                certificates.push(certificate.ok_or(KeyProblem::NotACertificate)?);
            }
            // Such as a certificate request or a public key.
            _ => {}
        }
    }
    match keys.len() {
        1 => Ok(KeyFile { key: keys.remove(0), certificates }),
        0 => Err(KeyProblem::NotAPrivateKey),
        several => Err(KeyProblem::SeveralKeys(several)),
    }
}

/// Keeps the latest certificate for the key.
fn match_certificate<K>(file: KeyFile) -> Result<PrivateKey<K>, KeyProblem> {
    let KeyFile { key, mut certificates } = file;
    let has_certificates = !certificates.is_empty();
    certificates.retain(|certificate| certificate.public_key() == key.public_key);
    let certificate = certificates.into_iter().max_by_key(Certificate::not_after);
    if certificate.is_none() && has_certificates {
        return Err(KeyProblem::CertificateMismatch);
    }
    Ok(PrivateKey(Arc::new(Inner { key, certificate, loaded: OnceLock::new() })))
}

#[cfg(test)]
mod tests;
